"""Quotas: how long a policy document may be and how many of them one holder carries, from `data/quotas.json`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iamc.data import table
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """One kind of policy. `characters` bounds a document, `count` the documents of one holder.

    `raisable` is the count (for a trust policy, the characters) that AWS grants on request, 0 if it grants none or that
    is not known. With `attached`, the AWS managed policies of the holder count as documents too.
    """

    name: str
    characters: int
    count: int
    raisable: int
    attached: bool
    holder: str
    source: str
    strength: str
    retrieved: str


def quotas() -> Mapping[str, Quota]:
    """Every quota by its name, in the table's order."""
    return {row["name"]: Quota(**row) for row in table("quotas")["quotas"]}


def quotas_with(path: Path) -> Mapping[str, Quota]:
    """The table as the file at `path` changes it: JSON or YAML by `quotas.schema.json`, kind by kind, value by value.

    Raises `CatalogError` with a line for each fault.
    """
    from iamc.catalog.model import CatalogError
    from iamc.catalog.overlay_file import checked

    rows = {row["name"]: row for row in table("quotas")["quotas"]}
    new = {"raisable": 0, "attached": False, "holder": "holder", "source": str(path), "strength": "", "retrieved": ""}
    for name, changes in checked(path, "quotas")["quotas"].items():
        if name not in rows and "characters" not in changes:
            raise CatalogError(f"{path}: quotas.{name}: a new kind needs `characters`; known are {', '.join(rows)}")
        known = rows.get(name, {"count": 1, **new})
        rows[name] = {**known, "source": str(path), "strength": "", "retrieved": "", **changes, "name": name}
    return {name: Quota(**row) for name, row in rows.items()}
