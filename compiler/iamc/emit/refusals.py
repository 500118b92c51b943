"""What AWS would refuse of a deployment, and what people would not get: said before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from iamc.conditions import instant
from iamc.emit.alerts import topics_of
from iamc.emit.deployment import AccountPlan, AlertPlan, Deployment, RolePlan
from iamc.emit.targets import Targets
from iamc.emit.trust import trust_document
from iamc.limits import count_problem, limits, text_problem
from iamc.model import Compiled, Grant, Permission, Role
from iamc.quotas import quotas
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Span

MFA_KEYS = ("aws:multifactorauthpresent", "aws:multifactorauthage")


def of_settings(targets: Targets) -> Iterator[Diagnostic]:
    """What AWS would refuse of the settings themselves."""
    checks = [("path", targets.path, ("names", "path"))]
    for key, value in targets.tags:
        checks += [("tag-key", key, ("tags", key)), ("tag-value", value, ("tags", key))]
    if targets.identity_center and targets.identity_center.relay_state:
        checks.append(("relay-state", targets.identity_center.relay_state, ("identity-center", "relay-state")))
    found = [text_problem(kind, text, targets.place(*way)) for kind, text, way in checks]
    found.append(count_problem("tags", len(targets.tags), "the file", targets.place("tags")))
    yield from (problem for problem in found if problem)


def of_roles(deployment: Deployment) -> Iterator[Diagnostic]:
    """What is wrong with the roles that we create ourselves, with their trust and with their alerts."""
    targets = deployment.targets
    yield from of_settings(targets)
    if targets.trust is None:
        yield missing(targets, "trust", "how people sign in", "trust: {by: {saml: ARN}}")
        return
    for account in deployment.accounts:
        policies = [policy for role in account.roles for policy in role.policies]
        yield from same_names(account, (policy.name for policy in (*policies, *account.boundaries)))
        for role in account.roles:
            yield from _role(role, targets)
            yield from trust_document(targets, targets.trust, role.unit.unit, role.held)[1]
            yield from of_alerts(role, targets)
            yield from of_ends(role) if not targets.trust.names_people else ()
    if targets.trust.kind != "role":
        yield from _chained([role.unit for account in deployment.accounts for role in account.roles])


def _role(planned: RolePlan, targets: Targets) -> Iterator[Diagnostic]:
    role, trust = planned.role, targets.trust
    found = [
        text_problem("role-name", planned.name, role.span),
        text_problem("role-path-and-name", f"{targets.path}{planned.name}", role.span),
        text_problem("role-description", planned.description, role.span),
        *policy_names(planned),
        *(text_problem("rule-name", planned.name, role.span) for _ in planned.alerts[:1]),
        managed_count(planned, len(planned.policies), targets),
    ]
    yield from (problem for problem in found if problem)
    if trust is None or not trust.federated:
        return
    if trust.kind == "role" and role.session > limits()["chained-session"].max:
        yield _too_long(role, "people come from another role", role.span)
    yield from of_federated(planned, trust.mfa, targets.place("trust"))


def policy_names(planned: RolePlan) -> Iterator[Diagnostic | None]:
    """What is wrong with the names of a role's policies."""
    for policy in planned.policies:
        yield text_problem("policy-name", policy.name, planned.role.span)


def same_names(account: AccountPlan, names: Iterable[str]) -> Iterator[Diagnostic]:
    """Policies of one account that would have one name: to IAM, upper and lower case are the same."""
    spans = {role.name.casefold(): role.role.span for role in account.roles}
    for name, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            yield report(
                "IAM579",
                f"{count} policies of account `{account.name}` would be called `{name}`",
                spans.get(name),
                help="rename the role: policies are called after roles, with `-2` for a second document, "
                "and `ceiling-TIER`",
            )


def managed_count(planned: RolePlan, documents: int, targets: Targets) -> Diagnostic | None:
    """Why AWS would refuse this many managed policies, its own and `documents` of ours together, if it would."""
    quota, count = quotas()["managed-policy"], documents + len(planned.managed)
    most = (targets.raised or {}).get("managed-policies-per-role", quota.count)
    if count <= max(most, documents):  # what documents alone exceed, arrange has said
        return None
    return report(
        "IAM402",
        f"`{planned.unit.unit.name}` has {count} managed policies, a {quota.holder} can carry {most}",
        planned.role.span,
        help=f"name fewer in `managed`; AWS raises the number to {quota.raisable} on request, then write it under "
        "`limits` of the targets file",
        notes=[quota.source],
    )


def of_alerts(planned: RolePlan, targets: Targets) -> Iterator[Diagnostic]:
    """Alerts that are missing, that would reach nobody, or that are more than a rule can tell."""
    if planned.role.break_glass and not planned.alerts:
        message = f"nobody hears of the use of `{planned.role.name}`, a break-glass role"
        yield report("IAM573", message, planned.role.span, help='write `alert page "WHO"` in the role or its tier')
    for alert in planned.alerts:
        if not alert.endpoint:
            yield _unknown_destination(alert, planned.role, targets)
    role, count = planned.role, len(planned.alerts)
    found = [text_problem("topic-name", topic.name, role.span) for topic in topics_of(planned, targets)]
    found.append(count_problem("rule-targets", count, f"`{role.name}`", role.span, targets.raised))
    yield from (problem for problem in found if problem)


def _unknown_destination(alert: AlertPlan, role: Role, targets: Targets) -> Diagnostic:
    """One error for a destination, however many roles alert it."""
    return report(
        "IAM570",
        f"roles alert `{alert.destination}`, and nothing says where that is",
        targets.place("alerts") or role.span,
        help=f'add it to `alerts.destinations`: `"{alert.destination}": https://...`',
    )


def of_ends(planned: RolePlan) -> Iterator[Diagnostic]:
    """Grants that end before others of the same role do, where only the documents could end them, and do not."""
    grants = dict.fromkeys(holding.grant for holding in planned.held)
    last = max((_end(grant) for grant in grants), default="")
    for grant in grants:
        if _end(grant) < last:
            yield report(
                "IAM577",
                f"nothing in AWS ends this grant of `{planned.unit.unit.name}` on {grant.until}",
                grant.span,
                label="others hold the role for longer",
                help="write `trust.session-name: ${person.email}`, or apply again after the date",
            )


def _end(grant: Grant) -> str:
    """When a grant ends, to be compared with others."""
    return instant(grant.until, end_of_day=True) if grant.until else "no end"  # sorts behind every date


def missing(targets: Targets, key: str, what: str, example: str) -> Diagnostic:
    """The error that a target needs a setting that nobody gave."""
    where = targets.place()
    return report(
        "IAM570",
        f"this target needs `{key}`: {what}",
        where.source.span(0, 0) if where else None,
        help=f"write `{example}`" + ("" if where else " in a YAML file, and name it with --targets-config"),
    )


# federated people --------------------------------------------------------------------------------------------


def of_federated(planned: RolePlan, mfa: str, place: Span | None) -> Iterator[Diagnostic]:
    """What the declaration supposes of people that those who come from an identity provider do not have."""
    role = planned.role
    if "mfa" in role.require and mfa != "identity-provider":
        yield report(
            "IAM570",
            f"`{role.name}` requires mfa, which AWS cannot see when people come from an identity provider",
            place or role.span,
            help="let the provider ask for it, and say so: `mfa: identity-provider`",
        )
    for span in dict.fromkeys(permission.span for permission in planned.unit.permissions if _asks_mfa(permission)):
        yield report(
            "IAM575",
            "this condition on mfa never holds for federated people",
            span,
            help="drop it and write `require mfa`, or compare a principal tag that the identity provider sets",
            notes=["only sessions of IAM users with a device of their own carry aws:MultiFactorAuthPresent"],
        )


def _asks_mfa(permission: Permission) -> bool:
    return any(
        atom.key.lower() in MFA_KEYS and not re.search("IfExists$|^Null$", atom.operator)
        for atom in permission.condition.atoms
    )


# role chaining -----------------------------------------------------------------------------------------------


def _chained(units: Iterable[Compiled]) -> Iterator[Diagnostic]:
    """Roles with sessions of more than 1h that another role of the declaration may assume."""
    units = list(units)
    reached = {
        permission.resource: permission.span
        for unit in units
        for permission in unit.permissions
        if permission.effect == "allow" and "sts:AssumeRole" in permission.actions
    }
    longer = {u.unit.role.name: u.unit.role for u in units if u.unit.role.session > limits()["chained-session"].max}
    for resource, span in reached.items():
        role = longer.get(resource.rpartition("/")[2])
        if role:
            yield _too_long(role, "assumed from another role here", span)


def _too_long(role: Role, why: str, span: Span) -> Diagnostic:
    limit = limits()["chained-session"]
    return report(
        "IAM574",
        f"`{role.name}` asks for sessions of {role.session // 3600}h, but role chaining ends them after 1h",
        span,
        label=why,
        help=limit.remedy,
        notes=[limit.source],
    )
