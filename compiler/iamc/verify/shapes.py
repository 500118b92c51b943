"""Patterns of the resources that an action's requests can name, from the raw ARNs of its resource types."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from iamc.verify.globs import variables_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iamc.verify.terms import Term
    from iamc.verify.universe import KnownAction

# The request for an action without resource-level permissions names the resource "*": only `*` matches it.
_STAR_ITSELF = "${*}"
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
# Partition, Region and account (fields 1, 3 and 4 of an ARN) of an example where no policy names any.
_EXAMPLE = {1: "aws", 3: "us-east-1", 4: "123456789012"}
_HEADS = 32


def fitting(action: KnownAction | None) -> tuple[str, ...] | None:
    """Patterns of all resources that fit the action's types; None (no limit) for an unknown action."""
    if action is None:
        return None
    patterns = tuple(_pattern(template) for template in action.templates)
    return (*patterns, _STAR_ITSELF) if action.on_star or not patterns else patterns


def _pattern(template: str) -> str:
    """A template's ARNs: partition, Region and account hold no colon, what `_bounded` marks no slash."""
    *head, resource = template.split(":", 5)
    parts = [_PLACEHOLDER.sub("${:}", part) for part in head]
    return ":".join([*parts, _PLACEHOLDER.sub(lambda match: match[0] if match[0] == "${/}" else "*", resource)])


def lifelike(name: str, action: KnownAction | None, terms: Iterable[Term]) -> tuple[str, ...]:
    """Patterns of resources that look real: Regions and accounts that the terms name, no empty names."""
    if action is not None and not action.templates:
        return (_STAR_ITSELF,)
    service = name.partition(":")[0]
    templates = action.templates if action else (f"arn:${{Partition}}:{service}:${{Region}}:${{Account}}:${{Name}}",)
    heads = list(islice(_heads(terms), _HEADS)) or [{}]
    return tuple(sorted({_filled(template, head) for template in templates for head in heads}))


def _heads(terms: Iterable[Term]) -> Iterable[dict[int, str]]:
    """The partition, Region and account of each ARN of the terms, where they are written out."""
    globs = sorted({glob for term in terms for glob in term.globs})
    seen: list[dict[int, str]] = []
    for glob in globs:
        fields = glob.split(":", 5)
        head = {at: fields[at] for at in _EXAMPLE if len(fields) == 6 and _is_written_out(fields[at])}
        if head not in seen:
            seen.append(head)
            yield head


def _is_written_out(field: str) -> bool:
    return bool(field) and not variables_in(field) and "*" not in field and "?" not in field


def _filled(template: str, head: dict[int, str]) -> str:
    fields = template.split(":", 5)
    for at, example in _EXAMPLE.items():
        if at < len(fields) and _PLACEHOLDER.fullmatch(fields[at]):
            fields[at] = head.get(at, example)
    return _PLACEHOLDER.sub("?*", ":".join(fields))
