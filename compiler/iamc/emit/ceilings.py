"""The ceiling of a tier as lists of action patterns, from names only to as short as it gets.

All of them match the same actions of today: those of the ceiling, in the services that roles of the tier use. Naming
all of AWS would fit no quota, and a service that no role uses need not be allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from iamc.catalog import Catalog
from iamc.cover import CoverCache, Style
from iamc.model import ALWAYS, Compiled, Statement
from iamc.passes.constrain import within_ceiling
from iamc.passes.document import VERSION, compact, width
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.passes.minimise import minimise
from iamc.quotas import quotas
from iamc.sensitivity import Sensitivity
from iamdsl.values import dataclass

Patterns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """`steps` has pattern lists, each shorter than the one before; the first is of names only."""

    steps: tuple[Patterns, ...]

    def fitted(self, document: Callable[[Patterns], str], characters: int) -> str:
        """The first document that fits, or the last one."""
        texts = (document(step) for step in self.steps)
        return next((text for text in texts if len(text) <= characters), document(self.steps[-1]))

    @property
    def boundary(self) -> str:
        """The permissions boundary: a compact document that allows the ceiling and nothing else."""
        return self.fitted(_boundary, quotas()["boundary"].characters)


def _boundary(patterns: Patterns) -> str:
    statement = {"Sid": "Ceiling", "Effect": "Allow", "Action": list(patterns), "Resource": "*"}
    return compact({"Version": VERSION, "Statement": [statement]})


def ceilings(compiled: Iterable[Compiled], catalog: Catalog) -> dict[str, Ladder]:
    """The ceiling of every tier that has one, by the tier's name."""
    units: dict[str, list[Compiled]] = {}
    for unit in compiled:
        if unit.unit.ceiling is not None:
            units.setdefault(unit.unit.ceiling.tier, []).append(unit)
    vocabulary = Vocabulary(catalog, Sensitivity(catalog))
    found = ((tier, _actions(held, vocabulary)) for tier, held in sorted(units.items()))
    return {tier: Ladder(tuple(_steps(actions, catalog))) for tier, actions in found if actions}


def _actions(units: list[Compiled], vocabulary: Vocabulary) -> frozenset[str]:
    """The ceiling's actions in the services that these units use."""
    services = {
        name.partition(":")[0]
        for unit in units
        for permission in unit.permissions
        if permission.effect == "allow"
        for pattern in permission.actions
        for name in vocabulary.names(pattern)
    }
    ceiling = units[0].unit.ceiling
    return within_ceiling(ceiling, sorted(services), vocabulary) if ceiling else frozenset()


def _steps(actions: frozenset[str], catalog: Catalog) -> Iterator[Patterns]:
    """Names; then one service after another by words, and at last by any letters, most saved first."""
    chosen = _by_service(actions, catalog, Style.EXACT)
    yield _all(chosen)
    for style in (Style.WORDS, Style.TIGHT):
        shorter = _by_service(actions, catalog, style)
        saved = {service: _length(chosen[service]) - _length(shorter[service]) for service in chosen}
        for service in sorted(saved, key=lambda service: (-saved[service], service)):
            if saved[service] > 0:
                chosen[service] = shorter[service]
                yield _all(chosen)


def _by_service(actions: frozenset[str], catalog: Catalog, style: Style) -> dict[str, Patterns]:
    services: dict[str, list[str]] = {}
    for action in sorted(actions):
        services.setdefault(action.partition(":")[0], []).append(action)
    statements = [Statement("allow", tuple(names), ("*",), ALWAYS) for names in services.values()]
    covers = CoverCache()
    return dict(zip(services, (s.patterns for s in minimise(statements, catalog, style, covers)), strict=True))


def _all(services: Mapping[str, Patterns]) -> Patterns:
    return tuple(sorted(pattern for found in services.values() for pattern in found))


def _length(patterns: Iterable[str]) -> int:
    return sum(map(width, patterns))
