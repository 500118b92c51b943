"""Weighted set cover over bit masks: exact when the budget allows, bounded when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from iamc.cover.bounds import SCALE, Column, ascent, improve, relaxed, whole, worthwhile
from iamc.cover.universe import bits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


# A search that could not even look at all columns so many times would end without an answer: it is not begun.
_NODES = 10


class Solution(NamedTuple):
    """A cover, its cost, and a cost that no cover can go below. Equal costs mean that it is optimal."""

    labels: tuple[str, ...]
    cost: int
    lower_bound: int


class _Partial(NamedTuple):
    chosen: tuple[Column, ...]
    cost: int


def solve(rows: int, columns: Iterable[Column], budget: int) -> Solution:
    """Choose columns that together cover every row, as cheaply as possible.

    Args:
        rows: the mask of what has to be covered; the columns must be able to.
        columns: in any order; their masks may reach beyond `rows`.
        budget: how many columns the search may look at, all in all. The same budget gives the same answer on
            every machine.

    """
    forced, rows, left = _reduce(rows, sorted(columns))
    chosen = list(forced)
    cost = bound = sum(column.cost for column in forced)
    search = _Search(budget)
    for part_rows, part in sorted(_components(rows, left), key=lambda component: len(component[1])):
        best, part_bound = search.component(part_rows, part)
        chosen += best.chosen
        cost += best.cost
        bound += part_bound
    return Solution(tuple(sorted(column.label for column in chosen)), cost, bound)


class _Search:
    """Depth-first branch and bound that spends a fixed number of column visits."""

    def __init__(self, budget: int) -> None:
        self._left = budget
        self._prices: Mapping[int, int] = {}

    def component(self, rows: int, columns: list[Column]) -> tuple[_Partial, int]:
        """Find a good cover of one connected component, and a lower bound."""
        best = _greedy(rows, columns, {})
        bound = whole(sum(ascent(rows, columns).values()))
        if bound >= best.cost:
            return best, best.cost
        self._prices, relaxation = improve(rows, columns, best.cost)
        best = min(best, _greedy(rows, columns, self._prices), key=lambda cover: cover.cost)
        bound = max(bound, whole(relaxation))
        if bound < best.cost:
            columns = worthwhile(columns, self._prices, relaxation, best.cost)
            if len(columns) * _NODES <= self._left:
                best = self._below(rows, columns, best.cost) or best
                bound = best.cost if self._left > 0 else bound
        return best, min(best.cost, bound)

    def _below(self, rows: int, columns: list[Column], limit: int) -> _Partial | None:
        """Find the cheapest cover below the limit; None if there is none or the budget is spent."""
        self._left -= len(columns)
        if self._left <= 0 or not _covers(columns, rows):
            return None
        forced, rows, columns = _reduce(rows, columns)
        fixed = _Partial(tuple(forced), sum(column.cost for column in forced))
        parts = _components(rows, columns)
        bounds = [self._bound(*part) for part in parts]
        spent = fixed.cost + sum(bounds)
        if spent >= limit:
            return None
        if len(parts) == 1:
            found = self._branch(*parts[0], limit - fixed.cost)
            return found and _join(fixed, found)
        for part, bound in zip(parts, bounds, strict=True):
            found = self._below(*part, limit - spent + bound)
            if found is None:
                return None
            spent += found.cost - bound
            fixed = _join(fixed, found)
        return fixed

    def _bound(self, rows: int, columns: list[Column]) -> int:
        raised = sum(ascent(rows, columns).values())
        return whole(max(raised, relaxed(rows, columns, self._prices)))

    def _branch(self, rows: int, columns: list[Column], limit: int) -> _Partial | None:
        """Try every way to cover the row that has the fewest ways."""
        counts = dict.fromkeys(bits(rows), 0)
        for column in columns:
            for row in bits(column.mask):
                counts[row] += 1
        row = min(counts, key=lambda row: (counts[row], row))
        ways = [column for column in columns if column.mask >> row & 1]
        ways.sort(key=lambda column: (column.cost / column.mask.bit_count(), column))
        best: _Partial | None = None
        rest = columns
        for way in ways:
            rest = [column for column in rest if column is not way]
            found = self._below(rows & ~way.mask, rest, limit - way.cost)
            if found is not None:
                best = _join(_Partial((way,), way.cost), found)
                limit = best.cost
        return best


def _covers(columns: list[Column], rows: int) -> bool:
    """Whether the columns that are still worth taking reach every row; if not, no cheaper cover exists."""
    reached = 0
    for column in columns:
        reached |= column.mask
    return rows & ~reached == 0


def _join(one: _Partial, other: _Partial) -> _Partial:
    return _Partial(one.chosen + other.chosen, one.cost + other.cost)


def _reduce(rows: int, columns: list[Column]) -> tuple[list[Column], int, list[Column]]:
    """Remove what cannot matter, take what must be taken, until neither is left to do.

    Args:
        rows: still to be covered.
        columns: sorted.

    Returns:
        The columns taken, the rows and the (sorted) columns that are left.

    """
    taken: list[Column] = []
    while rows:
        columns = _undominated_columns(rows, columns)
        by_row = _by_row(rows, columns)
        forced = {ways.bit_length() - 1 for ways in by_row.values() if ways & (ways - 1) == 0}
        if forced:
            for place in sorted(forced):
                taken.append(columns[place])
                rows &= ~columns[place].mask
            continue
        implied = _implied_rows(by_row)
        if not implied:
            return taken, rows, columns
        rows &= ~implied
    return taken, 0, []


def _undominated_columns(rows: int, columns: list[Column]) -> list[Column]:
    """Leave out each column that cheaper ones, one or many, can stand in for; cut to the rows."""
    cheapest: dict[int, int] = {}
    kept_by_row: dict[int, list[int]] = {}
    kept: list[Column] = []
    seen: set[int] = set()
    for column in columns:
        mask = column.mask & rows
        if not mask or mask in seen:
            continue
        seen.add(mask)
        first = (mask & -mask).bit_length() - 1
        if any(mask & ~other == 0 for other in kept_by_row.get(first, ())):
            continue
        places = list(bits(mask))
        if len(places) > 1 and sum([cheapest.get(row, column.cost) for row in places]) <= column.cost:
            continue
        for row in places:
            cheapest.setdefault(row, column.cost)
            kept_by_row.setdefault(row, []).append(mask)
        kept.append(column if mask == column.mask else Column(column.cost, column.label, mask))
    return kept


def _by_row(rows: int, columns: list[Column]) -> dict[int, int]:
    """Map each row to the mask of the columns (by place) that cover it."""
    ways = dict.fromkeys(bits(rows), 0)
    for place, column in enumerate(columns):
        for row in bits(column.mask):
            ways[row] |= 1 << place
    return ways


def _implied_rows(by_row: dict[int, int]) -> int:
    """Find the rows that are covered whenever some other row, which stays, is covered."""
    implied = 0
    kept_by_first: dict[int, list[int]] = {}
    for row, ways in sorted(by_row.items(), key=lambda item: (item[1].bit_count(), item[0])):
        if any(other & ~ways == 0 for place in bits(ways) for other in kept_by_first.get(place, ())):
            implied |= 1 << row
        else:
            kept_by_first.setdefault((ways & -ways).bit_length() - 1, []).append(ways)
    return implied


def _components(rows: int, columns: list[Column]) -> list[tuple[int, list[Column]]]:
    """Separate the parts of the problem that share no row, smallest row first."""
    groups: list[int] = []
    for column in columns:
        joined = column.mask
        apart: list[int] = []
        for group in groups:
            if group & joined:
                joined |= group
            else:
                apart.append(group)
        groups = [*apart, joined]
    ordered = sorted(groups, key=lambda group: group & -group)
    return [(group & rows, [column for column in columns if column.mask & group]) for group in ordered]


def _greedy(rows: int, columns: list[Column], prices: Mapping[int, int]) -> _Partial:
    """Take the column that pays best for what it newly covers, again and again; drop what became superfluous.

    What a column pays is its cost, less the prices of the rows it covers if there are any.
    """
    chosen: list[Column] = []
    left = rows
    offers = {column: _pay(column, column.mask, prices) for column in columns}
    while left:
        best = min((pay, column) for column, pay in offers.items())[1]
        chosen.append(best)
        covered = best.mask & left
        left ^= covered
        for column in [column for column in offers if column.mask & covered]:
            if column.mask & left:
                offers[column] = _pay(column, column.mask & left, prices)
            else:
                del offers[column]
    for column in sorted(chosen, reverse=True):
        others = 0
        for other in chosen:
            others |= 0 if other is column else other.mask
        if rows & ~others == 0:
            chosen.remove(column)
    return _Partial(tuple(chosen), sum(column.cost for column in chosen))


def _pay(column: Column, covered: int, prices: Mapping[int, int]) -> float:
    count = covered.bit_count()
    if not prices:
        return column.cost / count
    reduced = column.cost * SCALE - sum([prices[row] for row in bits(covered)])
    return reduced / count if reduced > 0 else reduced * count
