"""Grants without their full effect: to nobody, given already by another one, or with an end that the policy has not.

A policy belongs to a role in an account and ends when the last grant of the role there ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamc.model import Grant
from iamc.passes.resolve.people import Directory
from iamdsl.diagnostics import Diagnostic, Label, report


def without_effect(everyone: Directory) -> Iterator[Diagnostic]:
    """Grants that reach nobody, and grants that another one makes needless; of two equal ones, the later."""
    for grant in everyone.grants:
        yield from _to_nobody(grant, everyone)
        later = False
        for other in everyone.granted(grant.role):
            later = later or other is grant
            equal_but_later = later and _covers(grant, other, everyone)
            if not equal_but_later and _covers(other, grant, everyone):
                yield report(
                    "IAM306",
                    f"another grant gives `{grant.role}` to the same people already",
                    grant.span,
                    labels=[Label(other.span, "this grant")],
                    help="remove one of them",
                )
                break
        else:
            longer = (other for other in everyone.granted(grant.role) if _outlasts(other, grant, everyone))
            if outlasting := next(longer, None):
                yield report(
                    "IAM312",
                    f"the policy of `{grant.role}` does not end with this grant",
                    grant.span,
                    label="another grant of the role in the same account ends later or never",
                    labels=[Label(outlasting.span, "this grant")],
                    help="give these people a role of their own, or take the assignment away on that day",
                )


def _outlasts(other: Grant, grant: Grant, everyone: Directory) -> bool:
    """Whether another grant keeps the role alive, in an account of this one, after this one has ended."""
    here = set(grant.accounts or everyone.accounts)
    there = set(other.accounts or everyone.accounts)
    longer = bool(grant.until) and (not other.until or other.until > grant.until)
    return longer and (not everyone.accounts or not here.isdisjoint(there))


def _to_nobody(grant: Grant, everyone: Directory) -> Iterator[Diagnostic]:
    for name in grant.principals:
        team = everyone.teams.get(name)
        if team is not None and not team.members and not team.group:
            yield report(
                "IAM309",
                f"team `{name}` has neither members nor a group",
                grant.span,
                label="this grant reaches nobody through it",
                labels=[Label(team.span, "declared here")],
                help="add `members` or `group` to the team",
            )


def _covers(wider: Grant, grant: Grant, everyone: Directory) -> bool:
    """Whether one grant gives all that the other gives, to all of its people, everywhere and as long."""
    if wider.until and (not grant.until or wider.until < grant.until):
        return False
    if wider.accounts and not set(grant.accounts or everyone.accounts) <= set(wider.accounts):
        return False
    reached = set(wider.principals)
    for name in wider.principals:
        reached.update(everyone.teams[name].members if name in everyone.teams else ())
    return bool(grant.principals) and set(grant.principals) <= reached
