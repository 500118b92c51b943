"""Findings for people: the layout, long lines, colour, repetition, and hostile texts."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from iamc.render import RENDERERS, full, render
from iamc.render.text import width
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.source import Source

TEXT = """edition 1
role r {
  allow reed on arn:aws:s3:::orders/*
}
"""
ANSI = re.compile(r"\x1b\[[0-9;]*m")
ALLOWED = {"\n"}
ANYTHING = st.text(st.characters(), max_size=60)


def find(part: str, text: str = TEXT, name: str = "a.iamdsl", code: str = "IAM201", **more: object) -> Diagnostic:
    start = text.index(part)
    return report(code, f"unknown `{part}`", Source(name, text).span(start, start + len(part)), **more)  # type: ignore[arg-type]


def test_a_finding_shows_its_line_a_mark_and_what_to_write() -> None:
    found = find("reed", label="no such access level", help="did you mean `read`?", notes=["there are five levels"])
    assert render([found]) == (
        """\
error[IAM201]: unknown `reed`
 --> a.iamdsl:3:9
  |
3 |   allow reed on arn:aws:s3:::orders/*
  |         ^^^^ no such access level
  = help: did you mean `read`?
  = note: there are five levels

1 error
"""
    )


def test_other_places_and_spans_of_several_lines() -> None:
    source = Source("a.iamdsl", TEXT)
    role = source.span(TEXT.index("role"), TEXT.index("}") + 1)
    assert render([find("reed", labels=[Label(role, "in this role")])]) == (
        """\
error[IAM201]: unknown `reed`
 --> a.iamdsl:3:9
  |
3 |   allow reed on arn:aws:s3:::orders/*
  |         ^^^^
 ::: a.iamdsl:2:1
  |
2 | role r {
  | --------
...
4 | }
  | - in this role

1 error
"""
    )


def test_what_is_said_again_is_said_once_with_its_lines() -> None:
    text = "\n".join(f"line {number} bad" for number in range(1, 31))
    source = Source("many.yml", text)
    starts = [match.start() for match in re.finditer("bad", text)]
    found = [report("IAM207", "no action", source.span(at, at + 3), help="write another") for at in starts]
    shown = render(found)
    assert shown.count("error[IAM207]") == 1
    assert "the same holds of lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 17 more" in shown
    assert shown.endswith("\n30 errors\n")
    assert render(found[:2]).count("error[IAM207]") == 2
    elsewhere = report("IAM207", "no action", Source("b.yml", text).span(*starts[:2]), help="write another")
    assert render([*found, elsewhere]).count("error[IAM207]") == 2
    assert len(RENDERERS["concise"](found).splitlines()) == 30


def test_a_long_line_is_cut_around_the_mark() -> None:
    text = "x" * 500 + " reed " + "y" * 500
    lines = full.render([find("reed", text)], width=60).splitlines()
    assert all(len(line) <= 60 for line in lines)
    quoted, mark = lines[3], lines[4]
    assert quoted.startswith("1 | ...x")
    assert quoted.endswith("y...")
    assert quoted[mark.index("^") : mark.rindex("^") + 1] == "reed"


def test_wide_characters_keep_the_mark_in_place() -> None:
    text = "名前 reed"
    quoted, mark = full.render([find("reed", text)]).splitlines()[3:5]
    assert width(quoted[: quoted.index("reed")]) == mark.index("^")


def test_colour_adds_nothing_but_colour() -> None:
    found = [find("reed", label="no", help="yes", notes=["note"])]
    coloured = full.render(found, color=True)
    assert "\x1b[1;31m" in coloured
    assert ANSI.sub("", coloured) == full.render(found)


def test_nothing_to_say() -> None:
    assert render([]) == ""
    assert RENDERERS["concise"]([]) == ""


@given(ANYTHING, ANYTHING, ANYTHING, st.integers(0, 60), st.integers(0, 60), st.integers(40, 120))
def test_no_text_acts_on_the_reader(text: str, name: str, words: str, start: int, length: int, columns: int) -> None:
    start = min(start, len(text))
    span = Source(name, text).span(start, min(len(text), start + length))
    found = report("IAM201", words, span, label=words, help=words, notes=[words], labels=[Label(span, words)])
    for style in ("full", "concise", "github", "markdown"):
        shown = render([found], style, width=columns)
        bad = {char for char in shown if char not in ALLOWED and not char.isprintable()}
        assert not bad, (style, {unicodedata.name(char, repr(char)) for char in bad})
        commands = [line for line in shown.splitlines() if line.lstrip().startswith("::")]
        expected = 1 if style in ("full", "github") else 0  # the `:::` of a second place, the one command
        assert len(commands) == expected
        assert "##[" not in shown
