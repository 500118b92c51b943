"""What can be folded: blocks, fields of several lines, and comments and imports that stand together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.lsp.analysis import Analysis
from iamdsl import syntax
from iamdsl.source import Source
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines from `start` to `end`, from 0; `kind` is `comment`, `imports` or `region`."""

    start: int
    end: int
    kind: str


def folds(analysis: Analysis, source: Source) -> Iterator[Fold]:
    """The folds of a file."""
    file = analysis.project.files.get(source.path)
    for node in file.declarations if file else ():
        for part in (node, *getattr(node, "fields", ()), *getattr(node, "resources", ())):
            place = analysis.place(part.span)
            if place is not None and not isinstance(node, syntax.Import):
                yield from _fold(place.line - 1, place.end_position[0] - 1, "region")
    lines = source.text.split("\n")
    for kind, begin in (("comment", "#"), ("imports", "import ")):
        yield from _runs((number for number, line in enumerate(lines) if line.lstrip().startswith(begin)), kind)


def _runs(numbers: Iterable[int], kind: str) -> Iterator[Fold]:
    """The folds of lines that follow one another."""
    start = end = -2
    for number in numbers:
        if number > end + 1:
            yield from _fold(start, end, kind)
            start = number
        end = number
    yield from _fold(start, end, kind)


def _fold(start: int, end: int, kind: str) -> Iterator[Fold]:
    if end > start:
        yield Fold(start, end, kind)
