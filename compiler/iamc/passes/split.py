"""The split pass: statements to documents within the quota, few of them, and how few it could be at best."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from iamc.model import Statement
from iamc.passes.cutting import cut
from iamc.passes.document import ENVELOPE, content, size, width
from iamc.passes.packing import Piece, pack
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Split:
    """Bins of statements, the fewest bins that could hold them, and statements that fit in none."""

    bins: tuple[tuple[Statement, ...], ...]
    lower_bound: int
    oversize: tuple[Statement, ...]


def split(statements: Sequence[Statement], characters: int) -> Split:
    """Pack the statements into documents of at most `characters`."""
    room = characters - ENVELOPE + 1
    pieces: list[Piece] = []
    oversize: list[Statement] = []
    for statement in statements:
        for part in cut(statement, room):
            used = size(part)
            if used <= room:
                pieces.append((used, part))
            else:
                oversize.append(part)
    least = lower_bound(statements, room)
    bins = pack(pieces, room, least)
    ordered = tuple(tuple(sorted((part for _, part in held), key=content)) for held in bins)
    return Split(ordered, least, tuple(oversize))


def lower_bound(statements: Iterable[Statement], room: int) -> int:
    """Documents that no packing goes below, however statements are cut.

    A statement of P actions and R resources grants P x R pairs, of which a document holds so many at most; that gives
    its number k of pieces, and each pays the statement's frame. If no piece can hold more than r of the R resources,
    the actions are written R / r times at least: the share p x r / (P x R) that a piece has of all pairs is at most the
    share that it pays. Likewise for the resources.
    """
    most, total = 1, 0
    for statement in statements:
        actions, resources = sorted(map(width, statement.patterns)), sorted(map(width, statement.resources))
        frame = max(1, size(statement) - sum(actions) - sum(resources))
        # A list of one is written without its brackets and comma, so two characters are forgiven on each side.
        left = room - frame + 4
        pieces = -(-len(actions) * len(resources) // max(1, _most_pairs(actions, resources, left)))
        most = max(most, pieces)
        total += frame * pieces + max(_written(actions, resources, left), _written(resources, actions, left))
    return max(most, -(-total // room))


def _written(short: Sequence[int], long: Sequence[int], room: int) -> int:
    """Characters of both lists when `long` has to be cut so that it fits beside one item of `short` (both sorted)."""
    fitting = max(1, bisect_right(list(accumulate(long)), room - short[0]))
    return sum(long) + max(sum(short), sum(short) * len(long) // fitting)


def _most_pairs(actions: Sequence[int], resources: Sequence[int], room: int) -> int:
    """The most (action, resource) pairs that lists of together `room` characters can grant, by the shortest items."""
    action, resource = actions[0], resources[0]
    counts = range(1, len(actions) + 1)
    return max((n * min(len(resources), (room - n * action) // resource) for n in counts), default=1)
