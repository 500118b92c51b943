"""A quotation of source text with its span underlined: the middle part of the full style."""

from __future__ import annotations

from itertools import accumulate

from iamc.render.text import cells, width
from iamdsl.source import Source, Span
from iamdsl.values import dataclass

_CUT = "..."


@dataclass(frozen=True, slots=True)
class Quote:
    """One quoted line: what is shown of it, and where the mark goes, in terminal columns from 0."""

    number: int
    shown: str
    indent: int
    length: int


def quotes(span: Span, room: int) -> list[Quote]:
    """The lines to quote for `span`, each at most `room` columns: its only line, or its first and its last.

    A span that ends in line ends is shown without them; an empty span gets a mark of one column.
    """
    source = span.source
    # Both ends are clamped: a finding at the end of the file may point one behind it.
    start = min(span.start, len(source.text))
    end = max(start, min(span.end, len(source.text)))
    while end > start and source.text[end - 1] == "\n":
        end -= 1
    first, from_ = source.position(start)
    last, to = source.position(end)
    if first == last:
        return [_quote(source, first, from_ - 1, to - 1, room)]
    ending = source.line(last)
    indent = len(ending) - len(ending.lstrip(" "))
    return [
        _quote(source, first, from_ - 1, len(source.line(first)), room),
        _quote(source, last, min(indent, to - 1), to - 1, room),
    ]


def _quote(source: Source, number: int, start: int, end: int, room: int) -> Quote:
    # Long lines are cut to a few times the room before the exact work, so that its cost has a bound.
    text = source.line(number)
    low, high = max(0, start - room), min(len(text), start + 2 * room)
    shown = cells(text[low:high])
    start, end = start - low, min(end, high) - low
    widths = [width(cell) for cell in shown]
    first, last = 0, len(shown)
    if len(shown) < len(text) or sum(widths) > room:
        first, last = _window(widths, start, end, room - 2 * len(_CUT))
    left = _CUT if low + first > 0 else ""
    right = _CUT if low + last < len(text) else ""
    indent = len(left) + sum(widths[first:start])
    length = sum(widths[start : min(end, last)])
    return Quote(number, left + "".join(shown[first:last]) + right, indent, max(1, length))


def _window(widths: list[int], start: int, end: int, room: int) -> tuple[int, int]:
    """The range of characters to show: the span as far as it fits, then what fits on both sides of it."""
    last = start + _fitting(widths[start:end], room)
    room -= sum(widths[start:last])
    first = start - _fitting(widths[:start][::-1], room // 2)
    last += _fitting(widths[last:], room - sum(widths[first:start]))
    first = start - _fitting(widths[:start][::-1], room - sum(widths[end:last]))
    return first, last


def _fitting(widths: list[int], room: int) -> int:
    """How many of the leading characters fit into `room` columns."""
    return sum(1 for total in accumulate(widths) if total <= room)
