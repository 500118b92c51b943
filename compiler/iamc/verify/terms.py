"""Statements lowered for one action: which resources, under which conditions, are allowed or denied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from iamc.verify.globs import covers_by_name, fill, variables_in
from iamc.verify.policy import Atom, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether the resource matches one (`negated`: none) of some patterns with policy variables.

    It is a condition of its own because the value of a variable is not known: a pattern with a variable
    stands for the resources that its `*` version matches, on condition of the membership. Patterns are thus
    equal only when their text is; a membership is never taken to exclude a literal pattern that the value
    might equal.
    """

    patterns: frozenset[str]
    negated: bool = False

    def __str__(self) -> str:
        return f"resource {'matches none' if self.negated else 'matches one'} of {sorted(self.patterns)}"


Condition: TypeAlias = Atom | Membership
Conditions: TypeAlias = frozenset[Condition]


@dataclass(frozen=True, slots=True)
class Term:
    """Resources (or, if `complement`, all but those) allowed or denied where all the conditions hold."""

    deny: bool
    conditions: Conditions
    globs: frozenset[str]
    complement: bool = False


def lower(statements: Iterable[Statement]) -> frozenset[Term]:
    """The terms of the statements that reach one action; those that differ in resources only are joined."""
    joined: dict[tuple[bool, Conditions], set[str]] = {}
    complements: set[Term] = set()
    for statement in statements:
        deny = statement.effect == "Deny"
        conditions: Conditions = frozenset(statement.conditions)
        variable = frozenset(glob for glob in statement.resources if variables_in(glob))
        plain = frozenset(statement.resources) - variable
        if statement.not_resource:
            complements.update(_outside(deny, conditions, plain, variable))
            continue
        if plain:
            joined.setdefault((deny, conditions), set()).update(plain)
        for glob in variable:
            member: Condition = Membership(frozenset((glob,)))
            joined.setdefault((deny, conditions | {member}), set()).add(glob)
    terms = (Term(deny, conditions, frozenset(globs)) for (deny, conditions), globs in joined.items())
    return frozenset(complements.union(terms))


def _outside(deny: bool, conditions: Conditions, plain: frozenset[str], variable: frozenset[str]) -> Iterable[Term]:
    """NotResource: what no pattern can match, and the rest if it matches none of those with variables."""
    yield Term(deny, conditions, plain | variable, complement=True)
    if variable:
        member: Condition = Membership(variable, negated=True)
        yield Term(deny, conditions | {member}, plain, complement=True)


def closed(*sides: frozenset[Term]) -> tuple[frozenset[Term], ...]:
    """The terms of several sides, each with every membership of all of them that its own imply.

    A resource that matches `home/${user}/x` matches `home/${user}/*` too, whoever the user is: saying so changes no
    term, and lets terms be compared by their conditions.
    """
    known = {pattern for side in sides for term in side for pattern in patterns_of(term.conditions)}
    if len(known) < 2:
        return sides
    implied = {one: _members(other for other in known if covers_by_name(other, one)) for one in known}
    return tuple(frozenset(_closed(term, implied) for term in side) for side in sides)


def patterns_of(conditions: Conditions) -> tuple[str, ...]:
    """The patterns with variables that a resource must match, each by itself."""
    members = (each.patterns for each in conditions if isinstance(each, Membership) and not each.negated)
    return tuple(sorted(pattern for patterns in members if len(patterns) == 1 for pattern in patterns))


def _members(patterns: Iterable[str]) -> Conditions:
    return frozenset(Membership(frozenset((pattern,))) for pattern in patterns)


def _closed(term: Term, implied: Mapping[str, Conditions]) -> Term:
    more = [implied[pattern] for pattern in patterns_of(term.conditions)]
    return replace(term, conditions=term.conditions.union(*more)) if more else term


def with_values(terms: Iterable[Term], values: Mapping[str, str]) -> frozenset[Term]:
    """The terms of a request in which the policy variables, all of them, have these values."""
    return frozenset(_with_values(term, values) for term in terms)


def _with_values(term: Term, values: Mapping[str, str]) -> Term:
    members = [condition for condition in term.conditions if isinstance(condition, Membership)]
    excluded = [pattern for member in members if member.negated for pattern in member.patterns]
    return Term(
        term.deny,
        term.conditions.difference(members),
        frozenset(fill(glob, values) for glob in (*term.globs, *excluded)),
        term.complement,
    )
