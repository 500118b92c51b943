"""Replay what people did through compiled roles: who would have been locked out, and which line lets them in again.

What is replayed is what worked, and what failed for another reason than permission. A call that an event mapped to
several actions is covered when all of them are allowed, on every resource that the event named, by one role that
the person holds. Resources of a rollup are generalised, so a role must allow the whole of what a `*` stands for:
the verdict errs towards "denied".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from iamc.explain import Answer, ask
from iamc.model import ALWAYS, Compiled
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.usage.model import Rollup, Seen, Use
from iamc.usage.people import in_account
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a use asked for: pairs of action and resource, an ARN or `*`; or `unknown`, why that cannot be said.

    `vague` are the actions of which the event does not show what they acted on; `runs` is the service that a role was
    handed over to.
    """

    pairs: tuple[tuple[str, str], ...]
    unknown: str = ""
    vague: tuple[str, ...] = ()
    runs: str = ""


Reads = Callable[[Use], Wanted]
"""What a use asked for."""
Holds = Callable[[str], Sequence[Compiled]]
"""The roles that a person holds."""


@dataclass(frozen=True, slots=True)
class Miss:
    """What a person did and would no longer be able to do; `roles` are those that they hold in that account.

    `line` is the line to add, `near` the places of the lines that come closest.
    """

    person: str
    action: str
    resource: str
    account: str
    roles: tuple[str, ...]
    line: str
    near: tuple[str, ...]
    seen: Seen


@dataclass(frozen=True, slots=True)
class Coverage:
    """The outcome of a replay, in calls. `conditional` of the covered ones depend on conditions that no log shows.

    `unknown` are the calls that name no action, by the reason; they count neither as covered nor as denied.
    """

    covered: int
    conditional: int
    denied: int
    people: tuple[str, ...]
    misses: tuple[Miss, ...]
    unknown: Mapping[str, int]

    @property
    def share(self) -> float:
        """Covered calls of those that could be judged, from 0 to 1; 1 when there are none."""
        judged = self.covered + self.denied
        return self.covered / judged if judged else 1.0


def replay(rollup: Rollup, reads: Reads, holds: Holds, vocabulary: Vocabulary) -> Coverage:
    """Every call of the rollup that worked, tried against the roles that its person holds."""
    court = _Court(vocabulary)
    covered = conditional = denied = 0
    unknown: dict[str, int] = {}
    misses: dict[tuple[str, str, str, str], Miss] = {}
    people: set[str] = set()
    for use, seen in rollup.uses.items():
        if use.channel == "aws" or use.outcome == "denied":
            continue
        people.add(use.person or use.principal)
        wanted = reads(use)
        if wanted.unknown:
            unknown[wanted.unknown] = unknown.get(wanted.unknown, 0) + seen.calls
            continue
        held = in_account(holds(use.person), use.account)
        verdict, missing = court.judge(wanted, held)
        covered += seen.calls if not missing else 0
        conditional += seen.calls if verdict == "allowed if" else 0
        denied += seen.calls if missing else 0
        for miss in (_miss(use, seen, answer, held) for answer in missing):
            key = (miss.person, miss.action, miss.resource, miss.account)
            misses[key] = _joined(misses[key], miss) if key in misses else miss
    ranked = sorted(misses.values(), key=lambda miss: (-miss.seen.calls, miss.person, miss.action, miss.resource))
    return Coverage(covered, conditional, denied, tuple(sorted(people)), tuple(ranked), unknown)


class _Court:
    """Answers each question once: many people ask the same of the same roles."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._answers: dict[tuple[str, str, str], Answer] = {}

    def judge(self, wanted: Wanted, held: Sequence[Compiled]) -> tuple[str, tuple[Answer | tuple[str, str], ...]]:
        """The best verdict that one role gives, and what that role lacks; every pair when there is no role."""
        if not held:
            return "not allowed", wanted.pairs
        tried = [[self._ask(one, action, resource) for action, resource in wanted.pairs] for one in held]
        best = min(tried, key=lambda answers: sum(not _allowed(answer) for answer in answers))
        missing = tuple(answer for answer in best if not _allowed(answer))
        sure = any(all(answer.verdict == "allowed" for answer in answers) for answers in tried)
        return ("not allowed" if missing else "allowed" if sure else "allowed if"), missing

    def _ask(self, one: Compiled, action: str, resource: str) -> Answer:
        key = (one.unit.name, action, resource)
        if key not in self._answers:
            self._answers[key] = ask(one, action, resource, ALWAYS, self.vocabulary)
        return self._answers[key]


def _allowed(answer: Answer) -> bool:
    return answer.verdict.startswith("allowed")


def _miss(use: Use, seen: Seen, answer: Answer | tuple[str, str], held: Sequence[Compiled]) -> Miss:
    person = use.person or use.principal
    roles = tuple(one.unit.name for one in held)
    if isinstance(answer, tuple):
        action, resource = answer
        return Miss(person, action, resource, use.account, roles, f"grant ROLE to {person}", (), seen)
    near = tuple(str(permission.span) for permission in answer.near)
    return Miss(person, answer.action, answer.resource, use.account, roles, _line(answer), near, seen)


def _line(answer: Answer) -> str:
    if answer.verdict == "denied":
        return f"no line: {answer.lines[0].span} denies it" if answer.lines else "no line: it is denied"
    return f"allow {answer.action} on {answer.resource or '*'}"


def _joined(one: Miss, other: Miss) -> Miss:
    return Miss(one.person, one.action, one.resource, one.account, one.roles, one.line, one.near, one.seen + other.seen)


def worst(misses: Iterable[Miss]) -> Mapping[str, tuple[Miss, ...]]:
    """The misses by person, who lacks most first."""
    by_person: dict[str, list[Miss]] = {}
    for miss in misses:
        by_person.setdefault(miss.person, []).append(miss)
    ranked = sorted(by_person.items(), key=lambda item: (-sum(miss.seen.calls for miss in item[1]), item[0]))
    return {person: tuple(lacking) for person, lacking in ranked}
