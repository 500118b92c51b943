"""The patterns from which a cover may be chosen, in lower case: each matches wanted names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamc.cover.bounds import Column
from iamc.cover.universe import bits, credit, price
from iamc.cover.words import boundaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iamc.cover.universe import Universe


def exact_columns(service: str, universe: Universe, wanted: int) -> Iterator[Column]:
    """Yield each wanted name, as it is."""
    for place in bits(wanted):
        name = universe.lower[place]
        yield Column(price(service, name), name, 1 << place)


def word_columns(service: str, universe: Universe, wanted: int) -> Iterator[Column]:
    """Yield `prefix*` and `prefix*suffix`, cut where words end; the prefix holds the whole first word.

    No unwanted name has both parts, overlapping or not.
    """
    unwanted = ((1 << len(universe.names)) - 1) & ~wanted
    seen: set[tuple[str, str]] = set()
    for place in bits(wanted):
        lower = universe.lower[place]
        ends = boundaries(universe.names[place])
        for end in ends:
            begins = universe.starting(lower[:end])
            for start in (at for at in ends if at >= end):
                pieces = (lower[:end], lower[start:])
                if pieces in seen:
                    continue
                seen.add(pieces)
                mask = begins & universe.ending(pieces[1])
                if not mask & unwanted:
                    mask = credit(universe, mask, pieces)
                    pattern = "*".join(pieces)
                    yield Column(price(service, pattern), pattern, mask)
