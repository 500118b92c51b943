"""The patterns from which a cover may be chosen: every one matches wanted names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamc.cover.setcover import Column
from iamc.cover.universe import bits
from iamc.cover.words import boundaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iamc.cover.universe import Universe


def price(service: str, pattern: str) -> int:
    """Count the characters that one entry of an `Action` list takes: `"service:Pattern",`."""
    return len(service) + len(pattern) + 4


def exact_columns(service: str, universe: Universe, wanted: int) -> Iterator[Column]:
    """Yield each wanted name, as it is."""
    for place in bits(wanted):
        name = universe.names[place]
        yield Column(price(service, name), name, 1 << place)


def word_columns(service: str, universe: Universe, wanted: int) -> Iterator[Column]:
    """Yield `prefix*` and `prefix*suffix`, cut where words end; the prefix holds the whole first word."""
    forbidden = ((1 << len(universe.names)) - 1) & ~wanted
    seen: set[str] = set()
    for place in bits(wanted):
        name, lower = universe.names[place], universe.lower[place]
        ends = boundaries(name)
        for end in ends:
            begins = universe.starting(lower[:end])
            for start in (at for at in ends if at >= end):
                pattern = f"{name[:end]}*{name[start:]}"
                if pattern.lower() in seen:
                    continue
                seen.add(pattern.lower())
                mask = _long_enough(universe, begins & universe.ending(lower[start:]), len(pattern) - 1)
                if not mask & forbidden:
                    yield Column(price(service, pattern), pattern, mask)


def _long_enough(universe: Universe, mask: int, length: int) -> int:
    """Those of the names in which a prefix and a suffix of the joint length do not overlap."""
    for place in bits(mask):
        if len(universe.lower[place]) < length:
            mask ^= 1 << place
    return mask
