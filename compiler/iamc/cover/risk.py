"""How likely a pattern is to match, one day, an action of another access level than was asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from iamc.cover.universe import LAST
from iamc.cover.words import verb
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_READING = frozenset({"read", "list"})


def kind(level: str) -> str:
    """Return the access level in lower case, Read and List as one: both only look."""
    lower = level.lower()
    return "read" if lower in _READING else lower


@dataclass(frozen=True, slots=True)
class RiskModel:
    """What the verbs of AWS have meant so far, over all services.

    The past is the only evidence there is: replayed over two years of database history, verbs that were at least
    nine tenths of one kind, ranked by the share of all names that a pattern matches by mistake, let in less
    than half of the wrong actions that patterns of the same size chosen without regard to them did.
    """

    _verbs: Mapping[tuple[str, str], int]
    _totals: Mapping[str, int]
    _forwards: tuple[tuple[str, str], ...]
    """(lower-case name, kind), sorted."""
    _backwards: tuple[tuple[str, str], ...]
    """The same with the names reversed, sorted."""

    @classmethod
    def of(cls, actions: Iterable[tuple[str, str]]) -> RiskModel:
        """Count the (name, access level) of every action of every service, in any order."""
        known = [(name, kind(level)) for name, level in actions]
        verbs = Counter((verb(name).lower(), meaning) for name, meaning in known)
        totals: Counter[str] = Counter()
        for (word, _), count in verbs.items():
            totals[word] += count
        return cls(
            _verbs=verbs,
            _totals=totals,
            _forwards=tuple(sorted((name.lower(), meaning) for name, meaning in known)),
            _backwards=tuple(sorted((name.lower()[::-1], meaning) for name, meaning in known)),
        )

    def purity(self, word: str, kinds: Collection[str]) -> float:
        """Return the share of the actions with this verb that are of these kinds; 0 for an unknown verb."""
        total = self._totals.get(word.lower(), 0)
        return sum(self._verbs.get((word.lower(), meaning), 0) for meaning in kinds) / total if total else 0.0

    def strangers(self, pattern: str, kinds: Collection[str]) -> int:
        """Count the actions of all services, of other kinds than these, that `prefix*suffix` matches."""
        prefix, _, suffix = pattern.lower().partition("*")
        first = _between(self._forwards, prefix)
        last = _between(self._backwards, suffix[::-1])
        # Scan whichever end leaves fewer names to look at.
        near, other, nearby = (
            (self._forwards, suffix, first) if len(first) <= len(last) else (self._backwards, prefix[::-1], last)
        )
        shortest = len(prefix) + len(suffix)
        return sum(
            len(near[place][0]) >= shortest and near[place][0].endswith(other) and near[place][1] not in kinds
            for place in nearby
        )

    def per_mille(self, count: int) -> float:
        """Return the count as a per-mille of all actions."""
        return 1000 * count / len(self._forwards) if self._forwards else 0.0


def _between(names: tuple[tuple[str, str], ...], prefix: str) -> range:
    low = bisect_left(names, (prefix,))
    return range(low, bisect_left(names, (prefix + LAST,), low))
