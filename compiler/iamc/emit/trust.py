"""Trust policies for people: who may assume a role, called what, carrying what.

Sources: IAM user guide, "Configure SAML assertions", "Create a role for OpenID Connect federation", "AWS global
condition context keys"; STS API reference. IAM Identity Center writes the trust of its own roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from iamc.conditions import instant
from iamc.emit.holders import Holding, people_of
from iamc.emit.targets import Targets, Trust
from iamc.limits import facts, text_problem
from iamc.model import Account, Person, Unit
from iamc.passes.document import VERSION, compact
from iamc.quotas import quotas
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Span

_ACTIONS = {
    "saml": "sts:AssumeRoleWithSAML",
    "oidc": "sts:AssumeRoleWithWebIdentity",
    "users": "sts:AssumeRole",
    "role": "sts:AssumeRole",
}


class _Names(Template):
    """`${person.name}`, `${person.email}` and `${account.id}`; what has a colon is IAM's and stays."""

    braceidpattern = r"(?:person\.name|person\.email|account\.id)"
    idpattern = r"(?!)"


def trust_document(targets: Targets, trust: Trust, unit: Unit, held: Sequence[Holding]) -> tuple[str, list[Diagnostic]]:
    """The compact trust policy of a role that these people hold, and what is wrong with it."""
    sink: list[Diagnostic] = []
    where, span = unit.name, unit.role.span
    statements = [
        _Writer(targets, trust, unit.account, group, end, where, span, sink).statement()
        for end, group in _by_end(trust, held)
    ]
    text = compact({"Version": VERSION, "Statement": statements})
    quota = quotas()["trust-policy"]
    if len(text) > quota.characters:
        sink.append(
            report(
                "IAM401",
                f"the trust policy of `{where}` has {len(text):,} characters, AWS allows {quota.characters:,}",
                span,
                help="write a pattern such as `*@acme.example` for `trust.session-name` instead of every holder; "
                f"AWS raises the quota to {quota.raisable:,} on request",
                notes=[quota.source],
            )
        )
    return text, sink


def personal(form: str, person: Person, account: Account | None) -> str:
    """A setting such as `${person.email}` for one person in one account."""
    number = account.number if account else ""
    return _Names(form).safe_substitute(
        {"person.name": person.name, "person.email": person.email, "account.id": number}
    )


def session_name(trust: Trust, person: Person, account: Account | None) -> str:
    """What the person must call a session of the role, empty where the trust policy does not say it word for word."""
    form = trust.session_name
    if form == "${aws:username}":
        form = trust.subject.rpartition("/")[2]
    name = personal(form, person, account)
    return "" if "*" in name or "?" in name or "${" in name else name


def _by_end(trust: Trust, held: Sequence[Holding]) -> list[tuple[str, list[Holding]]]:
    """The holdings by the date that they end on, those without one first; all together where nobody is named."""
    ends: dict[str, list[Holding]] = {}
    for holding in held:
        ends.setdefault(holding.grant.until if trust.names_people else "", []).append(holding)
    return sorted(ends.items()) or [("", [])]


@dataclass(slots=True)
class _Writer:
    """Puts one statement of a trust policy together: for those who hold the role until `end`, empty for no end."""

    targets: Targets
    trust: Trust
    account: Account | None
    held: Sequence[Holding]
    end: str
    where: str
    span: Span
    sink: list[Diagnostic]

    def statement(self) -> dict[str, Any]:
        """The statement as it stands in the policy."""
        trust, conditions = self.trust, dict[str, dict[str, Any]]()
        for operator, key, value in self._conditions():
            conditions.setdefault(operator, {})[key] = value
        actions = [_ACTIONS[trust.kind]]
        actions += ["sts:SetSourceIdentity"] if trust.source_identity else []
        actions += ["sts:TagSession"] if trust.session_tags else []
        out: dict[str, Any] = {"Effect": "Allow", "Principal": self._principal(), "Action": _one(actions)}
        if conditions:
            out["Condition"] = {operator: dict(sorted(keys.items())) for operator, keys in sorted(conditions.items())}
        return out

    def _principal(self) -> dict[str, str]:
        if self.trust.kind == "users":
            return {"AWS": f"arn:{self.targets.partition}:iam::{self.trust.principal}:root"}
        return {"AWS" if self.trust.kind == "role" else "Federated": self._in_account(self.trust.principal)}

    def _conditions(self) -> Iterator[tuple[str, str, str | list[str]]]:
        trust = self.trust
        if trust.kind == "saml":
            yield "StringEquals", "SAML:aud", facts("saml-audience")[self.targets.partition]
        elif trust.kind == "oidc":
            issuer = trust.principal.partition(":oidc-provider/")[2]
            yield "StringEquals", f"{issuer}:aud", trust.audience
            yield from self._each(f"{issuer}:sub", "by.oidc.subject", trust.subject)
        elif trust.kind == "users":
            users = self._values("by.users.name", trust.subject)
            arns = [f"arn:{self.targets.partition}:iam::{trust.principal}:user/{user}" for user in users]
            yield "ArnLike", "aws:PrincipalArn", _one(arns)
            yield "Bool", "aws:MultiFactorAuthPresent", "true"
        if trust.session_name:
            yield from self._each("sts:RoleSessionName", "session-name", trust.session_name)
        if trust.source_identity:
            # Of a chain, the session before must have it already: what is only asked for, anybody could ask for.
            service = "aws" if trust.kind == "role" else "sts"
            yield from self._each(f"{service}:SourceIdentity", "source-identity", trust.source_identity)
        if self.end:
            yield "DateLessThan", "aws:CurrentTime", instant(self.end, end_of_day=True)
        if trust.session_tags:
            yield "ForAllValues:StringEquals", "aws:TagKeys", list(trust.session_tags)
        tag = self.targets.username.partition("aws:PrincipalTag/")[2]
        if tag:  # without it, a tag of the role itself could stand for the person's name
            yield "StringLike", f"aws:RequestTag/{tag}", "?*"

    def _each(self, key: str, setting: str, form: str) -> Iterator[tuple[str, str, str | list[str]]]:
        """One condition that holds for the values of all holders."""
        values = self._values(setting, form)
        if key.startswith(("sts:", "aws:")):
            found = (text_problem("session-name", value, self.span) for value in values)
            self.sink.extend(problem for problem in found if problem)
        pattern = "*" in form or "?" in form
        yield "StringLike" if pattern else "StringEquals", key, _one(values)

    def _values(self, setting: str, form: str) -> list[str]:
        """The setting for every holder, or as it is where it does not speak of a person."""
        if "${person." not in form:
            return [self._in_account(form)]
        empty = [holding.team.name for holding in self.held if holding.team and not holding.people]
        people = people_of(self.held)
        if empty or not people:
            who = f"team `{empty[0]}` has no members" if empty else f"nobody holds `{self.where}`"
            self.sink.append(
                report(
                    "IAM570",
                    f"{who}, so `trust.{setting}` has no values to list",
                    self.span,
                    help="declare the members, or write one pattern such as `*@acme.example`",
                )
            )
        return sorted({self._of(person, form) for person in people})

    def _of(self, person: Person, form: str) -> str:
        for value in (person.name, person.email):
            if "*" in value or "?" in value:
                message = f"`{value}` would bring a wildcard into the trust of `{self.where}`"
                self.sink.append(report("IAM108", message, person.span, help="correct the person's declaration"))
        return personal(form, person, self.account)

    def _in_account(self, text: str) -> str:
        if self.account is None and "${account.id}" in text:
            self.sink.append(
                report(
                    "IAM570",
                    f"no account is declared, so `${{account.id}}` has no value in the trust of `{self.where}`",
                    self.targets.place("trust"),
                    help="declare the account, or write its number",
                )
            )
        return text.replace("${account.id}", self.account.number if self.account else "${account.id}")


def _one(items: Sequence[str]) -> str | list[str]:
    return items[0] if len(items) == 1 else list(items)
