"""Finding the lock of a project, and holding a compile to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iamc.cli.common import stop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iamc.catalog import Catalog
    from iamc.drift.lock import Lock
    from iamc.model import Unit
    from iamdsl.diagnostics import Diagnostic

LOCK = "iamc.lock"


def lock_place(options: dict[str, Any]) -> Path:
    """Where the lock of the named paths is written: in the folder that they have in common."""
    return _folder(options) / LOCK


def _folder(options: dict[str, Any]) -> Path:
    paths = [path for path in options["paths"] if str(path) != "-"] or [Path()]
    folders = [path if path.is_dir() else path.parent for path in paths]
    return folders[0] if len(folders) == 1 else Path(os.path.commonpath([folder.resolve() for folder in folders]))


def existing_lock(options: dict[str, Any]) -> Lock | None:
    """The lock of the named paths, None when there is none; leaves with 2 when it cannot be used."""
    path = _nearest(options)
    if path is None:
        return None
    from iamc.drift.lock import LockError, read_lock

    try:
        return read_lock(path)
    except LockError as error:
        stop(str(error), options["style"], "IAM563")


def _nearest(options: dict[str, Any]) -> Path | None:
    """The lock in the common folder or the nearest one above it, inside --root or the repository."""
    folder = _folder(options).resolve()
    above = (folder, *folder.parents)
    root = options["root"].resolve() if options["root"] else next((p for p in above if (p / ".git").exists()), folder)
    inside = [place for place in above if place.is_relative_to(root)]
    return next((place / LOCK for place in inside or [folder] if (place / LOCK).is_file()), None)


def held_to_lock(
    options: dict[str, Any], units: Iterable[Unit], catalog: Catalog, *, required: bool = False
) -> list[Diagnostic]:
    """What differs from the lock. `required`: leave with 2 without a lock, and find parts that it does not have."""
    lock = existing_lock(options)
    if lock is None:
        if required:
            stop(f"there is no `{LOCK}`; write one with `iamc lock`", options["style"], "IAM563")
        return []
    from iamc.drift.lock import differences

    return differences(lock, units, catalog, complete=required)
