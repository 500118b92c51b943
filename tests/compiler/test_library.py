"""The tiers of the library: what a viewer may see, and what no power-user may do."""

from __future__ import annotations

import pytest

from compiling import actions, codes, compiled
from iamc.catalog import Catalog
from iamc.pipeline import Result

HEAD = 'edition 1\nimport "iamc:tiers" as std\naccount prod 111122223333\n'
NEVER = (
    *("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameters"),
    *("s3:GetObject", "s3:GetObjectVersion", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "kms:Decrypt"),
    *("ec2:GetPasswordData", "ec2:DescribeInstanceAttribute", "ec2:GetConsoleOutput", "lambda:GetFunction"),
    *("lambda:ListFunctions", "ecs:DescribeTaskDefinition", "logs:GetLogEvents", "logs:FilterLogEvents"),
    *("logs:StartQuery", "athena:GetQueryResults", "sqs:ReceiveMessage", "kinesis:GetRecords", "ebs:GetSnapshotBlock"),
    *("redshift-data:GetStatementResult", "codecommit:GetFile", "ecr:GetAuthorizationToken", "sts:GetSessionToken"),
)
ALWAYS = (
    *("ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "s3:ListAllMyBuckets", "s3:GetBucketPolicy"),
    *("iam:ListRoles", "iam:GetRole", "rds:DescribeDBInstances", "cloudtrail:DescribeTrails", "kms:ListKeys"),
    *("dynamodb:DescribeTable", "dynamodb:ListTables", "sqs:ListQueues", "sns:ListTopics", "lambda:GetPolicy"),
    *("cloudwatch:DescribeAlarms", "logs:DescribeLogGroups", "route53:ListHostedZones", "ecs:DescribeServices"),
)


@pytest.fixture(scope="module")
def viewer(catalog: Catalog) -> set[str]:
    """Every action that a viewer of all services has."""
    result = compiled(f"{HEAD}role v : std.viewer {{ allow read-config on service all }}\n", catalog)
    assert codes(result) == []
    return {name for permission in result.compiled[0].permissions for name in permission.actions}


def test_a_viewer_sees_no_contents(viewer: set[str]) -> None:
    assert sorted(viewer.intersection(NEVER)) == []


def test_a_viewer_sees_how_things_are_set_up(viewer: set[str]) -> None:
    assert sorted(set(ALWAYS) - viewer) == []


def test_a_viewer_gets_no_credentials_and_changes_nothing(viewer: set[str], catalog: Catalog) -> None:
    audit = catalog.identity.source.parent / "audit"
    listed = {
        line.strip().lower()
        for name in ("credentials-exposure.txt", "privilege-escalation.txt")
        for line in (audit / name).read_text(encoding="utf-8").splitlines()
    }
    assert sorted(name for name in viewer if name.lower() in listed) == []
    levels = {action.level.value for name in viewer if (action := catalog.action(name))}
    assert levels == {"list", "read"}


@pytest.mark.parametrize(
    "line",
    [
        "allow iam:CreateUser on *",
        "allow iam:AttachRolePolicy on arn:aws:iam::${account.id}:role/x",
        "allow organizations:LeaveOrganization on *",
        "allow permissions-management on arn:aws:s3:::b",
        "allow sso:CreateAccountAssignment on *",
        "allow s3:* on arn:aws:s3:::b",
    ],
)
def test_a_power_user_cannot_grow(line: str, catalog: Catalog) -> None:
    assert "IAM301" in codes(compiled(f"{HEAD}role p : std.power-user {{ {line} }}\n", catalog))


def test_a_power_user_works(catalog: Catalog) -> None:
    body = (
        "allow read, write on arn:aws:s3:::b/* without s3:PutObjectAcl, s3:PutObjectVersionAcl\n"
        "  pass arn:aws:iam::${account.id}:role/task to ecs-tasks.amazonaws.com"
    )
    result = compiled(f"{HEAD}role p : std.power-user {{\n  {body}\n}}\n", catalog)
    assert "IAM301" not in codes(result)
    assert "iam:PassRole" in actions(result)


def test_sessions_and_alerts(catalog: Catalog) -> None:
    text = HEAD + "".join(
        f"role r-{tier} : std.{tier} {{ allow s3:ListAllMyBuckets on * }}\n"
        for tier in ("power-user", "administrator", "break-glass")
    )
    result: Result = compiled(text + "role r-viewer : std.viewer { allow s3:ListAllMyBuckets on * }\n", catalog)
    roles = {unit.unit.role.tier: unit.unit.role for unit in result.compiled}
    assert {tier: role.session for tier, role in roles.items()} == {
        "viewer": 12 * 3600,
        "power-user": 4 * 3600,
        "administrator": 3600,
        "break-glass": 3600,
    }
    assert {tier: [a.channel for a in role.alerts] for tier, role in roles.items()} == {
        "viewer": [],
        "power-user": ["audit"],
        "administrator": ["page"],
        "break-glass": ["page"],
    }


def test_a_mistaken_name_is_told(catalog: Catalog) -> None:
    assert "IAM106" in codes(compiled('edition 1\nimport "iamc:teirs" as std\nlet a = "1"\n', catalog))
