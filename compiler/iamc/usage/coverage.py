"""Replay what people did through compiled roles: who would have been locked out, and which line lets them in again.

What is replayed is what worked, and what failed for another reason than permission. A call that an event mapped to
several actions is covered when all of them are allowed, on every resource that the event named, by one role that
the person holds. Resources of a rollup are generalised, so a role must allow the whole of what a `*` stands for:
the verdict errs towards "denied".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from iamc.explain import Answer, ask
from iamc.model import ALWAYS, Compiled
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.usage.inserting import behind, below_ceiling
from iamc.usage.model import Rollup, Seen, Use
from iamc.usage.naming import names_for
from iamc.usage.people import in_account
from iamc.usage.sessions import program
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


_NAMELESS = "no line: a declaration names people by an e-mail address, and this is none"
Reads = Callable[[Use], Wanted]
"""What a use asked for."""
Holds = Callable[[str], Sequence[Compiled]]
"""The roles that a person holds."""


@dataclass(frozen=True, slots=True)
class Miss:
    """What a person did and would no longer be able to do; `roles` are those that they hold in that account.

    `line` is the line to add to the role `role` (a unit's name), behind the place `where`; it begins with `no line`
    where none would do, and says why. `near` are the places of the lines that come closest. `account` is a number.
    """

    person: str
    action: str
    resource: str
    account: str
    roles: tuple[str, ...]
    role: str
    where: str
    line: str
    near: tuple[str, ...]
    seen: Seen


@dataclass(frozen=True, slots=True, order=True)
class Ungranted:
    """A role that would let a person in who holds none in an account: `lines` to add, none if nobody can write them."""

    person: str
    account: str
    unit: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grantable:
    """The roles of a project, and its names: of people by e-mail address or name, of accounts by number."""

    units: Sequence[Compiled]
    people: Mapping[str, str]
    accounts: Mapping[str, str]

    def there(self, account: str) -> Sequence[Compiled]:
        """The roles that are compiled for an account; all, if there are none."""
        return in_account(self.units, account) or tuple(self.units)

    def lines(self, person: str, one: Compiled, account: str) -> tuple[str, ...]:
        """What grants the role to the person; nothing for somebody whom a declaration cannot name."""
        name = self.people.get(person.lower(), "")
        declared = []
        if not name:
            name = names_for([person], set(self.people.values())).get(person.lower(), "")
            declared = [f"people {{ {name} {person.lower()} }}"]
        where = ""
        if one.unit.account and account:
            where = self.accounts.get(account, f"account-{account}")
            declared += [] if account in self.accounts else [f"account {where} {account}"]
        return (*declared, f"grant {one.unit.role.name} to {name}{where and f' in {where}'}") if name else ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """The outcome of a replay, in calls. `conditional` of the covered ones depend on conditions that no log shows.

    `people` are those whose calls were judged, with the calls of each that would be denied, and of all.
    `unknown` are the calls that name no action, by the reason; they count neither as covered nor as denied, as do
    those of `programs` that hold no role, by the name of the session.
    """

    covered: int
    conditional: int
    denied: int
    people: Mapping[str, tuple[int, int]]
    misses: tuple[Miss, ...]
    ungranted: tuple[Ungranted, ...]
    unknown: Mapping[str, int]
    programs: Mapping[str, int]

    @property
    def share(self) -> float:
        """Covered calls of those that could be judged, from 0 to 1; 1 when there are none."""
        judged = self.covered + self.denied
        return self.covered / judged if judged else 1.0


def replay(
    rollup: Rollup, reads: Reads, holds: Holds, vocabulary: Vocabulary, grantable: Grantable | None = None
) -> Coverage:
    """Every call of the rollup that worked, tried against the roles that its person holds."""
    replayed = _Replay(holds, vocabulary, grantable or Grantable((), {}, {}))
    for use, seen in rollup.uses.items():
        if use.channel != "aws" and use.outcome != "denied":
            replayed.add(use, seen, reads(use))
    return replayed.outcome()


class _Replay:
    """A replay under way."""

    def __init__(self, holds: Holds, vocabulary: Vocabulary, grantable: Grantable) -> None:
        self.holds = holds
        self.grantable = grantable
        self.court = _Court(vocabulary)
        self.conditional = 0
        self.people: dict[str, tuple[int, int]] = {}
        self.misses: dict[tuple[str, str, str, str], Miss] = {}
        self.ungranted: set[Ungranted] = set()
        self.unknown: dict[str, int] = {}
        self.programs: dict[str, int] = {}

    def add(self, use: Use, seen: Seen, wanted: Wanted) -> None:
        """One kind of call."""
        who = use.person or use.principal
        everywhere = self.holds(use.person)
        if not everywhere and program(use.person):
            self.programs[who] = self.programs.get(who, 0) + seen.calls
            return
        denied, judged = self.people.get(who, (0, 0))
        if wanted.unknown:
            self.people[who] = denied, judged
            self.unknown[wanted.unknown] = self.unknown.get(wanted.unknown, 0) + seen.calls
            return
        held = in_account(everywhere, use.account)
        ruling = self.court.judge(wanted, held)
        self.conditional += seen.calls if ruling.verdict == "allowed if" else 0
        self.people[who] = denied + (seen.calls if ruling.missing else 0), judged + seen.calls
        if ruling.missing:
            ruling = self._elsewhere(who, use.account, wanted, ruling) if ruling.beyond else ruling
            self._miss(use, seen, ruling, held, wanted.runs)

    def _elsewhere(self, who: str, account: str, wanted: Wanted, held: Ruling) -> Ruling:
        """For somebody who holds no role that could be mended: the ruling of the role there that would do best."""
        ruling = self.court.judge(wanted, self.grantable.there(account))
        if ruling.best is None or ruling.beyond:
            return held
        lines = self.grantable.lines(who, ruling.best, account)
        self.ungranted.add(Ungranted(who, account, ruling.best.unit.name, lines))
        return replace(ruling, missing=ruling.missing or held.missing, granted=not ruling.missing)

    def _miss(self, use: Use, seen: Seen, ruling: Ruling, held: Sequence[Compiled], runs: str) -> None:
        who, roles = use.person or use.principal, tuple(each.unit.name for each in held)
        unit = ruling.best.unit.name if ruling.best else ""
        for answer in ruling.missing:
            key = (who, answer.action, answer.resource, use.account)
            where = behind(ruling.best, [answer]) if ruling.best and not ruling.granted else ""
            near = tuple(str(each.span) for each in answer.near)
            line = self._line(use, ruling, answer, runs)
            miss = Miss(who, answer.action, answer.resource, use.account, roles, unit, where, line, near, seen)
            self.misses[key] = _joined(self.misses[key], miss) if key in self.misses else miss

    def _line(self, use: Use, ruling: Ruling, answer: Answer, runs: str) -> str:
        """The line that mends a miss, or why there is none."""
        one = ruling.best
        if one is None:
            return "no line: the project has no role"
        if ruling.granted:
            return next(reversed(self.grantable.lines(use.person or use.principal, one, use.account)), _NAMELESS)
        if answer.verdict == "denied":
            return f"no line: {answer.lines[0].span} denies it" if answer.lines else "no line: it is denied"
        if not below_ceiling(one, [answer.action], self.court.vocabulary):
            return f"no line: above the ceiling of tier {one.unit.role.tier}"
        return _statement(answer.action, answer.resource or "*", runs)

    def outcome(self) -> Coverage:
        """What came of it."""
        denied = sum(refused for refused, _ in self.people.values())
        judged = sum(calls for _, calls in self.people.values())
        ranked = sorted(self.misses.values(), key=lambda miss: (-miss.seen.calls, miss.person, miss.action,
                                                                miss.resource))  # fmt: skip
        return Coverage(judged - denied, self.conditional, denied, dict(sorted(self.people.items())), tuple(ranked),
                        tuple(sorted(self.ungranted)), self.unknown, dict(sorted(self.programs.items())))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruling:
    """The best verdict that one role gives, that role, and what it lacks: every pair when there is no role.

    `beyond` says that no line could be added to it, for the ceiling of its tier; `granted` that the person only lacks
    the role itself.
    """

    verdict: str
    best: Compiled | None
    missing: tuple[Answer, ...]
    beyond: bool
    granted: bool = False


class _Court:
    """Answers each question once: many people ask the same of the same roles."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._answers: dict[tuple[str, str, str], Answer] = {}

    def judge(self, wanted: Wanted, held: Sequence[Compiled]) -> Ruling:
        """The ruling on a use. The role to mend is one that can be mended, and lacks least."""
        if not held:
            lacking = (Answer("", action, resource, "not allowed", (), (), (), "") for action, resource in wanted.pairs)
            return Ruling("not allowed", None, tuple(lacking), beyond=True)
        tried = [(one, [self._ask(one, action, resource) for action, resource in wanted.pairs]) for one in held]
        best, answers = min(tried, key=lambda each: self._lack(*each))
        missing = tuple(answer for answer in answers if not _allowed(answer))
        sure = any(all(answer.verdict == "allowed" for answer in answers) for _, answers in tried)
        beyond = not below_ceiling(best, [answer.action for answer in missing], self.vocabulary)
        return Ruling("not allowed" if missing else "allowed" if sure else "allowed if", best, missing, beyond)

    def _lack(self, one: Compiled, answers: Sequence[Answer]) -> tuple[int, int]:
        missing = [answer for answer in answers if not _allowed(answer)]
        beyond = any(answer.verdict == "denied" for answer in missing)
        if missing and not beyond:
            beyond = not below_ceiling(one, [answer.action for answer in missing], self.vocabulary)
        return int(beyond), len(missing)

    def _ask(self, one: Compiled, action: str, resource: str) -> Answer:
        key = (one.unit.name, action, resource)
        if key not in self._answers:
            self._answers[key] = ask(one, action, resource, ALWAYS, self.vocabulary)
        return self._answers[key]


def _allowed(answer: Answer) -> bool:
    return answer.verdict.startswith("allowed")


def _statement(action: str, on: str, runs: str) -> str:
    """The line of the language that allows an action; `runs` is the service that a role was handed over to."""
    if action == "iam:PassRole" and runs:
        return f"pass {on} to {runs}"
    return f"assume {on}" if action == "sts:AssumeRole" and on != "*" else f"allow {action} on {on}"


def _joined(one: Miss, other: Miss) -> Miss:
    return replace(one, seen=one.seen + other.seen)
