"""The minimise pass: a statement's actions to the patterns that will be written.

A pattern matches wanted actions and nothing else in the catalogue. `service:*` and `*` appear only where the author
wrote them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from iamc.catalog import Catalog
from iamc.cover import CoverCache, RiskModel, Step, Style, apply, ladder
from iamc.model import Statement


def minimise(
    statements: Iterable[Statement], catalog: Catalog, style: Style, covers: CoverCache
) -> tuple[Statement, ...]:
    """Fill in the patterns of each statement; `auto` begins as `exact` does."""
    exact = style in (Style.EXACT, Style.AUTO)
    return tuple(
        replace(s, patterns=s.actions if exact else tuple(_patterns(s, catalog, style, covers))) for s in statements
    )


def _patterns(statement: Statement, catalog: Catalog, style: Style, covers: CoverCache) -> list[str]:
    out = [action for action in statement.actions if "*" in action or "?" in action]
    for service, wanted in by_service(statement).items():
        universe = [action.name for action in catalog.actions(service)]
        cover = covers.cover(service, universe, wanted, style)
        out.extend(f"{service}:{pattern}" for pattern in cover.patterns)
    return sorted(out)


def by_service(statement: Statement) -> Mapping[str, tuple[str, ...]]:
    """The names of a statement's actions by service, author-written wildcards left out."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for action in statement.actions:
        service, _, name = action.partition(":")
        if "*" not in action and "?" not in action:
            names[service].append(name)
    return {service: tuple(found) for service, found in names.items()}


@dataclass(frozen=True, slots=True)
class Widening:
    """One step of the ladder: in which statement and service it would be taken."""

    statement: int
    service: str
    step: Step


def widenings(statements: Sequence[Statement], catalog: Catalog) -> list[Widening]:
    """Every step that would shorten some statement, least drift risk for each character saved first."""
    risk = RiskModel.of((a.name, a.level.value) for prefix in catalog.prefixes for a in catalog.actions(prefix))
    found: list[Widening] = []
    for number, statement in enumerate(statements):
        for service, names in by_service(statement).items():
            universe = [action.name for action in catalog.actions(service)]
            levels = {name: action.level.value for name in names if (action := catalog.action(f"{service}:{name}"))}
            found.extend(Widening(number, service, step) for step in ladder(service, universe, levels, risk=risk))
    return sorted(found, key=lambda w: (w.step.risk / max(1, w.step.saves), -w.step.saves, w.service, w.step.pattern))


def widened(statements: Sequence[Statement], taken: Iterable[Widening]) -> tuple[Statement, ...]:
    """The statements with the taken steps in the place of the names that they stand for."""
    steps: defaultdict[tuple[int, str], list[Step]] = defaultdict(list)
    for widening in taken:
        steps[widening.statement, widening.service].append(widening.step)
    out: list[Statement] = []
    for number, statement in enumerate(statements):
        patterns = [action for action in statement.actions if "*" in action or "?" in action]
        for service, names in by_service(statement).items():
            chosen = steps.get((number, service))
            short = apply(names, chosen) if chosen else names
            patterns.extend(f"{service}:{pattern}" for pattern in short)
        out.append(replace(statement, patterns=tuple(sorted(patterns))))
    return tuple(out)
