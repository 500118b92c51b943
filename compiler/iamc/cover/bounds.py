"""Lower bounds of a weighted set cover, in integers: proven, and the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from iamc.cover.universe import bits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Prices of rows are counted in thousandths (in round binary) of a character.
SCALE = 1024

# Rounds after which a price search that no longer helps is left; and how often it may be refined.
_PATIENCE = 5
_REFINEMENTS = 4

# Rows that a price search may look at, all in all: about a fortieth of a second.
_VISITS = 300_000


class Column(NamedTuple):
    """One thing that can be chosen. Sorts by price, then label: the order in which ties are broken."""

    cost: int
    label: str
    mask: int


def ascent(rows: int, columns: Sequence[Column]) -> dict[int, int]:
    """Price the rows so that no column costs less than its rows: rarest row first, each as high as it can be.

    The sum of such prices, in units of 1/`SCALE`, is a lower bound (the dual of the linear relaxation).
    """
    slack = [column.cost * SCALE for column in columns]
    ways: dict[int, list[int]] = {row: [] for row in bits(rows)}
    for place, column in enumerate(columns):
        for row in bits(column.mask):
            ways[row].append(place)
    prices: dict[int, int] = {}
    for row in sorted(ways, key=lambda row: (len(ways[row]), row)):
        price = min([slack[place] for place in ways[row]])
        prices[row] = price
        if price:
            for place in ways[row]:
                slack[place] -= price
    return prices


def shares(columns: Sequence[Column]) -> dict[int, int]:
    """Price each row at its share of the column that serves it most cheaply: a smooth start."""
    prices: dict[int, int] = {}
    for column in columns:
        share = column.cost * SCALE // column.mask.bit_count()
        for row in bits(column.mask):
            if share < prices.get(row, share + 1):
                prices[row] = share
    return prices


def whole(scaled: int) -> int:
    """Round a scaled bound up to the whole characters that any cover has to have."""
    return -(-scaled // SCALE)


def relaxed(rows: int, columns: Sequence[Column], prices: Mapping[int, int]) -> int:
    """Bound the cost, scaled, by any prices: their sum less what underpriced columns would gain."""
    total = sum([prices[row] for row in bits(rows)])
    for column in columns:
        gain = sum([prices[row] for row in bits(column.mask)]) - column.cost * SCALE
        if gain > 0:
            total -= gain
    return total


def improve(rows: int, columns: Sequence[Column], limit: int) -> tuple[dict[int, int], int]:
    """Raise the `relaxed` bound by moving prices towards rows that are covered too little (subgradient).

    Args:
        rows: to be covered.
        columns: their masks within `rows`.
        limit: the cost of a cover that is known; the search ends when the bound meets it.

    Returns:
        The best prices found and their scaled bound.

    """
    best = shares(columns)
    best_bound = relaxed(rows, columns, best)
    visits = _VISITS
    for refinement in range(_REFINEMENTS):
        columns = worthwhile(columns, best, best_bound, limit)
        each = 1 + sum(column.mask.bit_count() for column in columns)
        best, best_bound, left = _descend(columns, best, best_bound, limit, refinement, visits // each)
        visits -= (visits // each - left) * each
        if whole(best_bound) >= limit:
            break
    return best, best_bound


def _descend(
    columns: Sequence[Column], best: dict[int, int], best_bound: int, limit: int, refinement: int, rounds: int
) -> tuple[dict[int, int], int, int]:
    """Step along the subgradient from the best prices until that has not helped for a while, or no round is left."""
    priced = [(column.cost * SCALE, tuple(bits(column.mask))) for column in columns]
    prices, idle = dict(best), 0
    while idle < _PATIENCE and rounds > 0 and whole(best_bound) < limit:
        bound, lack = sum(prices.values()), dict.fromkeys(prices, 1)
        price_of = prices.__getitem__
        for cost, places in priced:
            gain = sum(map(price_of, places)) - cost
            if gain > 0:
                bound -= gain
                for row in places:
                    lack[row] -= 1
        rounds -= 1
        idle += 1
        if bound > best_bound:
            best, best_bound, idle = dict(prices), bound, 0
        norm = sum([value * value for value in lack.values()])
        if not norm:
            break
        step = max(limit * SCALE - bound, SCALE) // (norm << refinement)
        prices = {row: max(0, price + step * lack[row]) for row, price in prices.items()}
    return best, best_bound, rounds


def worthwhile(columns: Sequence[Column], prices: Mapping[int, int], bound: int, limit: int) -> list[Column]:
    """Leave out the columns that no cover cheaper than the limit has, given prices and their scaled bound."""
    gap = (limit - 1) * SCALE - bound
    return [
        column for column in columns if column.cost * SCALE - sum([prices[row] for row in bits(column.mask)]) <= gap
    ]
