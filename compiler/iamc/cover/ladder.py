"""From exact names towards patterns, one step at a time, the least drift for each character saved first."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from iamc.cover.candidates import word_columns
from iamc.cover.risk import kind
from iamc.cover.universe import Universe, bits, price, spelled
from iamc.cover.words import verb
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iamc.cover.risk import RiskModel

# The least share of a verb's actions, over all services, that must be of the wanted kind.
PURITY = 0.9


@dataclass(frozen=True, slots=True)
class Step:
    """One pattern that may stand for several names."""

    pattern: str
    """`Verb…*` or `Verb…*Words`, without the service prefix."""
    replaces: tuple[str, ...]
    """All the wanted names that it matches, sorted."""
    saves: int
    """Characters, when all steps before it have been taken."""
    risk: float
    """Actions of another kind, in all services, that the pattern matches: per mille of all actions."""


class _Candidate(NamedTuple):
    pattern: str
    mask: int
    cost: int
    strangers: int


def ladder(service: str, universe: Iterable[str], wanted: Mapping[str, str], *, risk: RiskModel) -> tuple[Step, ...]:
    """List the patterns worth taking, in the order in which to take them until a document fits.

    Any of the steps may be left out: `apply` gives a valid cover for every selection. Each pattern matches no
    unwanted name, begins with a whole verb of which nine tenths are of the kinds of the names that it stands
    for, and stands for two names at least.

    Args:
        service: the service prefix.
        universe: all action names of the service, in catalogue casing.
        wanted: the access level of each wanted name.
        risk: built from every service of the catalogue.

    Raises:
        ValueError: a wanted name is not in the universe.

    """
    index = Universe.of(universe)
    kinds = {index.position[name.lower()]: kind(level) for name, level in wanted.items() if index.mask([name])}
    names_left = index.mask(wanted)
    taken: list[_Candidate] = []
    steps: list[Step] = []
    candidates = _candidates(service, index, kinds, risk)
    queue = [(_rank(each, _saving(each, service, index, names_left, taken)), each) for each in candidates]
    heapify(queue)
    # What a step saves only shrinks as others are taken, so that the first whose rank still holds is the best.
    while queue:
        rank, best = heappop(queue)
        saves = _saving(best, service, index, names_left, taken)
        if saves <= 0:
            continue
        if _rank(best, saves) != rank:
            heappush(queue, (_rank(best, saves), best))
            continue
        names_left &= ~best.mask
        taken = [other for other in taken if other.mask & ~best.mask] + [best]
        replaces = tuple(sorted(index.names[place] for place in bits(best.mask)))
        steps.append(Step(best.pattern, replaces, saves, risk.per_mille(best.strangers)))
    return tuple(steps)


def apply(wanted: Iterable[str], steps: Iterable[Step]) -> tuple[str, ...]:
    """Replace names by the patterns of the steps; return what is left and the patterns, sorted."""
    standing: list[tuple[str, set[str]]] = []
    for step in steps:
        names = set(step.replaces)
        standing = [(pattern, others) for pattern, others in standing if not others <= names]
        if not any(names <= others for _, others in standing):
            standing.append((step.pattern, names))
    replaced = {name.lower() for _, names in standing for name in names}
    exact = {name for name in wanted if name.lower() not in replaced}
    return tuple(sorted({*exact, *(pattern for pattern, _ in standing)}))


def _candidates(service: str, index: Universe, kinds: Mapping[int, str], risk: RiskModel) -> list[_Candidate]:
    """List the word patterns that stand for several names and whose verb is pure enough."""
    found: list[_Candidate] = []
    wanted = sum(1 << place for place in kinds)
    for column in word_columns(service, index, wanted):
        if column.mask.bit_count() < 2:
            continue
        pattern = spelled(index, column.mask, column.label)
        meant = {kinds[place] for place in bits(column.mask)}
        if risk.purity(verb(pattern.partition("*")[0]), meant) >= PURITY:
            found.append(_Candidate(pattern, column.mask, column.cost, risk.strangers(pattern, meant)))
    return found


def _saving(candidate: _Candidate, service: str, index: Universe, names_left: int, taken: list[_Candidate]) -> int:
    """Count the characters of the names and patterns that the candidate makes superfluous, less its own."""
    names = sum(price(service, index.names[place]) for place in bits(candidate.mask & names_left))
    patterns = sum(other.cost for other in taken if other.mask & ~candidate.mask == 0)
    return names + patterns - candidate.cost


def _rank(candidate: _Candidate, saves: int) -> tuple[float, int]:
    """Rank by drift per character: least first; at equal drift, the larger saving first.

    One name is added to what a pattern matches by mistake, because no pattern is without risk: otherwise a
    multitude of patterns that save a character each would come before the one that saves a thousand.
    """
    return ((candidate.strangers + 1) / saves if saves > 0 else float("inf"), -saves)
