"""Permission sets in Terraform: one folder for the organisation, one for the policies of each account."""

from __future__ import annotations

from typing import Any

from iamc.emit.alerts import alerts_of
from iamc.emit.deployment import Deployment
from iamc.emit.names import label
from iamc.emit.permission_sets import PermissionSet, Sets, permission_sets
from iamc.emit.terraform import Expression, Resources, add_policies, alert_resources, put, rendered, tags
from iamdsl.diagnostics import Diagnostic

FOLDER = "permission-sets"


def sets_terraform(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """Apply `accounts/*` first: a set can be assigned only where the policies that it names exist."""
    sets = permission_sets(deployment)
    out: Resources = {}
    for made in sets.sets:
        _set(out, deployment, sets, made)
        _assignments(out, sets, made)
    files = {f"{FOLDER}/organisation/permission-sets.tf.json": rendered(out)} if sets.sets else {}
    for account, policies in sets.accounts:
        resources: Resources = {}
        add_policies(resources, deployment, policies)
        if resources:
            files[f"{FOLDER}/accounts/{account.name}/policies.tf.json"] = rendered(resources)
        alerts = alerts_of(deployment, account, permission_sets=True)
        if alerts.rules:
            text = rendered(alert_resources(deployment, alerts))
            files[f"{FOLDER}/alerts/{account.name}/alerts.tf.json"] = text
    return files, list(sets.problems)


def _set(out: Resources, deployment: Deployment, sets: Sets, made: PermissionSet) -> None:
    name = label(made.name)
    own = {"instance_arn": sets.instance, "permission_set_arn": _arn(made)}
    relay = {"relay_state": sets.relay_state} if sets.relay_state else {}
    arguments: dict[str, Any] = {
        "name": made.name,
        **({"description": made.description} if made.description else {}),
        "instance_arn": sets.instance,
        "session_duration": made.duration,
        **relay,
        **tags(deployment),
    }
    put(out, "aws_ssoadmin_permission_set", name, arguments)
    if made.inline:
        put(out, "aws_ssoadmin_permission_set_inline_policy", name, {**own, "inline_policy": made.inline})
    for policy in made.references:
        reference = {"name": policy, "path": deployment.targets.path}
        block = {"customer_managed_policy_reference": reference}
        kind = "aws_ssoadmin_customer_managed_policy_attachment"
        put(out, kind, f"{name}_{label(policy)}", {**own, **block})
    for arn in made.managed:
        kind = "aws_ssoadmin_managed_policy_attachment"
        put(out, kind, f"{name}_{label(arn.rpartition('/')[2])}", {**own, "managed_policy_arn": arn})
    if made.boundary:
        block = {"permissions_boundary": _boundary(deployment, made)}
        put(out, "aws_ssoadmin_permissions_boundary_attachment", name, {**own, **block})


def _boundary(deployment: Deployment, made: PermissionSet) -> dict[str, Any]:
    if ":iam::aws:" in made.boundary:
        return {"managed_policy_arn": made.boundary}
    return {"customer_managed_policy_reference": reference(deployment, made.boundary)}


def reference(deployment: Deployment, boundary: str) -> dict[str, str]:
    """Name and path of a boundary that is given by its ARN or, when it is ours, by its name."""
    if not boundary.startswith("arn:"):
        return {"name": boundary, "path": deployment.targets.path}
    path, _, name = boundary.partition(":policy/")[2].rpartition("/")
    return {"name": name, "path": f"/{path}/" if path else "/"}


def _assignments(out: Resources, sets: Sets, made: PermissionSet) -> None:
    for assignment in made.assignments:
        arguments = {
            "instance_arn": sets.instance,
            "permission_set_arn": _arn(made),
            "principal_type": assignment.kind,
            "principal_id": assignment.principal,
            "target_type": "AWS_ACCOUNT",
            "target_id": assignment.account,
        }
        name = f"{label(made.name)}_{assignment.account}_{label(assignment.name)}"
        put(out, "aws_ssoadmin_account_assignment", name, arguments)


def _arn(made: PermissionSet) -> Expression:
    return Expression(f"${{aws_ssoadmin_permission_set.{label(made.name)}.arn}}")
