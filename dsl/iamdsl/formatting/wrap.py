"""The lines of one entry: a field, or the head of a declaration.

An entry breaks where its author broke it at a clause, a part, an `and` or a list item, and behind a comment.
A line that is still too long is broken at the coarsest of these places first. What is too long after that was
too long before, so laying out twice gives the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum

from iamdsl.formatting.lexemes import COMMA, COMMENT, LBRACE, Lexeme, join, width

WIDTH = 88
INDENT = "  "

_CLAUSES = frozenset({"WITH", "WITHOUT", "WHEN", "UNTIL"})
_PARTS = frozenset({"ON", "TO", "IN", "EXCEPT"})


class Place(IntEnum):
    """Where a line may break, from coarse to fine. A comment forces a break anywhere, `OTHER` included."""

    CLAUSE = 1
    PART = 2
    AND = 3
    ITEM = 4
    OTHER = 5
    BRACE = 6


def wrapped(lexemes: Sequence[Lexeme], depth: int, *, together: bool = False) -> list[str]:
    """The physical lines of an entry that stands `depth` levels deep; `together`: however long they get."""
    unbroken = not any(lexeme.breaks for lexeme in lexemes[1:])
    if unbroken and depth * len(INDENT) + width(lexemes) <= WIDTH:
        return [INDENT * depth + join(lexemes)]
    return _Entry(lexemes, depth).lines(fitted=not together)


def kept_whole(lexemes: Sequence[Lexeme]) -> bool:
    """Whether nothing that the author wrote breaks this entry."""
    return not _Entry(lexemes, 0).breaks


class _Entry:
    """An entry with the places where it may break, and where it does."""

    def __init__(self, lexemes: Sequence[Lexeme], depth: int) -> None:
        self.lexemes = lexemes
        self.depth = depth
        self.places = list(_places(lexemes))
        self.breaks = {
            index
            for index in range(1, len(lexemes))
            if _forced(lexemes, index) or (lexemes[index].breaks and self.places[index] <= Place.ITEM)
        }

    def lines(self, *, fitted: bool) -> list[str]:
        if fitted:
            self._fit()
        if self.lexemes[-1].kind == LBRACE and self.breaks:
            self.breaks.add(len(self.lexemes) - 1)
        return [INDENT * level + join(self.lexemes[start:end]) for start, end, level in self._rows()]

    def _fit(self) -> None:
        """Break what is too long, coarse places first, each kind all at once within its surroundings."""
        self._relieve([(0, len(self.lexemes))], {Place.CLAUSE})
        self._relieve(self._segments(Place.CLAUSE), {Place.PART, Place.AND})
        self._relieve(self._segments(Place.AND), {Place.ITEM})

    def _relieve(self, segments: Iterable[tuple[int, int]], places: set[Place]) -> None:
        """Break the segments that a row is too long in, at the places given."""
        long = [False] * len(self.lexemes)
        for start, end, level in self._rows():
            if level * len(INDENT) + width(self.lexemes[start:end]) > WIDTH:
                long[start:end] = [True] * (end - start)
        for start, end in segments:
            if any(long[start:end]):
                self.breaks.update(i for i in range(max(start, 1), end) if self.places[i] in places)

    def _segments(self, finest: Place) -> Iterator[tuple[int, int]]:
        """The stretches between places that are at least as coarse as `finest`."""
        starts = [0, *(i for i in range(1, len(self.lexemes)) if self.places[i] <= finest)]
        return zip(starts, [*starts[1:], len(self.lexemes)], strict=True)

    def _rows(self) -> Iterator[tuple[int, int, int]]:
        """The rows as broken now: first lexeme, lexeme behind the last, level of indentation."""
        starts = sorted(self.breaks)
        levels = self._levels()
        for start, end in zip([0, *starts], [*starts, len(self.lexemes)], strict=True):
            yield start, end, levels[start]

    def _levels(self) -> list[int]:
        """The level that each lexeme would have at the start of a row: one more than what it is part of."""
        levels = [self.depth]
        clause = condition = False
        for index in range(1, len(self.lexemes)):
            place, broken = self.places[index], index in self.breaks
            if place <= Place.PART:
                clause, condition = broken, False
                level = 1
            elif place is Place.AND:
                level, condition = 1 + clause, broken
            else:
                level = 0 if place is Place.BRACE else 1 + clause + condition
            levels.append(self.depth + level)
        return levels


def _places(lexemes: Sequence[Lexeme]) -> Iterator[Place]:
    """The place before each lexeme; a comment on its own line stands where the lexeme after it stands."""
    own: list[Place] = []
    before = ""
    for lexeme in lexemes:
        own.append(_place(before, lexeme.kind))
        if lexeme.kind != COMMENT:
            before = lexeme.kind
    following = Place.OTHER
    for index in range(len(lexemes) - 1, -1, -1):
        if lexemes[index].kind != COMMENT:
            following = own[index]
        elif lexemes[index].own_line:
            own[index] = following
    return iter(own)


def _place(before: str, kind: str) -> Place:
    if kind in _CLAUSES:
        return Place.CLAUSE
    if kind in _PARTS:
        return Place.PART
    if kind == LBRACE:
        return Place.BRACE
    if kind == "AND":
        return Place.AND
    return Place.ITEM if before == COMMA and kind != COMMENT else Place.OTHER


def _forced(lexemes: Sequence[Lexeme], index: int) -> bool:
    return lexemes[index].own_line or lexemes[index - 1].kind == COMMENT
