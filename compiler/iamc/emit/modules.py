"""Inputs of two modules for permission sets that people already use.

Shapes: cloudposse/terraform-aws-sso, the variables of `modules/permission-sets` and `modules/account-assignments`;
aws-ia/terraform-aws-permission-sets, the templates of `examples/basic`.
"""

from __future__ import annotations

import json
from typing import Any

from iamc.emit.deployment import Deployment
from iamc.emit.names import label
from iamc.emit.permission_sets import Assignment, PermissionSet, Sets, permission_sets
from iamc.emit.sets_terraform import reference
from iamc.emit.terraform import Expression, escaped, written
from iamdsl.diagnostics import Diagnostic, report


def cloudposse_sso(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """Two locals, to hand to the modules: `permission_sets` and `account_assignments`.

    An assignment names the ARN of its set, which only the first module knows: `module.permission_sets`.
    """
    sets = permission_sets(deployment)
    content = {
        "permission_sets": [_set(deployment, sets, made) for made in sets.sets],
        "account_assignments": [
            {
                "account": assignment.account,
                "permission_set_name": made.name,
                "permission_set_arn": _arn(made),
                "principal_type": assignment.kind,
                "principal_name": _principal(deployment, assignment),
            }
            for made in sets.sets
            for assignment in made.assignments
        ],
    }
    text = written({"locals": escaped(content)})
    return ({"cloudposse-sso/locals.tf.json": text} if sets.sets else {}), list(sets.problems)


def _arn(made: PermissionSet) -> Expression:
    name = json.dumps(escaped(made.name))
    return Expression(f"${{module.permission_sets.permission_sets[{name}].arn}}")


def _rendered(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def _set(deployment: Deployment, sets: Sets, made: PermissionSet) -> dict[str, Any]:
    path = deployment.targets.path
    return {
        "name": made.name,
        "description": made.description,
        "relay_state": sets.relay_state,
        "session_duration": made.duration,
        "tags": dict(deployment.targets.tags),
        "inline_policy": made.inline,
        "policy_attachments": list(made.managed),
        "customer_managed_policy_attachments": [{"name": name, "path": path} for name in made.references],
    }


def _principal(deployment: Deployment, assignment: Assignment) -> str:
    """The group or user as the identity store calls it: the modules look the id up themselves."""
    organisation = deployment.organisation
    teams, people = organisation.teams, organisation.people
    return teams[assignment.name].group if assignment.kind == "GROUP" else people[assignment.name].email


def aws_ia_permission_sets(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """One template for each set. The module reads them as data, so nothing is escaped."""
    sets = permission_sets(deployment)
    problems = list(sets.problems)
    if deployment.targets.path != "/":
        problems.append(
            report(
                "IAM570",
                f"this module knows policies on the path `/` only, not on `{deployment.targets.path}`",
                deployment.targets.place("names", "path"),
                help="leave out `names.path`, or use another target for permission sets",
            )
        )
    files = {
        f"aws-ia-permission-sets/{label(made.name)}.json": _rendered(_template(deployment, made)) for made in sets.sets
    }
    return files, problems


def _template(deployment: Deployment, made: PermissionSet) -> dict[str, Any]:
    return {
        "Name": made.name,
        "Comment": f"Holds what role {made.name} may do.",
        "Description": made.description or made.name,
        "SessionDuration": made.duration,
        "ManagedPolicies": list(made.managed),
        "CustomerPolicies": list(made.references),
        "CustomPolicy": json.loads(made.inline) if made.inline else {},
        "PermissionBoundary": _boundary(deployment, made),
        "Tags": dict(deployment.targets.tags),
        "Assignments": [
            {
                "all_accounts": False,
                "principal": _principal(deployment, assignment),
                "type": assignment.kind,
                "account_id": [assignment.account],
                "account_ou": [],
                "account_tag": [],
            }
            for assignment in made.assignments
        ],
    }


def _boundary(deployment: Deployment, made: PermissionSet) -> dict[str, str]:
    if ":iam::aws:" in made.boundary:
        return {"ManagedPolicy": made.boundary, "CustomerPolicy": ""}
    name = reference(deployment, made.boundary)["name"] if made.boundary else ""
    return {"ManagedPolicy": "", "CustomerPolicy": name}
