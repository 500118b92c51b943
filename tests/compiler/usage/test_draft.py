"""From a rollup to declarations that compile, and back: what was used is covered, what was not is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from compiling import TODAY, compiled
from iamc.catalog import Catalog
from iamc.explain import ask
from iamc.model import ALWAYS
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.pipeline import Context, Result
from iamc.settings import Settings
from iamc.usage.coverage import Coverage, replay
from iamc.usage.draft import Style, draft
from iamc.usage.evidence import Choice, chosen, gather
from iamc.usage.mapping import Mapping as EventMapping
from iamc.usage.model import Reading, Rollup, Seen, Use
from iamc.usage.people import held_by_person
from iamc.usage.resources import Reader
from iamc.usage.together import together
from iamdsl.format import format_source
from iamdsl.source import Source

A, B = "111122223333", "444455556666"
ANN, BOB = "ann@acme.example", "bob@acme.example"
GOLDEN = Path("tests/golden/usage/draft.iamdsl")


def use(
    source: str,
    name: str,
    *resources: str,
    person: str = ANN,
    account: str = A,
    outcome: str = "ok",
    channel: str = "api",
    via: str = "",
    roles: tuple[str, ...] = (),
    role: str = "Admin",
) -> Use:
    principal, shown = f"arn:aws:iam::{account}:role/{role}", tuple(sorted(resources))
    return Use(account, "eu-west-1", principal, "AssumedRole", person, person, f"{source}.amazonaws.com", name,
               outcome, channel, via, "", shown, roles, "", "")  # fmt: skip


def seen(calls: int, last: str = "2026-11-20") -> Seen:
    return Seen(calls, "2026-09-01T08:00:00Z", f"{last}T17:00:00Z")


USES: Mapping[Use, Seen] = {
    use("s3", "GetObject", "arn:aws:s3:::acme-orders/2026/*"): seen(120),
    use("s3", "PutObject", "arn:aws:s3:::acme-orders/2026/*", person=BOB): seen(7, "2026-10-02"),
    use("s3", "ListObjects", "arn:aws:s3:::acme-orders"): seen(15),
    use("dynamodb", "UpdateItem", "tableName=orders"): seen(31),
    use("dynamodb", "DescribeTable", "tableName=orders"): seen(4),
    use("ec2", "DescribeInstances"): seen(60),
    use("ec2", "DescribeVpcs", channel="console"): seen(3),
    use("ce", "GetCostAndUsage", channel="console"): seen(12),
    use("ec2", "RunInstances", "imageId=ami-*", person=BOB): seen(2),
    use("lambda", "CreateFunction20150331", "functionName=thumb", roles=(f"arn:aws:iam::{A}:role/svc/thumb",)): seen(1),
    use("kms", "Decrypt", f"arn:aws:kms:eu-west-1:{A}:key/5d41402a-bc4b-2a76-b971-9d911017c592",
        channel="service", via="secretsmanager.amazonaws.com"): seen(9),
    use("iam", "CreateRole", "roleName=orders", person="botocore-session-*"): seen(1),
    use("sts", "AssumeRole", f"arn:aws:iam::{B}:role/deploy", "roleSessionName=ann"): seen(5),
    use("sqs", "PurgeQueue", f"queueUrl=https://sqs.eu-west-1.amazonaws.com/{A}/jobs", outcome="denied"): seen(3),
    use("mystery", "DoSomething"): seen(8),
    use("sts", "GetCallerIdentity"): seen(99),
}  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary(catalog: Catalog) -> Vocabulary:
    return Context.of(catalog, Settings()).vocabulary


@pytest.fixture(scope="module")
def reader(vocabulary: Vocabulary) -> Reader:
    return Reader(vocabulary, EventMapping(vocabulary.catalog))


def rollup(uses: Mapping[Use, Seen]) -> Rollup:
    return Rollup(uses, Reading(1, {}))


def drafted(uses: Mapping[Use, Seen], reader: Reader, **style: object) -> str:
    whole = rollup(uses)
    return draft(gather(whole, reader, reader.vocabulary), whole.window, Style(**style))  # type: ignore[arg-type]


def compile_(text: str, catalog: Catalog) -> Result:
    result = compiled(text, catalog, "draft.iamdsl")
    assert not result.failed, [(d.code, d.message, str(d.span)) for d in result.diagnostics]
    return result


def replayed(result: Result, uses: Mapping[Use, Seen], reader: Reader) -> Coverage:
    held = held_by_person(result.organisation, result.compiled, TODAY.isoformat())
    return replay(rollup(uses), reader, lambda who: held.get(who.lower(), ()), reader.vocabulary)


def test_the_draft_that_people_see(reader: Reader, catalog: Catalog) -> None:
    text = drafted(USES, reader)
    assert text == GOLDEN.read_text(encoding="utf-8")
    assert format_source(Source("draft.iamdsl", text)).text == text
    compile_(text, catalog)


def test_what_people_did_is_covered(reader: Reader, catalog: Catalog) -> None:
    result = compile_(drafted(USES, reader, console=True), catalog)
    named = {use: times for use, times in USES.items() if use.person in (ANN, BOB)}
    found = replayed(result, named, reader)
    assert found.misses == ()
    assert found.share == 1.0
    assert found.unknown == {"mystery DoSomething": 8}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::acme-orders/2025/x"),
        ("s3:DeleteObject", "arn:aws:s3:::acme-orders/2026/x"),
        ("s3:GetObject", "arn:aws:s3:::other/2026/x"),
        ("dynamodb:UpdateItem", f"arn:aws:dynamodb:eu-west-1:{A}:table/invoices"),
        ("dynamodb:UpdateItem", f"arn:aws:dynamodb:us-east-1:{A}:table/orders"),
        ("iam:PassRole", f"arn:aws:iam::{A}:role/svc/other"),
        ("sqs:PurgeQueue", f"arn:aws:sqs:eu-west-1:{A}:jobs"),
        ("ce:GetCostAndUsage", "*"),
        ("iam:CreateUser", f"arn:aws:iam::{A}:user/x"),
    ],
)
def test_what_nobody_did_is_not_covered(action: str, resource: str, reader: Reader, catalog: Catalog) -> None:
    for one in compile_(drafted(USES, reader), catalog).compiled:
        assert ask(one, action, resource, ALWAYS, reader.vocabulary).verdict == "not allowed"


def test_each_account_has_its_own_roles(reader: Reader, catalog: Catalog) -> None:
    uses = {
        use("ec2", "DescribeInstances"): seen(1),
        use("dynamodb", "DescribeTable", "tableName=t", account=B): seen(1),
    }
    result = compile_(drafted(uses, reader), catalog)
    assert {one.unit.name for one in result.compiled} == {
        f"account-{A}/viewer-{A}", f"account-{B}/viewer-{B}"
    }  # fmt: skip
    assert replayed(result, uses, reader).share == 1.0


def test_rare_calls_and_the_choice_of_uses(reader: Reader) -> None:
    text = drafted(USES, reader, least=3)
    assert "# Called fewer than 3 times:" in text
    assert "#   allow ec2:RunInstances" in text
    some = chosen(rollup({**USES, use("s3", "DeleteBucket", role="LegacyAdmin"): seen(1)}), Choice(roles=("Admin",)))
    assert len(some.uses) == len(USES)
    assert {one.person for one in chosen(rollup(USES), Choice(persons=("BOB@acme.example",))).uses} == {BOB}
    assert len(chosen(rollup(USES), Choice(since="2026-10-03")).uses) == len(USES) - 1
    assert not chosen(rollup(USES), Choice(until="2026-08-31")).uses


def test_the_services_of_a_programme(reader: Reader) -> None:
    text = drafted(USES, reader, in_scope=frozenset({"s3", "ec2", "dynamodb"}))
    behind = text[text.index("# Drafted above although") :]
    assert "lambda:CreateFunction" in behind
    assert "s3:GetObject" not in behind


def test_a_log_writes_no_declarations(reader: Reader, catalog: Catalog) -> None:
    bad = 'x\n}\nrole evil { allow * on * }\n# "\x1b[31m\u202e'
    uses = {
        use("ec2", "DescribeInstances", person=bad): seen(1),
        use("mystery", bad): seen(1),
        use("dynamodb", "UpdateItem", f"tableName={bad}", person=f"{bad}@acme.example"): seen(1),
        use("lambda", "CreateFunction20150331", roles=(f"arn:aws:iam::{A}:role/{bad}",)): Seen(1, bad, bad),
    }
    text = drafted(uses, reader)
    assert all(" " <= letter <= "~" or letter == "\n" for letter in text)
    result = compile_(text, catalog)
    assert {one.unit.role.name for one in result.compiled} == {"administrator", "power-user", "viewer"}


def test_what_is_counted_and_told_apart(reader: Reader, catalog: Catalog) -> None:
    listener = f"arn:aws:elasticloadbalancing:eu-west-1:{A}:listener/app/web/*/*"
    key = f"arn:aws:kms:eu-west-1:{A}:key/"
    uses = {
        use("elasticloadbalancing", "ModifyListener", listener): seen(7),
        use("ec2", "RunInstances", "imageId=ami-*"): seen(3),
        use("s3", "GetObject", "arn:aws:s3:::b/*"): seen(2),
        use("s3", "HeadObject", "arn:aws:s3:::b/2026/*"): seen(5),
        use("kms", "Decrypt", f"{key}a"): seen(1),
        use("kms", "Decrypt", f"{key}b", channel="service", via="athena.amazonaws.com"): seen(1),
        use("uxc", "GetAccountColor", channel="console"): seen(9),
        use("ecs", "RunTask", "taskDefinition=t", person="GitHubActions", roles=(f"arn:aws:iam::{A}:role/t",)): seen(4),
    }
    text = drafted(uses, reader)
    compile_(text, catalog)
    flat = " ".join(text.split())
    assert f"# 7 calls by 1 person, last 2026-11-20 allow elasticloadbalancing:ModifyListener on {listener} }}" in flat
    assert "# 3 calls by 1 person, last 2026-11-20 allow ec2:RunInstances" in flat
    assert "# 7 calls by 1 person, last 2026-11-20 allow s3:GetObject on arn:aws:s3:::b/* " in flat
    assert f"allow kms:Decrypt on {key}a #" in flat
    assert "# always called by athena.amazonaws.com" in text
    assert "#   allow uxc:GetAccountColor on *  # 9 calls by 1 person" in text
    programs = text[text.index("# Called by programs only") :]
    assert "# 4 calls by 1 program" in programs
    assert f"#   pass arn:aws:iam::{A}:role/t to ecs-tasks.amazonaws.com" in programs
    assert "ecs:RunTask" not in text[: text.index("# Called by programs only")]
    assert "  allow ecs:RunTask" in drafted(uses, reader, programs=True).partition("# Called by programs")[0]


def test_a_denied_call_is_quoted_as_its_message_says(reader: Reader) -> None:
    model = "arn:aws:bedrock:eu-west-1::foundation-model/m"
    message = f"User: x is not authorized to perform: bedrock:InvokeModel on resource: {model} because no"
    denied = use("bedrock", "InvokeModel", outcome="denied")._replace(error="AccessDenied", message=message)
    assert f"#   allow bedrock:InvokeModel on {model}  # 2 calls" in drafted({denied: seen(2)}, reader)


def test_nothing_used(reader: Reader, catalog: Catalog) -> None:
    assert "edition 1" in drafted({}, reader)


def test_too_many_resources_are_drawn_together() -> None:
    head = f"arn:aws:dynamodb:eu-west-1:{A}:table/"
    tables = [f"{head}acme-orders-{number}" for number in range(5)]
    assert together(tables, 5) == dict.fromkeys(tables, 1)
    assert together(tables, 4) == {f"{head}acme-orders-*": 5}
    assert together([*tables, f"{head}x"], 4) == {f"{head}*": 6}
    index = f"{head}acme-orders-1/index/by-day"
    assert together([*tables, index], 4) == {f"{head}acme-orders-*": 5, index: 1}
    buckets = [f"arn:aws:s3:::acme-{number}" for number in range(9)]
    assert together(buckets, 4) == dict.fromkeys(buckets, 1)
    folders = [f"arn:aws:s3:::acme/{number}/*" for number in range(9)]
    assert together(folders, 4) == {"arn:aws:s3:::acme/*": 9}
    assert together(["*"], 0) == {"*": 1}
