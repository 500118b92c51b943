"""Items that a list names twice: harmless to the meaning, but often one of them was meant to be another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Label, report

_LISTS: Mapping[type[Any], tuple[str, ...]] = {
    syntax.Team: ("members",),
    syntax.Grant: ("roles", "to", "accounts"),
    syntax.Actions: ("actions",),
    syntax.Services: ("services",),
    syntax.Resources: ("accounts",),
    syntax.Resource: ("accounts", "arns"),
    syntax.Statement: ("access", "targets", "without", "when"),
    syntax.ServiceTarget: ("services",),
    syntax.Pass: ("roles", "services", "when"),
    syntax.Assume: ("roles", "when"),
    syntax.Require: ("words",),
    syntax.Use: ("roles",),
    syntax.Managed: ("policies",),
    syntax.Exclude: ("actions",),
    syntax.Ceiling: ("access", "exceptions"),
    syntax.Generalise: ("arns",),
    syntax.Condition: ("values",),
    syntax.Subject: ("roles", "accounts"),
    syntax.ExpectAccess: ("actions", "targets", "when"),
}
"""The lists of each node in which an item that stands twice says nothing new."""
_INSIDE: Mapping[type[Any], tuple[str, ...]] = {
    syntax.Resources: ("resources",),
    syntax.Tier: ("fields",),
    syntax.Role: ("fields",),
    syntax.Check: ("subjects", "expectations"),
}


def repeats(node: Any) -> Iterator[Diagnostic]:
    """A warning for every item of a declaration, or of a part of one, that stands in its list a second time."""
    kind = type(node)
    for name in _LISTS.get(kind, ()):
        items = getattr(node, name)
        if len(items) > 1:
            yield from _twice(items)
        for item in items:
            if type(item) in _LISTS:
                yield from repeats(item)
    for name in _INSIDE.get(kind, ()):
        for item in getattr(node, name):
            if type(item) in _LISTS:
                yield from repeats(item)


def _twice(items: Iterable[Any]) -> Iterator[Diagnostic]:
    first: dict[Any, Any] = {}
    for item in items:
        known = first.setdefault(item, item)
        if known is not item:
            yield report(
                "IAM306",
                f"`{item.span.text}` stands twice in this list",
                item.span,
                labels=[Label(known.span, "first here")],
                help="remove one of them, or write what was meant",
            )
