"""Where things stand: spans of pieces in the text of today, and findings of an earlier text behind an edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from iamdsl.diagnostics import Diagnostic
from iamdsl.pieces import Pieces, common_ends
from iamdsl.source import Source, Span
from iamdsl.suppress import Suppression


class LostError(Exception):
    """A span has no place in the text of today."""


class Places:
    """From spans of pieces to spans of files. A file that was not read in pieces is where it says it is."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Pieces, dict[int, int]]] = {}

    def enter(self, pieces: Pieces) -> None:
        """Let a text stand in place of the earlier one of its file."""
        known = self._files.get(pieces.source.path)
        if known is None or known[0] is not pieces:
            starts = {id(source): start for source, start in pieces.places()}
            self._files[pieces.source.path] = (pieces, starts)

    def keep(self, paths: Iterable[str]) -> None:
        """Forget all other files."""
        self._files = {path: self._files[path] for path in paths if path in self._files}

    def span(self, span: Span) -> Span:
        """The same characters in their file; raises `LostError` where they are gone."""
        known = self._files.get(span.path)
        if known is None:
            return span
        pieces, starts = known
        start = starts.get(id(span.source))
        if start is None:
            raise LostError
        return Span(pieces.source, span.start + start, span.end + start)

    def findings(self, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Those of the findings that have a place, at their places."""
        return _moved(findings, self)

    def suppressions(self, found: Iterable[Suppression]) -> Iterator[Suppression]:
        """The `ignore` comments at their places."""
        return (replace(each, span=self.span(each.span)) for each in found)


class Shift:
    """From texts that were edited to the texts that they became: what stands before the edit or behind it."""

    def __init__(self, today: Mapping[str, Source]) -> None:
        self._today = today
        self._edits: dict[int, tuple[Source, int, int]] = {}

    def span(self, span: Span) -> Span:
        """The same characters in the text of today; raises `LostError` where they were edited."""
        old, now = span.source, self._today.get(span.path)
        if now is None:
            raise LostError
        if now is old:
            return span
        if id(old) not in self._edits:
            self._edits[id(old)] = (old, *common_ends(old.text, now.text))
        _, before, behind = self._edits[id(old)]
        if span.end <= before:
            return Span(now, span.start, span.end)
        if span.start < len(old.text) - behind:
            raise LostError
        by = len(now.text) - len(old.text)
        return Span(now, span.start + by, span.end + by)

    def findings(self, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Those of the findings that the edit did not touch, at their places."""
        return _moved(findings, self)


def _moved(findings: Iterable[Diagnostic], to: Places | Shift) -> Iterator[Diagnostic]:
    for finding in findings:
        try:
            labels = tuple(replace(label, span=to.span(label.span)) for label in finding.labels)
            fix = replace(finding.fix, span=to.span(finding.fix.span)) if finding.fix else None
            span = to.span(finding.span) if finding.span else None
        except LostError:
            continue
        yield replace(finding, span=span, labels=labels, fix=fix)
