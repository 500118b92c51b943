"""What there is to deploy, in no tool's words: every back end writes this down in its own.

`plan` makes it from the compiled units and gives everything its name; `iamc.emit.refusals` says what AWS would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamc.emit.ceilings import Ladder
from iamc.emit.holders import Holding, holdings
from iamc.emit.targets import Targets
from iamc.emit.trust import trust_document
from iamc.limits import facts
from iamc.model import Account, Compiled, Organisation, Role
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A customer-managed policy; `text` is its compact document."""

    name: str
    description: str
    text: str


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """Where the use of a role is told: `endpoint` is an https or mailto address, or the ARN of a topic."""

    channel: str
    destination: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class RolePlan:
    """A role in one account, ready to be written down.

    `trust` is empty where the targets say nothing of how people sign in. `managed` are ARNs; `boundary` is the ARN of
    a policy that exists, or the name of one of the account's `boundaries`, or empty. `session` is in seconds.
    """

    name: str
    description: str
    session: int
    trust: str
    policies: tuple[PolicyPlan, ...]
    managed: tuple[str, ...]
    boundary: str
    alerts: tuple[AlertPlan, ...]
    held: tuple[Holding, ...]
    unit: Compiled

    @property
    def role(self) -> Role:
        """What the declaration says of the role."""
        return self.unit.unit.role


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """Everything of one account; `account` is None where the project declares none."""

    account: Account | None
    roles: tuple[RolePlan, ...]
    boundaries: tuple[PolicyPlan, ...] = ()

    @property
    def name(self) -> str:
        """What the account's files are called."""
        return self.account.name if self.account else "account"

    @property
    def number(self) -> str:
        """The twelve digits, or `*` where there is no account to name."""
        return self.account.number if self.account else "*"


@dataclass(frozen=True, slots=True)
class Deployment:
    """All accounts, in declared order, with the settings that they were planned by."""

    organisation: Organisation
    targets: Targets
    accounts: tuple[AccountPlan, ...]
    ceilings: Mapping[str, Ladder]

    def arn(self, account: AccountPlan, kind: str, name: str) -> str:
        """The ARN of a role or policy of ours."""
        return f"arn:{self.targets.partition}:iam::{account.number}:{kind}{self.targets.path}{name}"


def plan(
    organisation: Organisation, compiled: Iterable[Compiled], targets: Targets, ceilings: Mapping[str, Ladder]
) -> Deployment:
    """The deployment of the units. `ceilings` has each tier's by its name."""
    by_account: dict[str, list[Compiled]] = {}
    for unit in compiled:
        by_account.setdefault(unit.unit.account.name if unit.unit.account else "", []).append(unit)
    accounts = (_account(organisation, units, targets, ceilings) for _, units in sorted(by_account.items()))
    return Deployment(organisation, targets, tuple(accounts), dict(ceilings))


def _account(
    organisation: Organisation, units: Sequence[Compiled], targets: Targets, ceilings: Mapping[str, Ladder]
) -> AccountPlan:
    roles = [_role(organisation, unit, targets, ceilings) for unit in units]
    tiers = sorted({role.role.tier for role in roles if role.boundary == ceiling_name(targets, role.role.tier)})
    policies = (
        PolicyPlan(ceiling_name(targets, tier), f"The ceiling of tier {tier}.", ceilings[tier].boundary)
        for tier in tiers
    )
    return AccountPlan(units[0].unit.account, tuple(sorted(roles, key=lambda role: role.name)), tuple(policies))


def ceiling_name(targets: Targets, tier: str) -> str:
    """What the policy of a tier's ceiling is called."""
    return f"{targets.prefix}ceiling-{tier}{targets.suffix}"


def _role(organisation: Organisation, unit: Compiled, targets: Targets, ceilings: Mapping[str, Ladder]) -> RolePlan:
    role, account = unit.unit.role, unit.unit.account
    name = f"{targets.prefix}{role.name}{targets.suffix}"
    held = holdings(organisation, role, account)
    trust = trust_document(targets, targets.trust, unit.unit, held)[0] if targets.trust else ""
    ceiling = ceiling_name(targets, role.tier) if targets.ceilings and role.tier in ceilings else ""
    return RolePlan(
        name,
        role.description,
        role.session or 3600,
        trust,
        tuple(_policies(unit, name)),
        tuple(managed_arn(targets, policy) for policy in role.managed),
        _boundary(targets, account, role.boundary) or ceiling,
        tuple(_alerts(role, targets)),
        held,
        unit,
    )


def _policies(unit: Compiled, name: str) -> Iterator[PolicyPlan]:
    for document in unit.documents:
        yield PolicyPlan(name + document.suffix, f"What {unit.unit.role.name} may do.", document.text)


def managed_arn(targets: Targets, policy: str) -> str:
    """The ARN of a managed policy that is named as people do: an AWS one by its name."""
    if policy.startswith("arn:"):
        return policy
    for folder, names in facts("managed-policy-paths")["paths"].items():
        if policy in names:
            return f"arn:{targets.partition}:iam::aws:policy/{folder}{policy}"
    return f"arn:{targets.partition}:iam::aws:policy/{policy}"


def _boundary(targets: Targets, account: Account | None, boundary: str) -> str:
    if not boundary or boundary.startswith("arn:"):
        return boundary
    number = account.number if account else "*"
    return f"arn:{targets.partition}:iam::{number}:policy/{boundary.lstrip('/')}"


def _alerts(role: Role, targets: Targets) -> Iterator[AlertPlan]:
    for alert in role.alerts:
        yield AlertPlan(alert.channel, alert.destination, (targets.destinations or {}).get(alert.destination, ""))
