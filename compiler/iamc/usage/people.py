"""Who of the logs is who of the project: people by e-mail or name, roles by the anchored name of their ARN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamc.emit.holders import holdings, people_of
from iamc.model import Compiled, Organisation
from iamc.usage.model import Use
from iamc.usage.principals import ROLES, answers_to, principal


def role_name(arn: str) -> str:
    """The name of a role by its ARN, a permission set's name for its reserved role; "" for what is no role."""
    whom = principal(arn)
    return whom.name if whom and whom.kind in ROLES else ""


def is_role(arn: str, wanted: str) -> bool:
    """Whether a principal is the wanted role, given by name or ARN. Admin is not LegacyAdmin."""
    whom = principal(arn)
    return whom is not None and whom.kind in ROLES and answers_to(whom, wanted)


def of_roles(use: Use, wanted: Iterable[str]) -> bool:
    """Whether a use was made by one of the wanted roles; any use was, if none is named."""
    wanted = tuple(wanted)
    return not wanted or any(is_role(use.principal, role) for role in wanted)


def held_by_person(
    organisation: Organisation, compiled: Iterable[Compiled], today: str
) -> Mapping[str, tuple[Compiled, ...]]:
    """What each person holds on the day `today` (ISO), by e-mail address and by name in lower case."""
    held: dict[str, dict[str, Compiled]] = {}
    for one in compiled:
        current = [
            holding
            for holding in holdings(organisation, one.unit.role, one.unit.account)
            if not holding.grant.until or holding.grant.until[:10] >= today
        ]
        for person in people_of(current):
            for known in {person.name.lower(), person.email.lower()} - {""}:
                held.setdefault(known, {})[one.unit.name] = one
    return {person: tuple(units.values()) for person, units in held.items()}


def in_account(units: Iterable[Compiled], account: str) -> tuple[Compiled, ...]:
    """The units that are compiled for an account, given by its number; a unit without account is for all."""
    return tuple(one for one in units if one.unit.account is None or one.unit.account.number in ("", account))
