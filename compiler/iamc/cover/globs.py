"""Action-name globs: matching as IAM does it, without regard to case."""

from __future__ import annotations


def matches(pattern: str, name: str) -> bool:
    """Whether the glob covers the action name; `*` is any run of characters, `?` exactly one.

    Case is ignored, as in IAM ("The prefix and the action name are case insensitive",
    AWS IAM User Guide, reference_policies_elements_action). Neither argument carries the service prefix.
    """
    glob, text = pattern.lower(), name.lower()
    at = seen = 0
    star, resume = -1, 0
    while seen < len(text):
        if at < len(glob) and glob[at] == "*":
            star, resume = at, seen
            at += 1
        elif at < len(glob) and glob[at] in ("?", text[seen]):
            at, seen = at + 1, seen + 1
        elif star >= 0:
            # The last star takes one character more; earlier stars never need to be revisited.
            resume += 1
            at, seen = star + 1, resume
        else:
            return False
    return all(char == "*" for char in glob[at:])
