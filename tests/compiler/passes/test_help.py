"""What the expand pass tells somebody who knows AWS: the action behind a call, the ARN that was meant, no noise."""

from __future__ import annotations

import json

import pytest

from compiling import compiled
from iamc.catalog import Catalog

A = "eu-west-1:111122223333"


def _said(line: str, catalog: Catalog) -> list[tuple[str, str]]:
    found = compiled(f"edition 1\n\nrole r {{\n  {line}\n}}\n", catalog).diagnostics
    return [(d.code, d.help) for d in found]


@pytest.mark.parametrize(
    ("call", "action"),
    [
        ("s3:ListObjectsV2", "s3:ListBucket"),
        ("s3:HeadObject", "s3:GetObject"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets"),
        ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
    ],
)
def test_a_call_has_the_action_that_it_needs(call: str, action: str, catalog: Catalog) -> None:
    assert _said(f"allow {call} on *", catalog) == [("IAM202", f"write `{action}`")]


@pytest.mark.parametrize(
    ("action", "arn", "meant"),
    [
        ("s3:GetObject", "arn:aws:s3:::b", "arn:aws:s3:::b/*"),
        ("s3:ListBucket", "arn:aws:s3:::b/2026/*", "arn:aws:s3:::b"),
        ("logs:GetLogEvents", f"arn:aws:logs:{A}:log-group:x-*", f"arn:aws:logs:{A}:log-group:x-*:log-stream:*"),
        ("dynamodb:DescribeStream", f"arn:aws:dynamodb:{A}:table/x", f"arn:aws:dynamodb:{A}:table/x/stream/*"),
    ],
)
def test_an_arn_of_another_type_is_mended(action: str, arn: str, meant: str, catalog: Catalog) -> None:
    assert _said(f"allow {action} on {arn}", catalog) == [("IAM208", f"`{action}` works on `{meant}`")]


@pytest.mark.parametrize(
    "line",
    [
        f"allow states:DescribeExecution on arn:aws:states:{A}:execution:orders:*",
        f"allow redshift-data:ListTables on arn:aws:redshift:{A}:cluster:sales",
        f"allow elasticloadbalancing:ModifyListener on arn:aws:elasticloadbalancing:{A}:listener/app/shop/*/*",
        f"allow athena:TagResource on arn:aws:athena:{A}:workgroup/analytics",
        "allow bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/amazon.titan-embed-text-v2:0",
    ],
)
def test_types_that_stand_for_one_another_are_not_missed(line: str, catalog: Catalog) -> None:
    assert _said(line, catalog) == []


def test_types_of_one_call_are_missed_with_their_arns(catalog: Catalog) -> None:
    ((code, help_),) = _said(f"allow ecs:ExecuteCommand on arn:aws:ecs:{A}:cluster/prod", catalog)
    assert code == "IAM216"
    assert help_ == "add targets such as `arn:aws:ecs:<Region>:<Account>:task/<ClusterName>/<TaskId>`"


@pytest.mark.parametrize(
    "line",
    [
        f'allow lambda:InvokeFunction on arn:aws:lambda:{A}:function:* when tag "team" = "payments"',
        f'allow dynamodb:GetItem on arn:aws:dynamodb:{A}:table/* when tag "team" = "payments"',
        f'allow kms:Decrypt on arn:aws:kms:{A}:key/* when kms:ResourceAliases ForAnyValue:StringLike "alias/shop"',
    ],
)
def test_the_keys_of_a_resource_are_keys_of_its_actions(line: str, catalog: Catalog) -> None:
    assert _said(line, catalog) == []


def test_a_key_of_no_resource_is_still_told(catalog: Catalog) -> None:
    line = 'allow s3:ListAllMyBuckets, s3:GetObject on * when tag "team" = "payments"'
    assert [code for code, _ in _said(line, catalog)] == ["IAM218"]


def test_a_deny_keeps_its_patterns_on_resources_too(catalog: Catalog) -> None:
    text = "edition 1\n\nrole r {\n  allow s3:GetObject on *\n  deny s3:Delete*, kms:* on arn:aws:s3:::b/*\n}\n"
    assert [d.code for d in compiled(text, catalog).diagnostics] == ["IAM208"]
    whole = compiled(text.replace(", kms:*", ""), catalog)
    statements = json.loads(whole.compiled[0].documents[0].text)["Statement"]
    (deny,) = [each for each in statements if each["Effect"] == "Deny"]
    assert (deny["Action"], deny["Resource"]) == ("s3:Delete*", "arn:aws:s3:::b/*")


def test_a_template_that_nobody_filled_in_is_refused(catalog: Catalog) -> None:
    blank = "mode: crud\nname: ''\nread:\n- ''\nwrite:\n- ''\n"
    result = compiled(blank, catalog, "blank.yml")
    assert result.failed
    assert sorted(d.code for d in result.diagnostics) == ["IAM028", "IAM028", "IAM405"]


def test_wildcard_only_of_a_level_that_can_be_restricted(catalog: Catalog) -> None:
    ((code, help_),) = _said("allow tagging on service ecr wildcard-only", catalog)
    assert (code, help_) == ("IAM207", "name ARNs of theirs under the level, or other services")


def test_what_an_exclusion_leaves_of_a_denied_pattern_are_the_names_that_fit(catalog: Catalog) -> None:
    text = "edition 1\n\nrole r {\n  allow read on arn:aws:s3:::b/*\n"
    text += "  deny s3:Delete* on arn:aws:s3:::b/* without s3:DeleteObject\n}\n"
    statements = json.loads(compiled(text, catalog).compiled[0].documents[0].text)["Statement"]
    (deny,) = [each for each in statements if each["Effect"] == "Deny"]
    assert deny["Action"] == ["s3:DeleteObjectTagging", "s3:DeleteObjectVersion", "s3:DeleteObjectVersionTagging"]
