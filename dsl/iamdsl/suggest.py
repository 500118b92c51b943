"""Did you mean: the nearest words to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """Up to `count` candidates close to `word`, nearest first; case does not count."""
    import difflib

    by_folded: dict[str, str] = {}
    for candidate in candidates:
        by_folded.setdefault(candidate.casefold(), candidate)
    found = difflib.get_close_matches(word.casefold(), by_folded, count, 0.6)
    return [by_folded[name] for name in found]


def did_you_mean(word: str, candidates: Iterable[str], count: int = 1) -> str:
    """A help line such as "did you mean `read`?", or nothing when no candidate is near."""
    found = nearest(word, candidates, count)
    if not found:
        return ""
    if len(found) == 1:
        return f"did you mean `{found[0]}`?"
    return "did you mean one of " + ", ".join(f"`{name}`" for name in found) + "?"
