"""Statements lowered for one action: which resources, under which conditions, are allowed or denied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from iamc.verify.globs import fill, variables_in
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
