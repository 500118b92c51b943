"""Terraform as `.tf.json`: roles, policies, exclusive attachments, boundaries and alerts.

There is no `terraform` block: versions, state and provider are the user's, in a file beside these. Every text goes
through `escaped`, so that `${aws:PrincipalTag/team}` reaches AWS as it is and a description is never evaluated.
Attachments are exclusive: a policy that somebody attaches by hand shows in the next plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from iamc.emit.alerts import Alerts, Rule, alerts_of, topic_policy
from iamc.emit.deployment import AccountPlan, Deployment, PolicyPlan, RolePlan
from iamc.emit.names import NOTE, label
from iamc.emit.refusals import of_roles
from iamc.passes.document import compact
from iamdsl.diagnostics import Diagnostic

Resources = dict[str, dict[str, Any]]
"""Resource type to label to arguments."""


class Expression(str):
    """A reference of ours, the only text that Terraform shall evaluate."""

    __slots__ = ()


def escaped(value: Any) -> Any:
    """The value with every `${` and `%{` of its texts and keys made plain, expressions of ours left."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {escaped(key): escaped(item) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [escaped(item) for item in value]
    return value


def rendered(resources: Resources) -> str:
    """The text of a `.tf.json` file."""
    return written({"resource": escaped(resources)})


def written(content: Mapping[str, Any]) -> str:
    """The text of a file whose content is escaped already, with a comment for whoever opens it."""
    return json.dumps({"//": NOTE, **content}, indent=2) + "\n"


def terraform(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """One folder for the roles of each account, one for its alerts."""
    files: dict[str, str] = {}
    for account in deployment.accounts:
        files[f"terraform/accounts/{account.name}/iam.tf.json"] = rendered(_roles(deployment, account))
        alerts = alerts_of(deployment, account, permission_sets=False)
        if alerts.rules:
            files[f"terraform/alerts/{account.name}/alerts.tf.json"] = rendered(alert_resources(deployment, alerts))
    return files, list(of_roles(deployment))


def _roles(deployment: Deployment, account: AccountPlan) -> Resources:
    out: Resources = {}
    policies = [policy for role in account.roles for policy in role.policies]
    add_policies(out, deployment, [*policies, *account.boundaries])
    boundaries = {policy.name for policy in account.boundaries}
    for role in account.roles:
        name = label(role.name)
        boundary = _policy_arn(role.boundary) if role.boundary in boundaries else role.boundary
        put(out, "aws_iam_role", name, _role(deployment, role, boundary))
        attached: dict[str, str] = {policy.name: _policy_arn(policy.name) for policy in role.policies}
        attached |= {arn.rpartition("/")[2]: arn for arn in role.managed}
        for policy, arn in attached.items():
            arguments = {"role": Expression(f"${{aws_iam_role.{name}.name}}"), "policy_arn": arn}
            put(out, "aws_iam_role_policy_attachment", f"{name}_{label(policy)}", arguments)
        own = {"role_name": Expression(f"${{aws_iam_role.{name}.name}}")}
        arns = sorted(attached.values())
        put(out, "aws_iam_role_policy_attachments_exclusive", name, {**own, "policy_arns": arns})
        put(out, "aws_iam_role_policies_exclusive", name, {**own, "policy_names": []})
    return out


def _role(deployment: Deployment, role: RolePlan, boundary: str) -> dict[str, Any]:
    return {
        "name": role.name,
        "path": deployment.targets.path,
        **({"description": role.description} if role.description else {}),
        "max_session_duration": role.session,
        "assume_role_policy": role.trust,
        **({"permissions_boundary": boundary} if boundary else {}),
        **tags(deployment),
    }


def add_policies(out: Resources, deployment: Deployment, policies: Iterable[PolicyPlan]) -> None:
    """Enter customer-managed policies."""
    for policy in policies:
        arguments = {
            "name": policy.name,
            "path": deployment.targets.path,
            "description": policy.description,
            "policy": policy.text,
            **tags(deployment),
        }
        put(out, "aws_iam_policy", label(policy.name), arguments)


def tags(deployment: Deployment) -> dict[str, dict[str, str]]:
    """The tags argument, where there are tags."""
    return {"tags": dict(deployment.targets.tags)} if deployment.targets.tags else {}


def alert_resources(deployment: Deployment, alerts: Alerts) -> Resources:
    """The rules of one account, and the topics that they tell."""
    out: Resources = {}
    key = {"kms_master_key_id": deployment.targets.alert_key} if deployment.targets.alert_key else {}
    for topic in alerts.topics:
        name = label(topic.name)
        arn = Expression(f"${{aws_sns_topic.{name}.arn}}")
        put(out, "aws_sns_topic", name, {"name": topic.name, **key, **tags(deployment)})
        put(out, "aws_sns_topic_policy", name, {"arn": arn, "policy": Expression(compact(topic_policy(arn)))})
        subscription = {"topic_arn": arn, "protocol": topic.protocol, "endpoint": topic.address}
        put(out, "aws_sns_topic_subscription", name, subscription)
    for rule in alerts.rules:
        _rule(out, deployment, rule)
    return out


def _rule(out: Resources, deployment: Deployment, rule: Rule) -> None:
    name = label(rule.name)
    arguments = {"name": rule.name, "description": rule.description, "event_pattern": rule.pattern}
    put(out, "aws_cloudwatch_event_rule", name, {**arguments, **tags(deployment)})
    ours = [Expression(f"${{aws_sns_topic.{label(topic)}.arn}}") for topic in rule.topics]
    for number, arn in enumerate([*ours, *rule.arns], 1):
        target = {"rule": Expression(f"${{aws_cloudwatch_event_rule.{name}.name}}"), "arn": arn}
        put(out, "aws_cloudwatch_event_target", f"{name}_{number}", {**target, "target_id": f"topic-{number}"})


def _policy_arn(name: str) -> Expression:
    return Expression(f"${{aws_iam_policy.{label(name)}.arn}}")


def put(out: Resources, kind: str, name: str, arguments: dict[str, Any]) -> None:
    """Enter one resource; a label that is taken, as `a_b_c` of `a_b` and `a`, gets a `_` more."""
    held = out.setdefault(kind, {})
    while name in held:
        name += "_"
    held[name] = arguments
