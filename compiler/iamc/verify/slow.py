"""The obvious evaluator: one request against some policies, by regular expressions.

It is slow and shares nothing with the automata, so that each counterexample they find can be replayed here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from iamc.verify.policy import Policy, Statement

_PIECE = re.compile(r"\$\{([^}]*)\}|\*+|.", re.DOTALL)
_ESCAPES = ("*", "?", "$")


def allowed(
    policies: Sequence[Policy],
    action: str,
    resource: str,
    conditions: Collection[str] = (),
    variables: Mapping[str, str] | None = None,
) -> bool:
    """Whether the policies, attached together, allow the request.

    conditions: the atoms that hold, as `str(atom)`; the rest do not hold. variables: the values of the policy
    variables that the request has; a pattern with an absent variable matches nothing.
    """
    verdict = False
    for policy in policies:
        for statement in policy.statements:
            if _applies(statement, action.lower(), resource, conditions, variables or {}):
                if statement.effect == "Deny":
                    return False
                verdict = True
    return verdict


def bindings(pattern: str, resource: str) -> dict[str, str] | None:
    """Values of the pattern's variables, none empty, with which it matches the resource; or None."""
    groups: dict[str, str] = {}

    def piece(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None or name in _ESCAPES:
            return _piece(match, {})
        if name in groups:
            return f"(?P={groups[name]})"
        groups[name] = f"v{len(groups)}"
        return f"(?P<{groups[name]}>.+?)"

    found = re.fullmatch(_PIECE.sub(piece, pattern), resource, re.DOTALL)
    return None if found is None else {name: found[group] for name, group in groups.items()}


def _applies(
    statement: Statement,
    action: str,
    resource: str,
    conditions: Collection[str],
    variables: Mapping[str, str],
) -> bool:
    return (
        any(_matches(pattern, action, {}) for pattern in statement.actions) != statement.not_action
        and any(_matches(pattern, resource, variables) for pattern in statement.resources) != statement.not_resource
        and all(str(atom) in conditions for atom in statement.conditions)
    )


def _matches(pattern: str, text: str, variables: Mapping[str, str]) -> bool:
    names = [match.group(1) for match in _PIECE.finditer(pattern)]
    if any(name is not None and name not in _ESCAPES and name not in variables for name in names):
        return False
    expression = _PIECE.sub(lambda match: _piece(match, variables), pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _piece(match: re.Match[str], variables: Mapping[str, str]) -> str:
    text, name = match.group(0), match.group(1)
    if name is not None:
        return re.escape(name if name in _ESCAPES else variables[name])
    if text.startswith("*"):
        return ".*"
    return "." if text == "?" else re.escape(text)
