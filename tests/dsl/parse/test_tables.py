"""The parse tables, their cache, and that our automaton agrees with lark's."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark, Token, Tree

import iamdsl
from iamdsl.build import _NODES
from iamdsl.cache import Cache
from iamdsl.lalr import Failure, Parser
from iamdsl.parse import parse, parser
from iamdsl.source import Source
from iamdsl.tables import build_tables, load_tables

GRAMMAR = (Path(iamdsl.__file__).parent / "grammar.lark").read_text(encoding="utf-8")
# No name begins with a keyword: lark would cut `list-x` after `list`, while our automaton reads whole words.
SAMPLES = {
    "NAME": ["a", "orders", "payments-viewer", "x_1"],
    "STRING": ['""', '"a b"', r'"\"\\\n"', '"${a}"'],
    "ARN": ["arn:aws:s3:::b/*", "arn:aws:s3:::${a.b}"],
    "ACTION": ["s3:Get*", "*:*", "iam:PassRole"],
    "KEY": ["aws:SourceVpc", "aws:PrincipalTag/team"],
    "OPERATOR": ["==", "<=", "like", "ForAnyValue:StringLikeIfExists"],
    "PRINCIPAL": ["ec2.amazonaws.com"],
    "EMAIL": ["a@b.example"],
    "DATE": ["2026-12-31", "2026-12-31T00:00:00Z"],
    "ACCOUNT_ID": ["012345670123"],
    "DURATION": ["1h", "30d"],
    "CODE": ["IAM306"],
    "INT": ["1", "6144"],
}


class _Plain:
    """Builds nested tuples."""

    def __init__(self, text: str) -> None:
        self._text = text

    def leaf(self, terminal: str, start: int, end: int) -> object:
        return (terminal, self._text[start:end])

    def node(self, label: str, children: list[Any], start: int, end: int) -> object:
        return (label, *children)


@lru_cache(maxsize=1)
def _lark() -> Lark:
    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=True)


def _programs() -> st.SearchStrategy[str]:
    words = build_tables(GRAMMAR)["words"]
    samples = {**SAMPLES, **words}
    explicit = {name: st.sampled_from(texts).map(lambda text: text + " ") for name, texts in samples.items()}
    explicit |= {"WS": st.sampled_from([" ", "\n"]), "COMMENT": st.just("# comment\n")}
    return from_lark(_lark(), explicit=explicit)


def _as_tuples(node: Any) -> object:
    if isinstance(node, Tree):
        return (str(node.data), *(_as_tuples(child) for child in node.children))
    return (node.type, str(node)) if isinstance(node, Token) else node


@given(_programs())
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_generated_programs_parse_as_lark_parses_them(text: str) -> None:
    ours = parser().parse(text, 0, len(text), _Plain(text))
    assert not isinstance(ours, Failure), text[ours.start :]
    assert ours == _as_tuples(_lark().parse(text))
    assert all(d.code in {"IAM005", "IAM006", "IAM010", "IAM012"} for d in parse(Source("f", text)).diagnostics)


def test_the_grammar_has_neither_conflicts_nor_colliding_terminals() -> None:
    assert build_tables(GRAMMAR, strict=True) == build_tables(GRAMMAR)


def test_every_rule_has_a_builder_and_every_builder_a_rule() -> None:
    labels = {rule.label for rule in load_tables().rules if not rule.inline and not rule.single}
    aliases = {rule.label for rule in load_tables().rules if rule.single and rule.label != rule.origin}
    assert labels | aliases == set(_NODES)


def test_cached_tables_are_those_that_were_built(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    built = load_tables(cache)
    (file,) = tmp_path.rglob("*.json")
    assert load_tables(cache) == built == load_tables(Cache(None))
    assert file.stat().st_size < 200_000


@pytest.mark.parametrize("damage", [b"", b"{}", b"\n", b"0" * 64 + b"\n{}"])
def test_a_damaged_cache_is_rebuilt(tmp_path: Path, damage: bytes) -> None:
    cache = Cache(tmp_path)
    built = load_tables(cache)
    (file,) = tmp_path.rglob("*.json")
    good = file.read_bytes()
    for bad in (damage, good[:-1], good.replace(b"EDITION", b"EDITIOM")):
        file.write_bytes(bad)
        assert load_tables(cache) == built
        assert file.read_bytes() == good


def test_an_unusable_cache_does_not_matter(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert load_tables(Cache(in_the_way)) == load_tables(Cache(None))
    assert in_the_way.read_text() == ""


def test_lark_is_imported_only_to_build_the_tables(tmp_path: Path) -> None:
    program = (
        "import sys; from iamdsl.parse import parse; from iamdsl.source import Source\n"
        "assert not parse(Source('f', 'edition 1\\nlet a = 1\\n')).diagnostics\n"
        "print('lark' in sys.modules)"
    )
    environment = {"IAMC_CACHE_DIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    outputs = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [output.stdout.strip() for output in outputs] == ["True", "False"]


def test_a_parser_needs_nothing_but_its_tables() -> None:
    text = "edition 1 let a = 1"
    again = Parser(load_tables(Cache(None)))
    assert again.parse(text, 0, len(text), _Plain(text)) == parser().parse(text, 0, len(text), _Plain(text))
