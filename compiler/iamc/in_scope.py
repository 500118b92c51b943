"""Compliance: grants in services that a programme does not cover, by the list that its owner keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from iamc.located import read_located
from iamc.model import Compiled
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Span
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Programme:
    """A compliance programme and the service prefixes that it covers."""

    name: str
    source: str
    retrieved: str
    services: frozenset[str]


def read_programme(path: Path) -> tuple[Programme | None, tuple[Diagnostic, ...]]:
    """The programme at `path`, or None and what is wrong with the file (`in-scope.schema.json`)."""
    file, problems = read_located(path, "in-scope")
    if file is None:
        return None, problems
    value = file.content
    return Programme(value["program"], value["source"], value["retrieved"], frozenset(value["services"])), problems


def out_of_scope(programme: Programme, compiled: Iterable[Compiled]) -> Iterator[Diagnostic]:
    """One finding for each role and line that grants something in services outside the programme."""
    beyond: dict[tuple[str, Span], set[str]] = {}
    for unit in compiled:
        role = unit.unit.role
        for permission in unit.permissions:
            services = {action.partition(":")[0] for action in permission.actions} - programme.services
            if permission.effect == "allow" and services:
                beyond.setdefault((role.name, permission.span), set()).update(services)
        if role.managed:
            beyond.setdefault((role.name, role.span), set())
    for (name, span), found in beyond.items():
        yield _finding(programme, name, sorted(found), span)


def _finding(programme: Programme, role: str, services: list[str], span: Span) -> Diagnostic:
    if services:
        message = (
            f"role `{role}` reaches {', '.join(f'`{s}`' for s in services)}, which {programme.name} does not cover"
        )
    else:
        message = f"role `{role}` has managed policies, whose services are not known to be covered by {programme.name}"
    return report(
        "IAM576",
        message,
        span,
        help="take the service out of the role, or have the list changed by its owner",
        notes=[f"{len(programme.services)} services by {programme.source}, retrieved {programme.retrieved}"],
    )
