"""Places as editors count them: lines from 0, columns in the units that the client chose, UTF-16 by default."""

from __future__ import annotations

from iamdsl.source import Source, Span
from iamdsl.values import dataclass

UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 0."""

    line: int
    column: int


def offset_of(source: Source, line: int, column: int, encoding: str = UTF16) -> int:
    """The offset of an editor's place; what lies outside the text is brought inside."""
    if line < 0:
        return 0
    if line >= len(source.line_starts):
        return len(source.text)
    return source.line_starts[line] + index_of(source.line(line + 1), column, encoding)


def index_of(line: str, column: int, encoding: str = UTF16) -> int:
    """The index in a line of an editor's column."""
    if encoding == UTF32 or line.isascii():
        return max(0, min(column, len(line)))
    for index, character in enumerate(line):
        if column <= 0:
            return index
        column -= _width(character, encoding)
    return len(line)


def place_of(source: Source, offset: int, encoding: str = UTF16) -> Place:
    """Where an editor sees an offset."""
    line, column = source.position(offset)
    before = source.text[offset - column + 1 : offset]
    return Place(line - 1, length(before, encoding))


def range_of(span: Span, encoding: str = UTF16) -> tuple[Place, Place]:
    """The two ends of a span."""
    return place_of(span.source, span.start, encoding), place_of(span.source, span.end, encoding)


def length(text: str, encoding: str = UTF16) -> int:
    """How long an editor takes a text to be."""
    if encoding == UTF32 or text.isascii():
        return len(text)
    return sum(_width(character, encoding) for character in text)


def _width(character: str, encoding: str) -> int:
    if encoding == UTF8:
        return len(character.encode("utf-8", "surrogatepass"))
    return 2 if encoding == UTF16 and ord(character) > 0xFFFF else 1
