"""Tier ceilings as documents: a permissions boundary and a service control policy for each tier.

The boundary allows the ceiling and nothing else; the service control policy denies everything else, to the roles of
the tier alone. Attach it where its accounts are.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from iamc.emit.ceilings import Patterns
from iamc.emit.deployment import Deployment
from iamc.emit.names import label
from iamc.model import Unit
from iamc.passes.document import VERSION, compact
from iamc.quotas import Quota, quotas
from iamdsl.diagnostics import Diagnostic, report

FOLDER = "guardrails"


def guardrails(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """`TIER.boundary.json` and `TIER.scp.json`, compact: AWS may count white space in the latter."""
    files: dict[str, str] = {}
    problems: list[Diagnostic] = []
    units = {role.role.tier: role.unit.unit for account in deployment.accounts for role in account.roles}
    for tier, ladder in deployment.ceilings.items():
        principals = sorted(_principals(deployment, tier))
        quota = _of_policies(deployment)
        control = ladder.fitted(partial(_control, principals), quota.characters)
        files[f"{FOLDER}/{label(tier)}.boundary.json"] = ladder.boundary + "\n"
        files[f"{FOLDER}/{label(tier)}.scp.json"] = control + "\n"
        problems += _oversize("boundary", ladder.boundary, quotas()["boundary"], units[tier])
        problems += _oversize("service control policy", control, quota, units[tier])
    return files, problems


def _of_policies(deployment: Deployment) -> Quota:
    """The quota of service control policies, which AWS has raised for some."""
    quota = quotas()["scp"]
    return replace(quota, characters=(deployment.targets.raised or {}).get("scp-characters", quota.characters))


def _control(principals: list[str], patterns: Patterns) -> str:
    statement = {
        "Sid": "AboveTheCeiling",
        "Effect": "Deny",
        "NotAction": list(patterns),
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": principals}},
    }
    return compact({"Version": VERSION, "Statement": [statement]})


def _principals(deployment: Deployment, tier: str) -> set[str]:
    """The roles of a tier in whatever account, those of IAM Identity Center too where there is one."""
    targets = deployment.targets
    home = f"arn:{targets.partition}:iam::*:role"
    roles = {role.name for account in deployment.accounts for role in account.roles if role.role.tier == tier}
    found = {f"{home}{targets.path}{name}" for name in roles}
    if targets.identity_center is not None:
        found |= {f"{home}/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_{name}_*" for name in roles}
    return found


def _oversize(what: str, text: str, quota: Quota, unit: Unit) -> list[Diagnostic]:
    if len(text) <= quota.characters or unit.ceiling is None:
        return []
    return [
        report(
            "IAM401",
            f"the {what} of tier `{unit.role.tier}` has {len(text):,} characters, AWS allows {quota.characters:,}",
            unit.ceiling.span,
            help="divide the tier, or write a ceiling of fewer actions",
            notes=[quota.source],
        )
    ]
