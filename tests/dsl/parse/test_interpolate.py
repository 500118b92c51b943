"""`${name}` inside literals."""

from __future__ import annotations

import pytest

from iamdsl.build import unescape
from iamdsl.interpolate import Variable, pieces
from iamdsl.source import Source
from iamdsl.syntax import Text


def _literal(written: str) -> Text:
    source = Source("f", f"let a = {written}")
    value = unescape(written) if written.startswith('"') else written
    return Text(value, source.span(8, 8 + len(written)))


def _shown(written: str) -> list[str]:
    found, problems = pieces(_literal(written))
    assert problems == ()
    return [f"<{p.name}@{p.span.column}>" if isinstance(p, Variable) else p for p in found]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", ["plain"]),
        ('""', []),
        ("${a}", ["<a@9>"]),
        ("arn:${a}:${b.c-d}x", ["arn:", "<a@13>", ":", "<b.c-d@18>", "x"]),
        ('"${a}"', ["<a@10>"]),
        (r'"\"\\${a}\n${b}"', ['"\\', "<a@14>", "\n", "<b@20>"]),
        ("${aws:username}/${a}", ["${aws:username}/", "<a@25>"]),
        ("${aws:PrincipalTag/team, 'none'}", ["${aws:PrincipalTag/team, 'none'}"]),
        ("${*}${?}${$}", ["${*}${?}${$}"]),
        ("$${a}", ["$", "<a@10>"]),
        ("$a {a}", ["$a {a}"]),
    ],
)
def test_pieces(written: str, expected: list[str]) -> None:
    assert _shown(written) == expected


@pytest.mark.parametrize(
    ("written", "column", "text"),
    [
        ("x${", 10, "${"),
        ('"x${a"', 11, "${a"),
        ('"\\n${a b}"', 12, "${a b}"),
        ("${}", 9, "${}"),
        ("${1a}", 9, "${1a}"),
        ("${a.}", 9, "${a.}"),
        ("${a..b}", 9, "${a..b}"),
        ('"${ a }"', 10, "${ a }"),
        ("${a${b}", 9, "${a"),
    ],
)
def test_malformed(written: str, column: int, text: str) -> None:
    _, problems = pieces(_literal(written))
    assert [(p.code, p.span and p.span.column, p.span and p.span.text) for p in problems] == [("IAM011", column, text)]


def test_a_value_that_is_not_spelt_at_its_span_still_has_a_place() -> None:
    source = Source("f", "a: >-\n  x\n  ${b}\n")
    found, _ = pieces(Text("x ${b}", source.span(3, 16)))
    assert isinstance(found[1], Variable)
    assert found[1].span.line == 1
