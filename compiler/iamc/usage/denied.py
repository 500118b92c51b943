"""Denied calls of a rollup: who was refused what, by which kind of policy, and whether it worked later.

Denials are grouped by person, principal, action and what the message says of the reason. Left out of the groups, and
counted apart, are calls that the same person later made with success, through the same role, on the same resource.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from iamc.usage.coverage import Reads, Wanted
from iamc.usage.model import Rollup, Seen, Use
from iamc.usage.refusal import Refusal, refusal
from iamc.usage.settle import generalise
from iamdsl.values import dataclass

_NAMED = re.compile(r"(?P<kind>role|user|group|policy) (?P<name>[\w+=,.@/-]+)")


@dataclass(frozen=True, slots=True, order=True)
class Denial:
    """One kind of refusal, the key of a group; "" where the event says nothing.

    `actions` are those that the message names, or, when not `sure`, those that the event is known to need. `call`
    is the event, `source:Name`, and `region` where it was, for a message that is encoded. The rest is that of
    `Refusal`; `code` is CloudTrail's errorCode.
    """

    person: str
    principal: str
    identity: str
    account: str
    region: str
    call: str
    actions: tuple[str, ...]
    sure: bool
    form: str
    decision: str
    by: str
    policy: str
    code: str


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of refusal, the resources that it was about, and how often.

    `resources` are named by messages (one may say `*`) or by events. `asked` are actions with the ARNs that they work
    on, as read from the events; `vague` says that an event shows nothing of them, so that they stand for all of a kind.
    """

    denial: Denial
    resources: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    vague: bool
    seen: Seen

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The actions with what they were denied on: an ARN, `*`, or "" where nobody says."""
        if self.asked and not self.vague and not self.denial.sure:
            return self.asked
        known = [on for on in self.resources if on == "*" or on.startswith("arn:")]
        return tuple((action, on) for action in self.denial.actions for on in known or [""])

    def __add__(self, other: Group) -> Group:
        resources = tuple(sorted({*self.resources, *other.resources}))
        asked = tuple(sorted({*self.asked, *other.asked}))
        return Group(self.denial, resources, asked, self.vague or other.vague, self.seen + other.seen)


@dataclass(frozen=True, slots=True)
class Denied:
    """The denied calls of a rollup: those that still fail as far as it shows, and those that worked later."""

    groups: tuple[Group, ...]
    worked: tuple[Group, ...]


def denied(rollup: Rollup, reads: Reads) -> Denied:
    """The denied uses in groups, the most frequent first; `reads` tells of what a message leaves out."""
    successes = _successes(rollup)
    failing: dict[Denial, Group] = {}
    worked: dict[Denial, Group] = {}
    for use, seen in rollup.uses.items():
        if use.outcome != "denied":
            continue
        group = _group(use, seen, reads(use))
        later = any(
            success.last > seen.last and _same_resource(use, group.resources, found)
            for found, success in successes.get(_call(use), ())
        )
        groups = worked if later else failing
        known = groups.get(group.denial)
        groups[group.denial] = known + group if known else group
    return Denied(_sorted(failing), _sorted(worked))


def _sorted(groups: Mapping[Denial, Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups.values(), key=lambda group: (-group.seen.calls, group.denial)))


def _group(use: Use, seen: Seen, wanted: Wanted) -> Group:
    said = refusal(use.message)
    known = tuple(dict.fromkeys(action for action, _ in wanted.pairs if action != "iam:PassRole"))
    denial = Denial(
        person=use.person,
        principal=use.principal,
        identity=use.identity,
        account=use.account,
        region=use.region if said.form == "encoded" else "",
        call=f"{use.source.partition('.')[0]}:{use.name}",
        actions=(said.action,) if said.action else known,
        sure=bool(said.action),
        form=said.form,
        decision=said.decision,
        by=said.by,
        policy=said.policy,
        code=use.error,
    )
    asked = {pair for pair in wanted.pairs if pair[0] in denial.actions and pair[1] != "*"}
    vague = not set(wanted.vague).isdisjoint(denial.actions)
    return Group(denial, tuple(sorted(set(_resources(use, said)))), tuple(sorted(asked)), vague, seen)


# the same call, later ----------------------------------------------------------------------------------------


def _call(use: Use) -> tuple[str, ...]:
    return (use.account, use.principal, use.person, use.source, use.name)


def _successes(rollup: Rollup) -> dict[tuple[str, ...], list[tuple[Use, Seen]]]:
    found: dict[tuple[str, ...], list[tuple[Use, Seen]]] = {}
    for use, seen in rollup.uses.items():
        if use.outcome == "ok":
            found.setdefault(_call(use), []).append((use, seen))
    return found


def _same_resource(use: Use, resources: Collection[str], success: Use) -> bool:
    """Whether a success was on all that was denied; where the denied call names nothing, nobody can tell."""
    there = {"*", *success.resources}
    return any(named and there.issuperset(named) for named in (resources, use.resources))


# resources -----------------------------------------------------------------------------------------------------


def _resources(use: Use, said: Refusal) -> Iterable[str]:
    """What the call was about: the message's word, else the event's ARNs, else its parameters."""
    if said.resource.startswith("arn:"):
        return (generalise(said.resource),)
    if said.resource == "*":
        return ("*",)
    named = _NAMED.fullmatch(said.resource)
    account = use.account if use.account.isdigit() else ""
    if named and account and said.action.startswith(("iam:", "sts:")):
        partition = use.principal.split(":", 2)[1] if use.principal.startswith("arn:") else "aws"
        return (f"arn:{partition}:iam::{account}:{named['kind']}/{named['name']}",)
    arns = tuple(resource for resource in use.resources if resource.startswith("arn:"))
    return arns or use.resources or ((generalise(said.resource),) if said.resource else ())
