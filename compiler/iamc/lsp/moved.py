"""Findings and permissions of a role that did not change, at the places where its text stands now."""

from __future__ import annotations

from collections.abc import Mapping
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
        self._edits: dict[int, tuple[Source, Source, int, int]] = {}

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
        """How many characters both texts have in common at the start, and how many at the end."""
        known = self._edits.get(id(old))
        if known is None:
            before = common_start(old.text, new.text)
            rest = min(len(old.text), len(new.text)) - before
            behind = min(rest, common_start(old.text[::-1], new.text[::-1]))
            known = self._edits[id(old)] = (old, new, before, behind)
        return known[2], known[3]


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
