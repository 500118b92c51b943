"""The help that goes with common slips."""

from __future__ import annotations

import pytest

from iamdsl.parse import parse
from iamdsl.source import Source


def _help(lines: str) -> str:
    (found,) = parse(Source("f", f"edition 1\n{lines}\n")).diagnostics
    return found.help


def _label(lines: str) -> str:
    (found,) = parse(Source("f", f"edition 1\n{lines}\n")).diagnostics
    return found.label


@pytest.mark.parametrize(
    ("field", "help_"),
    [
        ("alow read on b", "did you mean `allow`?"),
        ("ALLOW read on b", "keywords are lower case: `allow`"),
        ("allow read orders.bucket", "put `on` before it: `on orders.bucket`"),
        ("allow read write on b", "put a `,` between the items of a list"),
        ("allow s3:GetObject,PutObject on b", "each action repeats it: `s3:PutObject`"),
        ("allow s3 : GetObject on b", "write `s3:GetObject`"),
        ("allow read on a,, b", "delete the second `,`"),
        ("allow read on arn:aws:s3::: b", "delete the space, or quote the ARN if the space belongs to it"),
        ("describe 'hello'", 'texts stand in double quotes: `"hello"`'),
        ("describe hello", 'put the text in double quotes: `"hello"`'),
        ("describe hello there", 'put the text in double quotes: `"..."`'),
        ("allow read on b;", "fields and declarations need no `;`: delete it"),
        ("// note", "comments begin with `#`"),
        ("members a", "it is a field of a team"),
        ("session 1 h", "a duration is a number and `s`, `m`, `h` or `d` without a space: 90m, 12h, 30d"),
        ('session "1h"', "write `1h`, without quotes"),
        ("allow read on b until 31.12.2026", "dates are written year-month-day: 2026-12-31"),
        ('allow read on b when aws:SourceVpc = "vpc-1"', "compare a condition key with `==`"),
        ('allow read on b when tag "a": "b"', "write `=`"),
        ("read on b", "begin the line with `allow` or `deny`: `allow read on ...`"),
    ],
)
def test_help_in_a_role(field: str, help_: str) -> None:
    assert _help(f"role x {{\n  {field}\n}}") == help_


@pytest.mark.parametrize(
    ("lines", "help_"),
    [
        ("account a 11112222333", "an account id has 12 digits, this has 11"),
        ("account a 1111-2222-3333", "write `111122223333`"),
        ("role x = t {}", "write `:`"),
        ('let a: "b"', "write `=`"),
        ("rol x {}", "did you mean `role`?"),
        ("Role x {}", "keywords are lower case: `role`"),
        ("grant a b", "put `to` before it: `to b`"),
        ("team t { members [a, b] }", "lists stand without brackets: `a, b`"),
    ],
)
def test_help_at_the_top(lines: str, help_: str) -> None:
    assert _help(lines) == help_


@pytest.mark.parametrize(
    ("lines", "label"),
    [
        ("account a", "expected a 12-digit account id"),
        ("let a =", "expected a value"),
        ("grant a to b inn c", "expected `,`, `in`, `{` or the end of the line"),
        ("team t { members a b }", "expected `,`, `group`, `members`, `owner` or `}`"),
        ("role x {\n  nonsense\n}", "expected a field of the role or `}`"),
        ("42", "expected a declaration"),
    ],
)
def test_labels_are_short_and_in_words(lines: str, label: str) -> None:
    assert _label(lines) == label


def test_a_name_that_looks_like_a_bare_action_is_a_name_when_it_stands_apart() -> None:
    text = "edition 1\nrole x {\n  allow s3:GetObject, Uploads on b\n}\n"
    assert parse(Source("f", text)).diagnostics == ()


def test_the_first_of_two_fields_is_shown() -> None:
    (found,) = parse(Source("f", "edition 1\nrole x {\n  session 1h\n  session 2h\n}\n")).diagnostics
    assert found.code == "IAM012"
    assert [(label.span.line, label.text) for label in found.labels] == [(3, "first given here")]


def test_at_most_a_hundred_mistakes_are_told() -> None:
    text = "edition 1\n" + "rol x {}\n" * 5000
    assert len(parse(Source("f", text)).diagnostics) == 100
