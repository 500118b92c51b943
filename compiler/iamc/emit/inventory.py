"""The inventory: who has what, where, until when. One row for each role, account, grant and person."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from iamc.emit.deployment import AccountPlan, Deployment, RolePlan
from iamc.emit.holders import Holding
from iamc.model import Person
from iamdsl.diagnostics import Diagnostic

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""


def inventory(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """The same rows twice: `inventory.csv` for spreadsheets, `inventory.json` for programs."""
    rows = [row for account in deployment.accounts for role in account.roles for row in _rows(account, role)]
    text = json.dumps(rows, indent=2) + "\n"
    return {"inventory/inventory.csv": _csv(rows), "inventory/inventory.json": text}, []


def _rows(account: AccountPlan, planned: RolePlan) -> Iterator[dict[str, Any]]:
    role, where = planned.role, account.account
    common: dict[str, Any] = {
        "account": where.name if where else None,
        "account_number": where.number if where else None,
        "account_class": (where.klass or None) if where else None,
        "role": planned.name,
        "tier": role.tier or None,
        "break_glass": role.break_glass,
    }
    facts: dict[str, Any] = {
        "session_seconds": planned.session,
        "require": list(role.require),
        "alert": [f"{alert.channel} {alert.destination}" for alert in role.alerts],
        "policies": [policy.name for policy in planned.policies],
        "managed": list(role.managed),
    }
    for holding in planned.held or (None,):
        people: tuple[Person | None, ...] = (holding.people if holding else ()) or (None,)
        for person in people:
            yield {**common, **_held(holding, person), **facts}


def _held(holding: Holding | None, person: Person | None) -> dict[str, Any]:
    team, grant = (holding.team, holding.grant) if holding else (None, None)
    return {
        "team": team.name if team else None,
        "group": (team.group or None) if team else None,
        "person": person.name if person else None,
        "email": person.email if person else None,
        "until": (grant.until or None) if grant else None,
        "reason": (grant.reason or None) if grant else None,
        "approval": (grant.approval or None) if grant else None,
    }


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = list(rows[0]) if rows else ["account", "role"]
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    """A cell of plain text; what a spreadsheet would evaluate gets the apostrophe that stops it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    shown = "".join(c if c.isprintable() else " " for c in text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
