"""What a rollup shows of the people in question: for each action on each resource, who did it, how often, how.

Also the tier that the evidence speaks for: reads of configuration for a viewer, work in data stores for a power
user, everything else for an administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from iamc.catalog import Action, Level
from iamc.data import table
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.usage.coverage import Reads, Wanted
from iamc.usage.model import Rollup, Seen, Use
from iamc.usage.people import of_roles
from iamc.usage.refusal import refusal
from iamc.usage.resources import is_plain
from iamc.usage.sessions import program
from iamc.usage.settle import generalise, number
from iamdsl.values import dataclass

TIERS = ("viewer", "power-user", "administrator")


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose uses count: by roles (names or ARNs) and persons, none of them for all; from and to a day (ISO)."""

    roles: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def takes(self, use: Use, seen: Seen) -> bool:
        """Whether the use is among them. A row that began before `since` counts when it was seen after it."""
        named = {person.lower() for person in self.persons}
        return (
            use.channel != "aws"
            and of_roles(use, self.roles)
            and (not named or use.person.lower() in named)
            and (not self.since or seen.last[:10] >= self.since)
            and (not self.until or seen.first[:10] <= self.until)
        )


def chosen(rollup: Rollup, choice: Choice) -> Rollup:
    """The part of a rollup that the choice takes."""
    return Rollup({use: seen for use, seen in rollup.uses.items() if choice.takes(use, seen)}, rollup.reading)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One action on one resource in one account. `action` is qualified, `resource` an ARN or `*`.

    `people` are those who did it, `programs` those whose names say that they are none; `console` says that nothing but
    a console did, `via` are the services that did it on people's behalf when nobody did it otherwise; `services` are
    those that a role was handed over to. `vague`: no event shows the resource. `uses` are the places in
    `Findings.seen` of the calls: one call may be evidence for several actions and resources.
    """

    tier: str
    account: str
    action: str
    resource: str
    people: frozenset[str]
    programs: frozenset[str]
    console: bool
    via: frozenset[str]
    services: frozenset[str]
    vague: bool
    uses: frozenset[int]

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(
            max(self.tier, other.tier, key=TIERS.index),
            self.account,
            self.action,
            self.resource,
            self.people | other.people,
            self.programs | other.programs,
            self.console and other.console,
            self.via | other.via if self.via and other.via else frozenset(),
            self.services | other.services,
            self.vague or other.vague,
            self.uses | other.uses,
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """What people used, what they were denied, and the calls that name no action; `seen` is what was seen of calls."""

    used: tuple[Evidence, ...]
    denied: tuple[Evidence, ...]
    unknown: Mapping[str, Seen]
    seen: tuple[Seen, ...]

    def sum(self, members: Iterable[Evidence]) -> Seen:
        """What was seen of the calls behind evidence, each counted once."""
        seen = [self.seen[place] for place in frozenset().union(*(one.uses for one in members))]
        return sum(seen[1:], seen[0])


def gather(rollup: Rollup, reads: Reads, vocabulary: Vocabulary) -> Findings:
    """The evidence of a rollup, sorted."""
    used: dict[tuple[str, str, str], Evidence] = {}
    denied: dict[tuple[str, str, str], Evidence] = {}
    unknown: dict[str, Seen] = {}
    called = [(use, seen) for use, seen in rollup.uses.items() if use.channel != "aws"]
    for place, (use, seen) in enumerate(called):
        wanted = reads(use)
        if wanted.unknown:
            unknown[wanted.unknown] = unknown[wanted.unknown] + seen if wanted.unknown in unknown else seen
        store = denied if use.outcome == "denied" else used
        for one in _evidence(use, wanted, place, vocabulary):
            key = (one.account, one.action, one.resource)
            store[key] = store[key] + one if key in store else one
    return Findings(
        _sorted(used.values()), _sorted(denied.values()), dict(sorted(unknown.items())), tuple(s for _, s in called)
    )


def _evidence(use: Use, wanted: Wanted, place: int, vocabulary: Vocabulary) -> Iterator[Evidence]:
    """What one kind of call is evidence for."""
    who = use.person or use.principal
    people, programs = (frozenset(), frozenset({who})) if program(use.person) else (frozenset({who}), frozenset())
    tier = max((_tier(action, vocabulary) for action, _ in wanted.pairs), key=TIERS.index, default="")
    for action, resource in _refused(use, wanted) or wanted.pairs:
        passed = action == "iam:PassRole"
        yield Evidence(
            tier if passed and tier else _tier(action, vocabulary),
            number(use.account),
            action,
            resource,
            people,
            programs,
            use.channel == "console",
            frozenset({use.via}) if use.channel == "service" else frozenset(),
            frozenset({wanted.runs or use.source}) if passed else frozenset(),
            action in wanted.vague,
            frozenset({place}),
        )


def _refused(use: Use, wanted: Wanted) -> tuple[tuple[str, str], ...]:
    """What the message of a denied call says was refused, as far as it says so in plain words."""
    if use.outcome != "denied":
        return ()
    said = refusal(use.message)
    on = generalise(said.resource)
    return ((said.action, on),) if said.action and is_plain(on) and said.action in dict(wanted.pairs) else ()


def _sorted(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(found, key=lambda one: (one.account, one.action, one.resource)))


def _tier(name: str, vocabulary: Vocabulary) -> str:
    """The tier that an action speaks for; a role is passed in the tier of the call that it is passed in."""
    action = vocabulary.catalog.action(name)
    if name == "iam:PassRole":
        return "viewer"
    if action is None:
        return "administrator"
    if vocabulary.is_at(action, "read-config"):
        return "viewer"
    return "power-user" if _is_data(action, vocabulary) else "administrator"


def _is_data(action: Action, vocabulary: Vocabulary) -> bool:
    if vocabulary.is_at(action, "read-data"):
        return True
    of_store = action.service in _stores() or action.qualified in _stores()
    return of_store and action.level in (Level.WRITE, Level.TAGGING)


@cache
def _stores() -> frozenset[str]:
    """Services, and qualified actions of other services."""
    content = table("data-stores")
    return frozenset((*content["services"], *content["actions"]))
