"""Formatting a part of a file: the declarations that a range touches, laid out as the whole file would be."""

from __future__ import annotations

from iamdsl.format import format_source
from iamdsl.pieces import in_pieces
from iamdsl.source import Source


def formatted(source: Source, start: int, end: int) -> str | None:
    """The text with the declarations of `[start, end)` laid out; None where the text cannot be read."""
    text = format_source(source).text
    if text is None:
        return None
    before, after = in_pieces(source), in_pieces(Source(source.path, text))
    if len(before.pieces) != len(after.pieces):
        return text
    touched = range(before.number_at(start), before.number_at(end) + 1)
    pairs = enumerate(zip(before.pieces, after.pieces, strict=True))
    return "".join((new if number in touched else old).source.text for number, (old, new) in pairs)
