"""What the report shows, as plain JSON values.

Actions, sets of actions, resources, conditions and source lines repeat from role to role, so each stands once in a
table and is named by its index there; an organisation of a thousand roles stays a few megabytes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, field
from typing import TYPE_CHECKING, Any

from iamc import __version__
from iamc.catalog import Catalog, Level
from iamc.model import Compiled, Condition, Grant, Permission, Role
from iamc.pipeline import Result
from iamc.sensitivity import Sensitivity
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic
from iamdsl.source import Span
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from iamc.usage.unused import RoleUse

CONFIG, DATA, WRITE, PERMISSIONS = 1, 2, 4, 8
"""Kinds of access, as bits: what a page's `kinds` are made of."""
ALL_KINDS = CONFIG | DATA | WRITE | PERMISSIONS
LONGEST_LINE = 600
"""Characters of a source line that are shown."""


def report_data(
    result: Result,
    catalog: Catalog,
    settings: Settings,
    risks: Sequence[Diagnostic] = (),
    unused: Sequence[RoleUse] = (),
    window: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """Everything the page needs; the same for the same project, settings and database.

    `risks` are ways to more access, `unused` what was used between the two instants of `window`.
    """
    tables = _Tables(Sensitivity(catalog))
    roles = list({unit.unit.role.name: unit.unit.role for unit in result.compiled}.values())
    accounts = list(result.organisation.accounts.values())
    role_at = {role.name: n for n, role in enumerate(roles)}
    account_at = {account.name: n for n, account in enumerate(accounts)}
    units = [_unit(unit, role_at, account_at, tables) for unit in result.compiled]
    granted = [_grant(g, role_at, account_at, tables) for g in result.organisation.grants if g.role in role_at]
    return {
        "today": settings.today.isoformat(),
        "version": __version__,
        "database": catalog.identity.sha256,
        "username": settings.username,
        "accounts": [{"name": a.name, "number": a.number, "alias": a.alias, "class": a.klass} for a in accounts],
        "people": [{"name": p.name, "email": p.email} for p in result.organisation.people.values()],
        "teams": [{"name": t.name, "members": t.members} for t in result.organisation.teams.values()],
        "roles": [_role(role, tables) for role in roles],
        "grants": granted,
        "units": units,
        "risks": [_finding(finding, tables) for finding in risks],
        "findings": [_finding(finding, tables) for finding in result.diagnostics],
        "window": [instant[:10] for instant in window],
        "unused": [row for role in unused for row in _unused(role)],
        **tables.content(),
    }


@dataclass(slots=True)
class _Tables:
    """The tables that indexes point into; grows as things are first met."""

    sensitivity: Sensitivity
    actions: dict[Hashable, int] = field(default_factory=dict)
    sets: dict[Hashable, int] = field(default_factory=dict)
    resources: dict[Hashable, int] = field(default_factory=dict)
    conditions: dict[Hashable, int] = field(default_factory=dict)
    lines: dict[Hashable, int] = field(default_factory=dict)
    _places: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def set_of(self, actions: Iterable[str]) -> int:
        return _index(self.sets, tuple([_index(self.actions, action) for action in sorted(actions)]))

    def line_of(self, span: Span | None) -> int:
        """The index of a place, with the text that stands there; -1 for no place."""
        if span is None:
            return -1
        place = (id(span.source), span.start, span.end)
        if place not in self._places:
            text = " ".join(span.text.split())
            shown = text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "\N{HORIZONTAL ELLIPSIS}"
            self._places[place] = _index(self.lines, (span.path, span.line, shown))
        return self._places[place]

    def content(self) -> dict[str, Any]:
        return {
            "actions": [[name, self._kinds(str(name))] for name in self.actions],
            "sets": list(self.sets),
            "resources": list(self.resources),
            "conditions": [condition.block() for condition in self.conditions if isinstance(condition, Condition)],
            "lines": list(self.lines),
        }

    def _kinds(self, name: str) -> int:
        """The kinds of access of an action; `*` and `service:*` have those of all they stand for."""
        catalog = self.sensitivity.catalog
        if name == "*":
            return ALL_KINDS
        prefix, _, rest = name.partition(":")
        found = catalog.actions(prefix) if rest == "*" else [a for a in [catalog.action(name)] if a]
        kinds = 0
        for action in found:
            if action.level in (Level.READ, Level.LIST):
                kinds |= CONFIG if self.sensitivity.kind(action) == "config" else DATA
            else:
                kinds |= PERMISSIONS if action.level is Level.PERMISSIONS else WRITE
        return kinds


def _index(table: dict[Hashable, int], value: Hashable) -> int:
    return table.setdefault(value, len(table))


def _role(role: Role, tables: _Tables) -> dict[str, Any]:
    return {
        "name": role.name,
        "tier": role.tier,
        "breakGlass": role.break_glass,
        "description": role.description,
        "session": role.session,
        "require": role.require,
        "alerts": [asdict(alert) for alert in role.alerts],
        "managed": role.managed,
        "boundary": role.boundary,
        "line": tables.line_of(role.span),
    }


def _grant(grant: Grant, role_at: dict[str, int], account_at: dict[str, int], tables: _Tables) -> dict[str, Any]:
    return {
        "role": role_at[grant.role],
        "to": grant.principals,
        "accounts": [account_at[name] for name in grant.accounts or account_at],
        "until": grant.until,
        "reason": grant.reason,
        "approval": grant.approval,
        "line": tables.line_of(grant.span),
    }


def _unit(compiled: Compiled, role_at: dict[str, int], account_at: dict[str, int], tables: _Tables) -> dict[str, Any]:
    account = compiled.unit.account
    return {
        "role": role_at[compiled.unit.role.name],
        "account": account_at[account.name] if account else -1,
        "documents": len(compiled.documents),
        "characters": sum(document.characters for document in compiled.documents),
        "permissions": [_permission(permission, tables) for permission in compiled.permissions],
    }


def _permission(permission: Permission, tables: _Tables) -> list[int]:
    """`[1 for a deny, set, resource, condition, line]`."""
    return [
        int(permission.effect == "deny"),
        tables.set_of(permission.actions),
        _index(tables.resources, permission.resource),
        _index(tables.conditions, permission.condition),
        tables.line_of(permission.span),
    ]


def _unused(role: RoleUse) -> Iterator[list[Any]]:
    """Rows `[account/role, place, verdict, actions not used, last use of any]`, without lines in full use."""
    for line in role.lines:
        if line.verdict not in ("keep", "no record"):
            last = max(line.used.values(), default="")[:10]
            yield [role.unit, line.place.rpartition(":")[0], line.verdict, list(line.unused), last]


def _finding(finding: Diagnostic, tables: _Tables) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": "; ".join((finding.message, *finding.notes)),
        "help": finding.help,
        "line": tables.line_of(finding.span),
    }
