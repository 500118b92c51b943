"""The syntax tree: what a file says, before any name is looked up.

Both front ends build it. Every node carries the span that it was written at; spans do not take part in
comparisons, so two trees are equal when they say the same. `Text` is a literal that may still hold `${name}`
interpolations. Order is the author's everywhere.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from iamdsl.source import Span
from iamdsl.values import dataclass

# atoms ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """A plain name where it is declared or listed."""

    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A literal: string, duration, number, date or ARN; `${...}` not yet replaced."""

    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """A use of a declared name, dotted when it is reached through an import or a resources block."""

    parts: tuple[str, ...]
    span: Span = field(compare=False, repr=False)

    @property
    def text(self) -> str:
        """The name as written, dots included."""
        return ".".join(self.parts)


# access and targets --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelAccess:
    """An access level: list, read, read-config, read-data, write, tagging or permissions-management."""

    level: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ActionAccess:
    """An action as written, such as `s3:GetObject` or `s3:Get*`; or `*`, every action of every service."""

    pattern: str
    span: Span = field(compare=False, repr=False)


AccessItem: TypeAlias = LevelAccess | ActionAccess | Ref
"""A `Ref` among access items names an `actions` declaration."""


@dataclass(frozen=True, slots=True)
class ArnTarget:
    """An ARN, bare or quoted."""

    arn: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """`service ec2, ecs`: the actions of those services on `*`.

    `wildcard_only` keeps to the actions that cannot be restricted to a resource. A name is an IAM prefix, the name
    of a `services` declaration, or `all`.
    """

    services: tuple[Ref, ...]
    wildcard_only: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EverythingTarget:
    """`*`, written out."""

    span: Span = field(compare=False, repr=False)


Target: TypeAlias = Ref | ArnTarget | ServiceTarget | EverythingTarget
"""A `Ref` among targets names a resource, or all of a resources block."""


# conditions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. `word` says which form was written.

    `mfa`, `mfa-within`, `tag`, `principal-tag`, `request-tag`, `region`, `ip`, `vpce`, `org`, `via`, `before`, `after`
    or `key`. `key` is the tag's name, or the condition key of the `key` form; `operator` is set for that form only:
    `==`, `!=`, `like`, `not-like`, `<`, `<=`, `>`, `>=`, `exists`, `absent` or an IAM operator such as
    `ForAnyValue:StringLike`.
    """

    word: str
    key: str
    operator: str
    values: tuple[Text, ...]
    span: Span = field(compare=False, repr=False)


# statements ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """`allow ACCESS on TARGETS [with dependents] [without ACTIONS] [when CONDITIONS] [until DATE]`, or `deny`."""

    effect: str
    access: tuple[AccessItem, ...]
    targets: tuple[Target, ...]
    dependents: bool
    without: tuple[ActionAccess | Ref, ...]
    when: tuple[Condition, ...]
    until: Text | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pass:
    """`pass ROLES to SERVICES [when ...]`: iam:PassRole on those roles, to those service principals only."""

    roles: tuple[Target, ...]
    services: tuple[Text, ...]
    when: tuple[Condition, ...]
    until: Text | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Assume:
    """`assume ROLES [when ...]`: sts:AssumeRole on those roles, a role chain."""

    roles: tuple[Target, ...]
    when: tuple[Condition, ...]
    until: Text | None
    span: Span = field(compare=False, repr=False)


# fields of tiers and roles -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Describe:
    """`describe "..."`."""

    text: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """`session 1h`: the longest session of the role."""

    duration: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """`alert page "pagerduty:security"`: who hears of each use, by which channel."""

    channel: Name
    destination: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Require:
    """`require mfa, reason`: what a person must bring."""

    words: tuple[Name, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Use:
    """`use other-role`: everything that the other role may do."""

    roles: tuple[Ref, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Managed:
    """`managed "ReadOnlyAccess"`: an AWS managed policy by name, or any managed policy by ARN."""

    policies: tuple[Text, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Boundary:
    """`boundary "name-or-arn"`: the permissions boundary of the role."""

    policy: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exclude:
    """`exclude ACTIONS`: taken from every allow of the role, whatever line asked for it."""

    actions: tuple[ActionAccess | Ref, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """`ceiling ACCESS [except ACCESS]`: what no role of the tier may exceed."""

    access: tuple[AccessItem, ...]
    exceptions: tuple[AccessItem, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Generalise:
    """`generalise ARNS`: resources that fit one of these patterns may be written as the pattern, to save space."""

    arns: tuple[ArnTarget, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """`acknowledge CODE "reason"`: a lint finding that the owner accepts for this role."""

    code: Name
    reason: Text
    span: Span = field(compare=False, repr=False)


Field: TypeAlias = (
    Statement
    | Pass
    | Assume
    | Describe
    | Session
    | Alert
    | Require
    | Use
    | Managed
    | Boundary
    | Exclude
    | Ceiling
    | Generalise
    | Acknowledge
)


# declarations --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edition:
    """`edition 1`."""

    number: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Import:
    """`import "org.iamdsl" [as org]`; without `as` the names come in unqualified."""

    path: Text
    alias: Name | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Let:
    """`let region = "eu-west-1"`, used as `${region}`."""

    name: Name
    value: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """`account prod 111122223333 { alias "acme-prod" class production }`."""

    name: Name
    number: Text
    alias: Text | None
    klass: Name | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """`ana ana@acme.example`."""

    name: Name
    email: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class People:
    """`people { ... }`."""

    persons: tuple[Person, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Team:
    """`team payments { members ana, bo  group "okta:eng"  owner ana }`."""

    name: Name
    members: tuple[Ref, ...]
    group: Text | None
    owner: Ref | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Resource:
    """`table [for prod] ARN, ARN` inside a resources block. No accounts means those of the block."""

    name: Name
    accounts: tuple[Ref, ...]
    arns: tuple[ArnTarget, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Resources:
    """`resources orders [for prod, staging] { ... }`."""

    name: Name
    accounts: tuple[Ref, ...]
    resources: tuple[Resource, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Actions:
    """`actions run-queries = athena:StartQueryExecution, athena:Get*`: a capability by name."""

    name: Name
    actions: tuple[ActionAccess | Ref, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Services:
    """`services analytics = athena, glue`."""

    name: Name
    services: tuple[Ref, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tier:
    """`tier viewer { ... }`: defaults, inherited statements and a ceiling."""

    name: Name
    fields: tuple[Field, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Role:
    """`role payments-viewer : org.viewer [break-glass] { ... }`; a tier is not compulsory."""

    name: Name
    tier: Ref | None
    break_glass: bool
    fields: tuple[Field, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """`grant ROLES to WHO [in ACCOUNTS] [{ until, reason, approval by }]`."""

    roles: tuple[Ref, ...]
    to: tuple[Ref, ...]
    accounts: tuple[Ref, ...]
    until: Text | None
    reason: Text | None
    approval: Ref | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ExpectAccess:
    """`expect deny iam:* [on TARGETS] [when CONDITIONS]`: no targets means anything in scope."""

    effect: str
    actions: tuple[ActionAccess | Ref, ...]
    targets: tuple[Target, ...]
    when: tuple[Condition, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ExpectSize:
    """`expect policies <= 2` or `expect characters <= 6144`."""

    metric: str
    limit: Text
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """`role payments-power [in prod]`: what the expectations of a check are about."""

    roles: tuple[Ref, ...]
    accounts: tuple[Ref, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Check:
    """`check "..." { role ...  expect ... }`."""

    title: Text
    subjects: tuple[Subject, ...]
    expectations: tuple[ExpectAccess | ExpectSize, ...]
    span: Span = field(compare=False, repr=False)


Declaration: TypeAlias = (
    Import | Let | Account | People | Team | Resources | Actions | Services | Tier | Role | Grant | Check
)


@dataclass(frozen=True, slots=True)
class File:
    """One file. `origin` is `iamdsl`, `yaml` or `policy-sentry`."""

    path: str
    edition: Edition | None
    declarations: tuple[Declaration, ...]
    origin: str
    span: Span = field(compare=False, repr=False)
