"""Plain tables for a terminal, aligned by what a terminal shows, and words about numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from iamc.render.text import width


def aligned(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> Iterator[str]:
    """The rows of inert texts in columns, two spaces apart; the columns of `right` end together."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            " " * (size - width(text)) + text if number in right else text + " " * (size - width(text))
            for number, (text, size) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def count(number: int, word: str, plural: str = "") -> str:
    """`1 call`, `1,200 calls`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"
