"""Cut a statement in parts: along its resources or its actions, the parts together grant the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from iamc.model import Statement
from iamc.passes.document import size, width

SID_ROOM = 8
"""Characters kept free in a statement that is cut, for the number that its Sid gets."""


def cut(statement: Statement, room: int) -> Iterator[Statement]:
    """The statement in as few parts as fit, cut along the longer of its lists, then along the other.

    A statement of one action and one resource that does not fit is given back as it is.
    """
    if size(statement) <= room:
        yield statement
        return
    side = _divisible(statement)
    if side is None:
        yield statement
        return
    for part in _chunks(statement, side, room):
        if size(part) <= room:
            yield part
        else:
            yield from cut(part, room)


def take(statement: Statement, room: int) -> tuple[Statement, Statement] | None:
    """As much of the statement as fits, and what is left of it; None if nothing fits or nothing would be left."""
    side = _divisible(statement)
    if side is None:
        return None
    items = _items(statement, side)
    used, count = _bare(statement, side), 0
    while count < len(items) and used + width(items[count]) <= room:
        used += width(items[count])
        count += 1
    if count in (0, len(items)):
        return None
    return _with(statement, side, items[:count]), _with(statement, side, items[count:])


def _length(items: Sequence[str]) -> int:
    """Characters of a list's items."""
    return sum(map(width, items))


def _divisible(statement: Statement) -> str | None:
    """The longer of the lists that have two items at least."""
    sides = [side for side in ("patterns", "resources") if len(_items(statement, side)) > 1]
    return max(sides, key=lambda side: _length(_items(statement, side)), default=None)


def _items(statement: Statement, side: str) -> tuple[str, ...]:
    return statement.patterns if side == "patterns" else statement.resources


def _bare(statement: Statement, side: str) -> int:
    """Characters of the statement without the items of one list, with what its parts may need for their Sids."""
    return size(statement) - _length(_items(statement, side)) + 2 + SID_ROOM


def _chunks(statement: Statement, side: str, room: int) -> Iterator[Statement]:
    base = used = _bare(statement, side)
    chunk: list[str] = []
    for item in _items(statement, side):
        if chunk and used + width(item) > room:
            yield _with(statement, side, chunk)
            chunk, used = [], base
        chunk.append(item)
        used += width(item)
    yield _with(statement, side, chunk)


def _with(statement: Statement, side: str, items: Sequence[str]) -> Statement:
    if side == "patterns":
        return replace(statement, patterns=tuple(items))
    return replace(statement, resources=tuple(items))
