"""JSON policies to declarations: the same meaning, proved; levels where they match; plain words where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import Catalog, load_catalog
from iamc.cli import main
from iamc.decompile import decompile, documents_in, same_meaning
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.pipeline import Context, compile_project
from iamc.project import load_text
from iamc.settings import Settings
from iamdsl.printing import to_iamdsl
from iamdsl.source import Source
from scenarios.judge import allowed

STORIES = sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))
BUCKET, OBJECTS = "arn:aws:s3:::b", "arn:aws:s3:::b/*"
QUEUE, TABLE = "arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:dynamodb:eu-west-1:111122223333:table/t"
ROLE = "arn:aws:iam::111122223333:role/r"


@pytest.fixture(scope="module")
def context(catalog: Catalog) -> Context:
    return Context.of(catalog, Settings())


def allow(actions: Any, resources: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def text_of(statements: list[dict[str, Any]], context: Context) -> str:
    """The declarations, which must compile without errors and mean the same."""
    document = {"Version": "2012-10-17", "Statement": statements}
    text = to_iamdsl(decompile([document], "r", context.vocabulary))
    result = compile_project(load_text(Source("r.iamdsl", text)), context.catalog, context.settings)
    assert not result.failed, (text, result.diagnostics)
    assert same_meaning([document], result, context.universe) == [], text
    return " ".join(text.split()) + "\n"


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_policies_written_by_hand(path: Path, context: Context) -> None:
    text_of(yaml.safe_load(path.read_text(encoding="utf-8"))["reference_policy"]["Statement"], context)


def level(vocabulary: Vocabulary, service: str, name: str) -> list[str]:
    return sorted(vocabulary.names_at(service, name))


def fitting(vocabulary: Vocabulary, arn: str, name: str) -> list[str]:
    shape = vocabulary.shape(arn)
    return sorted(vocabulary.fitting(shape, name))  # type: ignore[arg-type]


def test_levels_are_recognised_where_they_match_exactly(context: Context) -> None:
    vocabulary = context.vocabulary
    write = fitting(vocabulary, QUEUE, "write")
    assert f"allow write on {QUEUE}" in text_of([allow(write, QUEUE)], context)
    assert "allow write" not in text_of([allow(write[1:], QUEUE)], context)
    more = text_of([allow([*write, "sqs:ReceiveMessage", "sqs:ListQueues"], QUEUE)], context)
    assert f"allow write, sqs:ReceiveMessage on {QUEUE}" in more, "what has no effect is left out"
    listing = ["sqs:ListQueues", *level(vocabulary, "sns", "list"), "s3:GetObject"]
    anywhere = text_of([allow(listing, "*")], context)
    assert "allow list on service sns" in anywhere
    assert "sqs:ListQueues" in anywhere, "a level of one action is said by its name"
    assert "s3:GetObject on *" in anywhere


def test_resources_of_different_kinds_are_told_apart(context: Context) -> None:
    text = text_of([allow(["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS])], context)
    assert f"allow s3:ListBucket on {BUCKET}" in text
    assert f"allow s3:GetObject on {OBJECTS}" in text


def test_roles_that_are_passed_and_assumed(context: Context) -> None:
    passed = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": True}}
    text = text_of(
        [allow("iam:PassRole", ROLE, Condition=passed), allow("sts:AssumeRole", ROLE, Condition=mfa)], context
    )
    assert f"pass {ROLE} to ecs-tasks.amazonaws.com" in text
    assert f"assume {ROLE} when mfa" in text


def test_conditions_in_words(context: Context) -> None:
    condition = {
        "StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"], "aws:ResourceTag/team": "a"},
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
        "Null": {"aws:TokenIssueTime": "false"},
        "StringLike": {"s3:prefix": "x/*"},
    }
    text = text_of([allow("s3:ListBucket", BUCKET, Condition=condition)], context)
    for words in (
        'region "eu-west-1", "eu-west-2"',
        'tag "team" = "a"',
        'ip "10.0.0.0/8"',
        "aws:TokenIssueTime exists",
    ):
        assert words in text
    assert 's3:prefix StringLike "x/*"' in text


def test_everything_but(context: Context) -> None:
    text = text_of([{"Effect": "Allow", "NotAction": ["iam:*", "s3:Delete*"], "Resource": "*"}], context)
    assert "allow * on * without iam:*, s3:Delete*" in text
    assert "deny s3:Delete* on *" in text_of(
        [allow("s3:*", "*"), {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}], context
    )


ACTIONS = ("s3:GetObject", "s3:Get*", "s3:ListBucket", "S3:putobject", "sqs:*", "sqs:SendMessage", "dynamodb:*Item")
RESOURCES = ("*", BUCKET, OBJECTS, QUEUE, TABLE, "arn:aws:s3:::b*", "arn:aws:sqs:*:*:x-*")
CONDITIONS = ({}, {"Bool": {"aws:SecureTransport": "true"}}, {"StringEquals": {"aws:PrincipalTag/t": ["a", "b"]}})
statements = st.builds(
    lambda effect, actions, resources, condition: {
        "Effect": effect,
        "Action": actions,
        "Resource": resources,
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=4),
    st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3),
    st.sampled_from(CONDITIONS),
)


REQUESTS = (
    *(
        ("s3:GetObject", OBJECTS.replace("*", "x")),
        ("s3:PutObject", OBJECTS.replace("*", "x")),
        ("s3:ListBucket", BUCKET),
    ),
    *(("s3:GetBucketPolicy", BUCKET), ("s3:GetBucketPolicy", f"{BUCKET}c"), ("s3:GetObject", "arn:aws:s3:::c/x")),
    *(("sqs:SendMessage", QUEUE), ("sqs:DeleteQueue", QUEUE.replace(":q", ":x-1")), ("dynamodb:GetItem", TABLE)),
)
CONTEXTS = ({}, {"aws:SecureTransport": "true"}, {"aws:PrincipalTag/t": "b", "aws:SecureTransport": "false"})


@given(st.lists(statements, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_what_is_called_the_same_is_the_same(policy: list[dict[str, Any]]) -> None:
    document = {"Version": "2012-10-17", "Statement": policy}
    context = Context.of(load_catalog(), Settings())
    text = to_iamdsl(decompile([document], "r", context.vocabulary))
    result = compile_project(load_text(Source("r.iamdsl", text)), context.catalog, context.settings)
    if not result.failed and same_meaning([document], result, context.universe) == []:
        emitted = [json.loads(d.text) for unit in result.compiled for d in unit.documents]
        for action, resource in REQUESTS:
            for values in CONTEXTS:
                verdicts = [allowed(side, action, resource, values) for side in ([document], emitted)]
                assert verdicts[0] == verdicts[1], (text, action, resource, values)


# the command -----------------------------------------------------------------------------------------------------


def run(tmp_path: Path, content: object, *arguments: str) -> Result:
    path = tmp_path / "team policy.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return CliRunner().invoke(main, ["convert", str(path), *arguments])


DOCUMENT = {"Version": "2012-10-17", "Statement": allow("s3:GetObject", OBJECTS)}


@pytest.mark.parametrize(
    "content",
    [
        DOCUMENT,
        [DOCUMENT, DOCUMENT],
        {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v1"}},
        {"RoleName": "x", "PolicyName": "y", "PolicyDocument": DOCUMENT},
        {"PolicyVersion": {"Document": json.dumps(DOCUMENT).replace(" ", "%20")}},
    ],
)
def test_the_ways_aws_wraps_a_document(tmp_path: Path, content: object) -> None:
    result = run(tmp_path, content)
    assert result.exit_code == 0, result.output
    assert "role team-policy {\n  allow s3:GetObject on arn:aws:s3:::b/*\n" in result.output
    assert "role deployer {" in run(tmp_path, content, "--role", "deployer").output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("[1]", "no policy document"),
        ({"Version": "2012-10-17"}, "no policy document"),
        ({"Statement": [{}]}, "statement 1: an object with `Effect`"),
        ({"Statement": [allow("s3:GetObject", [])]}, "`Resource` is a text or a list"),
        ({"Statement": [{"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKET}]}, "`NotResource` has no words"),
        ({"Statement": [allow("s3:*", "*", Principal="*")]}, "`Principal` has no words"),
        ({"Statement": [allow("iam:PassRole", ROLE)]}, "add StringEquals on iam:PassedToService"),
        ({"Statement": [allow("sts:AssumeRole", "*")]}, "name them"),
        ({"Statement": [allow("s3:GetObject", OBJECTS, Condition={"Null": {"aws:TokenIssueTime": "x"}})]}, "`Null`"),
        ({"Statement": [allow("s3:GetObject", OBJECTS, Condition=["x"])]}, "`Condition` is an object"),
    ],
)
def test_what_cannot_be_declared(tmp_path: Path, content: object, words: str) -> None:
    result = run(tmp_path, content)
    assert result.exit_code == 1
    assert "IAM031" in result.output
    assert words in result.output


def test_a_draft_that_needs_work_is_printed_with_its_findings(tmp_path: Path) -> None:
    result = run(tmp_path, {"Version": "2012-10-17", "Statement": allow("s3:GetObjet", OBJECTS)})
    assert result.exit_code == 1
    assert "allow s3:GetObjet on" in result.output
    assert "did you mean `s3:GetObject`" in result.output


def test_another_meaning_is_refused_with_an_example(context: Context) -> None:
    other = compile_project(
        load_text(Source("r.iamdsl", f"edition 1\nrole r {{ allow s3:PutObject on {OBJECTS} }}\n")),
        context.catalog,
        context.settings,
    )
    (finding,) = same_meaning(documents_in(json.dumps(DOCUMENT)), other, context.universe)
    assert finding.code == "IAM906"
    assert "s3:" in finding.notes[0]
