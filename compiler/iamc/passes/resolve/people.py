"""Accounts, people, teams and grants: who is there, and who gets which role where, until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from iamc.model import Account, Grant, Person, Team
from iamc.passes.resolve.names import Names
from iamc.project import Project
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.source import Span
from iamdsl.values import dataclass

NOTICE = timedelta(days=14)
"""How long before its end a grant is warned about."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Everyone and every account of the project, by name."""

    accounts: dict[str, Account]
    people: dict[str, Person]
    teams: dict[str, Team]
    grants: tuple[Grant, ...]
    by_role: dict[str, list[Grant]]

    def granted(self, role: str) -> Sequence[Grant]:
        """The grants of a role."""
        return self.by_role.get(role, ())


def directory(project: Project, names: Names, today: date, sink: list[Diagnostic]) -> Directory:
    """Resolve all declarations about accounts, people, teams and grants."""
    accounts: dict[str, Account] = {}
    people: dict[str, Person] = {}
    teams: dict[str, Team] = {}
    grants: list[Grant] = []
    numbers: dict[str, Account] = {}
    aliases: dict[str, Account] = {}
    addresses: dict[str, Person] = {}
    for path, node in _declarations(project):
        if isinstance(node, syntax.Account):
            account = _account(node)
            accounts.setdefault(account.name, account)
            twin = numbers.setdefault(account.number, account)
            if twin.name != account.name:
                sink.append(_same("accounts", "number", twin, account, node.number.span))
            elif node.alias and (twin := aliases.setdefault(account.alias, account)).name != account.name:
                sink.append(_same("accounts", "alias", twin, account, node.alias.span))
        elif isinstance(node, syntax.People):
            for person in node.persons:
                known = Person(person.name.text, person.email.text, person.span)
                people.setdefault(known.name, known)
                double = addresses.setdefault(known.email.casefold(), known)
                if double.name != known.name:
                    sink.append(_same("people", "address", double, known, person.email.span))
        elif isinstance(node, syntax.Team):
            teams.setdefault(node.name.text, _team(node, path, names, sink))
        elif isinstance(node, syntax.Grant):
            grants.extend(_grants(node, path, names, today, sink))
    by_role: dict[str, list[Grant]] = {}
    for grant in grants:
        by_role.setdefault(grant.role, []).append(grant)
    return Directory(accounts, people, teams, tuple(grants), by_role)


def _same(kind: str, what: str, one: Account | Person, other: Account | Person, span: Span) -> Diagnostic:
    return report(
        "IAM102",
        f"{kind} `{one.name}` and `{other.name}` have the same {what}",
        span,
        labels=[Label(one.span, "the first of them")],
        help=f"correct one {what}, or keep one of the names",
    )


def _declarations(project: Project) -> Iterator[tuple[str, Any]]:
    for path, file in project.files.items():
        for node in file.declarations:
            yield path, node


def _account(node: syntax.Account) -> Account:
    return Account(
        node.name.text,
        node.number.text,
        node.alias.text if node.alias else "",
        node.klass.text if node.klass else "",
        node.name.span,
    )


def _team(node: syntax.Team, path: str, names: Names, sink: list[Diagnostic]) -> Team:
    members = tuple(_names_of(node.members, ("person",), path, names, sink))
    owner = tuple(_names_of((node.owner,) if node.owner else (), ("person", "team"), path, names, sink))
    return Team(
        node.name.text,
        members,
        node.group.text if node.group else "",
        owner[0] if owner else "",
        node.name.span,
    )


def _names_of(
    refs: Iterable[syntax.Ref], kinds: tuple[str, ...], path: str, names: Names, sink: list[Diagnostic]
) -> Iterator[str]:
    for ref in refs:
        found = names.find(path, kinds, ref)
        if isinstance(found, Diagnostic):
            sink.append(found)
        else:
            yield found[0].name


def _grants(node: syntax.Grant, path: str, names: Names, today: date, sink: list[Diagnostic]) -> Iterator[Grant]:
    principals = tuple(_names_of(node.to, ("team", "person"), path, names, sink))
    accounts = tuple(_names_of(node.accounts, ("account",), path, names, sink))
    approval = tuple(_names_of((node.approval,) if node.approval else (), ("team", "person"), path, names, sink))
    if node.until is not None:
        finding = ending(node.until, today, "grant")
        if finding is not None:
            sink.append(finding)
    if len(accounts) < len(node.accounts):
        return  # without its unknown account, the grant would mean all of them
    for role in _names_of(node.roles, ("role",), path, names, sink):
        yield Grant(
            role,
            principals,
            accounts,
            node.until.text if node.until else "",
            node.reason.text if node.reason else "",
            approval[0] if approval else "",
            node.span,
        )


def ending(until: syntax.Text, today: date, what: str) -> Diagnostic | None:
    """What there is to say about an end date: it is past, it is near, it is no date, or nothing."""
    try:
        end = date.fromisoformat(until.text[:10])
    except ValueError:
        return report(
            "IAM303",
            f"`{until.text}` is not a date of the calendar",
            until.span,
            help="dates are written YYYY-MM-DD",
        )
    if end < today:
        return report(
            "IAM303",
            f"this {what} ended on {end}",
            until.span,
            help=f"remove the {what}, or give it a later date after a review",
        )
    if end - today <= NOTICE:
        days = (end - today).days
        return report(
            "IAM304",
            f"this {what} ends {_in(days)}",
            until.span,
            label="after this date it grants nothing",
            help="extend it, or let it end",
        )
    return None


def _in(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
