"""JUnit XML: what Jenkins reads by its own schema, whatever is in the findings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import xmlschema
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from compiling import compiled
from iamc.catalog import Catalog
from iamc.cli import main
from iamc.render import junit, outcomes
from iamdsl.diagnostics import report
from iamdsl.source import Source, Span

ROOT = Path(__file__).parents[3]
BROKEN = sorted((ROOT / "tests/fixtures/diagnostics").glob("*.iamdsl"))
TESTED = """edition 1
role r {{ allow s3:* on arn:aws:s3:::b }}
check "{title}" {{
  role r
  expect deny s3:DeleteBucket on arn:aws:s3:::b
  expect policies <= 1
}}
"""


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(ROOT / "tests/fixtures/render/junit-10.xsd"))


def cases(text: str) -> int:
    """How many cases a report has, which is valid."""
    schema().validate(text)
    return text.count("<testcase ")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_one_case_a_finding(path: Path, catalog: Catalog) -> None:
    found = compiled(path.read_bytes().decode("utf-8", "replace"), catalog).diagnostics
    assert cases(junit.render(found)) == len(found)


def test_nothing_found() -> None:
    assert cases(junit.render([])) == 1


@pytest.mark.parametrize("title", ["buckets stay", "<&'>]]>"])
def test_outcomes_of_checks(title: str, catalog: Catalog) -> None:
    tried = compiled(TESTED.format(title=title), catalog).outcomes
    assert cases(outcomes.junit(tried)) == len(tried) == 2


def test_what_the_commands_print(tmp_path: Path) -> None:
    path = tmp_path / "a.iamdsl"
    path.write_text(TESTED.format(title="t"))
    for command, expected in (("check", 1), ("test", 2)):
        done = CliRunner().invoke(main, [command, str(path), "--format", "junit"])
        assert cases(done.stdout) == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_in_any_place(text: str, words: str) -> None:
    source = Source(f"{text}.iamdsl", f"{text} {words}\n")
    span = Span(source, 0, len(source.text))
    assert cases(junit.render([report("IAM001", words, span, label=text), report("IAM215", text, None)])) == 2
