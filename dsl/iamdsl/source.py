"""Source files and spans: where a thing was written."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field

from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One file as read: `path` as the user knows it, `text` with LF line ends.

    Offsets count code points from 0; lines and columns count from 1.
    """

    path: str
    text: str = field(repr=False)
    line_starts: tuple[int, ...] = field(repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        starts = [0]
        find = self.text.find
        position = find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = find("\n", position + 1)
        object.__setattr__(self, "line_starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of `offset`, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end]

    def span(self, start: int, end: int) -> Span:
        """The span [start, end) of this file."""
        return Span(self, start, end)


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range [start, end) of a source."""

    source: Source
    start: int
    end: int

    @property
    def path(self) -> str:
        """The file's path as the user knows it."""
        return self.source.path

    @property
    def line(self) -> int:
        """First line, from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """First column, from 1, in code points."""
        return self.source.position(self.start)[1]

    @property
    def end_position(self) -> tuple[int, int]:
        """Line and column just behind the last character."""
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        """The source text that the span covers."""
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.source, self.start, other.end)

    def part(self, start: int, end: int) -> Span:
        """The sub-span [start, end), counted from the start of this one."""
        return Span(self.source, self.start + start, self.start + end)

    def inside(self, whole: Span) -> bool:
        """Whether this is a part of `whole`."""
        return whole.start <= self.start and self.end <= whole.end and self.source == whole.source

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"
