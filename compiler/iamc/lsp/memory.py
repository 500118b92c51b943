"""What was worked out of each role, kept for as long as nothing that it depends on changes.

A role's units depend on its own declaration, on the declarations that its names lead to, and on the accounts and
grants; the work on a unit depends on nothing but the unit. Declarations are told apart by identity: a text that is
read in pieces has the same nodes for as long as nobody edits them, and the spans in them stay good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iamc.model import Account, Grant, Unit
from iamc.passes.resolve import Afresh
from iamc.passes.resolve.names import Declared, Trace
from iamc.passes.resolve.roles import Roles
from iamc.pipeline import JUDGED, WRITTEN, Context, Work, carry
from iamc.project import Project
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class _Role:
    """The units of a role, what was said of them, and what they depend on."""

    node: Any
    granted: tuple[Grant, ...] | None
    accounts: tuple[Account, ...]
    origins: Mapping[str, str]
    trace: Trace
    units: tuple[Unit, ...]
    said: tuple[Diagnostic, ...]

    def holds(self, roles: Roles, declared: Declared) -> bool:
        """Whether the role's units would be the same today."""
        accounts = tuple(roles.directory.accounts.values())
        return (
            self.granted == _granted(roles, declared)
            and self.accounts == accounts
            and all(one.span.source is other.span.source for one, other in zip(self.accounts, accounts, strict=True))
            and all(roles.origins.get(path) == origin for path, origin in self.origins.items())
            and self.trace.holds(roles.names)
        )


def _granted(roles: Roles, declared: Declared) -> tuple[Grant, ...] | None:
    """The grants of a role; None where nobody grants anything."""
    return tuple(roles.directory.granted(declared.name)) if roles.directory.grants else None


class Memory(Afresh):
    """The declarations of one project."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._roles: dict[int, _Role] = {}
        self._repeats: dict[int, tuple[Any, tuple[Diagnostic, ...]]] = {}
        self._judged: dict[int, Work] = {}
        self._written: dict[int, Work] = {}

    def units(self, roles: Roles, declared: Declared) -> tuple[Unit, ...]:
        """The units of a role, worked out if need be; reports what is wrong with them."""
        known = self._roles.get(id(declared.node))
        if known is None or not known.holds(roles, declared):
            known = self._roles[id(declared.node)] = _worked_out(roles, declared)
        else:
            roles.sink.extend(known.said)
            roles.names.used |= known.trace.used
        return known.units

    def repeats(self, node: syntax.Declaration) -> tuple[Diagnostic, ...]:
        """What stands twice in a declaration."""
        found = self._repeats.get(id(node))
        if found is None:
            found = self._repeats[id(node)] = (node, tuple(super().repeats(node)))
        return found[1]

    def judged(self, unit: Unit) -> Work:
        """A unit's permissions, and what is wrong with its lines."""
        work = self._judged.get(id(unit))
        if work is None:
            work = self._judged[id(unit)] = carry(Work(unit), JUDGED, self._context)
        return work

    def write(self, unit: Unit) -> Iterator[None]:
        """Write a unit's documents and prove them, if that is still to be done, pausing after each pass."""
        if not self.pending(unit):
            return
        work = self.judged(unit)
        for step in WRITTEN:
            yield
            work = step(work, self._context)
        self._written[id(unit)] = work

    def best(self, unit: Unit) -> Work:
        """What is known of a unit by now; its documents may still be to come."""
        return self._written.get(id(unit)) or self.judged(unit)

    def pending(self, unit: Unit) -> bool:
        """Whether the unit's documents are still to be written."""
        return id(unit) not in self._written

    def later(self, unit: Unit) -> tuple[Diagnostic, ...]:
        """What was said of a unit's documents, not of its lines."""
        return self.best(unit).diagnostics[len(self.judged(unit).diagnostics) :]

    def keep(self, project: Project) -> None:
        """Forget all that is not about the declarations of this project: nobody will ask for it again."""
        nodes = {id(node) for file in project.files.values() for node in file.declarations}
        self._repeats = {key: found for key, found in self._repeats.items() if key in nodes}
        self._roles = {key: role for key, role in self._roles.items() if key in nodes}
        alive = {id(unit) for role in self._roles.values() for unit in role.units}
        self._judged = {key: work for key, work in self._judged.items() if key in alive}
        self._written = {key: work for key, work in self._written.items() if key in alive}


def _worked_out(roles: Roles, declared: Declared) -> _Role:
    before = len(roles.sink)
    with roles.names.traced() as trace:
        units = tuple(roles.units(declared))
    return _Role(
        declared.node,
        _granted(roles, declared),
        tuple(roles.directory.accounts.values()),
        {path: roles.origins[path] for path in (declared.path, *trace.files) if path in roles.origins},
        trace,
        units,
        tuple(roles.sink[before:]),
    )
