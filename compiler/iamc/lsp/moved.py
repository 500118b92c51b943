"""Findings and permissions of a role that did not change, at the places where its text stands now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from iamc.model import Unit
from iamc.pipeline import Work
from iamdsl.diagnostics import Diagnostic
from iamdsl.source import Source, Span


class CannotTellError(Exception):
    """A span lies where the text was edited."""


class Shift:
    """From the texts that some work was done on to the texts as they are: what stands before an edit or behind it."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._edits: dict[int, tuple[Source, int, int]] = {}

    def work(self, work: Work, unit: Unit) -> Work | None:
        """The work on an equal unit as that on `unit`; None when it must be done again."""
        try:
            spans = {id(p.span): p.span for p in work.permissions}
            moved = {key: self.span(span) for key, span in spans.items()}
            if any(moved[key] is not span for key, span in spans.items()):
                permissions = tuple(replace(p, span=moved[id(p.span)]) for p in work.permissions)
                work = replace(work, permissions=permissions)
            return replace(work, unit=unit, diagnostics=tuple(self.finding(d) for d in work.diagnostics))
        except CannotTellError:
            return None

    def range(self, span: Span) -> tuple[int, int] | None:
        """Where the span's characters stand now; None where that cannot be told."""
        try:
            moved = self.span(span)
        except CannotTellError:
            return None
        return moved.start, moved.end

    def if_known(self, finding: Diagnostic) -> Diagnostic | None:
        """The same finding at its new place; None where that cannot be told."""
        try:
            return self.finding(finding)
        except CannotTellError:
            return None

    def finding(self, finding: Diagnostic) -> Diagnostic:
        """The same finding at its new place; raises `CannotTellError`."""
        labels = tuple(replace(label, span=self.span(label.span)) for label in finding.labels)
        fix = replace(finding.fix, span=self.span(finding.fix.span)) if finding.fix else None
        span = self.span(finding.span) if finding.span else None
        return replace(finding, span=span, labels=labels, fix=fix)

    def span(self, span: Span) -> Span:
        """The same characters in the text of today; raises `CannotTellError`."""
        now = self._sources.get(span.path)
        if now is span.source:
            return span
        if now is None:
            raise CannotTellError
        before, behind = self._edit(span.source, now)
        if span.end <= before:
            return Span(now, span.start, span.end)
        if span.start >= len(span.source.text) - behind:
            by = len(now.text) - len(span.source.text)
            return Span(now, span.start + by, span.end + by)
        raise CannotTellError

    def _edit(self, old: Source, new: Source) -> tuple[int, int]:
        """`edit` of two texts, remembered."""
        known = self._edits.get(id(old))
        if known is None:
            known = self._edits[id(old)] = (old, *edit(old.text, new.text))
        return known[1], known[2]


class Rebased(Shift):
    """The same offsets of one file in another text of equal length."""

    def __init__(self, now: Source) -> None:
        super().__init__({now.path: now})
        self._now = now

    def span(self, span: Span) -> Span:
        """The same range of the text."""
        return Span(self._now, span.start, span.end) if span.path == self._now.path else span

    def findings(self, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The findings with their spans in the text."""
        return (self.finding(finding) for finding in findings)


def edit(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts have in common at the start, and how many of the rest at the end."""
    before = common_start(old, new)
    return before, min(min(len(old), len(new)) - before, common_start(old[::-1], new[::-1]))


def common_start(one: str, other: str) -> int:
    """How many characters two texts have in common at the start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
