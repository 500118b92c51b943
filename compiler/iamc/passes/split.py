"""The split pass: statements to documents within the quota.

A statement can be cut along its resources or its actions and still grants the same. Statements go into documents
first-fit decreasing; a second packing, next-fit, is kept where it should need fewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from iamc.model import Statement
from iamc.passes.document import ENVELOPE, size
from iamdsl.values import dataclass

SID_ROOM = 8
"""Characters kept free in a statement that is cut, for the number that its Sid gets."""


@dataclass(frozen=True, slots=True)
class Split:
    """Bins of statements, the fewest bins that could hold them, and statements that fit in none."""

    bins: tuple[tuple[Statement, ...], ...]
    lower_bound: int
    oversize: tuple[Statement, ...]


def split(statements: Sequence[Statement], characters: int) -> Split:
    """Pack the statements into documents of at most `characters`."""
    room = characters - ENVELOPE + 1
    pieces: list[Statement] = []
    oversize: list[Statement] = []
    for statement in statements:
        for piece in _cut(statement, room):
            (pieces if size(piece) <= room else oversize).append(piece)
    bins = min((_first_fit(pieces, room), _next_fit(pieces, room)), key=len)
    return Split(tuple(tuple(b) for b in bins), lower_bound(statements, room), tuple(oversize))


def lower_bound(statements: Iterable[Statement], room: int) -> int:
    """Documents that no packing goes below, however statements are cut.

    A statement of P actions and R resources grants P x R pairs, of which a document holds so many at most; that gives
    its number k of pieces. Every piece pays the statement's frame again, and every action and resource is written
    at least once, so all statements together need ceil(sum(actions + resources + k x frame) / room) documents.
    """
    most, total = 1, 0
    for statement in statements:
        actions, resources = _length(statement.patterns), _length(statement.resources)
        frame = max(1, size(statement) - actions - resources)
        pairs = len(statement.patterns) * len(statement.resources)
        pieces = -(-pairs // max(1, _most_pairs(statement, room - frame)))
        most = max(most, pieces)
        total += actions + resources + frame * pieces
    return max(most, -(-total // room))


def _most_pairs(statement: Statement, room: int) -> int:
    """The most (action, resource) pairs that lists of together `room` characters can grant, by the shortest items."""
    count, other = len(statement.patterns), len(statement.resources)
    action = min(map(len, statement.patterns)) + 3
    resource = min(map(len, statement.resources)) + 3
    # A list of one is written without its brackets and comma, so two characters are forgiven on each side.
    room += 4
    return max((n * min(other, (room - n * action) // resource) for n in range(1, count + 1)), default=1)


def _length(items: tuple[str, ...]) -> int:
    return sum(len(item) + 3 for item in items)


def _cut(statement: Statement, room: int) -> Iterator[Statement]:
    """The statement in as few parts as fit, cut along the longer of its lists, then along the other."""
    if size(statement) <= room:
        yield statement
        return
    for name in sorted(("patterns", "resources"), key=lambda side: -_length(getattr(statement, side))):
        items: tuple[str, ...] = getattr(statement, name)
        if len(items) > 1:
            for part in _chunks(statement, name, items, room):
                if size(part) <= room:
                    yield part
                else:
                    yield from _cut(part, room)
            return
    yield statement


def _chunks(statement: Statement, name: str, items: tuple[str, ...], room: int) -> Iterator[Statement]:
    base = size(statement) - _length(items) + 2 + SID_ROOM
    chunk: list[str] = []
    used = base
    for item in items:
        length = len(item) + 3
        if chunk and used + length > room:
            yield _with(statement, name, chunk)
            chunk, used = [], base
        chunk.append(item)
        used += length
    yield _with(statement, name, chunk)


def _with(statement: Statement, name: str, items: list[str]) -> Statement:
    if name == "patterns":
        return replace(statement, patterns=tuple(items))
    return replace(statement, resources=tuple(items))


def _first_fit(pieces: Sequence[Statement], room: int) -> list[list[Statement]]:
    ranked = sorted(((size(piece), piece) for piece in pieces), key=lambda pair: (-pair[0], _content(pair[1])))
    bins: list[list[Statement]] = []
    free: list[int] = []
    for length, piece in ranked:
        place = next((number for number, left in enumerate(free) if left >= length), None)
        if place is None:
            bins.append([piece])
            free.append(room - length)
        else:
            bins[place].append(piece)
            free[place] -= length
    return [sorted(held, key=_content) for held in bins]


def _next_fit(pieces: Sequence[Statement], room: int) -> list[list[Statement]]:
    bins: list[list[Statement]] = []
    left = 0
    for piece in pieces:
        length = size(piece)
        if not bins or length > left:
            bins.append([])
            left = room
        bins[-1].append(piece)
        left -= length
    return bins


def _content(statement: Statement) -> tuple[bool, tuple[str, ...], tuple[str, ...], str]:
    return statement.effect != "deny", statement.resources, statement.patterns, str(statement.condition.atoms)
