"""What people write who know IAM's JSON, Policy Sentry or Terraform: one message, which says what to write instead."""

from __future__ import annotations

import pytest

from iamdsl.parse import parse
from iamdsl.source import Source

BUCKET = "arn:aws:s3:::b/*"
READ = f"allow read on {BUCKET}"
FIELDS = [
    (f"allow read from {BUCKET}", "write `on`"),
    (f"allow read and write on {BUCKET}", "a `,` stands between the items of a list"),
    (f"{READ} and arn:aws:s3:::c/*", "a `,` stands between the items of a list"),
    ("allow read on s3://b/*", "write the ARN: `arn:aws:s3:::BUCKET/KEY`"),
    ("allow read on b/*", "write the whole ARN, such as `arn:aws:s3:::b/*`, or the name of a declared resource"),
    ("allow read on s3:*", "a target is an ARN, a declared resource, `*` or `service s3`"),
    ("allow read on services s3, ec2", "write `service s3`"),
    ("allow read on service s3, service ec2", "say `service` once: `service ..., ec2`"),
    (f"allow read on resource {BUCKET}", "delete `resource`: ARNs and names stand by themselves"),
    (f"{READ};", "fields and declarations need no `;`: delete it"),
    ("allow read on arn:aws:s3:::{account.id}", "write `${account.id}`"),
    ("allow read on ${b}/*", 'put it in double quotes: `"${b}/*"`'),
    ("allow s3:GetObject", "say on what: `allow ... on arn:...`; `on *` where everything is meant"),
    (f"allow s3:GetObject when mfa on {BUCKET}", "`on` comes first: `... on ... when ...`"),
    (f'allow "s3:GetObject" on {BUCKET}', "write `s3:GetObject`, without quotes"),
    (f'allow ["s3:GetObject", "s3:Put*"] on {BUCKET}', "lists stand without brackets: `s3:GetObject, s3:Put*`"),
    ("can read on x", "begin the line with `allow` or `deny`"),
    ("tier viewer", "a role's tier stands behind its name: `role NAME : TIER {`"),
    ('description "x"', 'write `describe "..."`'),
    ("session: 4h", "values stand behind the word: `session 4h`"),
    ("managed AdministratorAccess", 'put the text in double quotes: `"AdministratorAccess"`'),
    ("pass arn:aws:iam::111122223333:role/x to lambda", "a service has its whole name: `lambda.amazonaws.com`"),
    ("exclude-actions s3:PutObject", "write `exclude ACTIONS`, or `without ACTIONS` in one line"),
    ("skip-resource-constraints s3:PutObject", "write `allow ACTIONS on *`"),
    ("service-read s3", "say it of a service: `allow read on service NAME`"),
    (f"{READ} if mfa", "write `when CONDITIONS`"),
    (f"{READ} except s3:GetObject", "write `without ACTIONS`"),
    (f"{READ} when mfa == true", "`mfa` stands alone: `when mfa`"),
    (f"{READ} when mfa 1h", "write `mfa within 1h`"),
    (f'{READ} when StringEquals aws:SourceVpc "v"', "the key comes first: `aws:SourceVpc StringEquals ...`"),
    (
        f'{READ} when ForAllValues:StringEquals aws:TagKeys "y"',
        "the key comes first: `aws:TagKeys ForAllValues:StringEquals ...`",
    ),
    (f'{READ} when tag team = "y"', 'put the text in double quotes: `"team"`'),
    (f'{READ} when tag "team" = y', 'put the text in double quotes: `"y"`'),
    (f'{READ} when region = "eu-west-1"', 'the value stands behind the word: `region "..."`'),
    (f"{READ} when region eu-west-1", 'put the text in double quotes: `"eu-west-1"`'),
    (f"{READ} when not mfa", "a condition is negated by its operator: `!=`, `not-like`, `absent`"),
    (f'{READ} when mfa && region "eu-west-1"', "join conditions with `and`"),
    (f'{READ} when aws:SourceVpc in "v"', 'write `==`; it holds for any one of several values: `KEY == "a", "b"`'),
    (f'{READ} when source-ip "10.0.0.0/8"', 'write `ip "203.0.113.0/24"`'),
]
TOP = [
    ("grant r to a@example.com", "people are granted roles by name: `people { ana ana@example.com }`, then `to ana`"),
    ("grant r for ana", "write `to`"),
    ("account 111122223333 prod", "the name comes first: `account NAME 111122223333`"),
    ("account prod = 111122223333", "the id stands behind the name: `account prod 111122223333`"),
    ("account prod { id 111122223333 }", "the id stands before the block: `account NAME 111122223333 {`"),
    ("people { ana: a@example.com }", "the e-mail address stands behind the name: `ana ana@example.com`"),
    ('people { "A B" a@example.com }', "people have names without spaces or quotes: `ana-smith ana@example.com`"),
    ("team x = ana, bo", "write `team NAME { members ana, bo }`"),
    ("team x { ana, bo }", "write `members ana, ...`"),
    ("resources x { arn:aws:s3:::b }", "give the resource a name: `bucket arn:aws:s3:::orders`"),
    ("resources x = arn:aws:s3:::b", "write `resources NAME { bucket arn:aws:s3:::orders }`"),
    ("resources x { b = arn:aws:s3:::b }", "the ARN stands behind the name: `bucket arn:aws:s3:::orders`"),
    ("actions x { s3:GetObject }", "write `actions NAME = s3:GetObject, s3:PutObject`"),
    ('let x "y"', 'write `let NAME = "VALUE"`'),
    ("let x = y", 'put the text in double quotes: `"y"`'),
    ("check { role r }", 'a check has a title: `check "what it proves" {`'),
    ("role q: { session 1h }", "a tier's name stands behind `:`; delete the `:` where there is none"),
    ("role q extends t { session 1h }", "the tier stands behind a `:`: `role NAME : TIER {`"),
    ("user ana { }", "write `people { NAME EMAIL }`, then `grant ROLE to NAME`"),
    ("policy q { session 1h }", "write `role NAME { ... }`: its lines become the policies"),
]
JSON = ("Effect: Allow", "Action: s3:GetObject", '"Action": ["s3:GetObject"]', 'Resource: "*"', "Statement: [")


@pytest.mark.parametrize(("field", "help_"), FIELDS)
def test_in_a_role(field: str, help_: str) -> None:
    assert _helps(f"role q {{\n  {field}\n}}") == [help_]


@pytest.mark.parametrize(("lines", "help_"), TOP)
def test_at_the_top(lines: str, help_: str) -> None:
    assert _helps(lines) == [help_]


@pytest.mark.parametrize("line", JSON)
def test_json_in_a_role(line: str) -> None:
    (help_,) = _helps(f"role q {{\n  {line}\n}}")
    assert "allow ACTIONS on TARGETS when CONDITIONS" in help_
    assert "iamc convert" in help_


def test_variables_of_other_tools() -> None:
    assert _variable("$${aws:userid}") == "write one `$`: the Terraform back end escapes by itself"
    assert _variable("${AWS::AccountId}") == "write `${account.id}`"
    assert _variable("${aws:userid}") == ""


def _helps(lines: str) -> list[str]:
    return [d.help for d in parse(Source("f", f"edition 1\n{lines}\n")).diagnostics]


def _variable(written: str) -> str:
    from iamdsl.interpolate import pieces
    from iamdsl.syntax import Text

    source = Source("f", f'"{written}"')
    _, problems = pieces(Text(written, source.span(0, len(source.text))))
    return problems[0].help if problems else ""
