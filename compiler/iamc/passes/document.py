"""Statements as policy JSON: elements, their order, and their sizes.

Documents are compact JSON in ASCII, other characters escaped: the number of characters is then also the number of
bytes, so that it does not matter which of the two AWS counts (its own messages name both), and no white space
stands outside the strings. White space inside strings is counted here although AWS leaves it out for managed
policies: a document is never longer than its number says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from iamc.model import Condition, Statement

VERSION = "2012-10-17"


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
    return json.dumps(value, separators=(",", ":"))


def text_of(statements: Iterable[Statement]) -> str:
    """The compact text of a document that holds these statements."""
    return compact({"Version": VERSION, "Statement": [element(s) for s in statements]})


ENVELOPE = len(text_of(()))
"""Characters of a document apart from its statements."""


def size(statement: Statement) -> int:
    """Characters that the statement adds to a document, its comma included."""
    return len(compact(element(statement))) + 1


def width(item: str) -> int:
    """Characters that an action or a resource adds to a list, its quotes and comma included."""
    if item.isascii() and item.isprintable() and '"' not in item and "\\" not in item:
        return len(item) + 3
    return len(compact(item)) + 1


def content(statement: Statement) -> tuple[bool, tuple[str, ...], tuple[str, ...], tuple[str, ...], Condition]:
    """What statements are sorted by wherever they stand together: denies first."""
    return (
        statement.effect != "deny",
        statement.resources,
        statement.actions,
        statement.patterns,
        statement.condition,
    )
