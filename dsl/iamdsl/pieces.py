"""A text in pieces that are parsed by themselves: after an edit, only the declarations that it touched are read again.

A piece is a declaration with the comments behind it. Its tree stands in a source of its own, which holds the piece
alone, so that the tree stays good wherever the piece moves in the file; `Pieces.place` says where a span of it stands
today. What the pieces say together is what `parse` says of the whole text, and that is tested on texts of all kinds;
where it cannot be had in pieces, the whole text is one.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from iamdsl.chunks import TooDeepError, starts
from iamdsl.comments import comments_of
from iamdsl.lalr import Failure
from iamdsl.mistakes import Nothing, vocabulary_of
from iamdsl.parse import about_file, parse, parser
from iamdsl.recover import MOST_MISTAKES, Reader, Recovery, other_language
from iamdsl.source import Source
from iamdsl.suppress import Suppression, suppressions
from iamdsl.syntax import Declaration, Edition, File
from iamdsl.unicode import MOST_REFUSED, Scan, scan
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iamdsl.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Piece:
    """What a piece says.

    Attributes:
        source: the piece alone, under the file's path.
        mended: its text with the characters replaced that no source may have.
        declarations: those that could be read; as a rule it is one.
        edition: the edition line, which the first piece has.
        edition_tried: whether something stands here that should be the edition line.
        stopped: the offset at which the grammar did not fit; None when all of the piece does.
        mistakes: what is wrong with the text.
        suppressions: its `ignore` comments.
        remarks: what is wrong with those.
    """

    source: Source
    mended: str
    declarations: tuple[Declaration, ...] = ()
    edition: Edition | None = None
    edition_tried: bool = False
    stopped: int | None = None
    mistakes: tuple[Diagnostic, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text, its pieces in order, where each begins, and what they say together."""

    source: Source
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    file: File
    suppressions: tuple[Suppression, ...]
    diagnostics: tuple[Diagnostic, ...]

    def at(self, offset: int) -> tuple[Piece, int]:
        """The piece around an offset, and where the piece begins."""
        number = self.number_at(offset)
        return self.pieces[number], self.starts[number]

    def number_at(self, offset: int) -> int:
        """The number of the piece around an offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def places(self) -> Iterator[tuple[Source, int]]:
        """Every source that a span of this text may name, and where it begins."""
        yield self.source, 0
        for piece, start in zip(self.pieces, self.starts, strict=True):
            yield piece.source, start


class _WholeError(Exception):
    """The text cannot be read in pieces."""


def in_pieces(source: Source, before: Pieces | None = None) -> Pieces:
    """The pieces of a text; those of `before`, an earlier text of the same file, are taken over where they can be."""
    try:
        return _in_pieces(source, before)
    except _WholeError:
        return whole(source)


def whole(source: Source) -> Pieces:
    """A text as one piece, which stands in the source itself."""
    parsed = parse(source)
    ignored, problems = suppressions(parsed.comments)
    return as_read(source, parsed.file, ignored, (*parsed.diagnostics, *problems))


def as_read(
    source: Source, file: File, ignored: tuple[Suppression, ...] = (), diagnostics: tuple[Diagnostic, ...] = ()
) -> Pieces:
    """A text that was read as a whole, also one of another language, as one piece."""
    piece = Piece(source, source.text, file.declarations, suppressions=ignored)
    return Pieces(source, (piece,), (0,), file, ignored, diagnostics)


def _in_pieces(source: Source, before: Pieces | None) -> Pieces:
    scanned = scan(source)
    if len(scanned.diagnostics) >= MOST_REFUSED:
        raise _WholeError
    pieces = tuple(_cut(source, scanned.text, before))
    begins = tuple(accumulate((len(piece.mended) for piece in pieces[:-1]), initial=0))
    found = _mistakes(source, scanned, pieces, begins)
    declarations = tuple(node for piece in pieces for node in piece.declarations)
    edition = next((piece.edition for piece in pieces if piece.edition), None)
    file = File(source.path, edition, declarations, "iamdsl", source.span(0, len(source.text)))
    found += about_file(source, file, found, edition_tried=any(piece.edition_tried for piece in pieces))
    found += (remark for piece in pieces for remark in piece.remarks)
    ignored = tuple(one for piece in pieces for one in piece.suppressions)
    return Pieces(source, pieces, begins, file, ignored, tuple(found))


# cutting ------------------------------------------------------------------------------------------------------


def _cut(source: Source, text: str, before: Pieces | None) -> Iterator[Piece]:
    """The pieces of a text, those of an earlier text where they are the same."""
    kept: list[Piece] = []
    kept_behind: list[Piece] = []
    spare: dict[tuple[str, str], list[Piece]] = {}
    if before is None or len(before.pieces) < 2:  # a text that was read as a whole has nothing to take over
        bounds = [0, *_starts(text, 0), len(text)]
    else:
        kept, bounds, kept_behind = _changed(source.text, text, before)
        for piece in before.pieces[len(kept) : len(before.pieces) - len(kept_behind)]:
            spare.setdefault((piece.source.text, piece.mended), []).append(piece)
    yield from kept
    for start, end in pairwise(bounds):
        same = spare.get((source.text[start:end], text[start:end]))
        yield same.pop() if same else _read(Source(source.path, source.text[start:end]), text[start:end])
    yield from kept_behind


def _changed(now: str, text: str, before: Pieces) -> tuple[list[Piece], list[int], list[Piece]]:
    """The pieces before an edit, the bounds of those that must be read, and the pieces behind the edit."""
    old = before.source.text
    head, tail = common_ends(old, now)
    first = max(0, bisect_right(before.starts, head) - 1)
    while first > 0 and not _line_end(old, before.starts[first]) < head:
        first -= 1
    by = len(text) - len(old)
    resumed = {start + by: number for number, start in enumerate(before.starts) if number > first}
    bounds = [before.starts[first]]
    for start in _starts(text, _line_start(text, before.starts[first]) if first else 0):
        number = resumed.get(start)
        if number is not None and _line_start(text, start) > len(text) - tail:
            return list(before.pieces[:first]), [*bounds, start], list(before.pieces[number:])
        if start > bounds[-1] or not first:
            bounds.append(start)
    return list(before.pieces[:first]), [*bounds, len(text)], []


def _starts(text: str, at: int) -> Iterator[int]:
    try:
        yield from starts(text, vocabulary_of(parser()).beginnings, at)
    except TooDeepError:
        raise _WholeError from None


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def common_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts have in common at the start, and how many of the rest at the end."""
    head = _common_start(old, new)
    return head, min(min(len(old), len(new)) - head, _common_start(old[::-1], new[::-1]))


def _common_start(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


# reading ------------------------------------------------------------------------------------------------------


def _read(source: Source, text: str) -> Piece:
    """One piece, as recovery reads it; the text before the first declaration has comments only."""
    ignored, problems = suppressions(comments_of(source))
    result = Recovery()
    stopped: int | None = None
    if text.strip() and any(line.strip() and line.lstrip()[0] != "#" for line in text.split("\n")):
        stopped = Reader(source, text, parser(), vocabulary_of(parser()), result).read(0, len(text), first=True)
    return Piece(
        source,
        text,
        tuple(result.declarations),
        result.edition,
        result.edition_tried,
        stopped,
        tuple(result.diagnostics),
        ignored,
        problems,
    )


def _mistakes(source: Source, scanned: Scan, pieces: tuple[Piece, ...], begins: tuple[int, ...]) -> list[Diagnostic]:
    """What is wrong with the text, as the parser says it when it reads the text as a whole."""
    if any(piece.edition or piece.edition_tried for piece in pieces[2:]):
        raise _WholeError  # what is wrong with a second edition line depends on the first
    _see_that_it_fails(source, scanned.text, pieces, begins)
    found = [finding for piece in pieces for finding in piece.mistakes]
    if len(found) >= MOST_MISTAKES:
        raise _WholeError
    if scanned.lines:
        lines = {id(piece.source): source.position(start)[0] - 1 for piece, start in zip(pieces, begins, strict=True)}
        found = [d for d in found if not (d.span and d.span.line + lines[id(d.span.source)] in scanned.lines)]
    return [*found, *scanned.diagnostics]


def _see_that_it_fails(source: Source, text: str, pieces: tuple[Piece, ...], begins: tuple[int, ...]) -> None:
    """Raise `_WholeError` where the text has pieces that do not parse, and parses as a whole.

    A piece that stops to fit within itself does so in the whole text, too. One that stops at its end, or whose first
    word does not fit, may be half of a declaration that was cut where a line looked like the beginning of another.
    """
    for number, piece in enumerate(pieces):
        if piece.stopped is None:
            continue
        if other_language(source, text):
            raise _WholeError
        if not 0 < piece.stopped < len(piece.mended):
            start = begins[number if piece.stopped else max(0, number - 1)]
            if not isinstance(parser().parse(text, start, len(text), Nothing()), Failure):
                raise _WholeError
        return
