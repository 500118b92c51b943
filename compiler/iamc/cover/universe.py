"""The action names of one service as an ordered set that answers in bit masks."""

from __future__ import annotations

from bisect import bisect_left
from functools import reduce
from typing import TYPE_CHECKING

from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Sorts after every character of a name, so that [prefix, prefix + LAST) holds what begins with prefix.
LAST = "\U0010ffff"


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the set bits, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True, slots=True)
class Universe:
    """Every action name of a service; bit i of a mask stands for `names[i]`.

    Names that differ in case only are one action, as in IAM: the first in code-point order speaks for all.
    """

    names: tuple[str, ...]
    lower: tuple[str, ...]
    position: Mapping[str, int]
    _backwards: tuple[str, ...]
    _backward_masks: tuple[int, ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> Universe:
        """Index the names, in any order."""
        by_lower: dict[str, str] = {}
        for name in sorted(names):
            by_lower.setdefault(name.lower(), name)
        lower = tuple(sorted(by_lower))
        position = {name: place for place, name in enumerate(lower)}
        backwards = sorted((name[::-1], place) for name, place in position.items())
        running = [0]
        for _, place in backwards:
            running.append(running[-1] | 1 << place)
        return cls(
            names=tuple(by_lower[name] for name in lower),
            lower=lower,
            position=position,
            _backwards=tuple(name for name, _ in backwards),
            _backward_masks=tuple(running),
        )

    def mask(self, names: Iterable[str]) -> int:
        """Return the set of the named actions.

        Raises:
            ValueError: a name is not an action of this universe.

        """
        try:
            return reduce(lambda mask, name: mask | 1 << self.position[name.lower()], names, 0)
        except KeyError as error:
            message = f"{error.args[0]!r} is not in the universe"
            raise ValueError(message) from error

    def starting(self, prefix: str) -> int:
        """Return the names that begin with the lower-case prefix."""
        low = bisect_left(self.lower, prefix)
        high = bisect_left(self.lower, prefix + LAST, low)
        return (1 << high) - (1 << low)

    def ending(self, suffix: str) -> int:
        """Return the names that end with the lower-case suffix."""
        backwards = suffix[::-1]
        low = bisect_left(self._backwards, backwards)
        high = bisect_left(self._backwards, backwards + LAST, low)
        return self._backward_masks[high] ^ self._backward_masks[low]


def price(service: str, pattern: str) -> int:
    """Count the characters that one entry of an `Action` list takes: `"service:Pattern",`."""
    return len(service) + len(pattern) + 4


def credit(universe: Universe, mask: int, pieces: tuple[str, ...]) -> int:
    """Return those names of the mask in which the pieces do not overlap.

    Args:
        universe: the names.
        mask: names that begin with the first piece, end with the last and contain those between.
        pieces: what is between the stars of a pattern of one or two stars, in lower case.

    """
    for place in bits(mask):
        if _locate(universe.lower[place], pieces) < 0:
            mask ^= 1 << place
    return mask


def spelled(universe: Universe, wanted: int, pattern: str) -> str:
    """Write a lower-case pattern as the first wanted name that it matches is written."""
    head, *rest = pieces = tuple(pattern.split("*"))
    if not rest:
        return universe.names[universe.position[pattern]]
    for place in bits(wanted):
        lower, name = universe.lower[place], universe.names[place]
        if lower.startswith(head) and lower.endswith(pieces[-1]):
            at = _locate(lower, pieces)
            if at >= 0:
                infix = [name[at : at + len(piece)] for piece in pieces[1:-1]]
                return "*".join([name[: len(head)], *infix, name[len(name) - len(pieces[-1]) :]])
    message = f"{pattern!r} matches no wanted name"
    raise ValueError(message)


def _locate(name: str, pieces: tuple[str, ...]) -> int:
    """Return where, between the first piece and the last, the infix (or its place) begins; -1 if nowhere."""
    low, high = len(pieces[0]), len(name) - len(pieces[-1])
    if low > high:
        return -1
    return name.find(pieces[1], low, high) if len(pieces) == 3 else low
