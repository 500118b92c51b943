"""Put statements into documents: as few as can be found, and each where it was before a small edit.

Pieces are pairs of size and statement. How many documents are needed is found by first-fit decreasing, by next-fit and
by dissolving the emptiest document into the room that the others have left. Then each statement is given to the
document that it prefers, by a hash of what it is about: an edit of one statement leaves the others where they are,
without any record of the last compile. Only where the preferences do not lead to as few documents does the tighter
packing stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias
from zlib import crc32

from iamc.model import Statement
from iamc.passes.cutting import take
from iamc.passes.document import size

Piece: TypeAlias = tuple[int, Statement]
Bin: TypeAlias = list[Piece]

LEAST = 120
"""Characters of room below which no part of a statement is worth cutting off."""
TRIES = 2
"""Documents fewer than found that preferences are tried with."""


def pack(pieces: Sequence[Piece], room: int, least: int) -> list[Bin]:
    """The pieces in bins of `room` characters; no packing can have fewer than `least` bins."""
    if not pieces:
        return []
    ranked = sorted(pieces, key=lambda piece: (-piece[0], about(piece[1]), piece[1].patterns, piece[1].resources))
    bins = min((first_fit(ranked, room), next_fit(pieces, room)), key=len)
    while len(bins) > least and (fewer := dissolved(bins, room)) is not None:
        bins = fewer
    for count in range(max(least, len(bins) - TRIES), len(bins) + 1):
        if (settled := preferred(ranked, room, count)) is not None:
            return settled
    return bins


def first_fit(ranked: Sequence[Piece], room: int) -> list[Bin]:
    """Each piece in the first bin that has room for it."""
    bins: list[Bin] = []
    free: list[int] = []
    for piece in ranked:
        place = next((number for number, left in enumerate(free) if left >= piece[0]), len(bins))
        if place == len(bins):
            bins.append([])
            free.append(room)
        bins[place].append(piece)
        free[place] -= piece[0]
    return bins


def next_fit(pieces: Sequence[Piece], room: int) -> list[Bin]:
    """Each piece in the last bin or, when that has no room, in a new one."""
    bins: list[Bin] = []
    left = 0
    for piece in pieces:
        if not bins or piece[0] > left:
            bins.append([])
            left = room
        bins[-1].append(piece)
        left -= piece[0]
    return bins


def dissolved(bins: Sequence[Bin], room: int) -> list[Bin] | None:
    """One bin fewer: the pieces of the emptiest, cut if need be, in the room of the others; None if too many."""
    *others, last = sorted((list(held) for held in bins), key=_used, reverse=True)
    free = [room - _used(held) for held in others]
    pending = sorted(last, key=lambda piece: piece[0])
    while pending:
        length, statement = piece = pending.pop()
        fitting = [place for place, left in enumerate(free) if left >= length]
        if fitting:
            place = min(fitting, key=lambda place: (free[place], place))
        else:
            place = max(range(len(free)), key=lambda place: (free[place], -place), default=-1)
            parts = take(statement, free[place]) if place >= 0 and free[place] >= LEAST else None
            if parts is None:
                return None
            piece, rest = ((size(part), part) for part in parts)
            pending.append(rest)
        others[place].append(piece)
        free[place] -= piece[0]
    return others


def preferred(ranked: Sequence[Piece], room: int, count: int) -> list[Bin] | None:
    """Each piece in the bin that it prefers among those with room for it; None when `count` bins are too few.

    Pieces for which no bin has room come last, and are cut.
    """
    bins: list[Bin] = [[] for _ in range(count)]
    free = [room] * count
    left: list[Statement] = []
    for piece in ranked:
        place = next((place for place in _preferences(piece[1], count) if free[place] >= piece[0]), None)
        if place is None:
            left.append(piece[1])
        else:
            bins[place].append(piece)
            free[place] -= piece[0]
    if all(_spread(statement, bins, free) for statement in left):
        return [held for held in bins if held]
    return None


def _spread(statement: Statement, bins: list[Bin], free: list[int]) -> bool:
    """Put parts of the statement where most room is free; whether all of it found room."""
    for place in sorted(range(len(bins)), key=lambda place: (-free[place], place)):
        length = size(statement)
        parts = None if length <= free[place] or free[place] < LEAST else take(statement, free[place])
        piece = (length, statement) if parts is None else (size(parts[0]), parts[0])
        if piece[0] > free[place]:
            return False
        bins[place].append(piece)
        free[place] -= piece[0]
        if parts is None:
            return True
        statement = parts[1]
    return False


def _preferences(statement: Statement, count: int) -> list[int]:
    """The bins by a hash of bin and statement: another bin more or less does not change the order of the others."""
    key = crc32(repr(about(statement)).encode())
    return sorted(range(count), key=lambda place: crc32(b"%d" % place, key))


def about(statement: Statement) -> tuple[str, str, str, str]:
    """What stays of a statement when an action or a resource is added to it or taken away, as a rule."""
    service = statement.patterns[0].partition(":")[0]
    return statement.effect, str(statement.condition.atoms), service, statement.resources[0]


def _used(held: Bin) -> int:
    return sum(length for length, _ in held)
