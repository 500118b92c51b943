"""Cut a comparison down to the resources that can matter, before any automaton is built.

Most compared sets are equal but for a few globs. What the other side plainly covers needs no search, and
globs whose literal beginnings disagree never meet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iamc.verify.globs import covers, literal_start, tokens
from iamc.verify.terms import Conditions, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Sides = tuple[frozenset[Term], frozenset[Term]]

# Comparing each beginning with each other is quadratic; beyond this many pairs the search is cheaper.
_PAIRS = 200_000


def focus(left: frozenset[Term], right: frozenset[Term], check_time: Callable[[], None]) -> Sides | None:
    """Smaller terms with the same differences of left from right; None when there plainly is no difference.

    A difference needs an allow of the left that no allow of the right covers, or that a new deny of the
    right meets.
    """
    if left == right:
        return None
    other_allows = _Cover(term for term in right if not term.deny)
    own_denies = _Cover(term for term in left if term.deny)
    denied = [start for term in right if term.deny for start in _starts(own_denies.beyond(term, check_time))]
    allows: set[Term] = set()
    for term in left:
        if term.deny:
            continue
        if (beyond := other_allows.beyond(term, check_time)) is not None:
            allows.add(beyond)
        if denied and (met := _meeting(term, denied)) is not None:
            allows.add(met)
    if not allows:
        return None
    starts = [start for term in allows for start in _starts(term)]
    denies = {met for term in left if term.deny and (met := _meeting(term, starts)) is not None}
    others = {met for term in right if (met := _meeting(term, starts)) is not None}
    return frozenset(allows | denies), frozenset(others)


class _Cover:
    """What some terms plainly cover: their globs by literal beginning, and the complements as they are."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._complements: list[Term] = []
        self._by_start: dict[str, list[tuple[Conditions, str]]] = {}
        self._tokens: dict[str, tuple[str, ...]] = {}
        self._exact: dict[str, list[Conditions]] = {}
        for term in terms:
            if term.complement:
                self._complements.append(term)
                continue
            for glob in term.globs:
                self._exact.setdefault(glob, []).append(term.conditions)
                start = literal_start(glob)
                if start != glob:
                    self._by_start.setdefault(start, []).append((term.conditions, glob))
        self._lengths = sorted({len(start) for start in self._by_start})

    def beyond(self, term: Term, check_time: Callable[[], None]) -> Term | None:
        """The part of a term that is not plainly covered, or None."""
        check_time()
        if term.complement:
            covered = any(
                other.conditions <= term.conditions and other.globs <= term.globs for other in self._complements
            )
            covered = covered or any(known <= term.conditions for known in self._exact.get("*", ()))
            return None if covered else term
        left_over = frozenset(glob for glob in term.globs if not self._covers(term.conditions, glob))
        return replace(term, globs=left_over) if left_over else None

    def _covers(self, conditions: Conditions, glob: str) -> bool:
        if any(known <= conditions for known in self._exact.get(glob, ())):
            return True
        start = literal_start(glob)
        narrow: tuple[str, ...] | None = None
        for length in self._lengths:
            if length > len(start):
                return False
            for known, wide in self._by_start.get(start[:length], ()):
                if known <= conditions:
                    narrow = narrow or tokens(glob)
                    if covers(self._split(wide), narrow):
                        return True
        return False

    def _split(self, glob: str) -> tuple[str, ...]:
        if glob not in self._tokens:
            self._tokens[glob] = tokens(glob)
        return self._tokens[glob]


def _starts(term: Term | None) -> list[str]:
    """Literal beginnings of what a term matches; a complement may begin with anything."""
    if term is None:
        return []
    return [""] if term.complement else [literal_start(glob) for glob in term.globs]


def _meeting(term: Term, starts: list[str]) -> Term | None:
    """The part of a term that could share a resource with patterns of these beginnings, or None."""
    if term.complement or "" in starts or len(term.globs) * len(starts) > _PAIRS:
        return term
    met = frozenset(glob for glob in term.globs if _meets(literal_start(glob), starts))
    return replace(term, globs=met) if met else None


def _meets(start: str, starts: list[str]) -> bool:
    return any(start.startswith(other) or other.startswith(start) for other in starts)
