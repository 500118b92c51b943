"""Prove that two sets of policies allow the same requests, or that one allows no more than the other.

A request is an action, a resource string and the set of condition atoms that hold. Actions are a finite
universe, so they are grouped by the statements that reach them; for each group the resources are compared
as languages.

What a proof does not say:
* Conditions are opaque. Equal atoms are the same test and all others are independent, so "proven" is sound,
  while a witness may assume atoms that no real request satisfies together.
* A policy variable equals only itself. Claims that hang on its value are not proven.
* A glob is matched against the whole resource string, not field by field.
* Actions that AWS adds later are outside: a wildcard may grow, so a proof holds for its universe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from iamc.verify.actions import Actions
from iamc.verify.focus import focus
from iamc.verify.globs import Machine, covers_by_name, variables_in
from iamc.verify.policy import Atom, Policy, Statement
from iamc.verify.search import Exhausted, Found, Limits, Search
from iamc.verify.shapes import fitting, lifelike
from iamc.verify.slow import allowed, bindings
from iamc.verify.terms import Conditions, Term, closed, lower, patterns_of, with_values
from iamc.verify.verdict import Level, Proven, Refuted, Side, Unproven, Verdict, Witness

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from iamc.verify.universe import Universe

DEFAULT_BUDGET = 200_000
DEFAULT_DEADLINE = 10.0
# A witness for any action of a group will do; after this many that could not be confirmed the group is not
# proven.
_TRIES = 4

_Terms: TypeAlias = tuple[frozenset[Term], frozenset[Term]]


def prove_equal(
    left: Sequence[Policy],
    right: Sequence[Policy],
    universe: Universe,
    *,
    effective: bool = False,
    budget: int = DEFAULT_BUDGET,
    deadline_seconds: float = DEFAULT_DEADLINE,
) -> Verdict:
    """Whether two sets of policies, each attached together, allow the same requests.

    effective: where the resource strings differ, ask again for the resources that fit each action's types
    only. budget: product states for each search. deadline_seconds: wall time for the whole verdict.
    """
    limits = Limits(budget, deadline_seconds)
    actions = Actions(universe, statements_of([*left, *right]), everything=effective)
    return Comparison(left, right, actions, limits, effective=effective).verdict(("left", "right"))


def prove_included(
    left: Sequence[Policy],
    right: Sequence[Policy],
    universe: Universe,
    *,
    effective: bool = False,
    budget: int = DEFAULT_BUDGET,
    deadline_seconds: float = DEFAULT_DEADLINE,
) -> Verdict:
    """Whether the right allows every request that the left allows; arguments as for `prove_equal`."""
    limits = Limits(budget, deadline_seconds)
    actions = Actions(universe, statements_of([*left, *right]), everything=effective)
    return Comparison(left, right, actions, limits, effective=effective).verdict(("left",))


@dataclass(frozen=True, slots=True)
class _Group:
    """Actions, in order, to which the same terms apply."""

    actions: tuple[str, ...]
    left: frozenset[Term]
    right: frozenset[Term]

    def towards(self, side: Side) -> _Terms:
        """The terms, with the side that allows more first."""
        return (self.left, self.right) if side == "left" else (self.right, self.left)


class Comparison:
    """One comparison of two sets of policies.

    actions: those of the statements of both sides at least. only: the lower-case names to compare.
    """

    def __init__(
        self,
        left: Sequence[Policy],
        right: Sequence[Policy],
        actions: Actions,
        limits: Limits,
        *,
        effective: bool = False,
        only: Collection[str] | None = None,
    ) -> None:
        self._policies: dict[Side, Sequence[Policy]] = {"left": left, "right": right}
        self._limits = limits
        self._effective = effective
        self._only = only
        self._machine = Machine()
        self._statements = {side: statements_of(policies) for side, policies in self._policies.items()}
        self._actions = actions

    def verdict(self, sides: Sequence[Side]) -> Verdict:
        """Refuted if some group is; else Unproven if some group is; else Proven.

        sides: which of them may not allow more than the other.
        """
        level: Level = "textual"
        unproven: Unproven | None = None
        for group in self._groups():
            for side in sides:
                try:
                    outcome = self._decide(group, side)
                except Exhausted as error:
                    outcome = Unproven(f"{self._name(group.actions[0])}: {error}")
                if isinstance(outcome, Refuted):
                    return outcome
                if isinstance(outcome, Unproven):
                    unproven = unproven or outcome
                elif outcome.level == "effective":
                    level = "effective"
        return unproven or Proven(level)

    def _groups(self) -> Iterator[_Group]:
        names = self._actions.names if self._only is None else self._actions.names.intersection(self._only)
        reaching = {side: self._reaching(side, names) for side in self._policies}
        by_statements: dict[tuple[tuple[int, ...], tuple[int, ...]], list[str]] = {}
        for name in sorted(names):
            key = (tuple(reaching["left"].get(name, ())), tuple(reaching["right"].get(name, ())))
            by_statements.setdefault(key, []).append(name)
        lowered = {side: {key[at] for key in by_statements} for at, side in enumerate(reaching)}
        terms = {side: {key: self._lower(side, key) for key in keys} for side, keys in lowered.items()}
        by_terms: dict[_Terms, list[str]] = {}
        for (left, right), group in by_statements.items():
            by_terms.setdefault((terms["left"][left], terms["right"][right]), []).extend(group)
        for (left_terms, right_terms), group in by_terms.items():
            if left_terms != right_terms:
                yield _Group(tuple(sorted(group)), *closed(left_terms, right_terms))

    def _reaching(self, side: Side, names: frozenset[str]) -> dict[str, list[int]]:
        """The numbers of the statements of a side that reach each action."""
        reaching: dict[str, list[int]] = {}
        for number, statement in enumerate(self._statements[side]):
            for name in self._actions.of(statement) & names:
                reaching.setdefault(name, []).append(number)
        return reaching

    def _lower(self, side: Side, numbers: tuple[int, ...]) -> frozenset[Term]:
        return lower(self._statements[side][number] for number in numbers)

    def _decide(self, group: _Group, side: Side) -> Verdict:
        terms = focus(*group.towards(side), self._limits.check_time)
        if terms is None or self._search(terms, None) is None:
            return Proven()
        if not self._effective:
            return self._refute(group.actions, side, terms)
        by_domain: dict[tuple[str, ...] | None, list[str]] = {}
        for name in group.actions:
            by_domain.setdefault(fitting(self._actions.known(name)), []).append(name)
        for domain, names in by_domain.items():
            if self._search(terms, domain) is not None:
                return self._refute(tuple(names), side, terms)
        return Proven("effective")

    def _refute(self, names: Sequence[str], side: Side, terms: _Terms) -> Verdict:
        """The verdict once a difference is known: Refuted, with the most lifelike confirmed witness."""
        known_first = sorted(names, key=lambda name: (self._actions.known(name) is None, name))
        for name in known_first[:_TRIES]:
            for domain in self._domains(name, terms):
                witness = self._witness(name, terms, domain, side)
                if witness is not None:
                    return Refuted(witness)
        unsettled = "a difference that no request with definite policy variables confirms"
        return Unproven(f"{self._name(known_first[0])}: {unsettled}")

    def _domains(self, name: str, terms: Sequence[frozenset[Term]]) -> Sequence[tuple[str, ...] | None]:
        """Where to look for a witness, the most lifelike resources first."""
        known = self._actions.known(name)
        real = lifelike(name, known, frozenset().union(*terms))
        return (real, fitting(known)) if self._effective else (real, fitting(known), None)

    def _search(self, terms: _Terms, domain: tuple[str, ...] | None) -> Found | None:
        return Search(self._machine, *terms, domain).run(self._limits)

    def _witness(self, name: str, terms: _Terms, domain: tuple[str, ...] | None, side: Side) -> Witness | None:
        """A confirmed witness of a domain.

        A search takes memberships as independent of each other, so what it finds may need a variable to have two
        values at once. Then it is asked again with the values that the first find suggests, and with others.
        """
        found = self._quick(terms, domain, full_variables=True)
        if found is None:
            return None
        bound = _bound(found.conditions, found.resource)
        witness = None if bound is None else self._confirmed(name, found, bound, side)
        names = sorted({name for term in (*terms[0], *terms[1]) for glob in term.globs for name in variables_in(glob)})
        others = {name: f"someone{number or ''}" for number, name in enumerate(names)}
        for values in ({**others, **(bound or {})}, others) if names else ():
            if witness is not None:
                break
            again = self._quick((with_values(terms[0], values), with_values(terms[1], values)), domain)
            witness = None if again is None else self._confirmed(name, again, values, side)
        return witness

    def _quick(self, terms: _Terms, domain: tuple[str, ...] | None, *, full_variables: bool = False) -> Found | None:
        """A search for an example, which may fail: a difference is known already."""
        try:
            return Search(self._machine, *terms, domain, full_variables=full_variables).run(self._limits)
        except Exhausted:
            return None

    def _confirmed(self, name: str, found: Found, variables: Mapping[str, str], side: Side) -> Witness | None:
        """The witness, if the slow evaluator agrees that just this side allows it."""
        atoms = tuple(sorted(str(condition) for condition in found.conditions if isinstance(condition, Atom)))
        allows = {
            key: allowed(policies, name, found.resource, atoms, variables) for key, policies in self._policies.items()
        }
        if not allows[side] or all(allows.values()):
            return None
        return Witness(self._name(name), found.resource, atoms, side, tuple(sorted(variables.items())))

    def _name(self, name: str) -> str:
        known = self._actions.known(name)
        return known.name if known else name


def _bound(conditions: Conditions, resource: str) -> dict[str, str] | None:
    """Values of policy variables with which the resource is a member as assumed; None if they contradict."""
    variables: dict[str, str] = {}
    patterns = patterns_of(conditions)
    for pattern in patterns:
        if any(_says_more(other, pattern) for other in patterns):
            continue
        bound = bindings(pattern, resource)
        if bound is None or any(variables.get(name, value) != value for name, value in bound.items()):
            return None
        variables.update(bound)
    return variables


def _says_more(one: str, other: str) -> bool:
    """Whether a pattern leaves its variables less freedom; of two that say the same, the first does."""
    return one != other and covers_by_name(other, one) and (one < other or not covers_by_name(one, other))


def statements_of(policies: Iterable[Policy]) -> list[Statement]:
    """All statements of some policies, in order."""
    return [statement for policy in policies for statement in policy.statements]
