"""CloudFormation templates in JSON: roles, policies, boundaries and alerts.

No intrinsic function takes a text of the user's (`Fn::Sub` would read `${...}` in it), only names of resources.
A role lists its policies itself, so a stack's drift shows what somebody attached by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from iamc.emit.alerts import Alerts, alerts_of, topic_policy
from iamc.emit.deployment import AccountPlan, Deployment, PolicyPlan, RolePlan
from iamc.emit.names import NOTE, logical_id
from iamc.emit.refusals import of_roles
from iamc.limits import count_problem
from iamdsl.diagnostics import Diagnostic

Resources = dict[str, Any]
"""Logical id to resource."""


def rendered(description: str, resources: Resources) -> str:
    """The text of a template."""
    says = f"{description} {NOTE}"
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Description": says, "Resources": resources}
    return json.dumps(template, indent=2, sort_keys=True) + "\n"


def cloudformation(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """One template for the roles of each account, one for its alerts."""
    files: dict[str, str] = {}
    problems = list(of_roles(deployment))
    for account in deployment.accounts:
        resources = _roles(deployment, account)
        files[f"cloudformation/accounts/{account.name}.json"] = rendered("Roles for people.", resources)
        alerts = alerts_of(deployment, account, permission_sets=False)
        if alerts.rules:
            text = rendered("Alerts on the use of roles.", alert_resources(deployment, alerts))
            files[f"cloudformation/alerts/{account.name}.json"] = text
        problems += too_large(account.name, resources)
    return files, problems


def too_large(name: str, resources: Resources) -> list[Diagnostic]:
    """Why CloudFormation would refuse a stack of this size, if it would."""
    size = len(json.dumps(resources))
    found = (
        count_problem("stack-resources", len(resources), f"the stack of `{name}`", None),
        count_problem("stack-template-bytes", size, f"the stack of `{name}`", None),
    )
    return [problem for problem in found if problem]


def _roles(deployment: Deployment, account: AccountPlan) -> Resources:
    out: Resources = {}
    policies = [policy for role in account.roles for policy in role.policies]
    add_policies(out, deployment, [*policies, *account.boundaries])
    boundaries = {policy.name for policy in account.boundaries}
    for role in account.roles:
        boundary: Any = _policy(role.boundary) if role.boundary in boundaries else role.boundary
        out[logical_id(role.name, "Role")] = {"Type": "AWS::IAM::Role", "Properties": _role(deployment, role, boundary)}
    return out


def _role(deployment: Deployment, role: RolePlan, boundary: Any) -> dict[str, Any]:
    return {
        "RoleName": role.name,
        "Path": deployment.targets.path,
        **({"Description": role.description} if role.description else {}),
        "MaxSessionDuration": role.session,
        "AssumeRolePolicyDocument": json.loads(role.trust or "{}"),
        "ManagedPolicyArns": [*(_policy(policy.name) for policy in role.policies), *role.managed],
        **({"PermissionsBoundary": boundary} if boundary else {}),
        **tags(deployment),
    }


def add_policies(out: Resources, deployment: Deployment, policies: Iterable[PolicyPlan]) -> None:
    """Enter customer-managed policies."""
    for policy in policies:
        out[logical_id(policy.name, "Policy")] = {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": policy.name,
                "Path": deployment.targets.path,
                "Description": policy.description,
                "PolicyDocument": json.loads(policy.text),
            },
        }


def tags(deployment: Deployment) -> dict[str, list[dict[str, str]]]:
    """The Tags property, where there are tags."""
    found = [{"Key": key, "Value": value} for key, value in deployment.targets.tags]
    return {"Tags": found} if found else {}


def alert_resources(deployment: Deployment, alerts: Alerts) -> Resources:
    """The rules of one account, and the topics that they tell."""
    out: Resources = {}
    key = {"KmsMasterKeyId": deployment.targets.alert_key} if deployment.targets.alert_key else {}
    for topic in alerts.topics:
        ref = {"Ref": logical_id(topic.name, "Topic")}
        subscription = {"Protocol": topic.protocol, "Endpoint": topic.address}
        properties = {"TopicName": topic.name, "Subscription": [subscription], **key, **tags(deployment)}
        out[ref["Ref"]] = {"Type": "AWS::SNS::Topic", "Properties": properties}
        out[logical_id(topic.name, "TopicPolicy")] = {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [ref], "PolicyDocument": topic_policy(ref)},
        }
    for rule in alerts.rules:
        arns = [*({"Ref": logical_id(topic, "Topic")} for topic in rule.topics), *rule.arns]
        out[logical_id(rule.name, "Rule")] = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": rule.name,
                "Description": rule.description,
                "EventPattern": json.loads(rule.pattern),
                "Targets": [{"Arn": arn, "Id": f"topic-{number}"} for number, arn in enumerate(arns, 1)],
            },
        }
    return out


def _policy(name: str) -> dict[str, str]:
    return {"Ref": logical_id(name, "Policy")}
