"""The pilot: the new roles for the first teams only, beside whatever roles there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamc.emit.holders import holdings
from iamc.emit.refusals import missing
from iamc.emit.targets import Targets
from iamc.model import Compiled, Grant, Organisation
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.suggest import did_you_mean


def pilot(
    organisation: Organisation, compiled: Sequence[Compiled], targets: Targets
) -> tuple[Organisation, tuple[Compiled, ...], Targets, list[Diagnostic]]:
    """The organisation with the grants to the pilot's teams only, and the units that those teams use.

    Documents are the same as for everyone; names end in the pilot's suffix, so that both can exist at once.
    """
    if targets.pilot is None:
        problem = missing(targets, "pilot", "the teams that try the new roles first", "pilot: {teams: [NAME]}")
        return organisation, (), targets, [problem]
    problems = [
        report(
            "IAM101",
            f"there is no team `{team}`",
            targets.place("pilot", "teams", number),
            help=did_you_mean(team, organisation.teams),
        )
        for number, team in enumerate(targets.pilot.teams)
        if team not in organisation.teams
    ]
    grants = tuple(_narrowed(organisation.grants, frozenset(targets.pilot.teams)))
    narrowed = replace(organisation, grants=grants)
    used = tuple(unit for unit in compiled if holdings(narrowed, unit.unit.role, unit.unit.account))
    if not used and not problems:
        message = "no role is granted to the teams of the pilot"
        problems.append(
            report("IAM570", message, targets.place("pilot"), help="grant them a role, or name other teams")
        )
    return narrowed, used, replace(targets, suffix=targets.pilot.suffix), problems


def _narrowed(grants: Iterable[Grant], teams: frozenset[str]) -> Iterable[Grant]:
    for grant in grants:
        principals = tuple(name for name in grant.principals if name in teams)
        if principals:
            yield replace(grant, principals=principals)
