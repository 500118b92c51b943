"""Permission sets in CloudFormation: one template for the organisation, one for the policies of each account."""

from __future__ import annotations

import json
from typing import Any

from iamc.emit.alerts import alerts_of
from iamc.emit.cloudformation import Resources, add_policies, alert_resources, rendered, tags, too_large
from iamc.emit.deployment import Deployment
from iamc.emit.names import logical_id
from iamc.emit.permission_sets import Assignment, PermissionSet, Sets, permission_sets
from iamc.emit.sets_terraform import reference
from iamdsl.diagnostics import Diagnostic

FOLDER = "permission-sets-cloudformation"


def sets_cloudformation(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """Deploy `accounts/*` first: a set can be assigned only where the policies that it names exist."""
    sets = permission_sets(deployment)
    problems = list(sets.problems)
    out: Resources = {}
    for made in sets.sets:
        out[logical_id(made.name, "PermissionSet")] = _set(deployment, sets, made)
        for assignment in made.assignments:
            name = f"{made.name}-{assignment.name}-{assignment.kind.lower()}-a{assignment.account}"
            out[logical_id(name, "Assignment")] = _assignment(sets, made, assignment)
    files = {f"{FOLDER}/permission-sets.json": rendered("Permission sets for people.", out)} if sets.sets else {}
    problems += too_large("permission-sets", out)
    for account, policies in sets.accounts:
        resources: Resources = {}
        add_policies(resources, deployment, policies)
        if resources:
            text = rendered("Policies that permission sets refer to.", resources)
            files[f"{FOLDER}/accounts/{account.name}.json"] = text
            problems += too_large(account.name, resources)
        alerts = alerts_of(deployment, account, permission_sets=True)
        if alerts.rules:
            text = rendered("Alerts on the use of permission sets.", alert_resources(deployment, alerts))
            files[f"{FOLDER}/alerts/{account.name}.json"] = text
    return files, problems


def _set(deployment: Deployment, sets: Sets, made: PermissionSet) -> dict[str, Any]:
    path = deployment.targets.path
    properties: dict[str, Any] = {
        "InstanceArn": sets.instance,
        "Name": made.name,
        "SessionDuration": made.duration,
        **tags(deployment),
    }
    optional: dict[str, Any] = {
        "Description": made.description,
        "RelayStateType": sets.relay_state,
        "InlinePolicy": json.loads(made.inline) if made.inline else None,
        "ManagedPolicies": list(made.managed),
        "CustomerManagedPolicyReferences": [{"Name": name, "Path": path} for name in made.references],
        "PermissionsBoundary": _boundary(deployment, made) if made.boundary else None,
    }
    properties |= {key: value for key, value in optional.items() if value}
    return {"Type": "AWS::SSO::PermissionSet", "Properties": properties}


def _boundary(deployment: Deployment, made: PermissionSet) -> dict[str, Any]:
    if ":iam::aws:" in made.boundary:
        return {"ManagedPolicyArn": made.boundary}
    named = reference(deployment, made.boundary)
    return {"CustomerManagedPolicyReference": {"Name": named["name"], "Path": named["path"]}}


def _assignment(sets: Sets, made: PermissionSet, assignment: Assignment) -> dict[str, Any]:
    return {
        "Type": "AWS::SSO::Assignment",
        "Properties": {
            "InstanceArn": sets.instance,
            "PermissionSetArn": {"Fn::GetAtt": [logical_id(made.name, "PermissionSet"), "PermissionSetArn"]},
            "PrincipalType": assignment.kind,
            "PrincipalId": assignment.principal,
            "TargetType": "AWS_ACCOUNT",
            "TargetId": assignment.account,
        },
    }
