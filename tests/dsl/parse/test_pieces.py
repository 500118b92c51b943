"""A text that is read in pieces says what it says as a whole, after any edits."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iamdsl.diagnostics import Diagnostic
from iamdsl.mistakes import Vocabulary
from iamdsl.parse import parse, parser
from iamdsl.pieces import Pieces, in_pieces
from iamdsl.source import Source, Span
from iamdsl.suppress import suppressions

FOLDER = Path(__file__).parents[2] / "fixtures" / "language"
ACME = Path(__file__).parents[3] / "examples" / "acme"
TEXTS = [path.read_text("utf-8") for path in sorted([*FOLDER.glob("*.iamdsl"), *ACME.glob("*.iamdsl")])]
TYPED = (
    *(
        "{",
        "}",
        '"',
        ",",
        ":",
        "#",
        "\\",
        "${",
        "arn:",
        "\n",
        "\n\n",
        "\t",
        " ",
        "  ",
        "\u202e",
        "\u201c",
        "\u00e9",
        "(",
    ),
    *("role", "role x {", "\nrole ", "\ngrant a to b", "\nedition 1\n", "edition 1", "editon 1\n", "let a = ", "."),
    *("allow", "allow read on", "check", "# iamc: ignore[IAM304] x", "# iamc: ignore", "\ncheck", "to", "- a:"),
)
"""What a person, or somebody who wants to see a parser fail, may type anywhere."""


def said(pieces: Pieces) -> tuple[Any, ...]:
    """The tree with the places of everything in it, the findings, and the comments that count."""
    begins = {id(source): start for source, start in pieces.places()}

    def at(span: Span) -> tuple[int, int]:
        start = begins[id(span.source)]
        return span.start + start, span.end + start

    return _said(pieces.file, pieces.diagnostics, pieces.suppressions, at)


def said_as_a_whole(source: Source) -> tuple[Any, ...]:
    parsed = parse(source)
    ignored, problems = suppressions(parsed.comments)
    return _said(parsed.file, (*parsed.diagnostics, *problems), ignored, lambda span: (span.start, span.end))


def _said(file: Any, diagnostics: tuple[Diagnostic, ...], ignored: Any, at: Any) -> tuple[Any, ...]:
    findings = {str(_flat(finding, at)) for finding in diagnostics}
    tree = _flat((file.path, file.edition, file.declarations, file.origin), at)  # nobody is shown a whole file's span
    return tree, sorted(findings), [_flat(one, at) for one in ignored]


def _flat(value: Any, at: Any) -> Any:
    if isinstance(value, Span):
        return at(value)
    if isinstance(value, tuple):
        return [_flat(each, at) for each in value]
    if is_dataclass(value):
        return [type(value).__name__, *(_flat(getattr(value, each.name), at) for each in fields(value))]
    return value


@st.composite
def edits(draw: st.DrawFn) -> list[str]:
    """A text as it is after each of a few edits."""
    text = draw(st.sampled_from(TEXTS))
    texts = [text]
    for _ in range(draw(st.integers(1, 5))):
        lines = [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
        at = draw(st.one_of(st.integers(0, len(text)), st.sampled_from(lines)))
        cut = draw(st.sampled_from((0, 0, 0, 1, 1, 2, 7, 60, 400)))
        text = text[:at] + draw(st.sampled_from((*TYPED, "", ""))) + text[at + cut :]
        texts.append(text)
    return texts


@given(edits())
@settings(max_examples=150)
@example(["role a {\n}\n", "  role a {\n}\n", "\nrole a {\n}\n"])
@example(["grant a to b\n", "grant a to b\n.c\n", "grant a to\nb\n", 'import\n"x"\n', "role\nx {}\n"])
@example(["role r {\n  allow\nread on *\n}\n", "role r {\n  allow\nread on\ngrant.x\n}\nrole b {}"])
@example(["let a = \u201cx\u201d\n", 'let a = "x"\n'])
@example(["", "\n", "# x\n", "edition 1\n", "edition 1\nedition 1\n", "edition 2\n", "x: 1\n", '{"a": 1}'])
@example(["(" * 40, "role x {" + "(" * 40 + "\n}\nrole y {}\n"])
def test_pieces_say_what_the_whole_says(texts: list[str]) -> None:
    pieces: Pieces | None = None
    for text in texts:
        source = Source("f.iamdsl", text)
        pieces = in_pieces(source, pieces)
        assert said(pieces) == said_as_a_whole(source)
        assert "".join(piece.source.text for piece in pieces.pieces) == text


@pytest.mark.parametrize("text", TEXTS)
def test_only_what_an_edit_touches_is_read_again(text: str) -> None:
    pieces = in_pieces(Source("f.iamdsl", text))
    if len(pieces.pieces) < 3:
        return
    middle = len(pieces.pieces) // 2
    at = pieces.starts[middle] + len(pieces.pieces[middle].mended) - 1
    again = in_pieces(Source("f.iamdsl", text[:at] + " " + text[at:]), pieces)
    known = {id(piece) for piece in pieces.pieces}
    assert [id(piece) in known for piece in again.pieces].count(False) == 1


def test_a_hundred_mistakes_are_enough() -> None:
    text = "edition 1\n" + "rol x {}\n" * 150
    pieces = in_pieces(Source("f.iamdsl", text))
    assert said(pieces) == said_as_a_whole(Source("f.iamdsl", text))
    strange = "edition 1\n" + 'let \u0430 = "x"\n' * 150
    pieces = in_pieces(Source("f.iamdsl", strange), pieces)
    assert said(pieces) == said_as_a_whole(Source("f.iamdsl", strange))


def test_a_declaration_word_behind_a_whole_declaration_begins_another() -> None:
    """The property of the grammar that pieces rest on: nothing that may end a text goes on with such a word."""
    tables, words = parser().tables, Vocabulary(parser()).declarations
    for state, actions in enumerate(tables.states):
        if "$END" in actions:
            for word in words:
                terminal, end = parser()._lexers[state].token(word + " x", 0, len(word) + 2)
                assert (terminal, end) == (word.upper(), len(word)) or terminal in tables.words, (state, word)
                assert terminal == "" or tables.words[terminal] == [word] or tables.words[terminal] == (word,)


def test_equal_declarations_are_two_pieces() -> None:
    text = "edition 1\ngrant a to b\ngrant a to b\n"
    pieces = in_pieces(Source("f.iamdsl", text))
    again = in_pieces(replace(pieces.source, text=text + "grant a to b\n"), pieces)
    assert len({id(piece.source) for piece in again.pieces}) == len(again.pieces) == 5
