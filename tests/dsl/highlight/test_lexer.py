"""The Pygments lexer keeps every character of a text and knows what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from pygments import lex
from pygments.token import STANDARD_TYPES, Error, Keyword, Name, String, Text, string_to_tokentype

from iamdsl.highlight.kinds import KINDS
from iamdsl.highlight.lexer import IamdslLexer

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "examples").rglob("*.iamdsl"))
RAW = IamdslLexer(stripnl=False, ensurenl=False)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_round_trip_and_all_of_them_is_known(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tokens = list(lex(text, RAW))
    assert "".join(value for _, value in tokens) == text
    assert not [value for kind, value in tokens if kind in (Error, Text)]


def test_every_token_type_is_one_that_styles_know() -> None:
    for kind in KINDS.values():
        assert string_to_tokentype(kind.token) in STANDARD_TYPES


def test_types() -> None:
    tokens = set(lex('role reader {\n  allow s3:GetObject on arn:aws:s3:::${a}/*\n  describe "b"\n}\n', RAW))
    assert {
        (Keyword, "role"),
        (Name.Class, "reader"),
        (Name.Function, "s3:GetObject"),
        (String.Symbol, "arn:aws:s3:::"),
        (String.Interpol, "${a}"),
        (String.Double, '"b"'),
    } <= tokens
