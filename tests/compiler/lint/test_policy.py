"""A policy with one fault fires the code of that fault and no other; typical policies fire none."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_examples
from hypothesis import strategies as st

from iamc.catalog import Catalog
from iamc.lint.policy import lint_policy
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.quotas import quotas
from iamc.sensitivity import Sensitivity
from iamc.verify.universe import Universe
from iamdsl.source import Source

BASE: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"}


def policy(*statements: dict[str, Any], **top: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **top}, indent=2)


def given(**changes: Any) -> str:
    content = {**BASE, **changes}
    return policy({key: value for key, value in content.items() if value is not None})


def when(operator: str, key: str, value: object) -> str:
    return given(Condition={operator: {key: value}})


FAULTS = {
    "truncated": ("IAM650", '{"Version": "2012-10-17", '),
    "no statement": ("IAM651", '{"Version": "2012-10-17"}'),
    "no effect": ("IAM651", given(Effect=None)),
    "no action": ("IAM651", given(Action=None)),
    "no resource": ("IAM651", given(Resource=None)),
    "unknown element": ("IAM652", given(Resources="x")),
    "unknown at the top": ("IAM652", policy(BASE, Statements=[])),
    "twice": ("IAM653", given().replace('"Effect"', '"effect": "Allow", "Effect"')),
    "number": ("IAM654", given(Action=7)),
    "condition as a list": ("IAM654", given(Condition=[])),
    "a list at the top": ("IAM654", "[]"),
    "effect": ("IAM655", given(Effect="allow")),
    "version": ("IAM655", policy(BASE, Version="2026-01-01")),
    "both": ("IAM656", given(NotAction="s3:PutObject")),
    "sid": ("IAM657", given(Sid="my sid")),
    "sids": ("IAM657", policy({**BASE, "Sid": "A"}, {**BASE, "Sid": "A"})),
    "principal": ("IAM658", given(Principal="*")),
    "variable": ("IAM659", given(Resource="arn:aws:s3:::orders/${aws:username/*")),
    "empty variable": ("IAM659", given(Resource="arn:aws:s3:::orders/${}/*")),
    "operator": ("IAM660", when("StringEqual", "aws:PrincipalOrgID", "o-a1b2c3d4e5")),
    "null if exists": ("IAM660", when("NullIfExists", "aws:TokenIssueTime", "true")),
    "boolean": ("IAM661", when("Bool", "aws:SecureTransport", "yes")),
    "number as text": ("IAM661", when("NumericLessThan", "aws:MultiFactorAuthAge", "1h")),
    "date": ("IAM661", when("DateLessThan", "aws:CurrentTime", "31.12.2026")),
    "address": ("IAM661", when("IpAddress", "aws:SourceIp", "203.0.113.300")),
    "old version": ("IAM662", policy(BASE, Version="2008-10-17")),
    "unread wildcard": ("IAM663", when("StringEquals", "aws:PrincipalTag/team", "home/*")),
    "pass role": ("IAM664", given(Action="iam:PassRole", Resource="*")),
    "pass any role": ("IAM664", given(Action="iam:Pass*", Resource="arn:aws:iam::*:role/*")),
    "linked role": ("IAM665", given(Action="iam:CreateServiceLinkedRole", Resource="*")),
    "not action": ("IAM666", given(Action=None, NotAction="iam:*")),
    "everything": ("IAM667", given(Action="*", Resource="*")),
    "empty": ("IAM668", given(Action=[])),
    "no statements": ("IAM668", policy()),
    "redundant action": ("IAM669", given(Action=["s3:GetObject", "s3:Get*"])),
    "redundant resource": ("IAM669", given(Resource=["arn:aws:s3:::b/*", "arn:aws:s3:::b/*"])),
    "private": ("IAM670", when("IpAddress", "aws:SourceIp", "10.1.0.0/16")),
    "operator and type": ("IAM672", when("StringEquals", "aws:SourceIp", "198.51.100.7")),
    "date as a text": ("IAM672", when("StringLike", "aws:CurrentTime", "2026-*")),
    "spare statement": (
        "IAM673",
        policy(BASE, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/2026/*"}),
    ),
    "spare deny": (
        "IAM673",
        policy(
            {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::orders/*"},
            {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::orders/*"},
        ),
    ),
    "for all": ("IAM671", when("ForAllValues:StringEquals", "aws:TagKeys", ["team"])),
    "service": ("IAM201", given(Action="s33:GetObject")),
    "action": ("IAM202", given(Action="s3:GetObjekt")),
    "pattern": ("IAM214", given(Action="s3:Fetch*")),
    "arn": ("IAM204", given(Resource="arn:aws:s3:orders")),
    "no arn": ("IAM204", given(Resource="orders")),
    "partition": ("IAM205", given(Resource="arn:aw:s3:::orders")),
    "key": ("IAM211", when("StringEquals", "aws:PrincipleOrgID", "o-a1b2c3d4e5")),
    "size": ("IAM401", given(Resource=[f"arn:aws:s3:::orders-{n:0100}/*" for n in range(60)])),
}  # fmt: skip

TYPICAL = {
    "home folders": policy(
        {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::*"},
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::examplebucket",
            "Condition": {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}},
        },
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::examplebucket/home/${aws:username}/*"},
    ),
    "own credentials with MFA": policy(
        {
            "Sid": "AllowManageOwnAccessKeys",
            "Effect": "Allow",
            "Action": ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"],
            "Resource": "arn:aws:iam::*:user/${aws:username}",
        },
        {
            "Sid": "DenyAllExceptListedIfNoMFA",
            "Effect": "Deny",
            "NotAction": ["iam:ListMFADevices", "sts:GetSessionToken"],
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
    ),
    "regions": policy(
        {
            "Effect": "Deny",
            "NotAction": ["cloudfront:*", "iam:*", "route53:*", "support:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
        }
    ),
    "tags": policy(
        {
            "Effect": "Allow",
            "Action": ["ec2:StartInstances", "ec2:StopInstances"],
            "Resource": "arn:aws:ec2:*:*:instance/*",
            "Condition": {"StringEquals": {"aws:ResourceTag/Owner": "${aws:username}"}},
        },
        {"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"},
    ),
    "dates and addresses": policy(
        {
            "Effect": "Allow",
            "Action": "dynamodb:GetItem",
            "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/Books",
            "Condition": {
                "DateGreaterThan": {"aws:CurrentTime": "2026-04-01T00:00:00Z"},
                "DateLessThan": {"aws:CurrentTime": "2026-06-30T23:59:59Z"},
                "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]},
            },
        }
    ),
    "a deny against what other policies allow": policy(
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"},
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
    ),
    "pass one role": policy(
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": "arn:aws:iam::123456789012:role/EC2-roles-for-XYZ-*",
            "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        }
    ),
}


@pytest.fixture(scope="module")
def vocabulary(catalog: Catalog) -> Vocabulary:
    return Vocabulary(catalog, Sensitivity(catalog))


@cache
def _universe(source: Path) -> Universe:
    return Universe.read(source)


def universe(vocabulary: Vocabulary) -> Universe:
    return _universe(vocabulary.catalog.identity.source)


def codes(text: str, vocabulary: Vocabulary, quota: str = "managed-policy") -> list[str]:
    found = lint_policy(Source("policy.json", text), vocabulary, quotas()[quota], universe(vocabulary))
    assert all(each.span is not None and each.span.line >= 1 for each in found)
    return [each.code for each in found]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_fires_its_code_only(name: str, vocabulary: Vocabulary) -> None:
    code, text = FAULTS[name]
    assert codes(text, vocabulary) == [code]


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_policies_are_clean(name: str, vocabulary: Vocabulary) -> None:
    assert codes(TYPICAL[name], vocabulary) == []


def test_each_kind_of_policy_has_its_own_size(vocabulary: Vocabulary) -> None:
    text = given(Resource=[f"arn:aws:s3:::orders-{n:060}/*" for n in range(40)])
    assert codes(text, vocabulary) == []
    assert codes(text, vocabulary, "user-inline") == ["IAM401"]


def test_the_place_is_that_of_the_text(vocabulary: Vocabulary) -> None:
    text = policy(BASE, {**BASE, "Action": ["s3:PutObject", "s3:GetObjekt"]})
    (found,) = lint_policy(Source("policy.json", text), vocabulary, quotas()["managed-policy"], universe(vocabulary))
    assert found.span is not None
    assert found.span.text == '"s3:GetObjekt"'


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["Allow", "*", "s3:*", "arn:aws:s3:::b", "${", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["StringEquals", "Null", "aws:SourceIp", "IpAddress"]), inner, max_size=3)
    ),
    max_leaves=6,
)
ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given_examples(
    statements=st.lists(st.dictionaries(st.sampled_from(ELEMENTS), JSON, max_size=6), max_size=3), version=JSON
)
def test_any_shape_ends_in_findings(
    statements: list[dict[str, object]], version: object, vocabulary: Vocabulary
) -> None:
    codes(policy(*statements, Version=version), vocabulary)
    codes(json.dumps(version), vocabulary)
