"""Inputs of the permission-set modules that people already use.

cloudposse/terraform-aws-sso takes its variables from `permission_sets` and `account_assignments` (module source,
main and account-assignments); aws-ia/terraform-aws-permission-sets reads one JSON file for each set. Both are
data, not expressions: Terraform takes the texts of a `.tfvars.json` file as they are, so nothing is escaped here.
"""

from __future__ import annotations

import json
from typing import Any

from iamc.emit.deployment import Deployment
from iamc.emit.names import label
from iamc.emit.permission_sets import PermissionSet, Sets, permission_sets
from iamc.emit.sets_terraform import reference
from iamdsl.diagnostics import Diagnostic

FOLDER = "modules"


def modules(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """`cloudposse-sso.auto.tfvars.json`, and `aws-ia/SET.json` for each set."""
    sets = permission_sets(deployment)
    files: dict[str, str] = {}
    if sets.sets:
        files[f"{FOLDER}/cloudposse-sso.auto.tfvars.json"] = _rendered(_cloudposse(deployment, sets))
        for made in sets.sets:
            files[f"{FOLDER}/aws-ia/{label(made.name)}.json"] = _rendered(_aws_ia(deployment, sets, made))
    return files, list(sets.problems)


def _rendered(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def _cloudposse(deployment: Deployment, sets: Sets) -> dict[str, Any]:
    return {
        "permission_sets": [
            {
                "name": made.name,
                "description": made.description,
                "relay_state": sets.relay_state,
                "session_duration": made.duration,
                "tags": dict(deployment.targets.tags),
                "inline_policy": made.inline,
                "policy_attachments": list(made.managed),
                "customer_managed_policy_attachments": [
                    {"name": name, "path": deployment.targets.path} for name in made.references
                ],
            }
            for made in sets.sets
        ],
        "account_assignments": [
            {
                "account": assignment.account,
                "permission_set_name": made.name,
                "principal_type": assignment.kind,
                "principal_name": _principal_name(deployment, assignment.kind, assignment.name),
            }
            for made in sets.sets
            for assignment in made.assignments
        ],
    }


def _principal_name(deployment: Deployment, kind: str, name: str) -> str:
    """The group or user as the identity store calls it: the module looks the id up itself."""
    organisation = deployment.organisation
    return organisation.teams[name].group if kind == "GROUP" else organisation.people[name].email


def _aws_ia(deployment: Deployment, sets: Sets, made: PermissionSet) -> dict[str, Any]:
    path = deployment.targets.path
    return {
        "Name": made.name,
        "Comment": made.description,
        "Description": made.description,
        "SessionDuration": made.duration,
        "ManagedPolicies": list(made.managed),
        "CustomerPolicies": [f"{path}{name}" if path != "/" else name for name in made.references],
        "CustomPolicy": json.loads(made.inline) if made.inline else {},
        "PermissionBoundary": _boundary(deployment, made),
        "Assignments": [
            {
                "all_accounts": False,
                "principal": _principal_name(deployment, a.kind, a.name),
                "type": a.kind,
                "account_id": [a.account],
                "account_ou": [],
                "account_tag": [],
            }
            for a in made.assignments
        ],
    }


def _boundary(deployment: Deployment, made: PermissionSet) -> dict[str, str]:
    if not made.boundary:
        return {}
    if ":iam::aws:" in made.boundary:
        return {"PolicyType": "AWS", "Policy": made.boundary}
    named = reference(deployment, made.boundary)
    return {"PolicyType": "CUSTOMER", "Policy": f"{named['path']}{named['name']}"}
