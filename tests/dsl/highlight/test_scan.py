"""The scanner finds the tokens that the parser finds, and gets through any text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamdsl.cache import Cache
from iamdsl.comments import comments_of
from iamdsl.highlight.kinds import KINDS, kind_of
from iamdsl.highlight.machine import load_machine
from iamdsl.highlight.neighbours import GRAMMAR, find_neighbours, load_neighbours
from iamdsl.highlight.scan import Token, parts, scan
from iamdsl.lalr import Parser
from iamdsl.printing import to_iamdsl
from iamdsl.source import Source
from iamdsl.tables import load_tables
from trees import files

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "examples").rglob("*.iamdsl")) + sorted((ROOT / "tests/fixtures").rglob("*.iamdsl"))


class Leaves:
    """A builder that keeps the tokens and no tree."""

    def __init__(self) -> None:
        self.tokens: list[tuple[str, int, int]] = []

    def leaf(self, terminal: str, start: int, end: int) -> object:
        self.tokens.append((terminal, start, end))
        return terminal

    def node(self, *_: object) -> object:
        return None


@cache
def parser() -> Parser:
    tables = load_tables()
    return Parser(replace(tables, leaves=frozenset(tables.words) | frozenset(tables.patterns)))


def tokens_of_the_parser(text: str) -> list[tuple[str, int, int]] | None:
    """Every token by its terminal; None when the text does not parse."""
    leaves = Leaves()
    return leaves.tokens if parser().parse(text, 0, len(text), leaves) is None else None


def agreed(text: str) -> None:
    """See that scanner and parser find the same tokens, and the same comments.

    One thing the scanner cannot know: what a comma stands in. Behind one, a name that is spelt like an access level
    or like `true` looks like that.
    """
    terminals = tokens_of_the_parser(text)
    assert terminals is not None
    words = load_tables().words
    expected = [Token(start, end, kind_of(name, tuple(words.get(name, ())))) for name, start, end in terminals]
    expected += [Token(each.span.start, each.span.end, "comment") for each in comments_of(Source("t.iamdsl", text))]
    expected.sort(key=lambda token: token.start)
    found = [replace(token, kind="name") if token.kind == "declared" else token for token in scan(text)]
    found = [replace(t, end=t.start + len(text[t.start : t.end].rstrip())) for t in found]
    soft = {word for name in ("LEVEL", "BOOLEAN") for word in words[name]}
    for index, token in enumerate(expected):
        if index and token.kind == "name" and text[token.start : token.end] in soft:
            assert text[expected[index - 1].end - 1] == "," or found[index] == token
            found[index] = token
    assert found == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_have_the_tokens_of_the_parser(path: Path) -> None:
    text = path.read_text(encoding="utf-8").partition("# output\n")[0]
    if tokens_of_the_parser(text) is not None:
        agreed(text)
    else:
        covered(text)


def test_most_of_those_files_parse() -> None:
    texts = [path.read_text(encoding="utf-8").partition("# output\n")[0] for path in FILES]
    assert sum(tokens_of_the_parser(text) is not None for text in texts) > 15


@given(files())
def test_generated_files_have_the_tokens_of_the_parser(file: Any) -> None:
    agreed(to_iamdsl(file))


def covered(text: str) -> None:
    """See that the tokens cover everything but white space, none of them twice, each within its line."""
    tokens = list(scan(text))
    assert all(one.end <= other.start for one, other in pairwise(tokens))
    assert all(token.start < token.end and token.kind in KINDS for token in tokens)
    assert "\n" not in "".join(text[token.start : token.end] for token in tokens)
    left = [text[one:other] for one, other in pairwise([0, *(x for t in tokens for x in (t.start, t.end)), len(text)])]
    assert not "".join(left[::2]).strip(" \n\r\t")
    for token in tokens:
        pieces = list(parts(text, token))
        assert [piece.start for piece in pieces] + [token.end] == [token.start] + [piece.end for piece in pieces]


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                '"',
                "#",
                "{",
                "}",
                "role ",
                "x",
                "allow",
                ",",
                ":",
                ".",
                "${",
                "a:b",
                "arn:",
                "\n",
                "when ",
                "=",
                "é",
                "\\",
                "1h",
            ]
        )
    ).map("".join)
)
def test_any_text_has_tokens(text: str) -> None:
    covered(text)


def words(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for token in scan(text):
        found.setdefault(token.kind, []).append(text[token.start : token.end])
    return found


def test_words_are_keywords_only_where_the_grammar_has_them() -> None:
    text = "team list { members role, on owner group }\nresources read { when arn:aws:s3:::a tag arn:aws:s3:::b }\n"
    found = words(text + "role allow : org.tier { use deny, in allow read on list.when }\n")
    assert found["keyword"] == ["team", "members", "owner", "resources", "role", "use", "allow", "on"]
    assert found["declared"] == ["list", "read", "allow"]
    assert found["name"] == ["role", "on", "group", "when", "tag", "org", "tier", "deny", "in", "list", "when"]
    assert found["constant"] == ["read"]


def test_what_declares_a_name_is_told_from_what_uses_it() -> None:
    found = words('role a { use b }\ngrant a to c\ncheck "d" { role a expect policies <= 1 }\nlet e = 1h')
    assert (found["declared"], found["name"]) == (["a", "e"], ["b", "a", "c", "a"])


def test_keys_are_told_from_actions_by_what_stands_before() -> None:
    found = words('role r { allow s3:GetObject on * when s3:prefix == "a" and aws:SourceVpc exists }')
    assert (found["action"], found["key"]) == (["s3:GetObject"], ["s3:prefix", "aws:SourceVpc"])
    assert found["constant"] == ["exists"]


def test_a_few_lines_of_a_declaration_have_colours_too() -> None:
    found = words("allow read on orders.table\n  when mfa\nuse other")
    assert found["keyword"] == ["allow", "on", "when", "mfa", "use"]


def test_an_unclosed_block_ends_where_the_next_begins() -> None:
    found = words("team t {\n  members a\n\nrole r {\n  allow read on *\n}\n")
    assert found["keyword"] == ["team", "members", "role", "allow", "on"]


def test_an_unclosed_string_ends_with_its_line() -> None:
    assert words('let a = "b\nlet c = "d"')["string"] == ['"b', '"d"']
    assert words('let a = "b\\d"\nlet c = "d"')["string"] == ['"b\\d"', '"d"']


def test_variables_and_escapes_are_parts_of_their_token() -> None:
    text = '"a\\"${b.c}${aws:username}" arn:aws:s3:::${d}/*'
    pieces = [(text[p.start : p.end], p.kind) for token in scan(text) for p in parts(text, token)]
    assert pieces == [
        ('"a', "string"),
        ('\\"', "escape"),
        ("${b.c}", "variable"),
        ("${aws:username}", "policy variable"),
        ('"', "string"),
        ("arn:aws:s3:::", "arn"),
        ("${d}", "variable"),
        ("/*", "arn"),
    ]


def test_every_terminal_has_a_kind_and_every_word_a_rule() -> None:
    tables = load_tables()
    for terminal in (*tables.words, *tables.patterns):
        assert kind_of(terminal, tuple(tables.words.get(terminal, ()))) in KINDS
    with pytest.raises(KeyError):
        kind_of("NEW_PATTERN", ())
    assert {block.word for block in load_machine().blocks} == {
        tables.words[name][0] for name in find_neighbours(GRAMMAR.read_text(encoding="utf-8")).following if name
    }


def test_only_soft_terminals_need_what_stands_before() -> None:
    """A soft terminal is never followed by another: its rule is not there to say what comes next."""
    for following in load_neighbours().following.values():
        for soft in ("NAME", "KEY"):
            assert not {"NAME", "KEY"}.intersection(following.get(soft, ()))


def test_neighbours_are_kept(tmp_path: Path) -> None:
    found = load_neighbours(Cache(tmp_path))
    assert len(list(tmp_path.rglob("*.json"))) == 1
    assert load_neighbours(Cache(tmp_path)) == found == find_neighbours(GRAMMAR.read_text(encoding="utf-8"))
