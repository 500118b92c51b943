from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamdsl import format as formatter
from iamdsl import syntax as s
from iamdsl.comments import free_text
from iamdsl.format import format_source
from iamdsl.parse import parse
from iamdsl.printing import to_iamdsl
from iamdsl.source import Source
from trees import files

FOLDER = Path(__file__).parents[2] / "fixtures" / "format"
FIXTURES = sorted(FOLDER.glob("*.iamdsl"))
REPEATABLE = settings(derandomize=True, deadline=None, max_examples=120)


def formatted(text: str) -> str:
    result = format_source(Source("x", text))
    assert result.text is not None, result.diagnostics
    assert not result.diagnostics
    return result.text


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixture(path: Path) -> None:
    text, divider, expected = path.read_text().partition("# output\n")
    assert divider
    assert formatted(text) == expected
    assert formatted(expected) == expected


def test_every_kind_of_layout_has_a_fixture() -> None:
    assert len(FIXTURES) == 6


def test_a_snippet_needs_no_edition_and_tabs_become_spaces() -> None:
    assert formatted("role a {\n\tuse\tb\n}") == "role a {\n  use b\n}\n"


@pytest.mark.parametrize("text", ["", "\n\n", "edition 1"])
def test_little_text(text: str) -> None:
    assert formatted(text) == (f"{text}\n" if text.strip() else "")


def test_only_comments() -> None:
    assert formatted("\n  # a\n\n\n# b") == "# a\n\n# b\n"


@pytest.mark.parametrize(
    "text", ["edition 1\nrole a {", "edition 2\n", 'edition 1\nlet a = "x\n', "edition 1\nrol a {}\n"]
)
def test_a_file_with_mistakes_is_left_alone(text: str) -> None:
    result = format_source(Source("x", text))
    assert result.text is None
    assert result.diagnostics == parse(Source("x", text)).diagnostics
    assert result.diagnostics


@pytest.mark.parametrize(
    ("broken", "lost"),
    [
        (lambda text: text.replace("read", "write"), "what the file says"),
        (lambda text: text.replace("allow", "alow"), "what the file says"),
        (lambda text: text.replace("# why", "# what"), "its comments"),
    ],
)
def test_a_layout_that_changes_more_is_not_returned(broken, lost, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = formatter.laid_out
    monkeypatch.setattr(formatter, "laid_out", lambda lexemes: broken(laid_out(lexemes)))
    result = format_source(Source("x", "edition 1\nrole a { allow  read on * } # why"))
    assert result.text is None
    assert [(d.code, d.message) for d in result.diagnostics] == [("IAM905", f"the layout would change {lost}")]


def test_a_layout_that_is_not_stable_is_not_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out, ends = formatter.laid_out, iter(["\n", ""])
    monkeypatch.setattr(formatter, "laid_out", lambda lexemes: laid_out(lexemes) + next(ends))
    result = format_source(Source("x", "edition 1"))
    assert result.text is None
    assert [d.message for d in result.diagnostics] == ["the layout would change itself, when it is repeated"]


def gaps(text: str) -> list[tuple[int, int]]:
    """The white space between words: outside comments and strings."""
    taken = free_text(text)
    spaces = [match.span() for match in re.finditer(r"\s+", text)]
    return [(a, b) for a, b in spaces if not any(start < b and a < end for start, end in taken)]


@REPEATABLE
@given(files(), st.data())
def test_other_white_space_and_comments_anywhere_change_nothing(file: s.File, data: st.DataObject) -> None:
    text = to_iamdsl(file)
    places = gaps(text)
    fill = st.sampled_from([" ", " ", " ", "\n", "\n\n\n", "  \t", " # eol\n", "\n  # own\n", "\n\n# a\n\n\n  # b\n\n"])
    filling = data.draw(st.lists(fill, min_size=len(places), max_size=len(places)))
    parts, behind = [], 0
    for (start, end), white in zip(places, filling, strict=True):
        parts += [text[behind:start], white]
        behind = end
    changed = "".join(parts) + text[behind:]
    before = parse(Source("generated", changed))
    assert before.file == file
    result = formatted(changed)
    after = parse(Source("generated", result))
    assert after.file == file
    assert [c.text for c in after.comments] == [c.text for c in before.comments]
    assert [c.own_line for c in after.comments] == [c.own_line for c in before.comments]
    assert formatted(result) == result
    assert "\n\n\n" not in result
    assert not re.search(r"[ \t]\n", result)


def work(text: str) -> int:
    """How many functions are called to format a text: a measure of time that no other process disturbs."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        formatted(text)
    finally:
        sys.setprofile(before)
    return calls


def test_work_is_linear() -> None:
    body = (FOLDER / "long-lines.iamdsl").read_text().partition("# output\n")[0].removeprefix("edition 1\n")
    formatted(body)
    small, large = work(body * 5), work(body * 40)
    assert large < 8.5 * small


def test_a_long_statement_takes_no_long_time() -> None:
    def statement(length: int) -> str:
        items = ", ".join(f"s3:Get{number}" for number in range(length))
        conditions = " and ".join(f'tag "t{number}" = "a", "b"' for number in range(length // 2))
        return f"role a {{ allow {items} on * when {conditions} }}"

    formatted(statement(10))
    assert work(statement(1600)) < 8.5 * work(statement(200))
