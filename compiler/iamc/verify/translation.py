"""Translation validation: the documents about to be written grant exactly what was declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from iamc.verify.actions import Actions
from iamc.verify.compare import DEFAULT_BUDGET, DEFAULT_DEADLINE, Comparison, statements_of
from iamc.verify.policy import (
    Conditions,
    Effect,
    Policy,
    PolicyError,
    Statement,
    action_pattern,
    conditions_of,
    read_policy,
    resource_pattern,
)
from iamc.verify.search import Limits
from iamc.verify.verdict import Proven, Unproven, Verdict

if TYPE_CHECKING:
    from iamc.verify.universe import Universe

_Key: TypeAlias = tuple[str, Conditions]
_Resources: TypeAlias = Mapping[_Key, frozenset[str] | set[str]]


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared permission.

    effect: "Allow" or "Deny". action: an exact name ("s3:GetObject"), or a wildcard that the user wrote
    ("*", "s3:*"). resource: an ARN, which may have wildcards and policy variables, or "*". condition: as in
    a policy; permissions that share one mapping object are read faster.
    """

    effect: str
    action: str
    resource: str
    condition: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


def validate(
    declared: Iterable[Declared],
    documents: Sequence[str],
    universe: Universe,
    *,
    effective: bool = False,
    budget: int = DEFAULT_BUDGET,
    deadline_seconds: float = DEFAULT_DEADLINE,
) -> Verdict:
    """Whether the documents (JSON texts), attached together, allow just what is declared: left is declared.

    Actions whose resources are the same texts under the same conditions on both sides need no more proof;
    only for the others are languages compared, as `prove_equal` does with the same arguments. A document
    that is not a valid policy is Unproven.
    """
    try:
        policies = [_read(number, document) for number, document in enumerate(documents, 1)]
        declarations = _Declarations(declared)
        wild, emitted = declarations.wild(), statements_of(policies)
        actions = Actions(universe, [*wild, *emitted, declarations.naming()], everything=effective)
        differing = _differing(declarations, wild, emitted, actions)
        left = Policy((*wild, *declarations.of(sorted(differing))))
    except PolicyError as error:
        return Unproven(str(error))
    if not differing:
        return Proven()
    limits = Limits(budget, deadline_seconds)
    comparison = Comparison([left], policies, actions, limits, effective=effective, only=differing)
    return comparison.verdict(("left", "right"))


def _read(number: int, document: str) -> Policy:
    try:
        return read_policy(document)
    except PolicyError as error:
        raise PolicyError(f"document {number}: {error}") from error


class _Declarations:
    """The declared resources by lower-case action, then by effect and conditions; raises PolicyError."""

    def __init__(self, declared: Iterable[Declared]) -> None:
        items = list(declared)
        conditions = {id(item.condition): item.condition for item in items}
        atoms = {number: conditions_of(block) for number, block in conditions.items()}
        self.exact: dict[str, dict[_Key, set[str]]] = {}
        self._wild: dict[str, dict[_Key, set[str]]] = {}
        as_written: dict[str, dict[_Key, set[str]]] = {}
        for item in items:
            by_key = as_written.get(item.action)
            if by_key is None:
                by_key = as_written[item.action] = self._entry(item.action)
            key = (item.effect, atoms[id(item.condition)])
            resources = by_key.get(key)
            if resources is None:
                by_key[key] = {item.resource}
            else:
                resources.add(item.resource)

    def wild(self) -> list[Statement]:
        """The declarations with a wildcard in the action."""
        return [statement for name, entry in self._wild.items() for statement in _statements(name, entry)]

    def naming(self) -> Statement:
        """A statement that names each of the other declared actions, and grants nothing."""
        return Statement("Deny", tuple(self.exact), ())

    def of(self, names: Iterable[str]) -> list[Statement]:
        """The other declarations, for some actions."""
        return [statement for name in names if name in self.exact for statement in _statements(name, self.exact[name])]

    def _entry(self, action: str) -> dict[_Key, set[str]]:
        name = action_pattern(action)
        table = self._wild if "*" in name or "?" in name else self.exact
        return table.setdefault(name, {})


def _statements(action: str, entry: Mapping[_Key, set[str]]) -> list[Statement]:
    return [
        Statement(_effect(effect), (action,), tuple(map(resource_pattern, sorted(resources))), conditions)
        for (effect, conditions), resources in entry.items()
    ]


def _effect(text: str) -> Effect:
    if text == "Allow":
        return "Allow"
    if text == "Deny":
        return "Deny"
    raise PolicyError(f"Effect must be Allow or Deny, not {text!r}")


def _differing(
    declarations: _Declarations, wild: Sequence[Statement], emitted: Sequence[Statement], actions: Actions
) -> frozenset[str]:
    """The actions for which the texts of the declared and the emitted resources are not the same sets."""
    by_wild = _by_action(actions, wild)
    by_emitted = _by_action(actions, emitted)
    return frozenset(
        name
        for name in actions.names
        if _joined(declarations.exact.get(name, {}), by_wild.get(name, {})) != by_emitted.get(name, {})
    )


def _by_action(actions: Actions, statements: Sequence[Statement]) -> dict[str, _Resources]:
    reaching: dict[str, list[int]] = {}
    for number, statement in enumerate(statements):
        for name in actions.of(statement):
            reaching.setdefault(name, []).append(number)
    keys = {name: tuple(numbers) for name, numbers in reaching.items()}
    resources = {key: _resources([statements[number] for number in key]) for key in set(keys.values())}
    return {name: resources[key] for name, key in keys.items()}


def _resources(statements: Iterable[Statement]) -> dict[_Key, set[str]]:
    found: dict[_Key, set[str]] = {}
    for statement in statements:
        # Nothing is declared with NotResource, so this effect makes the action differ, to be compared as a
        # language.
        effect = "NotResource" if statement.not_resource else statement.effect
        found.setdefault((effect, statement.conditions), set()).update(statement.resources)
    return found


def _joined(one: _Resources, other: _Resources) -> _Resources:
    if not other:
        return one
    return {key: {*one.get(key, ()), *other.get(key, ())} for key in {*one, *other}}
