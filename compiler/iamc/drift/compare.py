"""What changes for a project when the action database does.

Two things change. What a declaration stands for: that shows at the next compile, and is proved and reviewed there. And
what the wildcards in documents that are already deployed match: that changes on the day AWS adds an action, with no
compile at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.catalog import Catalog
from iamc.drift.expansions import Expansions, parts, vocabulary_of, written_wildcards
from iamc.drift.lock import Lock
from iamc.drift.weights import WEIGHTS, Named, weighed
from iamc.model import Compiled, Unit
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Drift:
    """How one pattern of one role changes.

    `deployed`: the pattern is a wildcard of the documents; otherwise it is a part of the declaration. `gained` and
    `lost` begin with what weighs most.
    """

    unit: str
    pattern: str
    deployed: bool
    effect: str
    gained: tuple[Named, ...]
    lost: tuple[Named, ...]

    @property
    def weight(self) -> int:
        """The place in `WEIGHTS` of the heaviest gain; what only loses, or denies more, weighs least."""
        levels = [level.value for level in WEIGHTS]
        at = [levels.index(each.level) for each in self.gained if each.level in levels]
        return min(at, default=len(levels)) if self.effect == "allow" else len(levels)


def since_lock(lock: Lock, units: Iterable[Unit], after: Catalog) -> tuple[Drift, ...]:
    """What changes from the lock to a database, for the parts that are both in the lock and in the sources."""
    now = Expansions(vocabulary_of(after))
    found: list[Drift] = []
    for unit in units:
        for part in dict.fromkeys(parts(unit)):
            locked = lock.names(part.unit, part.text)
            if locked is not None:
                found += _drift(part.unit, part.text, False, part.effect, locked, now.of(part), now)
        role = lock.roles.get(unit.name)
        for pattern in role.wildcards if role else ():
            found += _drift(unit.name, pattern, True, "allow", lock.expansions[pattern], now.opened([pattern]), now)
    return _ordered(found)


def between(before: Catalog, compiled: Iterable[Compiled], after: Catalog) -> tuple[Drift, ...]:
    """What changes from the database that units were compiled with to another."""
    then, now = Expansions(vocabulary_of(before)), Expansions(vocabulary_of(after))
    found: list[Drift] = []
    for each in compiled:
        for part in dict.fromkeys(parts(each.unit)):
            found += _drift(part.unit, part.text, False, part.effect, then.of(part), now.of(part), now)
        for pattern in written_wildcards(each):
            old, new = then.opened([pattern]), now.opened([pattern])
            found += _drift(each.unit.name, pattern, True, "allow", old, new, now)
    return _ordered(found)


def _drift(
    unit: str, pattern: str, deployed: bool, effect: str, old: frozenset[str], new: frozenset[str], now: Expansions
) -> Iterator[Drift]:
    if old != new:
        gained, lost = weighed(new - old, now.vocabulary), weighed(old - new, now.vocabulary)
        yield Drift(unit, pattern, deployed, effect, gained, lost)


def _ordered(found: Iterable[Drift]) -> tuple[Drift, ...]:
    """The roles that gain the weightiest actions first; within a role the same, deployed patterns before others."""
    every = list(found)
    heaviest: dict[str, int] = {}
    for each in every:
        heaviest[each.unit] = min(each.weight, heaviest.get(each.unit, len(WEIGHTS)))
    place = {each: (heaviest[each.unit], each.unit, each.weight, not each.deployed, each.pattern) for each in every}
    return tuple(sorted(every, key=lambda each: place[each]))
