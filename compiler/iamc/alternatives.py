"""Which resource types an action needs beside those that are granted.

The action database marks every type that an action may act on as required, even where one call names a single resource
that is of one type or of another. `data/alternative-types.json` has the types that stand for one another.
"""

from __future__ import annotations

from functools import lru_cache

from iamc.catalog import Action, Level
from iamc.data import table


def needed_beside(action: Action, held: set[str]) -> frozenset[str]:
    """The required types of an action of which nothing is held, neither the type itself nor one that stands for it."""
    needed = {row.type for row in action.resources if row.required}
    if len(needed) < 2 or _is_of_tags(action):
        return frozenset()
    groups = _groups().get(action.service, ())
    return frozenset(
        name for name in needed - held if all(name not in group or held.isdisjoint(group & needed) for group in groups)
    )


def _is_of_tags(action: Action) -> bool:
    """Actions on tags take one resource, whatever its type."""
    return action.level is Level.TAGGING or action.name.startswith(("ListTags", "GetTags"))


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[frozenset[str], ...]]:
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for row in table("alternative-types")["rows"]:
        found[row["service"]] = (*found.get(row["service"], ()), frozenset(row["types"]))
    return found
