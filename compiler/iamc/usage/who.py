"""The people behind roles: who made the calls, how they came in, and which names of sessions are nobody's.

A session is put down to the person that its role was assumed by, as far as the rollup shows that: an assumption names
the session that it makes. Without it the name of the session stands for the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

from iamc.usage.model import Rollup, Seen, Use
from iamc.usage.principals import ROLES, Principal, answers_to, principal, same_role
from iamc.usage.refusal import refusal
from iamc.usage.sessions import functions, program
from iamdsl.values import dataclass

ASSUMING = frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"})
_VIA = {
    "SAMLUser": "SAML",
    "WebIdentityUser": "web identity",
    "IAMUser": "IAM user",
    "Root": "root",
    "AWSAccount": "another account",
    "FederatedUser": "federation token",
    "IdentityCenterUser": "Identity Center",
}
_SESSION = "roleSessionName="


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who used a role, or a program in somebody's place.

    `program` says what gives such names, "" for a person. `sure` is whether a source identity, an assumption or the
    identity provider vouches for the name; `candidates` are the people who used this name of a session, where there
    are several. `via` is how they came in. `seen` counts the calls, of which `denied` were refused; signing in
    without a call counts none.
    """

    name: str
    program: str
    sure: bool
    candidates: tuple[str, ...]
    via: tuple[str, ...]
    accounts: tuple[str, ...]
    sessions: tuple[str, ...]
    seen: Seen
    denied: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """An assumption of a role that was denied; `by` is the kind of policy that the message names."""

    person: str
    via: str
    account: str
    by: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Behind:
    """A role in all accounts where it has this name, with who used it, the most active first."""

    label: str
    kind: str
    accounts: tuple[str, ...]
    people: tuple[Person, ...]
    attempts: tuple[Attempt, ...]

    @property
    def seen(self) -> Seen:
        """All calls through the role; none, with empty instants, when it was only tried in vain."""
        found = [person.seen for person in self.people]
        return sum(found[1:], found[0]) if found else Seen(0, "", "")


@dataclass(frozen=True, slots=True)
class _Sign:
    """An assumption that worked: of which role, under which name of a session, by whom, how and when.

    `caller` is the role that the person had before, None for anybody else.
    """

    role: Principal
    caller: Principal | None
    session: str
    person: str
    via: str
    seen: Seen


_Key: TypeAlias = "tuple[str, str]"
_Session: TypeAlias = "tuple[tuple[str, str], str]"
_Signs: TypeAlias = "Mapping[_Session, Sequence[_Sign]]"
_HOPS = 8
"""How many roles a chain is followed; a role that assumes itself makes a circle."""


def who(rollup: Rollup, wanted: str = "") -> tuple[Behind, ...]:
    """Every role and user of the rollup with who is behind it, the most used first; or the wanted one only."""
    signs = _assumptions(rollup)
    people: dict[_Key, dict[str, Person]] = {}
    for whom, person in chain(_callers(rollup, signs), _signed_in(rollup, signs)):
        if wanted and not answers_to(whom, wanted):
            continue
        of_role = people.setdefault((whom.kind, whom.label), {})
        known = of_role.get(person.name)
        of_role[person.name] = _joined(known, person) if known else person
    attempts: dict[_Key, list[Attempt]] = {}
    for whom, attempt in _attempts(rollup):
        if wanted and not answers_to(whom, wanted):
            continue
        attempts.setdefault((whom.kind, whom.label), []).append(attempt)
    behind = (_behind(key, people.get(key, {}), attempts.get(key, ())) for key in {*people, *attempts})
    return tuple(sorted(behind, key=lambda role: (-role.seen.calls, role.kind, role.label)))


def vouched(rollup: Rollup) -> Rollup:
    """The rollup with the calls of a role put down to who assumed it, where its assumptions tell that."""
    by_session = _by_session(_assumptions(rollup))
    uses: dict[Use, Seen] = {}
    for use, seen in rollup.uses.items():
        whom = principal(use.principal)
        if whom is not None and whom.kind in ROLES and use.channel != "aws":
            person = _person(use, whom, seen, by_session, frozenset())
            use = use._replace(person=person.name) if person.sure else use  # noqa: PLW2901
        uses[use] = uses[use] + seen if use in uses else seen
    return Rollup(uses, rollup.reading)


def _behind(key: _Key, people: Mapping[str, Person], attempts: Sequence[Attempt]) -> Behind:
    accounts = {account for person in people.values() for account in person.accounts}
    return Behind(
        key[1],
        key[0],
        tuple(sorted(accounts | {attempt.account for attempt in attempts})),
        tuple(sorted(people.values(), key=lambda person: (-person.seen.calls, person.name))),
        tuple(sorted(attempts, key=lambda attempt: (-attempt.seen.calls, attempt.person))),
    )


# calls ---------------------------------------------------------------------------------------------------------


def _callers(rollup: Rollup, signs: Iterable[_Sign]) -> Iterator[tuple[Principal, Person]]:
    by_session = _by_session(signs)
    of_lambda = functions(rollup.uses)
    for use, seen in rollup.uses.items():
        whom = principal(use.principal) or _without_role(use)
        if whom is not None and use.channel != "aws":
            yield whom, _person(use, whom, seen, by_session, of_lambda)


def _by_session(signs: Iterable[_Sign]) -> _Signs:
    by_session: dict[_Session, list[_Sign]] = {}
    for sign in signs:
        by_session.setdefault((same_role(sign.role), sign.session), []).append(sign)
    return by_session


def _without_role(use: Use) -> Principal | None:
    """Who calls by the name of a directory alone, as users of IAM Identity Center do in some services."""
    if use.identity != "IdentityCenterUser" or not use.person:
        return None
    return Principal("directory user", use.person, use.account, "", use.person)


def _roots(signs: Iterable[_Sign], by_session: _Signs, hops: int = 0) -> set[str]:
    """Who stands at the beginning of the chains of roles that lead to a session."""
    found: set[str] = set()
    for sign in signs:
        earlier = by_session.get((same_role(sign.caller), sign.person), ()) if sign.caller else ()
        found |= _roots(earlier, by_session, hops + 1) if earlier and hops < _HOPS else {sign.person}
    return found - {""}


def _person(use: Use, whom: Principal, seen: Seen, by_session: _Signs, of_lambda: frozenset[str]) -> Person:
    signs = by_session.get((same_role(whom), use.session), ())
    denied = seen.calls if use.outcome == "denied" else 0
    via = {sign.via for sign in signs if sign.via} or {_way(use, whom)} - {""}
    if whom.kind not in ROLES:
        own = use.person if use.identity == "FederatedUser" and use.person else whom.label
        return Person(own, program(own), True, (), tuple(via), (whom.account,), (), seen, denied)
    named = use.person or use.session or "?"
    behind = sorted(_roots(signs, by_session))
    vouched = named != use.session or whom.kind == "permission set"
    what = "" if vouched else _program(named, whom, of_lambda)
    if not vouched and len(behind) == 1:
        named, vouched, what = behind[0], True, program(behind[0])
    candidates = () if vouched else tuple(behind)
    return Person(named, what, vouched, candidates, tuple(sorted(via)), (whom.account,), (use.session,), seen, denied)


def _way(use: Use, whom: Principal) -> str:
    if whom.kind == "permission set":
        return "Identity Center"
    return _VIA.get(use.identity, "") if whom.kind != "role" or use.identity != "AssumedRole" else ""


def _program(name: str, whom: Principal, of_lambda: frozenset[str]) -> str:
    if whom.full.startswith("AWSServiceRoleFor"):
        return "a service, by its service-linked role"
    return program(name) or ("a Lambda function of this name" if name in of_lambda else "")


def _joined(one: Person, other: Person) -> Person:
    """The same person in two kinds of calls."""
    return Person(
        one.name,
        one.program,
        one.sure or other.sure,
        _both(one.candidates, other.candidates),
        _both(one.via, other.via),
        _both(one.accounts, other.accounts),
        _both(one.sessions, other.sessions),
        one.seen + other.seen,
        one.denied + other.denied,
    )


def _both(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))


# assumptions ---------------------------------------------------------------------------------------------------


def _assumptions(rollup: Rollup) -> tuple[_Sign, ...]:
    """Those that worked, with each role under the name that its calls have."""
    assumed = [(use, seen) for use, seen in rollup.uses.items() if _assumes(use) and use.outcome == "ok"]
    known = {same_role(whom): whom for use in rollup.uses if (whom := principal(use.principal))}
    signs = []
    for use, seen in assumed:
        sessions = [value.removeprefix(_SESSION) for value in use.resources if value.startswith(_SESSION)]
        for whom in filter(None, map(principal, use.resources)):
            role = known.get(same_role(whom), whom)
            caller = principal(use.principal) if use.identity == "AssumedRole" else None
            signs += [_Sign(role, caller, session, _caller(use), _route(use), seen) for session in sessions or [""]]
    return tuple(signs)


def _signed_in(rollup: Rollup, signs: Iterable[_Sign]) -> Iterator[tuple[Principal, Person]]:
    """Who assumed a role and made no call through it."""
    called = {(same_role(whom), use.session) for use in rollup.uses if (whom := principal(use.principal))}
    for sign in signs:
        if sign.person and sign.session and (same_role(sign.role), sign.session) not in called:
            seen = replace(sign.seen, calls=0)
            accounts, sessions = (sign.role.account,), (sign.session,)
            via = (sign.via,) if sign.via else ()
            yield sign.role, Person(sign.person, program(sign.person), True, (), via, accounts, sessions, seen, 0)


def _attempts(rollup: Rollup) -> Iterator[tuple[Principal, Attempt]]:
    """Assumptions that were denied: their request is not logged, only the message names the role."""
    found: dict[tuple[Principal, str, str, str], Seen] = {}
    for use, seen in rollup.uses.items():
        if not _assumes(use) or use.outcome != "denied":
            continue
        said = refusal(use.message)
        targets = [said.resource] if said.resource else list(use.resources)
        for whom in filter(None, map(principal, targets)):
            key = (whom, _caller(use), _route(use), said.by)
            found[key] = found[key] + seen if key in found else seen
    for (whom, person, via, by), seen in found.items():
        yield whom, Attempt(person, via, whom.account, by, seen)


def _assumes(use: Use) -> bool:
    return use.source == "sts.amazonaws.com" and use.name in ASSUMING and use.channel != "aws"


def _caller(use: Use) -> str:
    """Who assumes; a caller of another account is known by the name of the session, if at all."""
    whom = principal(use.principal)
    return use.person or use.session or (whom.label if whom else "")


def _route(use: Use) -> str:
    """How the caller of an assumption had come in."""
    whom = principal(use.principal)
    if use.identity == "AssumedRole" and whom:
        return f"role {whom.label}" if whom.kind == "role" else f"permission set {whom.label}"
    return _VIA.get(use.identity, "")
