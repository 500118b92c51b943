"""Statements as policy JSON: elements, sizes and Sids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from iamc.catalog import Catalog, Level
from iamc.model import Statement

VERSION = "2012-10-17"
_LEVELS = {
    Level.LIST: "List",
    Level.READ: "Read",
    Level.WRITE: "Write",
    Level.TAGGING: "Tag",
    Level.PERMISSIONS: "Permissions",
}


def element(statement: Statement) -> dict[str, Any]:
    """The statement as it stands in a policy; a list of one is written as its item."""
    out: dict[str, Any] = {"Sid": statement.sid} if statement.sid else {}
    out["Effect"] = statement.effect.capitalize()
    out["Action"] = _one_or_many(statement.patterns)
    out["Resource"] = _one_or_many(statement.resources)
    if statement.condition:
        out["Condition"] = statement.condition.block()
    return out


def _one_or_many(items: tuple[str, ...]) -> str | list[str]:
    return items[0] if len(items) == 1 else list(items)


def compact(value: Any) -> str:
    """JSON without white space: what AWS counts."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def text_of(statements: Iterable[Statement]) -> str:
    """The compact text of a document that holds these statements."""
    return compact({"Version": VERSION, "Statement": [element(s) for s in statements]})


ENVELOPE = len(text_of(()))
"""Characters of a document apart from its statements."""


def size(statement: Statement) -> int:
    """Characters that the statement adds to a document, its comma included."""
    return len(compact(element(statement))) + 1


def with_sids(statements: Iterable[Statement], catalog: Catalog) -> tuple[Statement, ...]:
    """Each statement with a Sid that says what it is about, unique among them all."""
    taken: dict[str, int] = {}
    out: list[Statement] = []
    for statement in statements:
        stem = _stem(statement, catalog)
        taken[stem] = taken.get(stem, 0) + 1
        out.append(replace(statement, sid=stem if taken[stem] == 1 else f"{stem}{taken[stem]}"))
    return tuple(out)


def _stem(statement: Statement, catalog: Catalog) -> str:
    services = sorted({action.partition(":")[0] for action in statement.actions})
    effect = "Deny" if statement.effect == "deny" else ""
    if services == ["*"]:
        return f"{effect}Everything"
    named = "".join(_word(service) for service in services) if len(services) <= 2 else "Several"
    if len(statement.actions) == 1 and "*" not in statement.actions[0]:
        return f"{effect}{named}{_word(statement.actions[0].partition(':')[2])}"
    found = {action.level for name in statement.actions if (action := catalog.action(name))}
    levels = "".join(word for level, word in _LEVELS.items() if level in found)
    # A stem that ends in a digit would run into the number of a later one.
    return f"{effect}{named}{levels or 'All'}"


def _word(text: str) -> str:
    parts = re.split(r"[^A-Za-z0-9]+", text)
    return "".join(part[:1].upper() + part[1:] for part in parts)
