"""The merge pass: permissions to statements, sharing action sets over resources or resource sets over actions.

A statement grants each of its actions on each of its resources, so a set of permissions becomes statements without a
change of meaning in two ways: resources with equal action sets share a statement, or actions with equal
resource sets do. The shorter of the two is taken for each service. Nothing is ever granted by a cross product that
was not declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from iamc.cover import matches
from iamc.model import ALWAYS, Condition, Permission, Statement

Held: TypeAlias = Mapping[str, frozenset[str]]
"""The actions on each resource."""
OVERHEAD = 70
"""Characters of a statement apart from its actions and resources: Sid, Effect, punctuation."""


def merge(permissions: Iterable[Permission]) -> tuple[Statement, ...]:
    """The fewest characters of statements that grant exactly the permissions; in an order of their content."""
    held: defaultdict[tuple[str, Condition], defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for permission in permissions:
        held[permission.effect, permission.condition][permission.resource] |= permission.actions
    statements: list[Statement] = []
    for (effect, condition), by_resource in held.items():
        wider = [held[effect, ALWAYS]] if condition and (effect, ALWAYS) in held else []
        needed = _needed(by_resource, wider)
        for part in _parts(needed):
            statements.extend(
                Statement(effect, tuple(sorted(actions)), tuple(sorted(resources)), condition)
                for actions, resources in _shorter(part)
            )
    return tuple(sorted(statements, key=_order))


def _order(statement: Statement) -> tuple[bool, tuple[str, ...], tuple[str, ...], Condition]:
    return statement.effect != "deny", statement.resources, statement.actions, statement.condition


def _needed(by_resource: Mapping[str, set[str]], wider: list[defaultdict[str, set[str]]]) -> Held:
    """What is left when that which the same effect grants anyway is taken away: on `*`, or without a condition."""
    needed: dict[str, frozenset[str]] = {}
    for resource, actions in by_resource.items():
        covers = [other.get(place, set()) for other in wider for place in {resource, "*"}]
        if resource != "*":
            covers.append(by_resource.get("*", set()))
        left = _uncovered(_uncovered(actions, actions), *covers)
        if left:
            needed[resource] = left
    return needed


def _uncovered(actions: Iterable[str], *covers: set[str]) -> frozenset[str]:
    """The actions that no cover grants: by name (unless the cover is the set itself), or by a wildcard as written."""
    actions = frozenset(actions)
    same = len(covers) == 1 and covers[0] == actions
    if not same:
        actions = actions.difference(*covers)
    wild = [pattern for cover in covers for pattern in cover if "*" in pattern or "?" in pattern]
    if not wild:
        return actions
    return frozenset(
        action for action in actions if not any(pattern != action and matches(pattern, action) for pattern in wild)
    )


def _parts(needed: Held) -> list[Held]:
    """`*` by itself and the ARNs of each service: what may share statements."""
    parts: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for resource in sorted(needed):
        service = resource.split(":", 3)[2] if resource.startswith("arn:") else ""
        parts[service][resource] = needed[resource]
    return list(parts.values())


def _shorter(part: Held) -> list[tuple[frozenset[str], frozenset[str]]]:
    """The shorter grouping of (actions, resources)."""
    by_actions: defaultdict[frozenset[str], set[str]] = defaultdict(set)
    places: defaultdict[str, set[str]] = defaultdict(set)
    for resource, actions in part.items():
        by_actions[actions].add(resource)
    if len(by_actions) > 1:
        for actions, resources in by_actions.items():
            for action in actions:
                places[action] |= resources
    by_resources: defaultdict[frozenset[str], set[str]] = defaultdict(set)
    for action, resources in places.items():
        by_resources[frozenset(resources)].add(action)
    one = [(actions, frozenset(resources)) for actions, resources in by_actions.items()]
    other = [(frozenset(actions), resources) for resources, actions in by_resources.items()]
    return other if other and _cost(other) < _cost(one) else one


def _cost(groups: list[tuple[frozenset[str], frozenset[str]]]) -> int:
    return sum(OVERHEAD + sum(len(text) + 3 for texts in group for text in texts) for group in groups)
