"""What the tree says and where its nodes stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from iamdsl import syntax as s
from iamdsl.parse import Parsed, parse
from iamdsl.reading import read
from iamdsl.source import Source, Span

FOLDER = Path(__file__).parents[2] / "fixtures" / "language"
FILES = sorted(FOLDER.glob("*.iamdsl"))


def _read(path: Path) -> Parsed:
    source, problems = read(path)
    assert source is not None, problems
    return parse(source)


def _role(*lines: str) -> s.Role:
    parsed = parse(Source("f", "edition 1\nrole x {\n" + "\n".join(lines) + "\n}\n"))
    assert parsed.diagnostics == ()
    (role,) = parsed.file.declarations
    assert isinstance(role, s.Role)
    return role


def _nodes(node: object) -> Iterator[object]:
    if is_dataclass(node) and not isinstance(node, (Span, Source)):
        yield node
        for f in fields(node):
            yield from _nodes(getattr(node, f.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_examples_are_clean(path: Path) -> None:
    parsed = _read(path)
    assert parsed.diagnostics == ()
    assert parsed.file.edition == s.Edition(s.Text("1", parsed.file.span), parsed.file.span)
    assert len(parsed.file.declarations) >= 9


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_spans_are_exact(path: Path) -> None:
    for node in _nodes(_read(path).file):
        if isinstance(node, (s.Name, s.Ref)):
            assert node.span.text == node.text
        elif isinstance(node, s.Text):
            written = node.span.text
            assert written == node.text or (written[0] == written[-1] == '"' and len(written) >= len(node.text) + 2)
        elif isinstance(node, (s.ActionAccess, s.LevelAccess)):
            assert node.span.text == (node.pattern if isinstance(node, s.ActionAccess) else node.level)
        elif not isinstance(node, s.File):
            text = node.span.text  # type: ignore[attr-defined]
            assert text == text.strip()
            assert text


def test_every_kind_of_node_is_in_the_examples() -> None:
    kinds = {type(node) for path in FILES for node in _nodes(_read(path).file)}
    known = {k for k in vars(s).values() if isinstance(k, type) and is_dataclass(k) and k is not Span}
    assert known <= kinds


def test_every_condition_is_in_the_examples() -> None:
    parsed = _read(FOLDER / "everything.iamdsl")
    found = [node for node in _nodes(parsed.file) if isinstance(node, s.Condition)]
    assert {c.word for c in found} == {
        *("mfa", "mfa-within", "tag", "principal-tag", "request-tag", "region", "ip", "vpce", "org", "via"),
        *("before", "after", "key"),
    }
    keys = [(c.key, c.operator, [v.text for v in c.values]) for c in found if c.word == "key"]
    assert keys == [
        ("aws:SourceVpc", "==", ["vpc-1"]),
        ("s3:prefix", "not-like", ["home/*"]),
        ("aws:PrincipalTag/team", "exists", []),
        ("aws:TagKeys", "ForAllValues:StringEquals", ["a", "b"]),
        ("aws:MultiFactorAuthAge", "<", ["3600"]),
        ("aws:SecureTransport", "Bool", ["true"]),
    ]


def test_an_account_id_is_text() -> None:
    parsed = parse(Source("f", "edition 1\naccount a 012345670123\n"))
    (account,) = parsed.file.declarations
    assert isinstance(account, s.Account)
    assert account.number.text == "012345670123"


def test_escapes() -> None:
    (field,) = _role(r'  describe "a\"b\\n\nc"').fields
    assert isinstance(field, s.Describe)
    assert field.text.text == 'a"b\\n\nc'
    assert field.text.span.text == r'"a\"b\\n\nc"'


def test_order_and_empty_parts() -> None:
    role = _role("  allow read on *", '  describe "a"', "  deny iam:* on *")
    first, second, third = role.fields
    assert isinstance(first, s.Statement)
    assert isinstance(second, s.Describe)
    assert isinstance(third, s.Statement)
    assert (first.dependents, first.without, first.when, first.until) == (False, (), (), None)
    assert (role.tier, role.break_glass) == (None, False)


@pytest.mark.parametrize("word", ["list", "role", "in", "to", "group", "allow", "mfa", "people", "edition", "true"])
def test_keywords_are_soft(word: str) -> None:
    text = f"edition 1\nteam {word} {{ members {word} }}\ngrant {word} to {word} in {word}\nrole {word} {{}}\n"
    parsed = parse(Source("f", text))
    assert parsed.diagnostics == ()
    assert len(parsed.file.declarations) == 3


@pytest.mark.parametrize("name", ["reader", "list-things", "read2", "writer", "tagging-ops"])
def test_a_name_may_begin_with_a_level(name: str) -> None:
    (field,) = _role(f"  allow {name}, read on *").fields
    assert isinstance(field, s.Statement)
    assert field.access[0] == s.Ref((name,), field.span)


@pytest.mark.parametrize("text", ["rolex {}", "lety = 1", "grantx to y"])
def test_a_keyword_is_a_whole_word(text: str) -> None:
    (found,) = parse(Source("f", f"edition 1\n{text}\n")).diagnostics
    assert found.code == "IAM002"


def test_newlines_do_not_matter() -> None:
    text = (FOLDER / "payments.iamdsl").read_text(encoding="utf-8")
    flat = "\n".join(line.split(" # ")[0] for line in text.split("\n")).replace("\n", " ")
    assert parse(Source("f", flat)).file.declarations == parse(Source("f", text)).file.declarations


def test_comments() -> None:
    parsed = parse(Source("f", 'edition 1 # one\n# two\nlet a = "# not" # three  \n  # four'))
    assert [(c.text, c.own_line, c.span.line, c.span.column) for c in parsed.comments] == [
        ("# one", False, 1, 11),
        ("# two", True, 2, 1),
        ("# three", False, 3, 17),
        ("# four", True, 4, 3),
    ]


def test_a_file_without_final_newline_is_fine() -> None:
    assert parse(Source("f", "edition 1\nlet a = 1")).diagnostics == ()
