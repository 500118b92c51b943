"""What may stand at a place of a text: read off the grammar, whatever stands behind the place."""

from __future__ import annotations

import re
from functools import lru_cache

from iamdsl.chunks import opening_brace
from iamdsl.comments import free_text
from iamdsl.lalr import Failure
from iamdsl.mistakes import Vocabulary
from iamdsl.parse import parser
from iamdsl.source import Source
from iamdsl.values import dataclass

_TYPED = re.compile(r'(?:\$\{[^}\s"]*\}?|[^\s,{}"#=])*\Z')
_STOP = "\0"  # fits nowhere, so that the parser says what would


@dataclass(frozen=True, slots=True)
class Context:
    """A place where something is being written.

    Attributes:
        typed: the beginning of the word, which stands from `start`.
        expected: the grammar's terminals that fit there.
        field: the text of the declaration's field (or of its head) before the word.
        head: the declaration's first word.
        in_text: whether this is inside a string; `typed` then begins behind its quote.
        in_block: whether the declaration's block is open.

    """

    typed: str
    start: int
    expected: frozenset[str]
    field: str
    head: str
    in_text: bool = False
    in_block: bool = False


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of the grammar."""
    return Vocabulary(parser())


def context_at(source: Source, offset: int) -> Context | None:
    """What may be written at an offset; None inside a comment."""
    text = source.text
    line = source.line_starts[source.position(offset)[0] - 1]
    for start, end in free_text(text[line:offset]):
        if line + end == offset and text[line + start] == "#":
            return None
        closed = end - start > 1 and text[line + end - 1] == '"'
        if line + end == offset and not closed:
            inside = line + start + 1
            return _context(text, inside - 1, text[inside:offset], in_text=True)
    match = _TYPED.search(text, line, offset)
    start = match.start() if match else offset
    return _context(text, start, text[start:offset])


def _context(text: str, start: int, typed: str, *, in_text: bool = False) -> Context:
    base = _declaration(text, start)
    piece = text[base:start]
    head = next(iter(piece.split(None, 1)), "")
    brace = opening_brace(piece, len(piece))
    begin = _field(piece, brace) if brace >= 0 else 0
    expected = _expected(piece)
    if expected is None and brace >= 0:
        expected = _expected(piece[: brace + 1] + "\n" + piece[begin:])
    fits = expected if expected is not None else frozenset[str]()
    return Context(typed, start + in_text, fits, piece[begin:], head, in_text, brace >= 0 and "}" not in piece[brace:])


@lru_cache(maxsize=1)
def _starts() -> re.Pattern[str]:
    words = "|".join(sorted(vocabulary().declarations | {"edition"}))
    return re.compile(rf"^(?:{words})\b", re.MULTILINE)


def _declaration(text: str, start: int) -> int:
    """Where the declaration around `start` begins; one that is itself being typed does not count."""
    found = [match.start() for match in _starts().finditer(text, 0, start)]
    return found[-1] if found else 0


def _field(piece: str, brace: int) -> int:
    """Where the last field of an open block begins."""
    at = brace + 1
    for match in re.finditer(r"(?:^|\n|\{)[ \t]*([a-z][\w-]*)", piece[brace:]):
        if match[1] in vocabulary().all_fields and match[1] != "until":
            at = brace + match.start(1)
    return at


class _Nothing:
    """A builder that keeps nothing."""

    def leaf(self, terminal: str, start: int, end: int) -> None:
        """Nothing."""

    def node(self, label: str, children: list[object], start: int, end: int) -> None:
        """Nothing."""


def _expected(piece: str) -> frozenset[str] | None:
    """The terminals that fit behind `piece`; None when it does not parse that far."""
    text = piece + _STOP
    failure = parser().parse(text, 0, len(text), _Nothing())
    return failure.expected if isinstance(failure, Failure) and failure.start == len(piece) else None
