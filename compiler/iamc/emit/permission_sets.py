"""Permission sets of IAM Identity Center and their assignments, in no tool's words.

A set is one for all accounts, but what a role may do names the account. So a set whose documents are the same
everywhere carries them inline; any other refers to customer-managed policies by name, and each account gets a file
with its own policies of these names. They must exist in EVERY assigned account before the set is assigned, or
provisioning ends FAILED without a reason: an account that needs fewer documents gets its last one again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamc.emit.deployment import AccountPlan, Deployment, PolicyPlan, RolePlan
from iamc.emit.holders import Holding
from iamc.emit.refusals import managed_count, missing, of_alerts, of_ends, of_federated, of_settings, same_names
from iamc.emit.targets import IdentityCenter
from iamc.limits import count_problem, text_problem
from iamc.model import numbered
from iamc.passes.document import VERSION, compact
from iamc.quotas import quotas
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Assignment:
    """A set for a group or user in an account; `name` is who that is, for labels."""

    account: str
    kind: str
    principal: str
    name: str


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """One set. `inline` is a compact document or empty; `references` are names of customer-managed policies.

    `session` is in seconds. `boundary` is an ARN of AWS's, the name of a customer-managed policy, or empty.
    """

    name: str
    description: str
    session: int
    inline: str
    references: tuple[str, ...]
    managed: tuple[str, ...]
    boundary: str
    assignments: tuple[Assignment, ...]

    @property
    def duration(self) -> str:
        """The session as ISO 8601 writes it, `PT1H`."""
        hours, rest = divmod(self.session, 3600)
        return f"PT{hours}H" if not rest else f"PT{self.session // 60}M"


@dataclass(frozen=True, slots=True)
class Sets:
    """All sets, the accounts with the policies that the sets refer to, and what is wrong."""

    instance: str
    relay_state: str
    sets: tuple[PermissionSet, ...]
    accounts: tuple[tuple[AccountPlan, tuple[PolicyPlan, ...]], ...]
    problems: tuple[Diagnostic, ...]


def permission_sets(deployment: Deployment) -> Sets:
    """The permission sets of a deployment."""
    center = deployment.targets.identity_center
    if center is None:
        example = "identity-center: {instance: arn:aws:sso:::instance/ssoins-...}"
        problem = missing(deployment.targets, "identity-center", "the instance and the ids of groups", example)
        return Sets("", "", (), (), (problem,))
    problems: list[Diagnostic] = [*of_settings(deployment.targets)]
    by_name: dict[str, list[tuple[AccountPlan, RolePlan]]] = {}
    for account in deployment.accounts:
        if account.account is not None:
            for role in account.roles:
                by_name.setdefault(role.name, []).append((account, role))
    sets: list[PermissionSet] = []
    policies: dict[str, list[PolicyPlan]] = {account.name: list(account.boundaries) for account in deployment.accounts}
    for _, placed in sorted(by_name.items()):
        made = _set(center, placed, problems)
        sets.append(made)
        for account, role in placed if made.references else ():
            policies[account.name].extend(_padded(role, made.references))
        problems.extend(_refused(deployment, center, made, placed))
    accounts = tuple((account, tuple(policies[account.name])) for account in deployment.accounts if account.account)
    problems.extend(_too_many(sets, deployment))
    for account, found in accounts:
        problems.extend(same_names(account, (policy.name for policy in found)))
    return Sets(center.instance, center.relay_state, tuple(sets), accounts, tuple(problems))


def _set(
    center: IdentityCenter, placed: list[tuple[AccountPlan, RolePlan]], problems: list[Diagnostic]
) -> PermissionSet:
    role = placed[0][1]
    inline = _inline([[policy.text for policy in each.policies] for _, each in placed])
    most = max(len(each.policies) for _, each in placed)
    names = [f"{role.name}{numbered(number)}" for number in range(1, most + 1)]
    assignments = [
        assignment
        for account, each in placed
        for holding in each.held
        for assignment in _assigned(center, account, holding, problems)
    ]
    return PermissionSet(
        role.name,
        role.description,
        role.session,
        inline,
        () if inline else tuple(names),
        tuple(sorted(set(role.managed))),
        role.boundary,
        tuple(sorted(set(assignments), key=lambda a: (a.account, a.kind, a.name))),
    )


def _inline(documents: list[list[str]]) -> str:
    """One document for all accounts, when they are the same everywhere and fit together; else empty."""
    first = documents[0]
    if not first or any(other != first for other in documents):
        return ""
    statements = [statement for text in first for statement in json.loads(text)["Statement"]]
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    text = compact({"Version": VERSION, "Statement": statements})
    fits = len(text) <= quotas()["permission-set-inline"].characters and len(set(sids)) == len(sids)
    return text if fits else ""


def _padded(role: RolePlan, names: Iterable[str]) -> Iterator[PolicyPlan]:
    """The role's policies under the names that the set refers to, the last one again for those left over."""
    for number, name in enumerate(names if role.policies else ()):
        yield replace(role.policies[min(number, len(role.policies) - 1)], name=name)


def _assigned(
    center: IdentityCenter, account: AccountPlan, holding: Holding, problems: list[Diagnostic]
) -> Iterator[Assignment]:
    team = holding.team
    if team is not None and not team.group:
        message = f"team `{team.name}` has no `group`, so Identity Center cannot be told of it"
        problems.append(report("IAM570", message, team.span, help='add the line `group "..."` to the team'))
        return
    kind, table, key = ("GROUP", "groups", team.group) if team else ("USER", "users", holding.people[0].email)
    found = (center.groups if team else center.users).get(key)
    if found is None:
        problems.append(
            report(
                "IAM570",
                f"nothing says which {kind.lower()} of the identity store `{key}` is",
                team.span if team else holding.people[0].span,
                help=f'add it to `identity-center.{table}`: `"{key}": ID`',
                notes=["`aws identitystore get-group-id` or `get-user-id` prints the id"],
            )
        )
        return
    yield Assignment(account.number, kind, found, team.name if team else holding.people[0].name)


def _refused(
    deployment: Deployment, center: IdentityCenter, made: PermissionSet, placed: list[tuple[AccountPlan, RolePlan]]
) -> Iterator[Diagnostic]:
    """What AWS would refuse of one set."""
    span = placed[0][1].role.span
    texts = [("permission-set-name", made.name), ("permission-set-description", made.description)]
    texts += [("policy-name", name) for name in made.references]
    found = [text_problem(kind, text, span) for kind, text in texts]
    for _, role in placed:
        if made.references and not role.policies:
            message = f"`{role.unit.unit.name}` grants nothing, and its permission set refers to policies"
            found.append(report("IAM405", message, span, help="do not grant the role in this account"))
        found.append(managed_count(role, len(made.references), deployment.targets))
        found.extend(of_federated(role, center.mfa, deployment.targets.place("identity-center")))
        found.extend(of_alerts(role, deployment.targets))
        found.extend(of_ends(role))
    yield from (problem for problem in found if problem)


def _too_many(sets: Iterable[PermissionSet], deployment: Deployment) -> Iterator[Diagnostic]:
    by_account: dict[str, set[str]] = {}
    for made in sets:
        for assignment in made.assignments:
            by_account.setdefault(assignment.account, set()).add(made.name)
    for account in deployment.accounts:
        where = account.account
        if where is not None:
            count = len(by_account.get(where.number, ()))
            of, raised = f"account `{where.name}`", deployment.targets.raised
            problem = count_problem("permission-sets-per-account", count, of, where.span, raised)
            if problem:
                yield problem
