"""Who holds a role in an account: grants, with teams replaced by their members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.model import Account, Grant, Organisation, Person, Role, Team
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """One grant of a role to a team or a person; `people` are those who hold it by this grant."""

    grant: Grant
    team: Team | None
    people: tuple[Person, ...]


def holdings(organisation: Organisation, role: Role, account: Account | None) -> tuple[Holding, ...]:
    """Every grant of the role in the account, once for each team or person that it names, in declared order."""
    return tuple(
        _holding(organisation, grant, principal)
        for grant in organisation.grants
        if grant.role == role.name and (account is None or not grant.accounts or account.name in grant.accounts)
        for principal in grant.principals
    )


def _holding(organisation: Organisation, grant: Grant, principal: str) -> Holding:
    team = organisation.teams.get(principal)
    if team is None:
        return Holding(grant, None, (organisation.people[principal],))
    return Holding(grant, team, tuple(organisation.people[name] for name in team.members))


def people_of(held: Iterable[Holding]) -> tuple[Person, ...]:
    """Everyone who holds, each once, by name."""
    return tuple(sorted({p.name: p for p in _every(held)}.values(), key=lambda person: person.name))


def _every(held: Iterable[Holding]) -> Iterator[Person]:
    for holding in held:
        yield from holding.people
