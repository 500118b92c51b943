"""Roles: tier, used roles and own lines brought together, once for each account that the role is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from iamc.conditions import ConditionKeys, instant, seconds
from iamc.model import (
    Account,
    ActionWanted,
    Alert,
    Ceiling,
    Condition,
    Grant,
    OnArn,
    Request,
    Role,
    Unit,
    conjunction,
)
from iamc.passes.resolve.names import Declared, Names
from iamc.passes.resolve.people import Directory, ending
from iamc.passes.resolve.statements import Statements, before
from iamc.passes.resolve.values import Values
from iamc.settings import Settings
from iamdsl import syntax
from iamdsl.codes import CODES
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.suggest import nearest

SHORTEST, LONGEST = 3600, 43200
"""Seconds that a role session may last: MaxSessionDuration in IAM's API reference, CreateRole."""
_POLICY = re.compile(r"[\w+=,.@-]{1,128}|arn:aws[a-z-]*:iam::(aws|\d{12}):policy/[!-~]{1,512}")
"""A managed policy's name, or its ARN: IAM's API reference, CreatePolicy and AttachRolePolicy."""
REQUIREMENTS = ("mfa", "reason", "approval")


_STATEMENTS = (syntax.Statement, syntax.Pass, syntax.Assume)


@dataclass(frozen=True, slots=True)
class _Line:
    """A statement, the file whose names it uses, and the exclusions of the used roles that it came through."""

    path: str
    node: syntax.Statement | syntax.Pass | syntax.Assume
    cut: tuple[tuple[str, syntax.Exclude], ...] = ()


@dataclass(slots=True)
class Roles:
    """Builds the units of every role."""

    names: Names
    keys: ConditionKeys
    directory: Directory
    origins: dict[str, str]
    settings: Settings
    sink: list[Diagnostic]

    def units(self, declared: Declared) -> Iterator[Unit]:
        """One unit for each account that the role is granted in; without grants, for each that it can be for."""
        node: syntax.Role = declared.node
        tier = self._tier(declared)
        role = self._role(declared, tier)
        grants = self.directory.granted(role.name)
        if self.directory.grants and not grants:
            self.sink.append(
                report(
                    "IAM309",
                    f"role `{role.name}` is granted to nobody",
                    node.name.span,
                    help="add a `grant` line, or remove the role",
                )
            )
        for account in self._accounts(declared, grants):
            yield self._unit(declared, tier, role, account, grants)

    # the role's own facts ----------------------------------------------------------------------------------

    def _tier(self, declared: Declared) -> Declared | None:
        ref = declared.node.tier
        if ref is None:
            return None
        found = self.names.find(declared.path, ("tier",), ref)
        if isinstance(found, Diagnostic):
            self.sink.append(found)
            return None
        return found[0]

    def _role(self, declared: Declared, tier: Declared | None) -> Role:
        node: syntax.Role = declared.node
        inherited = tuple(tier.node.fields) if tier else ()
        facts = _Facts(self.sink)
        for item in inherited:
            facts.take(item, own=False)
        for item in node.fields:
            facts.take(item, own=True)
        return Role(
            node.name.text,
            tier.name if tier else "",
            node.break_glass,
            facts.description,
            facts.session,
            tuple(facts.require),
            tuple(facts.alerts),
            (),
            "",
            facts.acknowledged,
            node.span,
            node.name.span,
        )

    # where it is compiled ------------------------------------------------------------------------------------

    def _accounts(self, declared: Declared, grants: Sequence[Grant]) -> list[Account | None]:
        every = self.directory.accounts
        if not every or self.origins[declared.path] == "policy-sentry":
            return [None]
        granted = {name for grant in grants for name in (grant.accounts or every)}
        if granted:
            return [account for name, account in every.items() if name in granted]
        possible = [account for account in every.values() if self._fits(declared, account)]
        return list(possible or every.values())

    def _fits(self, declared: Declared, account: Account) -> bool:
        """Whether every named resource of the role exists in the account."""
        for line in self._lines(declared, self._tier(declared), (declared.name,)):
            item = line.node
            probe = Statements(self.names, self.keys, line.path, "", account, [])
            list(probe.targets(item.targets if isinstance(item, syntax.Statement) else item.roles))
            if any(finding.code == "IAM112" for finding in probe.sink):
                return False
        return True

    # what it may do --------------------------------------------------------------------------------------------

    def _unit(
        self,
        declared: Declared,
        tier: Declared | None,
        role: Role,
        account: Account | None,
        grants: Sequence[Grant],
    ) -> Unit:
        scope = Statements(self.names, self.keys, declared.path, self.origins[declared.path], account, self.sink)
        role = self._attached(role, declared, tier, scope)
        lines = self._lines(declared, tier, (declared.name,))
        requests = [request for line in lines if (request := self._request(line, scope)) is not None]
        requests = self._ended(requests, grants, account)
        excluded: list[ActionWanted] = []
        generalise: list[OnArn] = []
        for item in declared.node.fields:
            if isinstance(item, syntax.Exclude):
                excluded.extend(scope.actions(item.actions))
            elif isinstance(item, syntax.Generalise):
                generalise.extend(t for t in scope.targets(item.arns) if isinstance(t, OnArn))
        return Unit(role, account, tuple(requests), tuple(excluded), self._ceiling(tier, scope), tuple(generalise))

    def _request(self, line: _Line, scope: Statements) -> Request | None:
        """What a line asks for, less what the used roles that it came through exclude."""
        request = scope.inside(line.path, self.origins[line.path]).request(line.node)
        if request is None or request.effect != "allow" or not line.cut:
            return request
        cut = [scope.inside(path, self.origins[path]).actions(exclude.actions) for path, exclude in line.cut]
        return replace(request, inherited=tuple(action for actions in cut for action in actions))

    def _attached(self, role: Role, declared: Declared, tier: Declared | None, scope: Statements) -> Role:
        """The role with its texts, its managed policies and its boundary as they are in this account."""
        managed: list[str] = []
        boundary, description = "", role.description
        alerts: list[Alert] = []
        used = [holder for holder, _ in self._all_used(declared, (declared.name,))]
        for holder in filter(None, (tier, *used, declared)):
            values = scope.inside(holder.path, self.origins[holder.path]).values
            for item in holder.node.fields:
                if isinstance(item, syntax.Managed):
                    managed += [name for text in item.policies if (name := self._policy(text, values))]
                elif holder in used:
                    continue  # of a used role come permissions only
                elif isinstance(item, syntax.Boundary):
                    boundary = self._policy(item.policy, values)
                elif isinstance(item, syntax.Describe):
                    description = values.replace(item.text, self.sink) or ""
                elif isinstance(item, syntax.Alert):
                    alerts.append(Alert(item.channel.text, values.replace(item.destination, self.sink) or ""))
        names = tuple(dict.fromkeys(managed))
        return replace(role, managed=names, boundary=boundary, description=description, alerts=tuple(alerts))

    def _all_used(self, declared: Declared, chain: tuple[str, ...]) -> Iterator[tuple[Declared, tuple[str, ...]]]:
        """The roles that a role uses, and those that they use."""
        for item in declared.node.fields:
            if isinstance(item, syntax.Use):
                for used, further in self._used(declared, item, chain):
                    yield from self._all_used(used, further)
                    yield used, further

    def _policy(self, text: syntax.Text, values: Values) -> str:
        """The name or ARN of a managed policy; empty after reporting that it is none."""
        policy = values.replace(text, self.sink)
        if policy is None or _POLICY.fullmatch(policy):
            return policy or ""
        self.sink.append(
            report(
                "IAM204",
                f"`{policy}` is not a managed policy",
                text.span,
                label="neither a policy's name nor its ARN",
                help="write a name such as `ReadOnlyAccess`, or `arn:aws:iam::ACCOUNT:policy/NAME`",
            )
        )
        return ""

    def _ended(self, requests: list[Request], grants: Sequence[Grant], account: Account | None) -> list[Request]:
        """Requests that end with the grants, when every grant of the role in this account has an end."""
        here = [g for g in grants if account is None or not g.accounts or account.name in g.accounts]
        if not here or not all(grant.until for grant in here):
            return requests
        end = before(max((grant.until for grant in here), key=lambda until: instant(until, end_of_day=True)))
        return [replace(r, condition=_both(r.condition, end)) if r.effect == "allow" else r for r in requests]

    def _lines(self, declared: Declared, tier: Declared | None, chain: tuple[str, ...]) -> Iterator[_Line]:
        """The statements of the tier, of every used role and of the role itself; `chain` are the names up to it."""
        if tier is not None:
            yield from (_Line(tier.path, item) for item in tier.node.fields if isinstance(item, _STATEMENTS))
        for item in declared.node.fields:
            if isinstance(item, syntax.Use):
                for used, further in self._used(declared, item, chain):
                    cut = tuple((used.path, field) for field in used.node.fields if isinstance(field, syntax.Exclude))
                    for line in self._lines(used, self._tier(used), further):
                        yield replace(line, cut=line.cut + cut)
            elif isinstance(item, _STATEMENTS):
                yield _Line(declared.path, item)

    def _circle(self, circle: tuple[str, ...], ref: syntax.Ref) -> None:
        """Report a circle of `use` lines once, whichever of its roles it was found from."""
        if circle[0] == min(circle):
            self.sink.append(
                report(
                    "IAM104",
                    f"role `{circle[0]}` uses itself",
                    ref.span,
                    notes=[" -> ".join((*circle, circle[0]))] if len(circle) > 1 else (),
                    help="remove one of the `use` lines" if len(circle) > 1 else "remove the `use` line",
                )
            )

    def _used(
        self, declared: Declared, use: syntax.Use, chain: tuple[str, ...]
    ) -> Iterator[tuple[Declared, tuple[str, ...]]]:
        """The roles of a `use` line, each with the chain that leads to it."""
        for ref in use.roles:
            found = self.names.find(declared.path, ("role",), ref)
            if isinstance(found, Diagnostic):
                self.sink.append(found)
                continue
            if found[0].name in chain:
                self._circle(chain[chain.index(found[0].name) :], ref)
                continue
            yield found[0], (*chain, found[0].name)

    def _ceiling(self, tier: Declared | None, scope: Statements) -> Ceiling | None:
        if tier is None:
            return None
        inner = scope.inside(tier.path, self.origins[tier.path])
        before = len(self.sink)
        for item in tier.node.fields:
            if isinstance(item, syntax.Ceiling):
                wanted, exceptions = tuple(inner.access(item.access)), tuple(inner.access(item.exceptions))
                # Of a ceiling that was not read whole, nobody can tell what exceeds it.
                return None if len(self.sink) > before else Ceiling(tier.name, wanted, exceptions, item.span)
        return None


def _both(condition: Condition, end: Condition) -> Condition:
    joined = conjunction((condition, end))
    # Two upper bounds in time always join, so this cannot be a conflict.
    return joined if isinstance(joined, Condition) else condition


class _Facts:
    """Collects the fields that say something about a role apart from its permissions; own ones replace the tier's."""

    def __init__(self, sink: list[Diagnostic]) -> None:
        self.sink = sink
        self.description = ""
        self.session = 0
        self.require: list[str] = []
        self.alerts: list[Alert] = []
        self.acknowledged: dict[str, str] = {}
        self._tier_session: syntax.Session | None = None

    def take(self, item: Any, *, own: bool) -> None:
        """Enter one field."""
        handler = getattr(self, f"_{type(item).__name__.lower()}", None)
        if handler is not None:
            handler(item, own)

    def _describe(self, item: syntax.Describe, own: bool) -> None:
        self.description = item.text.text

    def _session(self, item: syntax.Session, own: bool) -> None:
        length = seconds(item.duration.text)
        problem = session_problem(item.duration, length)
        if problem is not None:
            self.sink.append(problem)
            return
        if own and self._tier_session and length > self.session:
            self.sink.append(
                report(
                    "IAM301",
                    f"session {item.duration.text} is longer than the tier's",
                    item.duration.span,
                    labels=[Label(self._tier_session.duration.span, "the tier's session is set here")],
                    help=f"write `session {self._tier_session.duration.text}` or less",
                )
            )
            return
        if not own:
            self._tier_session = item
        self.session = length

    def _require(self, item: syntax.Require, own: bool) -> None:
        for word in item.words:
            if word.text not in REQUIREMENTS:
                self.sink.append(
                    report(
                        "IAM030",
                        f"`{word.text}` cannot be required",
                        word.span,
                        help="one of " + ", ".join(f"`{known}`" for known in REQUIREMENTS),
                    )
                )
            elif word.text not in self.require:
                self.require.append(word.text)

    def _alert(self, item: syntax.Alert, own: bool) -> None:
        self.alerts.append(Alert(item.channel.text, item.destination.text))

    def _acknowledge(self, item: syntax.Acknowledge, own: bool) -> None:
        if item.code.text not in CODES:
            near = nearest(item.code.text, CODES, 1)
            help_ = f"did you mean `{near[0]}`?" if near else "codes are listed in the documentation"
            self.sink.append(report("IAM030", f"there is no finding `{item.code.text}`", item.code.span, help=help_))
        self.acknowledged[item.code.text] = item.reason.text


def session_problem(duration: syntax.Text, length: int) -> Diagnostic | None:
    """Why IAM would refuse a role session of this length (in seconds), if it would."""
    if length > LONGEST:
        return report(
            "IAM302",
            f"session {duration.text} is longer than IAM allows",
            duration.span,
            label="a role session lasts 12h at most",
            help="write `session 12h`; only the sign-in session of IAM Identity Center's portal can be longer",
        )
    if length < SHORTEST:
        return report(
            "IAM302",
            f"session {duration.text} is shorter than IAM allows",
            duration.span,
            label="a role's longest session is at least 1h",
            help="write `session 1h`; a caller may still ask for a shorter one",
        )
    return None


def ended_statements(
    lines: Iterable[syntax.Statement | syntax.Pass | syntax.Assume], settings: Settings
) -> Iterator[Diagnostic]:
    """What there is to say about the end dates of statements."""
    for line in lines:
        if line.until is not None:
            finding = ending(line.until, settings.today, "statement")
            if finding is not None:
                yield finding
