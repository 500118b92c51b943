"""Which statements to write for a relation of actions and resources: few characters, no pair too many.

The relation is seen as a grid: a row for the resources that carry equal actions, a column for the actions that stand
on equal resources. A block is a set of columns on a set of rows whose every crossing is declared: one statement.
Writing each row as a block repeats actions, writing each column repeats resources. The shorter of the two is
improved by exchanges for as long as one saves characters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TypeAlias

from iamc.cover.universe import bits
from iamc.passes.document import width

Block: TypeAlias = tuple[int, int]
"""Masks of columns and of rows."""
Group: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""Actions and resources."""

EXCHANGED = 120
"""More blocks than this are not improved: exchanges look at pairs, and time must stay linear in the declarations."""


def by_resource(cells: Mapping[str, frozenset[str]]) -> list[Group]:
    """A group for each distinct set of actions."""
    rows: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for resource, actions in cells.items():
        rows[actions].append(resource)
    return [(actions, frozenset(resources)) for actions, resources in rows.items()]


def shared(cells: Mapping[str, frozenset[str]], frame: int) -> Iterator[Group]:
    """Groups whose crossings are exactly the cells; `frame` is what a statement costs beside its two lists."""
    for rows in _connected(by_resource(cells)):
        if len(rows) == 1:
            yield rows[0]
        else:
            yield from _Grid.of(rows, frame).groups()


def _connected(rows: list[Group]) -> Iterator[list[Group]]:
    """The rows in parts that have no action in common, in an order of their content."""
    leader: dict[str, int] = {}
    parent = list(range(len(rows)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for number, (actions, _) in enumerate(rows):
        for action in actions:
            parent[root(number)] = root(leader.setdefault(action, number))
    parts: defaultdict[int, list[Group]] = defaultdict(list)
    for number, row in enumerate(rows):
        parts[root(number)].append(row)
    for part in parts.values():
        yield sorted(part, key=lambda row: min(row[1]))


@dataclass(slots=True)
class _Grid:
    """Rows and columns with their characters."""

    rows: list[frozenset[str]]
    columns: list[frozenset[str]]
    row_blocks: list[Block]
    column_blocks: list[Block]
    frame: int
    _widths: tuple[dict[int, int], dict[int, int]] = field(default_factory=lambda: ({}, {}))

    @classmethod
    def of(cls, rows: Sequence[Group], frame: int) -> _Grid:
        places: defaultdict[str, int] = defaultdict(int)
        for number, (actions, _) in enumerate(rows):
            for action in actions:
                places[action] |= 1 << number
        classes: defaultdict[int, list[str]] = defaultdict(list)
        for action in sorted(places):
            classes[places[action]].append(action)
        crossings = [0] * len(rows)
        for number, mask in enumerate(classes):
            for row in bits(mask):
                crossings[row] |= 1 << number
        return cls(
            rows=[resources for _, resources in rows],
            columns=[frozenset(actions) for actions in classes.values()],
            row_blocks=[(mask, 1 << number) for number, mask in enumerate(crossings)],
            column_blocks=[(1 << number, mask) for number, mask in enumerate(classes)],
            frame=frame,
        )

    def groups(self) -> Iterator[Group]:
        """The best blocks found, as actions and resources."""
        ways = [self._improved(blocks) for blocks in (self.row_blocks, self.column_blocks)]
        for columns, rows in min(ways, key=self._total):
            actions: frozenset[str] = frozenset().union(*(self.columns[place] for place in bits(columns)))
            yield actions, frozenset().union(*(self.rows[place] for place in bits(rows)))

    def _total(self, blocks: Iterable[Block]) -> int:
        return sum(map(self._cost, blocks))

    def _cost(self, block: Block) -> int:
        return self.frame + self._width(0, block[0]) + self._width(1, block[1])

    def _width(self, side: int, mask: int) -> int:
        """The characters of the actions (side 0) or resources (side 1) of a mask."""
        known = self._widths[side]
        if mask not in known:
            classes = (self.columns, self.rows)[side]
            known[mask] = (
                sum(self._width(side, 1 << place) for place in bits(mask))
                if mask & (mask - 1)
                else sum(map(width, classes[mask.bit_length() - 1]))
            )
        return known[mask]

    def _improved(self, blocks: list[Block]) -> list[Block]:
        """Take the exchange of two blocks that saves most, until none saves anything."""
        if len(blocks) > EXCHANGED:
            return blocks
        live = dict(enumerate(blocks))
        queue = [
            (-saves, one, other)
            for one in live
            for other in range(one + 1, len(blocks))
            if (saves := self._best(live[one], live[other])[0]) > 0
        ]
        heapify(queue)
        fresh = len(blocks)
        while queue:
            _, one, other = heappop(queue)
            if one not in live or other not in live:
                continue
            for block in self._best(live.pop(one), live.pop(other))[1]:
                for place, neighbour in live.items():
                    saves = self._best(neighbour, block)[0]
                    if saves > 0:
                        heappush(queue, (-saves, place, fresh))
                live[fresh] = block
                fresh += 1
        return list(live.values())

    def _best(self, one: Block, other: Block) -> tuple[int, list[Block]]:
        """The better exchange of two blocks, by what they have in common, and the characters that it saves."""
        (actions, resources), (more_actions, more_resources) = one, other
        offers: list[list[Block]] = []
        if common := actions & more_actions:
            rest = [(common, resources | more_resources), (actions ^ common, resources)]
            offers.append([*rest, (more_actions ^ common, more_resources)])
        if common := resources & more_resources:
            rest = [(actions | more_actions, common), (actions, resources ^ common)]
            offers.append([*rest, (more_actions, more_resources ^ common)])
        paid = self._cost(one) + self._cost(other)
        best: tuple[int, list[Block]] = (0, [])
        for offer in offers:
            blocks = [block for block in offer if block[0] and block[1]]
            saves = paid - self._total(blocks)
            if saves > best[0]:
                best = (saves, blocks)
        return best
