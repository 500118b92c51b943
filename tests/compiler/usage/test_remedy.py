"""What would mend a denial, and what a project says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiling import compiled
from iamc.catalog import Catalog
from iamc.pipeline import Context, Result
from iamc.settings import Settings
from iamc.usage.coverage import Wanted
from iamc.usage.denied import Group, denied
from iamc.usage.mapping import Mapping
from iamc.usage.people import held_by_person
from iamc.usage.placing import Place, places
from iamc.usage.remedy import DECODE, OWNERS, Remedies, Remedy
from iamc.usage.resources import Reader
from using import on, refused, role, rollup

ROWS = json.loads((Path(__file__).parents[2] / "fixtures/usage/refusals.json").read_text())["rows"]
PROJECT = """edition 1
account prod 111122223333
people {
  ann ann@acme.example
}
tier viewer {
  ceiling list, read-config
}
role orders-viewer : viewer {
  describe "Looks at orders."
  allow s3:ListBucket on arn:aws:s3:::acme-orders
  allow sqs:GetQueueAttributes on arn:aws:sqs:eu-west-1:111122223333:orders
}
role orders-worker {
  allow sqs:ReceiveMessage on arn:aws:sqs:eu-west-1:111122223333:orders
  deny s3:DeleteBucket on *
  allow dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:111122223333:table/orders
    when mfa
}
role unheld {
  allow s3:ListAllMyBuckets on *
}
grant orders-viewer, orders-worker to ann in prod
"""


@pytest.fixture(scope="module")
def context(catalog: Catalog) -> Context:
    return Context.of(catalog, Settings())


@pytest.fixture(scope="module")
def remedies(context: Context) -> Remedies:
    return Remedies(context)


@pytest.fixture(scope="module")
def project(catalog: Catalog) -> Result:
    result = compiled(PROJECT, catalog)
    assert not result.failed
    return result


def group(message: str, actions: tuple[str, ...] = (), call: str = "s3:ListBucket", **changes: object) -> Group:
    wanted = Wanted(tuple((action, "*") for action in actions))
    (found,) = denied(rollup((refused(message, call=call, **changes), on(1, 3))), lambda _: wanted).groups
    return found


def said(action: str, tail: str = "") -> str:
    return f"User: arn:aws:sts::111122223333:assumed-role/Admin/ann is not authorized to perform: {action}{tail}"


def nothing_allows(action: str, on: str) -> str:
    return said(action, f" on resource: {on} because no identity-based policy allows the {action} action")


def test_a_missing_permission_is_a_line(remedies: Remedies) -> None:
    found = remedies.of(group(nothing_allows("s3:ListBucket", '"arn:aws:s3:::acme-orders"')))
    assert found == Remedy("allow s3:ListBucket on arn:aws:s3:::acme-orders", "high")


def test_without_a_reason_confidence_is_less(remedies: Remedies) -> None:
    unstated = remedies.of(group(said("SNS:Publish", " on resource: arn:aws:sns:eu-west-1:111122223333:orders")))
    assert (unstated.line, unstated.confidence) == (
        "allow sns:Publish on arn:aws:sns:eu-west-1:111122223333:orders",
        "medium",
    )
    assert "may also be a policy of the resource" in unstated.notes[0]
    plain = remedies.of(group("Access Denied", ("s3:GetObject",), resources=("arn:aws:s3:::b/x/*",)))
    assert (plain.line, plain.confidence) == ("allow s3:GetObject on arn:aws:s3:::b/x/*", "low")


def test_several_actions_are_several_lines(remedies: Remedies) -> None:
    arns = ("arn:aws:s3:::a", "arn:aws:s3:::b/x/*")
    found = remedies.of(group("Access Denied", ("s3:GetObject", "s3:ListBucket"), resources=arns))
    assert found.line.splitlines() == [
        "allow s3:GetObject on arn:aws:s3:::b/x/*",
        "allow s3:ListBucket on arn:aws:s3:::a",
    ]


def test_an_action_that_no_resource_restricts_is_on_everything(remedies: Remedies) -> None:
    found = remedies.of(group(nothing_allows("s3:ListAllMyBuckets", "*"), call="s3:ListBuckets"))
    assert found == Remedy("allow s3:ListAllMyBuckets on *", "high")


def test_a_resource_that_nobody_names_is_said(remedies: Remedies) -> None:
    found = remedies.of(group(nothing_allows("sqs:SendMessage", "queue"), call="sqs:SendMessage"))
    assert found.line == "allow sqs:SendMessage on *"
    assert found.notes == ("`*` is every resource, as the log names none: name your own",)


def test_roles_are_passed_and_assumed_in_the_languages_own_words(remedies: Remedies) -> None:
    target = role("orders-task")
    passed = remedies.of(group(nothing_allows("iam:PassRole", target), call="lambda:CreateFunction"))
    assert passed.line == f"pass {target} to lambda.amazonaws.com"
    assert "runs with the role" in passed.notes[0]
    assumed = remedies.of(group(nothing_allows("sts:AssumeRole", target), call="sts:AssumeRole"))
    assert assumed.line == f"assume {target}"
    assert "trust policy" in assumed.notes[0]


@pytest.mark.parametrize("by", sorted(OWNERS))
def test_what_no_line_mends_names_who_must(by: str, remedies: Remedies) -> None:
    rows = [row for row in ROWS if row[3] == by and (row[2], by) != ("implicit", "identity")]
    assert rows
    for row in rows:
        assert remedies.of(group(row[0])) == Remedy(owner=OWNERS[by])


def test_an_encoded_message_comes_with_the_commands_that_find_and_read_it(remedies: Remedies) -> None:
    message = "You are not authorized to perform this operation. Encoded authorization failure message"
    found = remedies.of(group(message, ("ec2:RunInstances",), "ec2:RunInstances"))
    assert found.commands == (
        "aws cloudtrail lookup-events --region eu-west-1 --lookup-attributes "
        "AttributeKey=EventName,AttributeValue=RunInstances "
        "--start-time 2026-10-01T08:00:00Z --end-time 2026-10-03T08:00:00Z",
        DECODE,
    )
    assert not found.line
    hostile = remedies.of(group(message, (), "ec2:Run; rm -rf ~", region="x;reboot"))
    assert hostile.commands == (DECODE,)


@pytest.mark.parametrize(
    "resource", ['"arn:aws:s3:::b/${aws:username}/x"', '"arn:aws:s3:::b/a\nrole x {/k"', "arn:aws:s3"]
)
def test_no_text_of_a_log_gets_into_a_line_as_more_than_an_arn(resource: str, remedies: Remedies) -> None:
    found = remedies.of(group(nothing_allows("s3:GetObject", resource), call="s3:GetObject"))
    assert found.line in ("allow s3:GetObject on *", "")


def test_what_the_event_shows_fills_what_the_message_leaves_out(remedies: Remedies, context: Context) -> None:
    reads = Reader(context.vocabulary, Mapping(context.catalog))
    encoded = refused("", call="sqs:SendMessage", resources=("queueName=orders",))
    start = refused(said("ec2:RunInstances", " on resource: arn:aws:ec2:eu-west-1:111122223333:instance/*"),
                    call="ec2:RunInstances")  # fmt: skip
    found = {g.denial.call: remedies.of(g) for g in denied(rollup((encoded, on(1)), (start, on(1))), reads).groups}
    assert found["sqs:SendMessage"].line == "allow sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:orders"
    assert "image/*" in found["ec2:RunInstances"].line
    assert found["ec2:RunInstances"].notes[0].startswith("the log does not show all")


def test_quotes_and_commas_are_quoted(remedies: Remedies) -> None:
    found = remedies.of(group(nothing_allows("s3:GetObject", '"arn:aws:s3:::b/a, b/c"'), call="s3:GetObject"))
    assert found.line == 'allow s3:GetObject on "arn:aws:s3:::b/a, b/*"'


def test_an_action_that_the_database_has_not_makes_no_line(remedies: Remedies) -> None:
    assert not remedies.of(group(nothing_allows("s3:Invented", "*"))).line
    assert not remedies.of(group("Access Denied")).line


def test_every_suggested_line_compiles(remedies: Remedies, catalog: Catalog) -> None:
    """Compiled again from the text alone, by other means than the suggestion's own."""
    lines = {remedies.of(group(row[0], ("s3:ListBucket",))).line for row in ROWS} - {""}
    assert len(lines) >= 15
    for line in lines:
        assert not compiled(f"edition 1\nrole r {{\n  {line}\n}}\n", catalog).failed, line


# projects ------------------------------------------------------------------------------------------------------


def placed(found: Group, project: Result, context: Context) -> list[Place]:
    held = held_by_person(project.organisation, project.compiled, "2026-11-24")
    return list(places(found, project.compiled, lambda person: held.get(person, ()), context.vocabulary))


def test_a_role_that_now_allows_it_shows_as_mended(project: Result, context: Context) -> None:
    found = placed(group(nothing_allows("s3:ListBucket", '"arn:aws:s3:::acme-orders"')), project, context)
    assert found[0] == Place("prod/orders-viewer", "viewer", "allowed", "test.iamdsl:11")


def test_a_line_goes_behind_the_nearest_one_of_the_role(project: Result, context: Context) -> None:
    message = nothing_allows("sqs:DeleteMessage", "arn:aws:sqs:eu-west-1:111122223333:orders")
    assert placed(group(message, call="sqs:DeleteMessage"), project, context) == [
        Place("prod/orders-viewer", "viewer", "above", "test.iamdsl:12"),
        Place("prod/orders-worker", "", "fits", "test.iamdsl:15"),
    ]


def test_denies_and_conditions_are_said(project: Result, context: Context) -> None:
    deny = placed(group(nothing_allows("s3:DeleteBucket", '"arn:aws:s3:::acme-orders"')), project, context)
    assert deny[1] == Place("prod/orders-worker", "", "denied", "test.iamdsl:16")
    table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
    mfa = placed(group(nothing_allows("dynamodb:GetItem", table), call="dynamodb:GetItem"), project, context)
    assert mfa[1] == Place("prod/orders-worker", "", "allowed if", "test.iamdsl:17")


def test_the_role_of_the_same_name_comes_before_what_the_person_holds(project: Result, context: Context) -> None:
    message = nothing_allows("s3:ListAllMyBuckets", "*")
    (found,) = placed(group(message, principal=role("unheld")), project, context)
    assert (found.unit, found.verdict) == ("prod/unheld", "allowed")


def test_nobody_of_the_project_and_no_action_have_no_place(project: Result, context: Context) -> None:
    assert not placed(group(nothing_allows("s3:ListBucket", "*"), person="eve"), project, context)
    assert not placed(group("Access Denied"), project, context)
