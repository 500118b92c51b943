"""The constrain pass: what a role may not exceed, and lines that have no effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamc.glob import includes
from iamc.model import ALWAYS, Ceiling, LevelWanted, Permission, Unit, Wanted
from iamc.passes.expand import vocabulary_without
from iamc.passes.expand.messages import listing
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl.diagnostics import Diagnostic, Label, report


def constrain(unit: Unit, permissions: Sequence[Permission], vocabulary: Vocabulary) -> list[Diagnostic]:
    """Findings about the permissions of one unit taken together."""
    found: list[Diagnostic] = []
    if unit.ceiling is not None:
        found.extend(_above(unit, unit.ceiling, permissions, vocabulary))
    found.extend(_shadowed(permissions, vocabulary))
    asked = bool(unit.requests) and all(request.effect == "allow" for request in unit.requests)
    if asked and not permissions and not unit.role.managed:
        found.append(
            report(
                "IAM405",
                f"`{unit.name}` grants nothing",
                unit.role.span,
                help="see the other findings about this role",
            )
        )
    return found


def _above(
    unit: Unit, ceiling: Ceiling, permissions: Sequence[Permission], vocabulary: Vocabulary
) -> Iterator[Diagnostic]:
    for permission in permissions:
        if permission.effect != "allow":
            continue
        above = [name for name in _opened(permission.actions, vocabulary) if not _within(name, ceiling, vocabulary)]
        if above:
            yield report(
                "IAM301",
                f"role `{unit.role.name}` exceeds the ceiling of tier `{ceiling.tier}`",
                permission.span,
                label=f"{listing(above)} is above the ceiling",
                labels=[Label(ceiling.span, "the ceiling is set here")],
                help="ask for less here, or use a tier with a higher ceiling",
            )


def _opened(actions: frozenset[str], vocabulary: Vocabulary) -> list[str]:
    return sorted({a.qualified for name in actions for a in vocabulary.matching(name)})


def _within(name: str, ceiling: Ceiling, vocabulary: Vocabulary) -> bool:
    return any(_covers(w, name, vocabulary) for w in ceiling.wanted) and not any(
        _covers(w, name, vocabulary) for w in ceiling.exceptions
    )


def _covers(wanted: Wanted, name: str, vocabulary: Vocabulary) -> bool:
    if isinstance(wanted, LevelWanted):
        action = vocabulary.catalog.action(name)
        return action is not None and vocabulary.is_at(action, wanted.level)
    return any(action.qualified == name for action in vocabulary.matching(wanted.pattern))


def _shadowed(permissions: Sequence[Permission], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Allows of which an unconditional deny leaves nothing; all of a role's allows are an error."""
    denies = [p for p in permissions if p.effect == "deny" and p.condition == ALWAYS]
    allows = [p for p in permissions if p.effect == "allow"]
    if not denies:
        return
    dead: list[tuple[Permission, Permission]] = []
    for allow in allows:
        for deny in denies:
            if deny.resource != "*" and not includes(deny.resource, allow.resource):
                continue
            left = allow.actions
            for pattern in deny.actions:
                left = vocabulary_without(vocabulary, left, pattern)
            if not left:
                dead.append((allow, deny))
                break
    everything = len(dead) == len(allows) > 0
    for allow, deny in dead:
        code, words = (
            ("IAM310", "a deny removes everything that the role allows")
            if everything
            else ("IAM307", "a deny removes everything that this line allows")
        )
        yield report(
            code,
            words,
            allow.span,
            labels=[Label(deny.span, "denied here")],
            help="remove the line, or deny less",
        )
