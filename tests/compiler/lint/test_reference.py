"""The reference of Access Analyzer's policy checks, check by check: `docs/lint.md` says which code tells what.

For each check that is done here stands a policy with that one fault. It fires the code of the table and no other.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from iamc.catalog import Catalog
from iamc.lint.policy import lint_policy
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.quotas import quotas
from iamc.sensitivity import Sensitivity
from iamc.verify.universe import Universe
from iamdsl.codes import CODES
from iamdsl.source import Source

TABLE = Path(__file__).parents[3] / "docs/lint.md"
ROW = re.compile(r"^\| ([A-Z][A-Z0-9]*_[A-Z0-9_]+) \| (\w[^|]*) \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall(TABLE.read_text(encoding="utf-8"))
"""Check, how, and the code or why not."""

ACCOUNT = "111122223333"
OBJECT: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"}
ASSUME: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/deployer"},
}
GITHUB = "token.actions.githubusercontent.com"
RCP: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def policy(*statements: dict[str, Any], **top: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **top}, indent=1)


def given(base: dict[str, Any] = OBJECT, **changes: Any) -> str:
    return policy({key: value for key, value in {**base, **changes}.items() if value is not None})


UNTAGGED = "s3:ListAllMyBuckets"
"""An action that no tag of a resource can restrict."""


def when(operator: str, key: str, value: object, **changes: Any) -> str:
    return given(Condition={operator: {key: value}}, **changes)


def to(principal: object, **changes: Any) -> str:
    return given(ASSUME, Principal=principal, **changes)


def federated(name: str, **changes: Any) -> str:
    changes = {"Action": "sts:AssumeRoleWithWebIdentity", **changes}
    return to({"Federated": name}, **changes)


def github(subject: str) -> str:
    name = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
    return federated(name, Condition={"StringLike": {f"{GITHUB}:sub": subject}})


def shared(principal: object, **changes: Any) -> str:
    return given({**OBJECT, "Principal": principal}, **changes)


def rcp(condition: dict[str, Any] | None = None, **changes: Any) -> str:
    return given(RCP, **({"Condition": condition} if condition else {}), **changes)


PEOPLE = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
BIG = [f"arn:aws:s3:::orders-{n:0100}/*" for n in range(60)]
TAG = "aws:PrincipalTag/team"
WIDE_ROLE = "arn:aws:iam::*:role/*"

CASES: dict[str, tuple[str, str]] = {
    # errors
    "ARN_ACCOUNT_NOT_ALLOWED": ("managed-policy", given(Action="s3:ListBucket", Resource=f"arn:aws:s3::{ACCOUNT}:b")),
    "ARN_REGION_NOT_ALLOWED": (
        "managed-policy",
        given(Action="iam:GetUser", Resource=f"arn:aws:iam:eu-west-1:{ACCOUNT}:user/x"),
    ),
    "DATA_TYPE_MISMATCH": ("managed-policy", given(Action=7)),
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE": (
        "managed-policy",
        given(Condition={"StringEquals": {TAG: "a", TAG.lower(): "b"}}),
    ),
    "INVALID_ACTION": ("managed-policy", given(Action="s3:GetObjekt")),
    "INVALID_ARN_ACCOUNT": ("managed-policy", given(Action="sqs:SendMessage", Resource="arn:aws:sqs:eu-west-1:123:q")),
    "INVALID_ARN_PREFIX": ("managed-policy", given(Resource="aws:s3:::orders/*")),
    "INVALID_ARN_REGION": (
        "managed-policy",
        given(Action="sqs:SendMessage", Resource=f"arn:aws:sqs:cn-north-1:{ACCOUNT}:q"),
    ),
    "INVALID_ARN_RESOURCE": (
        "managed-policy",
        given(Action="dynamodb:GetItem", Resource=f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:tables/x"),
    ),
    "INVALID_ARN_SERVICE_CASE": ("managed-policy", given(Resource="arn:aws:S3:::orders/*")),
    "INVALID_CONDITION_DATA_TYPE": ("managed-policy", when("StringEquals", TAG, ["a", True])),
    "INVALID_CONDITION_KEY_FORMAT": ("managed-policy", when("StringEquals", "team", "a")),
    "INVALID_CONDITION_MULTIPLE_BOOLEAN": ("managed-policy", when("Bool", "aws:SecureTransport", ["true", "false"])),
    "INVALID_CONDITION_OPERATOR": ("managed-policy", when("StringEqual", TAG, "a")),
    "INVALID_EFFECT": ("managed-policy", given(Effect="allow")),
    "INVALID_GLOBAL_CONDITION_KEY": ("managed-policy", when("StringEquals", "aws:PrincipleTag/team", "a")),
    "INVALID_PARTITION": ("managed-policy", given(Resource="arn:aw:s3:::orders/*")),
    "INVALID_POLICY_ELEMENT": ("managed-policy", given(Resources="*")),
    "INVALID_PRINCIPAL_FORMAT": ("trust-policy", to({"AWS": "deployer"})),
    "INVALID_PRINCIPAL_KEY": ("trust-policy", to({"Aws": ACCOUNT})),
    "INVALID_REGION": ("managed-policy", when("StringEquals", "aws:RequestedRegion", "eu-west")),
    "INVALID_SERVICE": ("managed-policy", given(Resource="arn:aws:s33:::orders/*")),
    "INVALID_SERVICE_CONDITION_KEY": ("managed-policy", when("StringEquals", "s3:prefixes", "a")),
    "INVALID_SERVICE_IN_ACTION": ("managed-policy", given(Action="s33:GetObject")),
    "INVALID_VARIABLE_FOR_OPERATOR": (
        "managed-policy",
        when("NumericLessThan", "aws:MultiFactorAuthAge", "${aws:PrincipalTag/age}"),
    ),
    "INVALID_VERSION": ("managed-policy", policy(OBJECT, Version="2026-01-01")),
    "JSON_SYNTAX_ERROR": ("managed-policy", given()[:-3]),
    "MISSING_ACTION": ("managed-policy", given(Action=None)),
    "MISSING_ARN_FIELD": ("managed-policy", given(Resource="arn:aws:s3:orders")),
    "MISSING_ARN_REGION": ("managed-policy", given(Action="sqs:SendMessage", Resource=f"arn:aws:sqs::{ACCOUNT}:q")),
    "MISSING_EFFECT": ("managed-policy", given(Effect=None)),
    "MISSING_PRINCIPAL": ("resource-policy", given()),
    "MISSING_QUALIFIER": (
        "managed-policy",
        when("StringEquals", "aws:TagKeys", "a", Action="sqs:TagQueue", Resource=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"),
    ),
    "MISSING_RESOURCE": ("managed-policy", given(Resource=None)),
    "MISSING_STATEMENT": ("managed-policy", '{"Version": "2012-10-17"}'),
    "NULL_WITH_IF_EXISTS": ("managed-policy", when("NullIfExists", TAG, "true")),
    "SCP_SYNTAX_ERROR_PRINCIPAL": ("scp", given(Effect="Deny", Principal="*")),
    "UNIQUE_SIDS_REQUIRED": (
        "managed-policy",
        policy({**OBJECT, "Sid": "A"}, {**OBJECT, "Sid": "A", "Action": "s3:PutObject"}),
    ),
    "UNSUPPORTED_ELEMENT_COMBINATION": ("managed-policy", given(NotAction="s3:PutObject")),
    "UNSUPPORTED_GLOBAL_CONDITION_KEY": ("managed-policy", when("ArnEquals", "aws:ARN", "arn:aws:iam::*:root")),
    "UNSUPPORTED_PRINCIPAL": ("managed-policy", given(Principal={"AWS": ACCOUNT})),
    "UNSUPPORTED_SID": ("managed-policy", given(Sid="read the orders")),
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL": ("trust-policy", to({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"})),
    "MISSING_BRACE_IN_VARIABLE": ("managed-policy", given(Resource="arn:aws:s3:::orders/${aws:userid/*")),
    "MISSING_QUOTE_IN_VARIABLE": (
        "managed-policy",
        given(Resource="arn:aws:s3:::orders/${aws:PrincipalTag/team, 'all}/*"),
    ),
    "UNSUPPORTED_SPACE_IN_VARIABLE": ("managed-policy", given(Resource="arn:aws:s3:::orders/${aws: userid}/*")),
    "EMPTY_VARIABLE": ("managed-policy", given(Resource="arn:aws:s3:::orders/${}/*")),
    "VARIABLE_UNSUPPORTED_IN_ELEMENT": ("managed-policy", given(Action="s3:${aws:PrincipalTag/do}")),
    "VARIABLE_UNSUPPORTED_IN_VERSION": (
        "managed-policy",
        policy({**OBJECT, "Resource": "arn:aws:s3:::orders/${aws:userid}/*"}, Version="2008-10-17"),
    ),
    "PRIVATE_IP_ADDRESS": ("managed-policy", when("IpAddress", "aws:SourceIp", "10.1.0.0/16")),
    "PRIVATE_NOT_IP_ADDRESS": ("managed-policy", when("NotIpAddress", "aws:SourceIp", "192.168.0.0/16")),
    "POLICY_SIZE_EXCEEDS_SCP_QUOTA": ("scp", given(Effect="Deny", Resource=BIG)),
    "INVALID_SERVICE_PRINCIPAL_FORMAT": (
        "managed-policy",
        given(
            Action="iam:PassRole",
            Resource=f"arn:aws:iam::{ACCOUNT}:role/app",
            Condition={"StringEquals": {"iam:PassedToService": "ec2"}},
        ),
    ),
    "MISSING_TAG_KEY_IN_CONDITION": ("managed-policy", when("StringEquals", "aws:PrincipalTag/", "a")),
    "INVALID_VPC_FORMAT": ("managed-policy", when("StringEquals", "aws:SourceVpc", "vpc-12")),
    "INVALID_VPCE_FORMAT": ("managed-policy", when("StringEquals", "aws:SourceVpce", "vpc-12345678")),
    "FEDERATED_PRINCIPAL_NOT_SUPPORTED": ("resource-policy", shared({"Federated": "accounts.google.com"})),
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": ("managed-policy", when("StringLike", "s3:prefix", "home/*")),
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL": (
        "trust-policy",
        given(ASSUME, Effect="Deny", Principal=None, NotPrincipal={"AWS": ACCOUNT}),
    ),
    "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL": ("trust-policy", to("*")),
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE": ("trust-policy", given(ASSUME, Resource="*")),
    "TYPE_MISMATCH_IP_RANGE": ("managed-policy", when("IpAddress", "aws:SourceIp", "203.0.113.300")),
    "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY": ("trust-policy", federated("*")),
    "MISMATCHED_ACTION_FOR_PRINCIPAL": (
        "trust-policy",
        federated(f"arn:aws:iam::{ACCOUNT}:saml-provider/okta"),
    ),
    "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY": ("trust-policy", to({"Service": "rolesanywhere.amazonaws.com"})),
    "POLICY_SIZE_EXCEEDS_RCP_QUOTA": ("rcp", rcp(Resource=BIG)),
    "RCP_SYNTAX_ERROR_PRINCIPAL": ("rcp", rcp(Principal={"AWS": ACCOUNT})),
    "RCP_SYNTAX_ERROR_ALLOW": ("rcp", rcp(Effect="Allow", Resource="arn:aws:s3:::orders/*")),
    "RCP_SYNTAX_ERROR_NOTACTION": ("rcp", rcp(Action=None, NotAction="s3:*")),
    "RCP_SYNTAX_ERROR_ACTION": ("rcp", rcp(Action="s3:*Object")),
    "MISSING_ARN_ACCOUNT": ("managed-policy", given(Action="sqs:SendMessage", Resource="arn:aws:sqs:eu-west-1::q")),
    "INVALID_KMS_KEY_VALUE": (
        "managed-policy",
        when("StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", "alias/a", Action="s3:PutObject"),
    ),
    # general warnings
    "CREATE_SLR_WITH_NOT_RESOURCE": (
        "managed-policy",
        given(Action="iam:CreateServiceLinkedRole", Resource=None, NotResource=f"arn:aws:iam::{ACCOUNT}:role/a"),
    ),
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": (
        "managed-policy",
        given(Action="iam:Create*", Resource=None, NotResource=f"arn:aws:iam::{ACCOUNT}:role/a"),
    ),
    "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE": (
        "managed-policy",
        given(Action=None, NotAction="s3:*", Resource=None, NotResource=f"arn:aws:iam::{ACCOUNT}:role/a"),
    ),
    "CREATE_SLR_WITH_STAR_IN_RESOURCE": ("managed-policy", given(Action="iam:CreateServiceLinkedRole", Resource="*")),
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE": (
        "managed-policy",
        given(Action="iam:CreateService*", Resource=WIDE_ROLE),
    ),
    "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION": (
        "managed-policy",
        given(Action=None, NotAction="s3:*", Resource="*"),
    ),
    "DEPRECATED_GLOBAL_CONDITION_KEY": ("managed-policy", when("ArnLike", "aws:arn", f"arn:aws:iam::{ACCOUNT}:user/*")),
    "INVALID_ROLE_REFERENCE": ("trust-policy", to({"AWS": "AROAEXAMPLE1234567890"})),
    "INVALID_USER_REFERENCE": ("trust-policy", to({"AWS": "AIDAEXAMPLE1234567890"})),
    "MISSING_VERSION": ("managed-policy", json.dumps({"Statement": [OBJECT]})),
    "UNIQUE_SIDS_RECOMMENDED": (
        "resource-policy",
        policy(
            *({**OBJECT, "Sid": "A", "Principal": "*", "Action": f"s3:{verb}Object"} for verb in ("Get", "Put"))
        ),
    ),
    "WILDCARD_WITHOUT_LIKE_OPERATOR": ("managed-policy", when("StringEquals", TAG, "a*")),
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA": ("managed-policy", given(Resource=BIG)),
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA": (
        "resource-policy",
        shared({"AWS": ACCOUNT}, Resource=[f"arn:aws:s3:::orders-{n:0300}/*" for n in range(70)]),
    ),
    "TYPE_MISMATCH": ("managed-policy", when("StringEquals", "aws:SourceIp", "203.0.113.7")),
    "TYPE_MISMATCH_BOOLEAN": ("managed-policy", when("Bool", "aws:SecureTransport", "yes")),
    "TYPE_MISMATCH_DATE": ("managed-policy", when("DateLessThan", "aws:CurrentTime", "31.12.2026")),
    "TYPE_MISMATCH_NUMBER": ("managed-policy", when("NumericLessThan", "aws:MultiFactorAuthAge", "1h")),
    "TYPE_MISMATCH_STRING": ("managed-policy", when("BinaryEquals", TAG, "no base64!")),
    "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED": ("trust-policy", github("repo:acme/*")),
    "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA": (
        "trust-policy",
        to({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/deployer-{n:030}" for n in range(40)]}),
    ),
    "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY": ("rcp", rcp(PEOPLE)),
    "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY": (
        "rcp",
        rcp({"StringNotEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
    ),
    "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK": (
        "rcp",
        rcp(
            {
                "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "true"},
            }
        ),
    ),
    # security warnings
    "UNTRUSTWORTHY_CONDITION_KEY": ("managed-policy", when("StringLike", "aws:Referer", "https://acme.example/*")),
    "ALLOW_WITH_NOT_PRINCIPAL": (
        "resource-policy",
        given({**OBJECT, "NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/x"}}),
    ),
    "FORALLVALUES_WITH_SINGLE_VALUED_KEY": ("managed-policy", when("ForAllValues:StringEquals", TAG, "a")),
    "PASS_ROLE_WITH_NOT_RESOURCE": (
        "managed-policy",
        given(Action="iam:PassRole", Resource=None, NotResource=f"arn:aws:iam::{ACCOUNT}:role/a"),
    ),
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": (
        "managed-policy",
        given(Action="iam:Pass*", Resource=None, NotResource=f"arn:aws:iam::{ACCOUNT}:role/a"),
    ),
    "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE": (
        "managed-policy",
        given(Action=None, NotAction="ec2:*", Resource=None, NotResource=f"arn:aws:iam::{ACCOUNT}:role/a"),
    ),
    "PASS_ROLE_WITH_STAR_IN_RESOURCE": ("managed-policy", given(Action="iam:PassRole", Resource="*")),
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE": ("managed-policy", given(Action="iam:Pass*", Resource=WIDE_ROLE)),
    "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION": (
        "managed-policy",
        given(Action=None, NotAction="ec2:*", Resource="*"),
    ),
    "MISSING_PAIRED_CONDITION_KEYS": ("managed-policy", when("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8")),
    "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": (
        "managed-policy",
        when("StringEquals", "aws:ResourceTag/status", "secret", Effect="Deny", Action=UNTAGGED, Resource="*"),
    ),
    "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": (
        "managed-policy",
        when("StringEquals", "aws:ResourceTag/status", "secret", Effect="Deny", Action=None, NotAction="iam:*"),
    ),
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL": ("resource-policy", shared({"Service": "cloudtrail.amazonaws.com"})),
    "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL": ("trust-policy", federated("accounts.google.com")),
    "MISSING_GITHUB_REPO_CONDITION_KEY": (
        "trust-policy",
        federated(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"),
    ),
    "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS": (
        "managed-policy",
        when("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
    ),
    "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT": (
        "managed-policy",
        given(
            Action="dynamodb:GetItem",
            Resource=f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/t",
            Condition={
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "name"]},
                "Null": {"dynamodb:Attributes": "false"},
            },
        ),
    ),
    "S3_PREFIX_IN_NEGATIVE_CONTEXT": (
        "managed-policy",
        when("StringLike", "s3:prefix", "private/*", Effect="Deny", Action="s3:ListBucket", Resource="arn:aws:s3:::b"),
    ),
    "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE": (
        "trust-policy",
        federated(
            "accounts.google.com", Condition={"ForAnyValue:StringEquals": {"accounts.google.com:aud": ["app-1"]}}
        ),
    ),
    # suggestions
    "EMPTY_ARRAY_ACTION": ("managed-policy", given(Action=[])),
    "EMPTY_ARRAY_CONDITION": ("managed-policy", when("StringEquals", TAG, [])),
    "EMPTY_ARRAY_CONDITION_FORALLVALUES": ("managed-policy", when("ForAllValues:StringEquals", "aws:CalledVia", [])),
    "EMPTY_ARRAY_CONDITION_FORANYVALUE": ("managed-policy", when("ForAnyValue:StringEquals", "aws:CalledVia", [])),
    "EMPTY_ARRAY_CONDITION_IFEXISTS": ("managed-policy", when("StringEqualsIfExists", TAG, [])),
    "EMPTY_ARRAY_PRINCIPAL": ("trust-policy", to({"AWS": []})),
    "EMPTY_ARRAY_RESOURCE": ("managed-policy", given(Resource=[])),
    "EMPTY_OBJECT_CONDITION": ("managed-policy", given(Condition={})),
    "EMPTY_OBJECT_PRINCIPAL": ("trust-policy", to({})),
    "EMPTY_SID_VALUE": ("managed-policy", given(Sid="")),
    "EQUIVALENT_TO_NULL_FALSE": ("managed-policy", when("StringLike", TAG, "*")),
    "EQUIVALENT_TO_NULL_TRUE": ("managed-policy", when("StringNotLike", TAG, "*")),
    "IMPROVE_IP_RANGE": ("managed-policy", when("IpAddress", "aws:SourceIp", "203.0.113.7/24")),
    "NULL_WITH_QUALIFIER": ("managed-policy", when("ForAllValues:Null", "aws:CalledVia", "true")),
    "PRIVATE_IP_ADDRESS_SUBSET": (
        "managed-policy",
        when("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.1.0.0/16"]),
    ),
    "PRIVATE_NOT_IP_ADDRESS_SUBSET": (
        "managed-policy",
        when("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24", "172.16.0.0/16"]),
    ),
    "REDUNDANT_ACTION": ("managed-policy", given(Action=["s3:GetObject", "s3:Get*"])),
    "REDUNDANT_CONDITION_VALUE_NUM": (
        "managed-policy",
        when("NumericLessThan", "aws:MultiFactorAuthAge", ["2700", "3600"]),
    ),
    "REDUNDANT_RESOURCE": ("managed-policy", given(Resource=["arn:aws:s3:::b/*", "arn:aws:s3:::b/x"])),
    "REDUNDANT_STATEMENT": ("managed-policy", policy(OBJECT, OBJECT)),
    "WILDCARD_IN_SERVICE_NAME": ("managed-policy", given(Action="*code*:GetProfile", Resource="*")),
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": (
        "managed-policy",
        when("StringEquals", "aws:ResourceTag/team", "a", Action=UNTAGGED, Resource="*"),
    ),
    "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": (
        "managed-policy",
        when("StringEquals", "aws:ResourceTag/team", "a", Action=None, NotAction="iam:*"),
    ),
    "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL": (
        "resource-policy",
        shared(
            {"Service": "ses.amazonaws.com"},
            Condition={"StringEquals": {"aws:Referer": ACCOUNT, "aws:SourceAccount": ACCOUNT}},
        ),
    ),
    "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION": ("managed-policy", when("StringLikeIfExists", TAG, "*")),
    "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY": (
        "trust-policy",
        to({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/a", f"arn:aws:sts::{ACCOUNT}:assumed-role/a/ana"]}),
    ),
    "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION": (
        "managed-policy",
        when("ForAnyValue:StringNotLike", "aws:CalledVia", "*"),
    ),
    "CONFIRM_AUDIENCE_CLAIM_TYPE": (
        "trust-policy",
        federated(
            "cognito-identity.amazonaws.com",
            Condition={
                "ForAllValues:StringEquals": {"cognito-identity.amazonaws.com:aud": ["pool-1"]},
                "Null": {"cognito-identity.amazonaws.com:aud": "false"},
            },
        ),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def facts(catalog: Catalog) -> tuple[Vocabulary, Universe]:
    return Vocabulary(catalog, Sensitivity(catalog)), Universe.read(catalog.identity.source)


def codes(text: str, quota: str, facts: tuple[Vocabulary, Universe]) -> set[str]:
    return {each.code for each in lint_policy(Source("policy.json", text), facts[0], quotas()[quota], facts[1])}


def test_the_table_has_every_check_once() -> None:
    names = [name for name, _, _ in ROWS]
    assert len(names) == len(set(names)) == 153
    done = {name for name, _, said in ROWS if re.fullmatch(r"IAM\d{3}( .*)?", said)}
    assert done == set(CASES)
    assert {said[:6] for _, _, said in ROWS if said.startswith("IAM")} <= set(CODES)


@pytest.mark.parametrize(("check", "said"), [(name, said) for name, _, said in ROWS if name in CASES])
def test_a_fault_fires_the_code_of_its_check(check: str, said: str, facts: tuple[Vocabulary, Universe]) -> None:
    quota, text = CASES[check]
    assert codes(text, quota, facts) == {said[:6]}
