"""What a use asked for: actions with the ARNs that they acted on."""

from __future__ import annotations

import pytest

from iamc.catalog import Catalog
from iamc.data import table
from iamc.pipeline import Context
from iamc.settings import Settings
from iamc.template import PLACEHOLDER
from iamc.usage.coverage import Wanted
from iamc.usage.mapping import Mapping
from iamc.usage.model import Use
from iamc.usage.resources import Reader

A = "111122223333"


@pytest.fixture(scope="module")
def reader(catalog: Catalog) -> Reader:
    return Reader(Context.of(catalog, Settings()).vocabulary, Mapping(catalog))


def use(source: str, name: str, *resources: str, region: str = "eu-west-1", roles: tuple[str, ...] = ()) -> Use:
    return Use(A, region, f"arn:aws:iam::{A}:role/Admin", "AssumedRole", "ann", "ann", f"{source}.amazonaws.com", name,
               "ok", "api", "", "", tuple(sorted(resources)), roles, "", "")  # fmt: skip


@pytest.mark.parametrize(
    ("source", "name", "resources", "pairs"),
    [
        (
            "s3",
            "GetObject",
            ["arn:aws:s3:::acme", "arn:aws:s3:::acme/2026/*"],
            [("s3:GetObject", "arn:aws:s3:::acme/2026/*")],
        ),
        ("s3", "ListObjects", ["arn:aws:s3:::acme"], [("s3:ListBucket", "arn:aws:s3:::acme")]),
        ("s3", "GetBucketPolicy", ["bucketName=acme"], [("s3:GetBucketPolicy", "arn:aws:s3:::acme")]),
        ("s3", "ListBuckets", [], [("s3:ListAllMyBuckets", "*")]),
        (
            "dynamodb",
            "UpdateItem",
            ["tableName=orders"],
            [("dynamodb:UpdateItem", f"arn:aws:dynamodb:eu-west-1:{A}:table/orders")],
        ),
        (
            "lambda",
            "UpdateFunctionCode20150331v2",
            ["functionName=thumb"],
            [("lambda:UpdateFunctionCode", f"arn:aws:lambda:eu-west-1:{A}:function:thumb")],
        ),
        (
            "ssm",
            "GetParameters",
            ["names=/app/a", "names=/app/b"],
            [
                ("ssm:GetParameters", f"arn:aws:ssm:eu-west-1:{A}:parameter/app/a"),
                ("ssm:GetParameters", f"arn:aws:ssm:eu-west-1:{A}:parameter/app/b"),
            ],
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            ["secretId=db/pw"],
            [("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{A}:secret:db/pw-??????")],
        ),
        (
            "sqs",
            "SendMessage",
            [f"queueUrl=https://sqs.eu-west-1.amazonaws.com/{A}/jobs"],
            [("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{A}:jobs")],
        ),
        ("iam", "GetRole", ["roleName=Admin"], [("iam:GetRole", f"arn:aws:iam::{A}:role/Admin")]),
        (
            "rds",
            "StopDBInstance",
            ["dBInstanceIdentifier=orders"],
            [("rds:StopDBInstance", f"arn:aws:rds:eu-west-1:{A}:db:orders")],
        ),
        (
            "ec2",
            "StopInstances",
            ["instanceId=i-*"],
            [("ec2:StopInstances", f"arn:aws:ec2:eu-west-1:{A}:instance/i-*")],
        ),
        (
            "logs",
            "GetLogEvents",
            ["logGroupName=/aws/lambda/thumb"],
            [("logs:GetLogEvents", f"arn:aws:logs:eu-west-1:{A}:log-group:/aws/lambda/thumb:log-stream:*")],
        ),
        ("ec2", "DescribeInstances", ["instanceId=i-*"], [("ec2:DescribeInstances", "*")]),
        ("sts", "GetCallerIdentity", [], []),
        ("ssm", "StartSession", ["target=i-*"], [("ssm:StartSession", f"arn:aws:ec2:eu-west-1:{A}:instance/i-*")]),
        (
            "elasticloadbalancing",
            "ModifyListener",
            [f"arn:aws:elasticloadbalancing:eu-west-1:{A}:listener/app/web/*/*"],
            [
                (
                    "elasticloadbalancing:ModifyListener",
                    f"arn:aws:elasticloadbalancing:eu-west-1:{A}:listener/app/web/*/*",
                )
            ],
        ),
        (
            "apigateway",
            "CreateDeployment",
            ["restApiId=a1b2c3"],
            [("apigateway:POST", "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/*")],
        ),
        (
            "apigateway",
            "UpdateApi",
            ["apiId=a1b2c3"],
            [("apigateway:PATCH", "arn:aws:apigateway:eu-west-1::/apis/a1b2c3")],
        ),
        ("apigateway", "GetApis", [], [("apigateway:GET", "arn:aws:apigateway:eu-west-1::/apis")]),
        (
            "bedrock",
            "InvokeModel",
            ["modelId=anthropic.claude"],
            [
                ("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude"),
                ("bedrock:InvokeModel", f"arn:aws:bedrock:eu-west-1:{A}:inference-profile/anthropic.claude"),
            ],
        ),
    ],
)
def test_what_an_event_shows(
    source: str, name: str, resources: list[str], pairs: list[tuple[str, str]], reader: Reader
) -> None:
    assert reader(use(source, name, *resources)) == Wanted(tuple(pairs))


def test_what_an_action_needs_and_no_event_shows_is_all_of_its_type(reader: Reader) -> None:
    found = dict.fromkeys(arn for _, arn in reader(use("ec2", "RunInstances", "imageId=ami-*")).pairs)
    assert f"arn:aws:ec2:eu-west-1:{A}:instance/*" in found
    assert "arn:aws:ec2:eu-west-1::image/ami-*" in found
    vague = reader(use("dynamodb", "GetItem"))
    assert vague.vague == ("dynamodb:GetItem",)
    assert vague.pairs == (("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{A}:table/*"),)


def test_other_partitions(reader: Reader) -> None:
    china = use("dynamodb", "GetItem", "tableName=t", region="cn-north-1")
    assert reader(china).pairs == (("dynamodb:GetItem", f"arn:aws-cn:dynamodb:cn-north-1:{A}:table/t"),)


def test_a_role_is_passed_only_where_one_was_seen(reader: Reader) -> None:
    role = f"arn:aws:iam::{A}:role/fn"
    create = use("lambda", "CreateFunction20150331", "functionName=f", roles=(role,))
    assert reader(create).runs == "lambda.amazonaws.com"
    task = reader(use("ecs", "RegisterTaskDefinition", "family=api", roles=(role,)))
    assert (("iam:PassRole", role) in task.pairs, task.runs) == (True, "ecs-tasks.amazonaws.com")
    assert ("iam:PassRole", role) in reader(create).pairs
    assert "iam:PassRole" not in dict(reader(use("lambda", "CreateFunction20150331", "functionName=f")).pairs)
    assert "iam:PassRole" not in dict(reader(use("lambda", "ListFunctions20150331", roles=(role,))).pairs)


@pytest.mark.parametrize("value", ["${aws:username}", 'x"\nallow *', "a b", "é", "x;y", "*/../x?"])
def test_a_log_brings_in_nothing_but_names(value: str, reader: Reader) -> None:
    found = reader(use("dynamodb", "GetItem", f"tableName={value}", f"arn:aws:dynamodb:eu-west-1:{A}:table/{value}"))
    assert found.pairs == (("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{A}:table/*"),)


def test_unknown_events_say_so(reader: Reader) -> None:
    assert reader(use("mystery", "Do")) == Wanted((), "mystery Do")


def test_the_table_names_variables_of_the_database(catalog: Catalog) -> None:
    known = {
        name.lower()
        for prefix in catalog.prefixes
        if (service := catalog.service(prefix))
        for kind in service.resource_types.values()
        for name in PLACEHOLDER.findall(kind.arn)
    }
    rows = table("cloudtrail-resources")["parameters"]
    assert [name for row in rows for name in row["variables"] if name.lower() not in known] == []
