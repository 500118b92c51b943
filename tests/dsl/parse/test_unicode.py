"""Characters that make a text read other than it is: one message each, at the character, never raw."""

from __future__ import annotations

import pytest

from iamdsl import syntax as s
from iamdsl.parse import parse
from iamdsl.source import Source
from iamdsl.unicode import scan

ROLE = "edition 1\nrole x {{\n  {}\n}}\n"


@pytest.mark.parametrize(
    ("field", "place", "code", "words"),
    [
        ("allow read\u00a0on b", "3:13", "IAM704", "U+00A0 NO-BREAK SPACE"),
        ("all\u200bow read on b", "3:6", "IAM704", "U+200B ZERO WIDTH SPACE"),
        ("allow read on \ufeffb", "3:17", "IAM704", "U+FEFF"),
        ("allow read on b\u2028", "3:18", "IAM704", "U+2028"),
        ("allow read on \u3164b", "3:17", "IAM704", "U+3164"),
        ("describe \u201cplain\u201d", "3:12", "IAM705", "U+201C"),
        ("describe \u2018plain\u2019", "3:12", "IAM705", "U+2018"),
        ("describe \u201ecaf\u00e9\u201c", "3:12", "IAM705", "U+201E"),
        ("allow s3\uff1aGet* on b", "3:11", "IAM705", "U+FF1A FULLWIDTH COLON"),
        ("allow read on a\u2013b", "3:18", "IAM705", "U+2013 EN DASH"),
        ("allow read on a\uff0c b", "3:18", "IAM705", "U+FF0C"),
        ("allow s3:Get\u041ebject on b", "3:9", "IAM702", "U+041E CYRILLIC CAPITAL LETTER O"),
        ("all\u043ew read on b", "3:3", "IAM702", "U+043E"),
        ("allow read on caf\u00e9", "3:17", "IAM702", "U+00E9"),
        ("allow read on \u8ca1\u52d9", "3:17", "IAM702", "U+8CA1"),
        ("allow read on arn:aws:s3:::b\u0430", "3:17", "IAM702", "U+0430"),
        ('allow read on "arn:aws:s3:::b\u0430"', "3:17", "IAM702", "U+0430"),
        ("allow read on arn:aws:s3:::b\u202ecod", "3:31", "IAM701", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ('describe "a\u2066b"', "3:14", "IAM701", "U+2066"),
        ("session 1h # \u202ehidden", "3:16", "IAM701", "U+202E"),
        ('describe "a\x1b[31mb"', "3:14", "IAM703", r"`\x1b`"),
        ("allow read on b\x07", "3:18", "IAM703", r"`\x07`"),
        ("allow read on b\x9b", "3:18", "IAM703", r"`\x9b`"),
        ('describe "a\u200bb"', "3:14", "IAM704", "U+200B"),
        ('describe "a\ud800b"', "3:14", "IAM703", "U+D800"),
    ],
)
def test_one_message_that_names_the_character(field: str, place: str, code: str, words: str) -> None:
    (found,) = parse(Source("f", ROLE.format(field))).diagnostics
    assert found.span is not None
    assert (f"{found.span.line}:{found.span.column}", found.code) == (place, code)
    assert words in found.message
    assert found.message.isprintable()
    assert found.help


@pytest.mark.parametrize(
    "field",
    [
        'describe "\u00dcn\u00efcode \u8ca1\u52d9 \u0438 \u043f\u0440\u043e\u0437\u0430 \U0001f389"',
        'describe "\u201cquoted\u201d \u2013 prose"',
        'describe "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"',
        "session 1h # \u0435\u0449\u0451 \u00e9 \u201cx\u201d",
        'alert page "\u00e9quipe"',
    ],
)
def test_prose_may_be_in_any_language(field: str) -> None:
    assert parse(Source("f", ROLE.format(field))).diagnostics == ()


def test_the_ascii_spelling_is_offered() -> None:
    (found,) = parse(Source("f", ROLE.format("allow s3:G\u0435t\u041ebject on b"))).diagnostics
    assert found.fix is not None
    assert found.fix.text == "s3:GetObject"
    assert found.help == "did you mean `s3:GetObject`, in ASCII letters?"


def test_the_tree_is_read_as_if_it_were_ascii() -> None:
    (role,) = parse(Source("f", ROLE.format("allow s3:Get\u041ebject on b"))).file.declarations
    assert isinstance(role, s.Role)
    (statement,) = role.fields
    assert isinstance(statement, s.Statement)
    assert statement.access == (s.ActionAccess("s3:GetObject", role.span),)


@pytest.mark.parametrize("text", ["", "plain", "\u00e9", "\u201cx\u201d y\u00a0z \U0001f389", "\u201c", '"\u202e'])
def test_offsets_stay(text: str) -> None:
    assert len(scan(Source("f", text)).text) == len(text)


def test_a_mistake_elsewhere_is_still_told() -> None:
    found = parse(Source("f", ROLE.format("allow read\u00a0on b\n  alow read on c"))).diagnostics
    assert [(d.code, d.span and d.span.line) for d in found] == [("IAM704", 3), ("IAM001", 4)]


def test_tabs_are_told_once() -> None:
    (found,) = parse(Source("f", "edition 1\nrole x {\n\tallow read on b\n\tsession\t1h\n}\n")).diagnostics
    assert (found.code, found.message) == ("IAM008", "tab in line 3")
    assert found.notes == ("2 lines have tabs",)


def test_a_file_in_another_script_does_not_flood() -> None:
    found = parse(Source("f", "\u0440\u043e\u043b\u044c \u0438\u043c\u044f {}\n" * 5000)).diagnostics
    assert 0 < len(found) <= 200
