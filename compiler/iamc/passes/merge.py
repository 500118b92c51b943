"""The merge pass: permissions to statements, action sets shared over resources and resource sets over actions.

A statement grants each of its actions on each of its resources. `merge` first takes away what another permission of
the same effect grants anyway, then lets `iamc.passes.sharing` choose the statements. It never writes a pair of
action and resource that was not declared, and the answer does not depend on the order of the permissions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from iamc.glob import includes
from iamc.model import ALWAYS, Condition, Permission, Statement
from iamc.passes.document import content, size
from iamc.passes.sharing import by_resource, shared

Cells: TypeAlias = Mapping[str, frozenset[str]]
"""The actions on each resource, under one effect and condition."""

SID = 20
"""Characters that a Sid takes with its punctuation, about: statements are named only after they are chosen."""


def merge(permissions: Iterable[Permission], *, joint: bool = True) -> tuple[Statement, ...]:
    """Statements that grant exactly the permissions; denies first, then in the order of their content.

    With `joint`, the statements are chosen for the fewest characters of names and ARNs. Without, each resource
    stands in one statement, with all that may be done to it: the sets of actions stay whole, which is better for
    patterns.
    """
    held = _gathered(permissions)
    statements: list[Statement] = []
    for (effect, condition), cells in held.items():
        broader = _Broader(held.get((effect, ALWAYS), {}), cells)
        needed = {resource: left for resource, actions in cells.items() if (left := broader.rest(resource, actions))}
        frame = SID + size(Statement(effect, (), (), condition))
        for actions, resources in shared(needed, frame) if joint else by_resource(needed):
            statements.append(Statement(effect, tuple(sorted(actions)), tuple(sorted(resources)), condition))
    return tuple(sorted(statements, key=content))


def _gathered(permissions: Iterable[Permission]) -> dict[tuple[str, Condition], dict[str, frozenset[str]]]:
    """All actions on each resource, by effect and condition."""
    held: defaultdict[tuple[str, Condition], dict[str, frozenset[str]]] = defaultdict(dict)
    for permission in permissions:
        cells = held[permission.effect, permission.condition]
        known = cells.get(permission.resource)
        cells[permission.resource] = permission.actions if known is None else known | permission.actions
    return held


@dataclass(slots=True)
class _Broader:
    """What is granted anyway: on `*`, without a condition, or by a wildcard as written.

    Many resources carry equal sets of actions; what is left of each set is worked out once.
    """

    always: Cells
    cells: Cells
    _known: dict[tuple[frozenset[str], ...], frozenset[str]] = field(default_factory=dict)

    def rest(self, resource: str, actions: frozenset[str]) -> frozenset[str]:
        """The actions on this resource that nothing broader grants."""
        others = [
            cells[place]
            for cells in (self.always, self.cells)
            for place in (resource, "*")
            if place in cells and not (place == resource and cells is self.cells)
        ]
        key = (actions, *others)
        if key not in self._known:
            left = frozenset(_without(actions.difference(*others), others))
            self._known[key] = frozenset(_distinct(left))
        return self._known[key]


def _without(actions: frozenset[str], others: Iterable[frozenset[str]]) -> Iterable[str]:
    """The actions that no wildcard of the others covers."""
    wild = {pattern for other in others for pattern in other if is_wild(pattern)}
    return (action for action in actions if not any(_covers(pattern, action) for pattern in wild)) if wild else actions


def _distinct(actions: frozenset[str]) -> Iterable[str]:
    """The actions that no wildcard beside them covers; of wildcards that say the same, the first stays."""
    wild = {pattern for pattern in actions if is_wild(pattern)}
    for action in actions if wild else ():
        covers = (pattern for pattern in wild if pattern != action and _covers(pattern, action))
        if not any(pattern < action or not _covers(action, pattern) for pattern in covers):
            yield action
    if not wild:
        yield from actions


def is_wild(action: str) -> bool:
    """Whether the author wrote a wildcard."""
    return "*" in action or "?" in action


def _covers(outer: str, inner: str) -> bool:
    return includes(outer.lower(), inner.lower())
