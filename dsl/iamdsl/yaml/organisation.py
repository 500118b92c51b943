"""The organisation form: declarations in YAML, with the words and the power of the language."""

from __future__ import annotations

from collections.abc import Iterator

from iamdsl.source import Source, Span
from iamdsl.syntax import Declaration, Edition, File, Text
from iamdsl.yaml.declarations import WORDS, declarations
from iamdsl.yaml.nodes import Entry, Mapping, Node, Scalar
from iamdsl.yaml.walk import Walk

EDITIONS = ("1",)
"""The editions of the language that this front end reads."""


def is_header(key: str) -> bool:
    """Whether a top-level key begins a declaration; `actions` by itself is a key of templates."""
    word, space, _ = key.partition(" ")
    return word in WORDS and (bool(space) or word in {"import", "people"})


def read_organisation(root: Mapping, source: Source, walk: Walk) -> File:
    """The tree of a file of declarations."""
    edition = None
    found: list[Declaration] = []
    for entry in root.entries:
        if entry.key.text == "edition":
            edition = _edition(walk, entry)
        elif entry.key.text == "declarations":
            found += _ordered(walk, entry.value)
        else:
            found += _declared(walk, entry)
    if not any(entry.key.text == "edition" for entry in root.entries):
        first = root.entries[0].key.span
        walk.report("IAM005", "the edition is missing", first, "begin the file with `edition: 1`")
    return File(source.path, edition, tuple(found), "yaml", source.span(0, len(source.text)))


def _edition(walk: Walk, entry: Entry) -> Edition | None:
    scalar = walk.scalar(entry.value, "`edition`")
    if scalar is None:
        return None
    if scalar.text not in EDITIONS:
        walk.report("IAM006", f"`{scalar.text}` is no edition", scalar.span, "write `edition: 1`")
        return None
    return Edition(Text(scalar.text, scalar.span), entry.span)


def _ordered(walk: Walk, node: Node) -> Iterator[Declaration]:
    """`declarations: [{HEADER: BODY}, ...]`, for files in which the same header stands twice."""
    for each in walk.parts(node, "`declarations`"):
        mapping = walk.mapping(each, "an item of `declarations`")
        for entry in mapping.entries if mapping else ():
            yield from _declared(walk, entry)


def _declared(walk: Walk, entry: Entry) -> Iterator[Declaration]:
    key = entry.key
    word = key.text.partition(" ")[0]
    if word not in WORDS:
        _unknown(walk, key, word)
        return
    start = len(key.text) - len(key.text[len(word) :].lstrip())
    yield from declarations(walk, entry, key.part(start, len(key.text)))


def _unknown(walk: Walk, key: Scalar, word: str) -> None:
    span: Span = key.part(0, len(word)).span
    walk.unknown_key(Scalar(word, key.plain, span), ("edition", *WORDS), "a file of declarations")
