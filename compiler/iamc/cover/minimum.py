"""The cheapest patterns for a set of action names, and a run's memory of them."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from iamc.cover.candidates import exact_columns, word_columns
from iamc.cover.infixes import Parts, tight_columns
from iamc.cover.setcover import solve
from iamc.cover.universe import Universe, spelled
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# Column visits a search may spend on one service; about a tenth of a second at most.
BUDGET = 5_000


class Style(str, Enum):
    """How far patterns may go in saving characters."""

    EXACT = "exact"
    """Names only."""
    AUTO = "auto"
    """Names until a document does not fit; the caller then spends the steps of `ladder`."""
    WORDS = "words"
    """`Verb*` and `Verb*Words`, cut where words end."""
    TIGHT = "tight"
    """Stars anywhere: the fewest characters, and the most drift."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Patterns, without the service prefix, that match the wanted names of a universe and no other."""

    patterns: tuple[str, ...]
    characters: int
    """Of the `"service:Pattern",` entries."""
    lower_bound: int
    """Characters that no cover of this style goes below."""
    optimal: bool
    """Whether the cover is proven to be a smallest one of its style."""


def cover(
    service: str, universe: Iterable[str], wanted: Collection[str], style: Style, *, budget: int = BUDGET
) -> Cover:
    """Cover the wanted names by as few characters as the style allows.

    Args:
        service: the service prefix, which every pattern pays for.
        universe: all action names of the service, in catalogue casing.
        wanted: some of them, in any casing.
        style: the class of patterns. `AUTO` begins as `EXACT` does.
        budget: the search's allowance, in column visits; when it is spent, the best cover found is returned
            with a proven lower bound. No pattern is ever a bare `*`.

    Raises:
        ValueError: a wanted name is not in the universe.

    """
    return _cover(_Service(service, universe), wanted, style, budget)


class _Service:
    """A service's names, with the indexes that a style turns out to need."""

    def __init__(self, prefix: str, names: Iterable[str]) -> None:
        self.prefix = prefix
        self.universe = Universe.of(names)

    @cached_property
    def parts(self) -> Parts:
        return Parts.of(self.universe)


def _cover(service: _Service, wanted: Collection[str], style: Style, budget: int) -> Cover:
    universe = service.universe
    mask = universe.mask(wanted)
    columns = list(exact_columns(service.prefix, universe, mask))
    if style is Style.WORDS:
        columns += word_columns(service.prefix, universe, mask)
    elif style is Style.TIGHT:
        columns += tight_columns(service.prefix, universe, service.parts, mask)
    found = solve(mask, columns, budget)
    patterns = sorted(spelled(universe, mask, label) for label in found.labels)
    return Cover(tuple(patterns), found.cost, found.lower_bound, optimal=found.cost == found.lower_bound)


@dataclass(slots=True)
class CoverCache:
    """What one run has compiled already, so that each set of names is minimised once.

    A service prefix must stand for the same universe throughout the life of the cache.
    """

    _covers: dict[tuple[str, frozenset[str], Style], Cover] = field(default_factory=dict)
    _services: dict[str, _Service] = field(default_factory=dict)

    def cover(
        self,
        service: str,
        universe: Iterable[str],
        wanted: Collection[str],
        style: Style,
        *,
        budget: int = BUDGET,
    ) -> Cover:
        """As `cover`, remembered by service, names and style."""
        key = (service, frozenset(wanted), style)
        if key not in self._covers:
            if service not in self._services:
                self._services[service] = _Service(service, universe)
            self._covers[key] = _cover(self._services[service], wanted, style, budget)
        return self._covers[key]
