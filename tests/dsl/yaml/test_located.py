"""Located YAML: all scalars are text, every node knows its place, and no text makes the reader fail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iamdsl.source import Source
from iamdsl.yaml import parse_yaml
from iamdsl.yaml.nodes import Mapping, Node, Scalar, Sequence, locate

LOADERS = ["CSafeLoader", "SafeLoader"]


@pytest.fixture(params=LOADERS)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both YAML libraries: the one in C, and the one in Python that stands in where it is absent."""
    if request.param == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")
    return str(request.param)


def plain(node: Node) -> object:
    match node:
        case Scalar():
            return node.text
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping(entries):
            return {entry.key.text: plain(entry.value) for entry in entries}


def scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Sequence(items):
            for item in items:
                yield from scalars(item)
        case Mapping(entries):
            for entry in entries:
                yield entry.key
                yield from scalars(entry.value)


@pytest.mark.usefixtures("loader")
def test_every_scalar_is_the_text_that_was_written() -> None:
    words = ["012345670123", "0o17", "0x1f", "1_000", "1.50", "12:30:45", "2026-12-31", "no", "yes", "on", "~", "null"]
    source = Source("t.yml", "".join(f"- {word}\n" for word in words))
    root = locate(source).root
    assert root is not None
    assert plain(root) == words


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_spans_quote_the_source(mark: str) -> None:
    text = (
        f"{mark}# Größe \U0001d4b3\n"
        "née: 'it''s'\n"
        '日本: "a b"   # comment\n'
        "list:\n  - plain text\n  - [flow, 'quoted']\n"
        "block: |\n  line one\n  line two\n\nnext: {a: b}\nnull:\n"
    )
    root = locate(Source("t.yml", text)).root
    assert isinstance(root, Mapping)
    written = {scalar.text: scalar.span.text for scalar in scalars(root)}
    assert written["née"] == "née"
    assert written["it's"] == "'it''s'"
    assert written["a b"] == '"a b"'
    assert written["plain text"] == "plain text"
    assert written["quoted"] == "'quoted'"
    assert written["line one\nline two\n"].endswith("line two")
    values = {entry.key.text: entry.value for entry in root.entries}
    assert values["list"].span.text == "- plain text\n  - [flow, 'quoted']"
    assert values["next"].span.text == "{a: b}"
    assert root.entries[3].span.text.startswith("block: |") is True
    assert root.span.text.startswith("née")


@pytest.mark.usefixtures("loader")
def test_part_of_a_scalar_knows_its_place() -> None:
    root = locate(Source("t.yml", "grant a to b: x\n'grant c to d': x\n\"grant \\x65 to f\": x\n")).root
    assert isinstance(root, Mapping)
    parts = [entry.key.part(6, 7) for entry in root.entries]
    assert [part.text for part in parts] == ["a", "c", "e"]
    assert [part.span.text for part in parts] == ["a", "c", '"grant \\x65 to f"']


documents = st.recursive(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Cn", "Co", "Zs", "Zl", "Zp"]), max_size=8
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.sampled_from("abc:#é-{}, "), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(documents, st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_reads_what_a_yaml_writer_wrote(document: object, flow: bool) -> None:
    text = yaml.safe_dump(document, allow_unicode=True, default_flow_style=flow, sort_keys=False, width=60)
    located = locate(Source("t.yml", text))
    assert located.diagnostics == ()
    assert located.root is not None
    assert plain(located.root) == document


CHARACTERS = [*":-?[]{},#&*!|>'\"%@`\n\t ~", "\ufeff", "\u2028", "\x85", "é", "\x00", "\ud800", "\r"]
PIECES = ("  ", "\n  ", ": ", "- ", "---\n", "...\n", "<<: ", "*", "&a ", "*a", "!!str ", "${x}", "arn:aws:s3:::b")
WORDS = ("mode: crud\n", "edition: 1\n", "read", "role x:\n", "statements:\n", "allow: read\n", "on: '*'\n", "check ")
yaml_like = st.lists(st.sampled_from([*CHARACTERS, *PIECES, *WORDS]), max_size=25).map("".join)


@given(yaml_like | st.text())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_text_gives_findings_that_lie_in_the_text(text: str) -> None:
    source = Source("t.yml", text)
    parsed = parse_yaml(source)
    for found in parsed.diagnostics:
        assert found.span is not None
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.span.line >= 1


@given(yaml_like)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_both_libraries_give_the_same_tree(text: str) -> None:
    fast = locate(Source("t.yml", text))
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        slow = locate(Source("t.yml", text))
    if not fast.diagnostics and not slow.diagnostics:
        assert fast.root == slow.root


def test_yaml_and_jsonschema_are_loaded_only_when_they_are_needed() -> None:
    program = (
        "import sys; import iamdsl.yaml as front; from iamdsl.source import Source; assert 'yaml' not in sys.modules;"
        "assert not front.parse_yaml(Source('t.yml', 'mode: crud\\nread: [\"arn:aws:s3:::b\"]\\n')).diagnostics;"
        "assert 'yaml' in sys.modules and 'jsonschema' not in sys.modules and 'difflib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
