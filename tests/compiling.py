"""Compile a text in memory."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from iamc.catalog import Catalog
from iamc.pipeline import Result, compile_project
from iamc.project import load_text
from iamc.settings import Settings
from iamdsl.source import Source

TODAY = date(2026, 11, 24)


def compiled(text: str, catalog: Catalog, name: str = "test.iamdsl", **settings: Any) -> Result:
    """The result of compiling one file; `settings` are those of `Settings`."""
    return compile_project(load_text(Source(name, text)), catalog, Settings(today=TODAY, **settings))


def codes(result: Result) -> list[str]:
    """The codes of the findings, in order."""
    return [finding.code for finding in result.diagnostics]


def statements(result: Result) -> list[dict[str, Any]]:
    """Every statement of every document of the only unit."""
    (unit,) = result.compiled
    return [s for d in unit.documents for s in json.loads(d.text)["Statement"]]


def actions(result: Result) -> set[str]:
    """Every action pattern that the only unit's documents name."""
    found: set[str] = set()
    for statement in statements(result):
        names = statement["Action"]
        found.update([names] if isinstance(names, str) else names)
    return found
