"""Which resource types an ARN names, one line for each judgement."""

from __future__ import annotations

import time

import pytest

from iamc.arn import Arn, parse_arn
from iamc.catalog import load_catalog
from iamc.shapes import Shapes

HERE = "us-east-1:123456789012"


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes(load_catalog(cache=False))


def arn_of(text: str) -> Arn:
    arn = parse_arn(text)
    assert isinstance(arn, Arn), arn
    return arn


def names(shapes: Shapes, text: str, service: str | None = None) -> set[str]:
    return {found.name for found in shapes.types_of(arn_of(text), service)}


NAMED = [
    # Types that policy-sentry finds too many of.
    (f"lambda:{HERE}:function:fn:1", {"function alias", "function version"}),
    (f"lambda:{HERE}:function:fn:prod", {"function alias", "function version"}),
    (f"lambda:{HERE}:function:fn", {"function"}),
    (f"lambda:{HERE}:layer:l:3", {"layerVersion"}),
    (f"lambda:{HERE}:layer:l", {"layer"}),
    (f"s3:{HERE}:accesspoint/ap1", {"accesspoint"}),
    (f"s3:{HERE}:accesspoint/ap1/object/k", {"accesspointobject"}),
    ("s3::123456789012:accesspoint/alias", {"multiregionaccesspoint"}),
    (f"logs:{HERE}:log-group:g:log-stream:s", {"log-stream"}),
    (f"glue:{HERE}:catalog", {"rootcatalog"}),
    (f"glue:{HERE}:catalog/c", {"catalog"}),
    (f"batch:{HERE}:job-definition/jd:1", {"job-definition-revision"}),
    (f"batch:{HERE}:job-definition/jd", {"job-definition"}),
    (f"elasticloadbalancing:{HERE}:loadbalancer/app/n/i", {"loadbalancer/app/"}),
    (f"elasticloadbalancing:{HERE}:loadbalancer/n", {"loadbalancer"}),
    ("apigateway:us-east-1::/restapis/id/stages/s", {"Stage"}),
    ("apigateway:us-east-1::/restapis/id", {"RestApi"}),
    ("apigateway:us-east-1::/restapis/models/m/template", {"Template"}),
    # Where policy-sentry is right.
    ("s3:::b", {"bucket"}),
    ("s3:::b/k", {"object"}),
    (f"dynamodb:{HERE}:table/t", {"table"}),
    (f"dynamodb:{HERE}:table/t/index/i", {"index"}),
    (f"dynamodb:{HERE}:table/t/stream/s", {"stream"}),
    (f"kms:{HERE}:alias/team/x", {"alias"}),
    (f"es:{HERE}:domain/d/*", {"domain"}),
    (f"execute-api:{HERE}:abc/*", {"execute-api-general"}),
    (f"catalog:{HERE}:portfolio/p", {"Portfolio"}),
    (f"ecs:{HERE}:service/c/s", {"service"}),
    # Names with delimiters in them.
    ("iam::123456789012:role/team/app/r", {"role"}),
    ("s3:::b/2024/01/a:b", {"object"}),
    (f"ssm:{HERE}:parameter/a/b/c", {"parameter"}),
    (f"secretsmanager:{HERE}:secret:prod/db-AbCdEf", {"Secret"}),
    (f"ecr:{HERE}:repository/team/app", {"repository"}),
    (f"logs:{HERE}:log-group:/aws/lambda/fn", {"log-group"}),
    (f"logs:{HERE}:log-group:/aws/lambda/fn:log-stream:2024/01/[1]x", {"log-stream"}),
    (f"rds:{HERE}:snapshot:rds:db-2024", {"snapshot"}),
    (f"codebuild:{HERE}:build/project:uuid", {"build"}),
    ("bedrock:us-east-1::foundation-model/anthropic.claude-v2:1", {"foundation-model"}),
    (f"codeartifact:{HERE}:package/d/r/pypi//requests", {"package"}),
    (f"execute-api:{HERE}:abc/prod/GET/", {"execute-api-general"}),
    (f"execute-api:{HERE}:abc/prod/$connect", {"execute-api-general"}),
    (f"events:{HERE}:rule/r", {"rule-on-default-event-bus"}),
    (f"events:{HERE}:rule/bus/r", {"rule-on-custom-event-bus"}),
    (f"cassandra:{HERE}:/keyspace/k/", {"keyspace"}),
    # Fields that AWS leaves empty or fills itself.
    ("iam::aws:policy/ReadOnlyAccess", {"policy"}),
    ("ssm:us-east-1::parameter/aws/service/x", {"parameter"}),
    ("ssm:us-east-1::document/AWS-RunShellScript", {"document"}),
    ("ec2:us-east-1::image/ami-1", {"image"}),
    ("connect:us-east-1:aws:view/v", {"aws-managed-view"}),
    ("health:us-east-1::event/EC2/X/1", {"event"}),
    (f"mediaconnect:{HERE}:offering:o", {"Offering"}),
    (f"backup:{HERE}:recovery-point:x", {"recoveryPoint"}),
    (f"backup:{HERE}:backup-vault:x", {"backupVault"}),
    # Policy variables.
    ("s3:::${aws:PrincipalTag/team}-bucket", {"bucket"}),
    ("s3:::${aws:PrincipalTag/team}-bucket/*", {"object"}),
    ("s3:::b/${aws:username}/*", {"object"}),
    ("iam::123456789012:user/${aws:username}", {"user"}),
    # Wildcards.
    ("s3:::orders-*", {"bucket"}),
    ("s3:::orders-*/*", {"object"}),
    ("s3:::*/*", {"object"}),
    ("s3:::*", {"bucket", "object"}),
    (f"dynamodb:{HERE}:table/*", {"table", "index", "stream", "backup", "export", "import"}),
    (f"dynamodb:{HERE}:table/t/*", {"index", "stream", "backup", "export", "import"}),
    (f"dynamodb:{HERE}:table/t*", {"table"}),
    (f"dynamodb:{HERE}:table/t?", {"table"}),
    (f"dynamodb:{HERE}:table/t/index/*", {"index"}),
    (f"dynamodb:{HERE}:table/*/index/*", {"index"}),
    (f"logs:{HERE}:log-group:g:*", {"log-group", "log-stream"}),
    (f"logs:{HERE}:log-group:/aws/lambda/*", {"log-group", "log-stream"}),
    (f"logs:{HERE}:log-group:/aws/*:log-stream:*", {"log-stream"}),
    (f"elasticloadbalancing:{HERE}:loadbalancer/app/*", {"loadbalancer/app/"}),
    (f"events:{HERE}:rule/*", {"rule-on-default-event-bus", "rule-on-custom-event-bus"}),
    (f"ec2:{HERE}:inst*/i-1", {"instance", "instance-connect-endpoint", "instance-event-window"}),
    (f"connect:{HERE}:instance/i/queue/*", {"queue", "wildcard-queue"}),
    (f"connect:{HERE}:instance/i/queue/q", {"queue"}),
    (f"mobiletargeting:{HERE}:apps/a/campaigns/c", {"campaign"}),
    (f"amplifybackend:{HERE}:/backend/a/api/x", {"api"}),
    ("iam:*:*:role/x", {"role"}),
    ("kms:*:*:*", {"alias", "key"}),
]


@pytest.mark.parametrize(("text", "expected"), NAMED, ids=[text for text, _ in NAMED])
def test_the_most_specific_types_are_named(shapes: Shapes, text: str, expected: set[str]) -> None:
    assert names(shapes, f"arn:aws:{text}") == expected


@pytest.mark.parametrize("service", ["ec2", "lambda", "logs", "rds", "glue", "sagemaker"])
def test_a_bare_star_is_every_type_of_the_service(shapes: Shapes, service: str) -> None:
    known = load_catalog(cache=False).service(service)
    assert known is not None
    own = {t.name for t in known.resource_types.values() if t.arn.split(":")[2] == service}
    assert names(shapes, f"arn:aws:{service}:*:*:*") == own


def test_a_bare_star_keeps_to_the_account_that_is_given(shapes: Shapes) -> None:
    found = names(shapes, f"arn:aws:ec2:{HERE}:*")
    assert "instance" in found
    assert "image" not in found  # images have no account in their ARN


PROBLEMS = [
    ("arn:aws:s33:::b", "IAM201", "s33", "did you mean `s3`?"),  # [48]
    ("arn:aws:s3::123456789012:b", "IAM210", "123456789012", "`arn:aws:s3:::b`"),  # [50]
    (
        "arn:aws:iam:us-east-1:123456789012:role/x",
        "IAM210",
        "us-east-1",
        "`arn:aws:iam::123456789012:role/x`",
    ),  # [51]
    ("arn:aws:dynamodb::123456789012:table/x", "IAM210", "", "`arn:aws:dynamodb:*:123456789012:table/x`"),
    (f"arn:aws:dynamodb:{HERE}:Table/x", "IAM206", "Table/x", "case-sensitive"),
    (
        f"arn:aws:dynamodb:{HERE}:table/t/other/x",
        "IAM206",
        "table/t/other/x",
        "table/<TableName>/index/<IndexName>`",
    ),
    (f"arn:aws:ssm:{HERE}:parameter*", "IAM206", "parameter*", f"`arn:aws:ssm:{HERE}:parameter/*`"),
    (f"arn:aws:ssm:{HERE}:paramter/x", "IAM206", "paramter/x", f"`arn:aws:ssm:{HERE}:parameter/<Parameter"),
    (
        f"arn:aws:ssm:{HERE}:parameter//x",
        "IAM206",
        "parameter//x",
        "parameter/<ParameterNameWithoutLeadingSlash>`",
    ),
    ("arn:aws:iam::123456789012:role//x", "IAM206", "role//x", "role/<RoleNameWithPath>`"),
    (f"arn:aws:sqs:{HERE}:q/x", "IAM206", "q/x", f"`arn:aws:sqs:{HERE}:<QueueName>`"),
    ("arn:aws:s3:::b/", "IAM206", "b/", "arn:aws:s3:::<BucketName>`"),
    ("arn:aws:iam::123456789012:root", "IAM206", "root", "actions of `sts`"),
    ("arn:aws:sts::123456789012:assumed-role/r/s", "IAM206", "assumed-role/r/s", ""),
    (f"arn:aws:textract:{HERE}:x", "IAM206", "x", "did you mean"),
    ("arn:aws:compute-optimizer::123456789012:x", "IAM206", "x", "as a whole"),
]


@pytest.mark.parametrize(("text", "code", "marked", "help_"), PROBLEMS, ids=[row[0] for row in PROBLEMS])
def test_an_arn_without_a_type_is_a_problem_with_a_way_out(
    shapes: Shapes, text: str, code: str, marked: str, help_: str
) -> None:
    arn = arn_of(text)
    assert shapes.types_of(arn) == ()
    problem = shapes.problem(arn)
    assert problem is not None
    assert (problem.code, text[problem.start : problem.end]) == (code, marked)
    assert help_ in problem.help


def test_an_arn_with_a_type_is_no_problem(shapes: Shapes) -> None:
    assert shapes.problem(arn_of("arn:aws:s3:::b")) is None


def test_shape_help_fills_in_what_is_known(shapes: Shapes) -> None:
    assert shapes.shape_help(arn_of("arn:aws:ssm:*::paramter/x")) == (
        "did you mean `arn:aws:ssm:*:<account>:parameter/<ParameterNameWithoutLeadingSlash>`?"
    )


@pytest.mark.parametrize(
    ("text", "service", "expected"),
    [
        ("arn:aws:iam::123456789012:role/a/r", "sts", {"role"}),
        ("arn:aws:iam::123456789012:root", "sts", {"root-user"}),
        (f"arn:aws:ec2:{HERE}:instance/i-1", "ssm", {"instance"}),
        (f"arn:aws:rds:{HERE}:cluster:c", "rds-data", {"cluster"}),
        ("arn:aws:s3:::b/k", "ssm", set()),
        ("arn:aws:ec2:us-east-1::snapshot/snap-1", "backup", {"recoveryPoint"}),
        ("arn:aws:s3:::b", "nosuch", set()),
    ],
)
def test_a_service_may_know_types_of_other_namespaces(
    shapes: Shapes, text: str, service: str, expected: set[str]
) -> None:
    assert names(shapes, text, service) == expected


def test_foreign_types_are_those_of_other_services(shapes: Shapes) -> None:
    found = shapes.foreign_types(arn_of(f"arn:aws:ec2:{HERE}:instance/i-1"))
    assert {(t.service, t.name) for t in found} == {("ssm", "instance"), ("ec2-instance-connect", "instance")}
    assert shapes.foreign_types(arn_of(f"arn:aws:sqs:{HERE}:q")) == ()


def test_own_types_need_no_other_service(shapes: Shapes) -> None:
    assert shapes.owners("s3") == ("s3",)
    assert shapes.owners("catalog") == ("servicecatalog",)
    assert shapes.owners("s33") == ()


def test_two_thousand_arns_take_no_time_to_speak_of(shapes: Shapes) -> None:
    patterns = [text.rsplit(":", 1)[0] + f":{text.rsplit(':', 1)[1]}{{}}" for text, _ in NAMED if "${" not in text]
    arns = [arn_of(f"arn:aws:{patterns[i % len(patterns)].format(i)}") for i in range(2000)]
    start = time.process_time()
    for arn in arns:
        shapes.types_of(arn)
    assert time.process_time() - start < 1  # a twentieth of this is usual; the bound catches only a wrong algorithm
