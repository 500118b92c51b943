"""The constrain pass: what a role may not exceed, and lines that have no effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamc.glob import includes
from iamc.model import ALWAYS, ActionWanted, Ceiling, LevelWanted, OnArn, Permission, Unit, Wanted
from iamc.passes.expand import vocabulary_without
from iamc.passes.expand.messages import listing
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.passes.unknown import unknown_in_ceiling
from iamc.passes.user_names import KEY, asks
from iamdsl.diagnostics import Diagnostic, Label, report


def constrain(unit: Unit, permissions: Sequence[Permission], vocabulary: Vocabulary) -> list[Diagnostic]:
    """Findings about the permissions of one unit taken together."""
    found: list[Diagnostic] = []
    if unit.ceiling is not None:
        found.extend(unknown_in_ceiling(unit.ceiling, vocabulary))
        if not found:  # of a ceiling that was not read whole, nobody can tell what exceeds it
            found.extend(_above(unit, unit.ceiling, permissions, vocabulary))
    found.extend(_shadowed(permissions, vocabulary))
    found.extend(_user_names(unit))
    asked = all(request.effect == "allow" for request in unit.requests)
    if asked and not permissions and not unit.role.managed:
        help_ = "see the other findings about this role" if unit.requests else "give it lines, or delete it"
        found.append(report("IAM405", f"`{unit.name}` grants nothing", unit.role.span, help=help_))
    return found


def _above(
    unit: Unit, ceiling: Ceiling, permissions: Sequence[Permission], vocabulary: Vocabulary
) -> Iterator[Diagnostic]:
    known: dict[frozenset[str], frozenset[str]] = {}
    for permission in permissions:
        if permission.effect != "allow":
            continue
        if permission.actions not in known:
            known[permission.actions] = _beyond(permission.actions, ceiling, vocabulary)
        if above := known[permission.actions]:
            yield report(
                "IAM301",
                f"role `{unit.role.name}` exceeds the ceiling of tier `{ceiling.tier}`",
                permission.span,
                label=f"above the ceiling: {listing(above)}",
                labels=[Label(ceiling.span, "the ceiling is set here")],
                help="ask for less here, or use a tier with a higher ceiling",
            )


def _beyond(actions: frozenset[str], ceiling: Ceiling, vocabulary: Vocabulary) -> frozenset[str]:
    """Which of the actions the ceiling does not include."""
    names = frozenset[str]().union(*map(vocabulary.names, actions))
    services = sorted({name.partition(":")[0] for name in names})
    within = names.intersection(_covered(ceiling.wanted, services, vocabulary))
    return names - within.difference(_covered(ceiling.exceptions, services, vocabulary))


def within_ceiling(ceiling: Ceiling, services: Sequence[str], vocabulary: Vocabulary) -> frozenset[str]:
    """The actions of these services that a ceiling includes."""
    found = _covered(ceiling.wanted, services, vocabulary) - _covered(ceiling.exceptions, services, vocabulary)
    return frozenset(name for name in found if name.partition(":")[0] in services)


def _covered(wanted: Sequence[Wanted], services: Sequence[str], vocabulary: Vocabulary) -> frozenset[str]:
    """What a ceiling's levels and patterns name in some services, at least."""
    found = [vocabulary.names(item.pattern) for item in wanted if isinstance(item, ActionWanted)]
    for level in (item.level for item in wanted if isinstance(item, LevelWanted)):
        found += [vocabulary.names_at(service, level) for service in services]
    return frozenset().union(*found)


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
    if len(dead) == len(allows) > 0:
        yield _all_denied(dead)
        return
    for allow, deny in dead:
        yield report(
            "IAM307",
            "a deny removes everything that this line allows",
            allow.span,
            labels=[Label(deny.span, "denied here")],
            help="remove the line, or deny less",
        )


def _all_denied(dead: Sequence[tuple[Permission, Permission]]) -> Diagnostic:
    """One finding for the whole role, at the deny; the first lines that it leaves nothing of are shown with it."""
    lines = dict.fromkeys(allow.span for allow, _ in dead)
    return report(
        "IAM310",
        "a deny removes everything that the role allows",
        dead[0][1].span,
        labels=[Label(span, "nothing is left of this line") for span in list(lines)[:2]],
        help="deny less, or remove the role",
    )


def _user_names(unit: Unit) -> Iterator[Diagnostic]:
    """`aws:username` is the name of an IAM user: a role's session has none, so what asks for it never matches."""
    for request in unit.requests:
        if request.origin == "policy-sentry":  # a template may be for users
            continue
        texts = [(target.arn, target.span) for target in request.targets if isinstance(target, OnArn)]
        texts += [(value, request.span) for atom in request.condition.atoms for value in atom.values]
        asking = next((span for text, span in texts if asks(text)), None)
        if asking is not None:
            yield report(
                "IAM308",
                "`${aws:username}` does not exist for people who use a role",
                asking,
                label="never matches",
                help="write `${aws:SourceIdentity}` or `${aws:PrincipalTag/NAME}` here, "
                "or `username: aws:SourceIdentity` in the file of --targets-config",
                notes=["what stands for it depends on how people sign in: `iamc explain IAM308`"],
            )
        elif any(atom.key.lower() == KEY for atom in request.condition.atoms):
            yield report(
                "IAM308",
                f"`{KEY}` does not exist for people who use a role",
                request.span,
                label="compares with nothing",
                help="compare `aws:SourceIdentity` or a principal tag, whatever the identity provider fills in",
            )
