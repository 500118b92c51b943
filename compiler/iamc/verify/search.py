"""The shortest request that one set of terms allows and another does not."""

from __future__ import annotations

import string
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iamc.verify.globs import Machine
    from iamc.verify.terms import Conditions, Term

# A character for "any character that no pattern mentions here", the first that is free.
_NONE: Conditions = frozenset()
_FRESH = string.ascii_lowercase[-3:] + string.ascii_lowercase[:-3] + string.digits


class Exhausted(Exception):  # noqa: N818 - running out is an outcome of a search, not an error
    """The states or the time of a search ran out; the text says which."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a verdict may cost: states visited by each search, and the seconds that all of them share."""

    states: int
    seconds: float
    started: float = field(default_factory=time.monotonic)

    def check_time(self) -> None:
        """Raise Exhausted after the deadline."""
        if time.monotonic() > self.started + self.seconds:
            raise Exhausted(f"the time limit of {self.seconds:g} s ran out")

    def check(self, visited: int) -> None:
        """Raise Exhausted when a search may not visit another state."""
        if visited > self.states:
            raise Exhausted(f"the budget of {self.states} states ran out")
        if visited % 256 == 0:
            self.check_time()


@dataclass(frozen=True, slots=True)
class Found:
    """A resource, and the conditions that must hold (all others do not) for the sides to differ."""

    resource: str
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class _Live:
    """A term in the state that the characters read so far have led to."""

    conditions: Conditions
    state: int
    complement: bool


class Search:
    """Breadth first over the product of one automaton for each term, and one for the domain.

    A product state is a tuple of machine states: allows and denies of the left, then of the right, then the
    domain. `domain`: patterns of the resources that count; None for all.
    """

    def __init__(
        self,
        machine: Machine,
        left: frozenset[Term],
        right: frozenset[Term],
        domain: Iterable[str] | None = None,
        *,
        full_variables: bool = False,
    ) -> None:
        self._machine = machine
        groups = [_ordered(side, deny) for side in (left, right) for deny in (False, True)]
        self._bounds = [0, *_running(map(len, groups))]
        self._terms = [term for group in groups for term in group]
        starts = [machine.start(sorted(term.globs), full_variables=full_variables) for term in self._terms]
        self._start = (*starts, machine.everything if domain is None else machine.start(domain))

    def run(self, limits: Limits) -> Found | None:
        """The shortest difference, or None if there is none; raises Exhausted."""
        came_from: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None] = {self._start: None}
        queue = deque([self._start])
        visited = 0
        while queue:
            product = queue.popleft()
            if not self._may_differ(product):
                continue
            visited += 1
            limits.check(visited)
            conditions = self._differs(product)
            if conditions is not None:
                return Found(_spelled(came_from, product), conditions)
            for letter, following in self._successors(product):
                if following not in came_from:
                    came_from[following] = (product, letter)
                    queue.append(following)
        return None

    def _successors(self, product: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
        steps = [self._machine.step(state) for state in product]
        letters = sorted({letter for step in steps for letter in step.edges})
        yield _fresh(letters), tuple(step.default for step in steps)
        for letter in letters:
            yield letter, tuple(step.edges.get(letter, step.default) for step in steps)

    def _group(self, product: tuple[int, ...], index: int) -> list[_Live]:
        """The terms of a group that may still match; of them, `everything` matches whatever follows."""
        machine = self._machine
        live = []
        for position in range(self._bounds[index], self._bounds[index + 1]):
            term, state = self._terms[position], product[position]
            if term.complement and state in (machine.everything, machine.nothing):
                flipped = machine.nothing if state == machine.everything else machine.everything
                item = _Live(term.conditions, flipped, False)
            else:
                item = _Live(term.conditions, state, term.complement)
            if item.state != machine.nothing:
                live.append(item)
        return live

    def _may_differ(self, product: tuple[int, ...]) -> bool:
        """False when no continuation can be allowed by the left and not by the right."""
        if product[-1] == self._machine.nothing:
            return False
        allows, denies, other_allows, other_denies = (self._group(product, index) for index in range(4))
        # An allow is out of the question where the left denies at least as much, or where the right allows
        # at least as much and denies nothing that the left does not.
        covers = denies
        if all(any(self._within(deny, own) for own in denies) for deny in other_denies):
            covers = denies + other_allows
        return any(not any(self._within(allow, cover) for cover in covers) for allow in allows)

    def _within(self, narrow: _Live, wide: _Live) -> bool:
        if not wide.conditions <= narrow.conditions:
            return False
        if wide.state == self._machine.everything and not wide.complement:
            return True
        if narrow.complement != wide.complement:
            return False
        if narrow.complement:
            return self._machine.includes(narrow.state, wide.state)
        return self._machine.includes(wide.state, narrow.state)

    def _differs(self, product: tuple[int, ...]) -> Conditions | None:
        """Conditions under which the resource read so far is allowed by the left and not by the right.

        Fewer true conditions mean fewer allows and fewer denies, so it is enough to try those of one allow
        of the left, alone (the right may not allow) or with those of one deny of the right.
        """
        if not self._machine.accepts(product[-1]):
            return None
        allows, denies, other_allows, other_denies = (self._hits(product, index) for index in range(4))
        for allow in allows:
            for extra in (_NONE, *other_denies):
                holds = allow | extra
                if any(deny <= holds for deny in denies):
                    continue
                right_allows = any(other <= holds for other in other_allows)
                if not right_allows or any(deny <= holds for deny in other_denies):
                    return holds
        return None

    def _hits(self, product: tuple[int, ...], index: int) -> list[Conditions]:
        """The conditions of the terms of a group that match the resource read so far."""
        positions = range(self._bounds[index], self._bounds[index + 1])
        terms = self._terms
        return [
            terms[position].conditions
            for position in positions
            if self._machine.accepts(product[position]) != terms[position].complement
        ]


def _ordered(side: frozenset[Term], deny: bool) -> list[Term]:
    """The allows or the denies of a side, fewest conditions first, in an order that hashing cannot change."""
    chosen = [term for term in side if term.deny == deny]
    return sorted(chosen, key=lambda term: (len(term.conditions), term.complement, sorted(term.globs), _text(term)))


def _text(term: Term) -> list[str]:
    return sorted(map(str, term.conditions))


def _running(lengths: Iterable[int]) -> Iterator[int]:
    total = 0
    for length in lengths:
        total += length
        yield total


def _fresh(letters: list[str]) -> str:
    return next(letter for letter in chain(_FRESH, map(chr, count(0x100))) if letter not in letters)


def _spelled(came_from: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None], product: tuple[int, ...]) -> str:
    letters: list[str] = []
    link = came_from[product]
    while link is not None:
        product, letter = link
        letters.append(letter)
        link = came_from[product]
    return "".join(reversed(letters))
