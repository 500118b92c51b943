"""Alerts on the use of roles: EventBridge rules that tell SNS topics, in no tool's words.

An AssumeRole event is recorded in the region of the STS endpoint that answered, and sign-in through SAML mostly in
us-east-1. So alerts have files of their own, to be deployed in every region that people sign in through.
Sources: EventBridge user guide, "AWS service events delivered via CloudTrail" and "Comparison operators".
"""

from __future__ import annotations

from typing import Any

from iamc.emit.deployment import AccountPlan, Deployment, RolePlan
from iamc.emit.names import label
from iamc.emit.targets import Targets
from iamc.passes.document import VERSION, compact
from iamdsl.values import dataclass

EVENTS = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of ours with its one subscriber."""

    name: str
    protocol: str
    address: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Tells of one role: `topics` are names of ours, `arns` topics that exist; `pattern` is compact JSON."""

    name: str
    description: str
    pattern: str
    topics: tuple[str, ...]
    arns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alerts:
    """The rules and topics of one account."""

    rules: tuple[Rule, ...]
    topics: tuple[Topic, ...]


def alerts_of(deployment: Deployment, account: AccountPlan, *, permission_sets: bool) -> Alerts:
    """The alerts of an account's roles, which are our own or those that IAM Identity Center makes."""
    topics: dict[str, Topic] = {}
    rules: list[Rule] = []
    for role in account.roles:
        ours, theirs = topics_of(role, deployment.targets), _existing(role)
        if ours or theirs:
            topics.update((topic.name, topic) for topic in ours)
            arn = _wildcard(deployment, account, role) if permission_sets else _exact(deployment, account, role)
            names = tuple(topic.name for topic in ours)
            rules.append(Rule(role.name, f"Tells of each use of {role.name}.", _pattern(arn), names, theirs))
    return Alerts(tuple(rules), tuple(topics[name] for name in sorted(topics)))


def topics_of(role: RolePlan, targets: Targets) -> tuple[Topic, ...]:
    """The topics of ours that a role's alerts need, by name."""
    found: dict[str, Topic] = {}
    for alert in role.alerts:
        name = f"{targets.prefix}alert-{label(alert.destination)}{targets.suffix}"
        protocol, _, rest = alert.endpoint.partition(":")
        if protocol in ("https", "mailto"):
            mail = protocol == "mailto"
            found[name] = Topic(name, "email" if mail else "https", rest if mail else alert.endpoint)
    return tuple(found[name] for name in sorted(found))


def _existing(role: RolePlan) -> tuple[str, ...]:
    return tuple(sorted({alert.endpoint for alert in role.alerts if alert.endpoint.startswith("arn:")}))


def _exact(deployment: Deployment, account: AccountPlan, role: RolePlan) -> Any:
    arn = deployment.arn(account, "role", role.name)
    return arn if account.account else {"wildcard": arn}


def _wildcard(deployment: Deployment, account: AccountPlan, role: RolePlan) -> Any:
    """Identity Center puts its roles on a path of its own, and a random part behind their names."""
    home = f"arn:{deployment.targets.partition}:iam::{account.number}:role/aws-reserved/sso.amazonaws.com"
    return {"wildcard": f"{home}/*AWSReservedSSO_{role.name}_*"}


def _pattern(arn: Any) -> str:
    return compact(
        {
            "source": ["aws.sts"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventSource": ["sts.amazonaws.com"],
                "eventName": list(EVENTS),
                "requestParameters": {"roleArn": [arn]},
            },
        }
    )


def topic_policy(arn: Any) -> dict[str, Any]:
    """Lets EventBridge publish to a topic; the owner keeps what AWS gives owners by default."""
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": arn,
            }
        ],
    }
