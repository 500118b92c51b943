"""What this iamc works with: versions, the action database and its age, the cache, extras, git."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import iamc_schemas
from iamc import __version__
from iamc.catalog import CatalogIdentity
from iamc.data import table
from iamdsl.cache import user_cache

EXTRAS: Mapping[str, str] = {
    "athena": "boto3",
    "duckdb": "duckdb",
    "lsp": "pygls",
    "risk": "cloudsplaining",
    "spark": "pyspark",
}
"""Each optional extra by the module that it brings."""


def checkup(identity: CatalogIdentity, today: date) -> dict[str, Any]:
    """Every fact as plain values, for people and for JSON; None is what cannot be known."""
    return {
        "iamc": __version__,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "policy_sentry": _version("policy-sentry"),
        "database": _database(identity, today),
        "cache": _cache(user_cache().directory),
        "schemas": str(Path(iamc_schemas.__path__[0])),
        "extras": {extra: bool(importlib.util.find_spec(module)) for extra, module in EXTRAS.items()},
        "git": _git(),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _database(identity: CatalogIdentity, today: date) -> dict[str, Any]:
    rows = {row["sha256"]: row["changed"] for row in table("databases")["databases"]}
    changed = rows.get(identity.sha256)
    return {
        "package_version": identity.package_version,
        "sha256": identity.sha256,
        "overlay_sha256": identity.overlay_sha256,
        "services": identity.services,
        "actions": identity.actions,
        "changed": changed,
        "age_days": (today - date.fromisoformat(changed)).days if changed else None,
    }


def _cache(folder: Path | None) -> dict[str, Any]:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()] if folder else []
    return {"folder": str(folder) if folder else None, "files": len(sizes), "bytes": sum(sizes)}


def _git() -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run([git, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip().removeprefix("git version ") or None
