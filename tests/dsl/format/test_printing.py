from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iamdsl import syntax as s
from iamdsl.format import format_source
from iamdsl.parse import parse
from iamdsl.printing import to_iamdsl
from iamdsl.source import Source
from iamdsl.yaml import parse_yaml
from iamdsl.yaml_print import to_yaml
from iamdsl.yaml_text import Items, Keys, block, scalar
from trees import SPAN, files

REPEATABLE = settings(derandomize=True, deadline=None, max_examples=150)


@REPEATABLE
@given(files())
def test_the_text_of_a_tree_says_the_same_and_is_canonical(file: s.File) -> None:
    text = to_iamdsl(file)
    parsed = parse(Source("generated", text))
    assert parsed.file == file
    assert not parsed.diagnostics
    assert format_source(Source("generated", text)).text == text


@REPEATABLE
@given(files())
def test_the_yaml_of_a_tree_says_the_same(file: s.File) -> None:
    parsed = parse_yaml(Source("generated", to_yaml(file)))
    assert not parsed.diagnostics
    assert replace(parsed.file, origin="iamdsl") == file


def test_a_tree_without_an_edition_gets_one() -> None:
    file = s.File("x", None, (s.Services(s.Name("a", SPAN), (s.Ref(("s3",), SPAN),), SPAN),), "yaml", SPAN)
    assert to_iamdsl(file) == "edition 1\n\nservices a = s3\n"
    assert to_yaml(file) == "edition: 1\n\nservices a: s3\n"


def test_a_tree_that_no_text_stands_for_is_refused() -> None:
    reference_to_a_level = (s.Ref(("read",), SPAN),)
    tier = s.Tier(s.Name("a", SPAN), (s.Ceiling(reference_to_a_level, (), SPAN),), SPAN)
    with pytest.raises(ValueError, match="generated"):
        to_iamdsl(s.File("generated", None, (tier,), "yaml", SPAN))
    with pytest.raises(ValueError, match="generated"):
        to_yaml(s.File("generated", None, (tier,), "iamdsl", SPAN))


def test_yaml_keeps_the_order_of_fields_and_of_repeated_headers() -> None:
    text = """\
edition 1

role a {
  use b
  allow read on *
  use c
}

people {}

people {}
"""
    expected = """\
edition: 1

declarations:
  - role a:
      - use: b
      - allow: read
        on: "*"
      - use: c
  - people: {}
  - people: {}
"""
    assert to_yaml(parse(Source("x", text)).file) == expected


def test_yaml_merges_neighbours_only() -> None:
    text = """\
edition 1

import "a.iamdsl"
import "b.iamdsl"

role a {
  alert page "one"
  alert audit "two"
  allow read on *
    when tag "a" = "x" and tag "b" = "y", "z" and s3:prefix like "home/*" and s3:prefix exists
  deny write on service ec2 wildcard-only when mfa and ip "10.0.0.0/8" and mfa
}

check "sizes" {
  expect policies <= 2
}
"""
    expected = """\
edition: 1

import: [a.iamdsl, b.iamdsl]

role a:
  alert: {page: one, audit: two}
  statements:
    - allow: read
      on: "*"
      when: {tag: {a: x, b: ["y", z]}, s3:prefix: {like: home/*, exists: true}}
    - deny: write
      on: {service: ec2, wildcard-only: true}
      when: [{mfa: true}, {ip: 10.0.0.0/8}, {mfa: true}]

check sizes:
  expect:
    - policies: 2
"""
    assert to_yaml(parse(Source("x", text)).file) == expected


texts = st.text(max_size=20) | st.text(st.sampled_from("ab1-:#?,[]{}&*!|>%@`'\"\\ \t\n.=~<_0xe+"), max_size=8)


@REPEATABLE
@given(texts, texts)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_any_yaml_reader_reads_a_text_as_that_text(loader: type[yaml.SafeLoader], key: str, text: str) -> None:
    key += "x"
    flow = Keys((("a", Items((text, text))), (key, text)))
    tall = Keys((("a", Items((text, Keys(((key, text),), flow=False)), flow=False)),), flow=False)
    lines = "\n".join([*block(Items((flow,))), *block(Items((tall,)))])
    expected = [{"a": [text, text], key: text}, {"a": [text, {key: text}]}]
    assert yaml.load(lines, loader) == expected


def test_numbers_dates_and_booleans_are_quoted_as_texts() -> None:
    for text in ("012", "1e3", "0x1F", "1:30:00", "2026-12-31", "No", "null", "~", "", "-", ".5", "1_000", "=", "<<"):
        assert scalar(text) == f'"{text}"'
    for text in ("1h", "s3:Get*", "arn:aws:s3:::a-${b}/*", "10.0.0.0/8", "a#b", "it's"):
        assert scalar(text) == text


def test_a_header_too_long_for_a_simple_key_is_written_as_an_explicit_one() -> None:
    accounts = ", ".join(f"account-number-{number}" for number in range(100))
    text = f"edition 1\n\ngrant a to b in {accounts} {{ until 2026-12-31 }}\n"
    file = parse(Source("x", text)).file
    written = to_yaml(file)
    assert "\n? grant a to b in account-number-0" in written
    assert parse_yaml(Source("x", written)).file.declarations == file.declarations
