"""Which gained or lost actions a reader should see first."""

from __future__ import annotations

from collections.abc import Collection

from iamc.catalog import Level
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl.values import dataclass

WEIGHTS = (Level.PERMISSIONS, Level.WRITE, Level.TAGGING, Level.READ, Level.LIST)
"""The access levels, those by which people can give themselves more first."""
GONE = "gone"
"""In the place of a level: the database has no such action."""


@dataclass(frozen=True, slots=True)
class Named:
    """An action and its access level, or `GONE`."""

    action: str
    level: str


def weighed(actions: Collection[str], vocabulary: Vocabulary) -> tuple[Named, ...]:
    """The actions with their levels, heaviest first, then by name."""
    order = {level.value: place for place, level in enumerate(WEIGHTS)}
    known = [(name, vocabulary.catalog.action(name)) for name in actions]
    named = [Named(name, action.level.value if action else GONE) for name, action in known]
    return tuple(sorted(named, key=lambda each: (order.get(each.level, len(order)), each.action)))
