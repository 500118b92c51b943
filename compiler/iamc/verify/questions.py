"""Questions about what policies allow: nothing of some actions on some resources, or all of it.

Both are put as comparisons. Policies allow nothing of what a statement names when a deny of it would change nothing,
and all of it when they include the statement as an allow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iamc.verify.actions import Actions
from iamc.verify.compare import DEFAULT_BUDGET, DEFAULT_DEADLINE, Comparison, statements_of
from iamc.verify.globs import covers, tokens
from iamc.verify.policy import Atom, Policy, Statement, action_pattern, conditions_of, resource_pattern
from iamc.verify.search import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from iamc.verify.policy import Conditions
    from iamc.verify.universe import Universe
    from iamc.verify.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """Every one of some actions on every one of some resources.

    actions: patterns in lower case. resources: patterns in the syntax of version 2012-10-17.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]

    @classmethod
    def of(cls, actions: Iterable[str], resources: Iterable[str]) -> Asked:
        """As a policy would write them; raises PolicyError."""
        return cls(tuple(map(action_pattern, actions)), tuple(map(resource_pattern, resources)))


def allows_none(policies: Sequence[Policy], asked: Asked, universe: Universe) -> Verdict:
    """Whether the policies, attached together, allow nothing of what is asked, whatever conditions hold.

    A witness is a request that they allow (side left).
    """
    ours = list(_about(policies, asked))
    forbidden = Statement("Deny", asked.actions, asked.resources)
    return _included(ours, [*ours, forbidden], forbidden, universe)


def allows_all(
    policies: Sequence[Policy],
    asked: Asked,
    universe: Universe,
    context: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> Verdict:
    """Whether the policies allow all of what is asked in each request that meets the Condition block `context`.

    A witness is a request that they do not allow.
    """
    wanted = Statement("Allow", asked.actions, asked.resources, conditions_of(context or {}))
    return _included([wanted], list(_about(policies, asked)), wanted, universe)


def assuming(
    policies: Iterable[Policy], holds: Callable[[Atom], bool], fails: Callable[[Atom], bool]
) -> tuple[Policy, ...]:
    """The policies as they read where some atoms are known to hold and some are known not to."""

    def known(conditions: Conditions) -> Conditions | None:
        return None if any(map(fails, conditions)) else frozenset(atom for atom in conditions if not holds(atom))

    return tuple(
        Policy(
            tuple(
                replace(statement, conditions=left)
                for statement in policy.statements
                if (left := known(statement.conditions)) is not None
            )
        )
        for policy in policies
    )


def _included(left: Sequence[Statement], right: Sequence[Statement], asked: Statement, universe: Universe) -> Verdict:
    actions = Actions(universe, [*left, *right], everything="*" in asked.actions)
    sides = [Policy(tuple(left))], [Policy(tuple(right))]
    limits = Limits(DEFAULT_BUDGET, DEFAULT_DEADLINE)
    return Comparison(*sides, actions, limits, only=actions.of(asked)).verdict(("left",))


def _about(policies: Sequence[Policy], asked: Asked) -> Iterator[Statement]:
    """The statements that may be about the actions: the others need not be read."""
    services = {pattern.partition(":")[0] for pattern in asked.actions}
    open_ended = any("*" in service or "?" in service for service in services)
    for statement in statements_of(policies):
        if open_ended or statement.not_action or any(_shared(pattern, services) for pattern in statement.actions):
            yield statement


def _shared(pattern: str, services: set[str]) -> bool:
    prefix = pattern.partition(":")[0]
    if "*" in prefix or "?" in prefix:
        glob = tokens(prefix)
        return any(covers(glob, service) for service in services)
    return prefix in services
