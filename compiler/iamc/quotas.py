"""Quotas: how long a policy document may be and how many of them one holder carries, from `data/quotas.json`."""

from __future__ import annotations

from collections.abc import Mapping

from iamc.data import table
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """One kind of policy. `characters` bounds a document, `count` the documents of one holder."""

    name: str
    characters: int
    count: int
    raisable: int
    holder: str
    source: str
    strength: str
    retrieved: str


def quotas() -> Mapping[str, Quota]:
    """Every quota by its name, in the table's order."""
    return {row["name"]: Quota(**row) for row in table("quotas")["quotas"]}
