"""A file in the other form and back: the same text, comments included."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamdsl import syntax as s
from iamdsl.comments import comments_of
from iamdsl.format import format_source
from iamdsl.parse import parse
from iamdsl.printing import to_iamdsl
from iamdsl.source import Source
from iamdsl.transcribe import transcribed
from iamdsl.yaml import parse_yaml
from trees import files

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").rglob("*.iamdsl"))
REPEATABLE = settings(derandomize=True, deadline=None, max_examples=80)
COMMENTED = """\
# Payments. Owned by the payments team.
# Second line.

edition 1

# the organisation
import "org.iamdsl" as org  # shared

let region = "eu-west-1"

let other = "x # y"
# about a
let date = 2026-12-31

account prod 111122223333 { alias "acme-prod" class production }  # main

account staging 012345670123 {
  # the other one
  alias "acme-staging"
}

people {
  # staff
  ana ana@acme.example
  bo bo@acme.example  # on leave
  # more to come
}

resources orders for prod {
  # by account
  table for prod arn:aws:dynamodb:eu-west-1:111122223333:table/orders  # big
  table for staging arn:aws:dynamodb:eu-west-1:012345670123:table/orders
  for arn:aws:s3:::for
}

role payments-viewer : org.viewer {
  # why they may look
  allow read-config on orders.bucket  # config only

  # money
  allow write on arn:aws:s3:::orders-${account.alias}/*
    without s3:DeleteObjectVersion, s3:PutObjectRetention
    when mfa
  alert page "pagerduty:x#y"
  # end of role
}

# last words
check "x # y" {
  role payments-viewer
  # no
  expect deny s3:PutObject on *  # never
}
# the end
"""
SHIFTED = ("account staging 012345670123 {\n  # the other one\n", "# the other one\naccount staging 012345670123 {\n")
"""An account's fields are no lines of their own in the tree, so a comment among them moves to its head."""


def to_yaml(text: str) -> str:
    source = Source("x.iamdsl", text)
    return transcribed(parse(source).file, source, "yaml")


def from_yaml(text: str) -> str:
    source = Source("x.yaml", text)
    parsed = parse_yaml(source)
    assert not parsed.diagnostics
    return transcribed(parsed.file, source, "iamdsl")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_come_back_as_they_were(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert from_yaml(to_yaml(text)) == text


def test_comments_blank_lines_and_names_that_stand_twice() -> None:
    assert format_source(Source("x", COMMENTED)).text == COMMENTED
    there = to_yaml(COMMENTED)
    assert "resources orders for prod:\n  # by account\n  - table: " in there
    assert "  # end of role\n\n# last words\n" in there
    expected = COMMENTED.replace(*SHIFTED)
    assert from_yaml(there) == expected
    assert from_yaml(to_yaml(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("edition: 1\nrole r:\n  describe: a # b\n", 'edition 1\n\nrole r {\n  describe "a"  # b\n}\n'),
        ("edition: 1\nrole r:\n  describe: 'a # b'\n", 'edition 1\n\nrole r {\n  describe "a # b"\n}\n'),
        ("edition: 1\nrole r:\n  describe: a#b\n", 'edition 1\n\nrole r {\n  describe "a#b"\n}\n'),
        ("edition: 1 # x\n#y\nlet a: b\n", 'edition 1  # x\n\n#y\nlet a = "b"\n'),
        ("mode: crud\n# look\nread:\n- arn:aws:s3:::b\n", "role x {\n  # look\n  allow read on arn:aws:s3:::b\n}\n"),
        (
            "# top\nmode: crud\nread:\n- arn:aws:s3:::b  # own\n",
            "# top\nedition 1\n\nrole x {\n  allow read on arn:aws:s3:::b  # own\n}\n",
        ),
    ],
)
def test_where_a_comment_begins_in_yaml(text: str, expected: str) -> None:
    assert expected in from_yaml(text)


@st.composite
def commented(draw: st.DrawFn, trees: st.SearchStrategy[s.File]) -> str:
    """The text of a tree with comments on lines of their own and behind lines."""
    lines = to_iamdsl(draw(trees)).split("\n")[:-1]
    numbers = draw(st.lists(st.integers(0, len(lines) - 1), max_size=5, unique=True))
    for number in sorted(numbers, reverse=True):
        if draw(st.booleans()):
            lines[number] += f"  # behind {number}"
        else:
            lines.insert(number, f"# above {number}")
    text = format_source(Source("generated", "\n".join(lines) + "\n")).text
    assert text is not None
    return text


@REPEATABLE
@given(commented(files()))
def test_every_comment_survives_and_the_second_trip_changes_nothing(text: str) -> None:
    def said(text: str) -> list[str]:
        return sorted(comment.text for comment in comments_of(Source("x", text)))

    once = from_yaml(to_yaml(text))
    assert parse(Source("x", once)).file == parse(Source("x", text)).file
    assert said(once) == said(text)
    assert from_yaml(to_yaml(once)) == once
