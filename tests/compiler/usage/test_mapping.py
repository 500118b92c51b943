"""Events to actions: the links of the database, the small table, and what neither knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iamc.catalog import Catalog
from iamc.data import table
from iamc.usage.mapping import Mapped, Mapping, logging
from iamc.verify.globs import covers, tokens

ORACLE = json.loads((Path(__file__).parents[2] / "fixtures/usage/messages.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def mapping(catalog: Catalog) -> Mapping:
    return Mapping(catalog)


@pytest.mark.parametrize(
    ("source", "name", "actions"),
    [
        ("ec2", "RunInstances", ["ec2:RunInstances"]),
        ("s3", "ListObjects", ["s3:ListBucket"]),
        ("s3", "ListBuckets", ["s3:ListAllMyBuckets"]),
        ("s3", "PutBucketReplication", ["s3:PutReplicationConfiguration"]),
        ("s3", "DeleteBucketLifecycle", ["s3:PutLifecycleConfiguration"]),
        ("s3", "GetBucketCors", ["s3:GetBucketCORS"]),
        ("s3", "CopyObject", ["s3:GetObject", "s3:PutObject"]),
        ("lambda", "ListFunctions20150331", ["lambda:ListFunctions"]),
        ("lambda", "AddPermission20150331v2", ["lambda:AddPermission"]),
        ("lambda", "Invoke", ["lambda:InvokeFunction"]),
        ("cloudfront", "GetDistribution2020_05_31", ["cloudfront:GetDistribution"]),
        ("monitoring", "DescribeAlarms", ["cloudwatch:DescribeAlarms"]),
        ("tagging", "GetResources", ["tag:GetResources"]),
        ("email", "SendEmail", ["ses:SendEmail"]),
        ("streams.dynamodb", "GetRecords", ["dynamodb:GetRecords"]),
        ("amazonmq", "ListBrokers", ["mq:ListBrokers"]),
        ("kms", "ReEncrypt", ["kms:ReEncryptFrom", "kms:ReEncryptTo"]),
        ("apigateway", "GetRestApis", ["apigateway:GET"]),
        ("apigateway", "UpdateStage", ["apigateway:PATCH"]),
        ("apigateway", "ImportApi", ["apigateway:PUT"]),
        ("sts", "GetCallerIdentity", []),
        ("s3", "GetBucketVersioning", ["s3:GetBucketVersioning"]),
        ("s3", "HeadBucket", ["s3:ListBucket"]),
        ("s3", "HeadObject", ["s3:GetObject"]),
        ("s3", "ListObjectVersions", ["s3:ListBucketVersions"]),
        ("s3", "ListParts", ["s3:ListMultipartUploadParts"]),
        ("s3", "GetBucketEncryption", ["s3:GetEncryptionConfiguration"]),
        ("s3", "DeleteBucketPublicAccessBlock", ["s3:PutBucketPublicAccessBlock"]),
        ("lambda", "Invoke20150331", ["lambda:InvokeFunction"]),
        ("lambda", "InvokeWithResponseStream", ["lambda:InvokeFunction"]),
        (
            "cloudfront",
            "CreateDistributionWithTags2020_05_31",
            ["cloudfront:CreateDistribution", "cloudfront:TagResource"],
        ),
        ("autoscaling", "RegisterScalableTarget", ["application-autoscaling:RegisterScalableTarget"]),
        ("autoscaling", "SetDesiredCapacity", ["autoscaling:SetDesiredCapacity"]),
        ("logs", "FilterLogEvents", ["logs:FilterLogEvents"]),
        ("sts", "AssumeRoleWithSAML", ["sts:AssumeRoleWithSAML"]),
        ("kms", "GenerateDataKeyWithoutPlaintext", ["kms:GenerateDataKeyWithoutPlaintext"]),
        ("signin", "ConsoleLogin", []),
    ],
)
def test_an_event_names_its_actions(source: str, name: str, actions: list[str], mapping: Mapping) -> None:
    assert mapping.actions(f"{source}.amazonaws.com", name) == Mapped(tuple(actions))


@pytest.mark.parametrize(
    ("source", "name"),
    [("mystery", "Do"), ("ec2", "NoSuchCall"), ("", ""), ("ec2", ""), ("ec2", "Run*"), ("apigateway", "Whatever")],
)
def test_what_nothing_names_is_unknown(source: str, name: str, mapping: Mapping) -> None:
    assert mapping.actions(f"{source}.amazonaws.com", name) is None


def test_china_has_the_same_services(mapping: Mapping) -> None:
    assert mapping.actions("ec2.amazonaws.com.cn", "RunInstances") == Mapped(("ec2:RunInstances",))


def test_every_action_of_the_table_is_in_the_catalogue(catalog: Catalog) -> None:
    content = table("cloudtrail-events")
    named = [action for group in content["events"] for row in group["rows"] for action in row["actions"]]
    assert [action for action in named if catalog.action(action) is None] == []
    assert [name for name in content["services"]["renames"].values() if catalog.service(name) is None] == []


def test_every_pattern_of_what_is_not_logged_matches_something(catalog: Catalog) -> None:
    for pattern, _ in logging().rows:
        service = pattern.partition(":")[0]
        names = [action.qualified for action in catalog.actions(service)]
        assert any(covers(tokens(pattern), tokens(name)) for name in names), pattern


@pytest.mark.parametrize(
    ("action", "kind"),
    [("iam:PassRole", "never"), ("s3:GetObject", "data"), ("s3:CreateBucket", "management"), ("s3:ListBucket", "data")],
)
def test_how_an_action_is_logged(action: str, kind: str) -> None:
    assert logging().kind(action) == kind


def test_the_messages_of_denied_calls_agree(mapping: Mapping) -> None:
    """An independent witness: AWS itself names the action in the message of a denied call."""
    rows = ORACLE["rows"]
    assert len(rows) >= 60
    wrong = []
    for row in rows:
        found = mapping.actions(row["source"], row["event"])
        if found is None or row["action"] not in found.actions:
            wrong.append((row, found))
    assert wrong == []
