"""Each seeded mistake gives the messages that stand beside it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iamdsl.diagnostics import Diagnostic
from iamdsl.parse import parse
from iamdsl.reading import read

FOLDER = Path(__file__).parents[2] / "fixtures" / "diagnostics"
FILES = sorted(FOLDER.glob("*.iamdsl"))
SEVERAL = {"two-in-one-role": 3, "two-declarations": 2, "three-fields": 3, "many-declarations": 5}
"""The files with more than one mistake; every other one has exactly one."""


def _found(path: Path) -> tuple[Diagnostic, ...]:
    source, problems = read(path)
    assert source is not None, problems
    return parse(source).diagnostics


def _line(diagnostic: Diagnostic) -> str:
    assert diagnostic.span is not None
    return f"{diagnostic.span.line}:{diagnostic.span.column} {diagnostic.code} {diagnostic.message}"


def test_there_are_many() -> None:
    assert len(FILES) > 120
    assert {file.stem for file in FILES} == {file.stem for file in FOLDER.glob("*.expected")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_message_for_each_mistake(path: Path) -> None:
    expected = path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    assert [_line(d) for d in _found(path)] == expected
    assert len(expected) == SEVERAL.get(path.stem, 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_wording(path: Path) -> None:
    for d in _found(path):
        for text in (d.message, d.label, d.help):
            assert not text.endswith("."), text
            assert "\n" not in text, text
            assert not re.search(r"[A-Z]{3,}_|__|\bNone\b|RBRACE|token|Traceback", text), text
            assert len(text) < 200, text
        assert d.message[0] in "`$" or not d.message[0].isupper() or d.message.startswith("IAM"), d.message
        assert d.help or d.label, d


REST = [p for p in FILES if p.read_text(encoding="utf-8").endswith("let last = 1\n")]


@pytest.mark.parametrize("path", REST, ids=lambda path: path.stem)
def test_what_follows_the_mistake_is_read(path: Path) -> None:
    source, _ = read(path)
    assert source is not None
    declarations = parse(source).file.declarations
    if path.stem not in {"deep-braces", "deep-parentheses"}:
        assert declarations[-1].span.text == "let last = 1"


@pytest.mark.parametrize(
    "path", [p for p in FILES if "  deny s3:DeleteBucket on *\n" in p.read_text()], ids=lambda p: p.stem
)
def test_good_fields_around_the_mistake_are_read(path: Path) -> None:
    source, _ = read(path)
    assert source is not None
    (role,) = parse(source).file.declarations
    spans = [field.span.text for field in getattr(role, "fields", ())]
    assert spans[0].startswith("allow read on orders.bucket")
    assert spans[-1] == "deny s3:DeleteBucket on *"


def test_every_fix_stands_where_its_diagnostic_points() -> None:
    for path in FILES:
        for d in _found(path):
            if d.fix and d.span:
                assert d.fix.span.start == d.span.start
                assert d.fix.span.end >= d.span.end
                assert d.fix.title
