"""The minimise pass: a statement's actions to the patterns that will be written.

A pattern matches wanted actions and nothing else in the catalogue. `service:*` and `*` appear only where the author
wrote them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from iamc.catalog import Catalog
from iamc.cover import CoverCache, RiskModel, Step, Style, apply, ladder
from iamc.model import Statement
from iamc.passes.merge import is_wild
from iamdsl.values import dataclass


def minimise(
    statements: Iterable[Statement], catalog: Catalog, style: Style, covers: CoverCache
) -> tuple[Statement, ...]:
    """Fill in the patterns of each statement; `auto` begins as `exact` does."""
    exact = style in (Style.EXACT, Style.AUTO)
    return tuple(
        replace(s, patterns=s.actions if exact else tuple(_patterns(s, catalog, style, covers))) for s in statements
    )


def _patterns(statement: Statement, catalog: Catalog, style: Style, covers: CoverCache) -> list[str]:
    out = [action for action in statement.actions if is_wild(action)]
    for service, wanted in by_service(statement).items():
        universe = (action.name for action in catalog.actions(service))
        cover = covers.cover(service, universe, wanted, style)
        out.extend(f"{service}:{pattern}" for pattern in cover.patterns)
    return sorted(out)


def by_service(statement: Statement) -> Mapping[str, tuple[str, ...]]:
    """The names of a statement's actions by service, author-written wildcards left out."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for action in statement.actions:
        service, _, name = action.partition(":")
        if not is_wild(action):
            names[service].append(name)
    return {service: tuple(found) for service, found in names.items()}


@dataclass(frozen=True, slots=True)
class Widening:
    """One step of the ladder: in which statement and service it would be taken."""

    statement: int
    service: str
    step: Step


def widenings(statements: Sequence[Statement], catalog: Catalog) -> list[Widening]:
    """Every step that would shorten some statement, least drift risk for each character saved first.

    As in the ladder itself, one name is added to those that a pattern matches by mistake, since none is without risk.
    """
    least = _risk(catalog).per_mille(1)
    found = [
        Widening(number, service, step)
        for number, statement in enumerate(statements)
        for service, names in by_service(statement).items()
        for step in _ladder(catalog, service, names)
    ]
    return sorted(found, key=lambda w: ((w.step.risk + least) / w.step.saves, -w.step.saves, w.service, w.step.pattern))


@lru_cache(maxsize=1)
def _risk(catalog: Catalog) -> RiskModel:
    """What verbs mean over the whole catalogue: every service is read, so once in a run, and only where needed."""
    return RiskModel.of((a.name, a.level.value) for prefix in catalog.prefixes for a in catalog.actions(prefix))


@lru_cache(maxsize=4096)
def _ladder(catalog: Catalog, service: str, names: tuple[str, ...]) -> tuple[Step, ...]:
    actions = {action.name: action.level.value for action in catalog.actions(service)}
    wanted = {name: actions[name] for name in names}
    return ladder(service, actions, wanted, risk=_risk(catalog))


def widened(statements: Sequence[Statement], taken: Iterable[Widening]) -> tuple[Statement, ...]:
    """The statements with the taken steps in the place of the names that they stand for."""
    steps: defaultdict[int, defaultdict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for widening in taken:
        steps[widening.statement][widening.service].append(widening.step)
    return tuple(
        _stepped(statement, steps[number]) if number in steps else statement
        for number, statement in enumerate(statements)
    )


def _stepped(statement: Statement, steps: Mapping[str, Sequence[Step]]) -> Statement:
    patterns = [action for action in statement.actions if is_wild(action)]
    for service, names in by_service(statement).items():
        patterns.extend(f"{service}:{pattern}" for pattern in apply(names, steps.get(service, ())))
    return replace(statement, patterns=tuple(sorted(patterns)))
