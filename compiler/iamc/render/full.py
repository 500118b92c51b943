"""Findings for people: the message, the source line with a mark under the mistake, and what to write instead.

    error[IAM203]: an exclusion excludes nothing
      --> payments.iamdsl:21:13
       |
    21 |     without s3:DeleteObjctVersion
       |             ^^^^^^^^^^^^^^^^^^^^^ no such action in s3
       = help: did you mean `s3:DeleteObjectVersion`?

Other places follow, each as a quotation of its own under `:::`. A span of several lines shows its first and
its last. Of findings that say the same of several places in a file, the first stands for all and lists the lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from iamc.render.snippet import Quote, quotes
from iamc.render.text import inert, inert_path, summary, width
from iamdsl.diagnostics import Diagnostic, Severity
from iamdsl.source import Span
from iamdsl.values import dataclass

ALIKE = 2
"""So many findings that say the same are each shown in full."""
LISTED = 12
"""So many of the further lines are listed."""

_BOLD = "1"
_BLUE = "1;34"
_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}


def render(diagnostics: Sequence[Diagnostic], *, color: bool = False, width: int = 100) -> str:
    """One block a finding, then the count. Source lines are cut to `width` columns; prose is not wrapped."""
    if not diagnostics:
        return ""
    blocks = [block(diagnostic, color=color, width=width) for diagnostic in _gathered(diagnostics)]
    return "\n".join([*blocks, summary(diagnostics)]) + "\n"


def _gathered(diagnostics: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings, but only the first of more than `ALIKE` that say the same of a file, with the lines of the rest."""
    alike: defaultdict[tuple[str, Diagnostic], list[Diagnostic]] = defaultdict(list)
    for diagnostic in diagnostics:
        alike[_said(diagnostic)].append(diagnostic)
    for diagnostic in diagnostics:
        first, *others = alike[_said(diagnostic)]
        lines = [other.span.line for other in others if other.span]
        if len(lines) < ALIKE:
            yield diagnostic
        elif diagnostic is first:
            yield replace(diagnostic, notes=(*diagnostic.notes, _also(lines)))


def _said(diagnostic: Diagnostic) -> tuple[str, Diagnostic]:
    """Of which file a finding says what, wherever in the file it says it; a second place is part of what is said."""
    return diagnostic.span.path if diagnostic.span else "", replace(diagnostic, span=None, fix=None)


def _also(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:LISTED]))
    more = f" and {len(lines) - LISTED} more (`--format concise` has each)" if len(lines) > LISTED else ""
    return f"the same holds of line{'s' * (len(lines) > 1)} {shown}{more}"


def block(diagnostic: Diagnostic, *, color: bool = False, width: int = 100) -> str:
    """One finding alone, ending in a line feed."""
    return "\n".join(_Block(diagnostic, color, max(width, 40)).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Block:
    diagnostic: Diagnostic
    color: bool
    width: int

    def lines(self) -> Iterator[str]:
        diagnostic = self.diagnostic
        strong = _COLORS[diagnostic.severity]
        heading = self._paint(strong, f"{diagnostic.severity.value}[{diagnostic.code}]")
        yield heading + self._paint(_BOLD, f": {inert(diagnostic.message)}")
        if diagnostic.span:
            yield from self._quotation("-->", diagnostic.span, "^", diagnostic.label, strong)
        for label in diagnostic.labels:
            yield from self._quotation(":::", label.span, "-", label.text, _BLUE)
        if diagnostic.help:
            yield self._remark("help", diagnostic.help)
        for note in diagnostic.notes:
            yield self._remark("note", note)

    def _quotation(self, arrow: str, span: Span, mark: str, label: str, style: str) -> Iterator[str]:
        place = f"{inert_path(span.path)}:{span.line}:{span.column}"
        yield f"{' ' * self._gutter()}{self._paint(_BLUE, arrow)} {place}"
        yield self._margin()
        # The margin takes the gutter, " |" and a space.
        lines = quotes(span, self.width - self._gutter() - 3)
        for index, quote in enumerate(lines):
            if index and quote.number > lines[0].number + 1:
                yield self._paint(_BLUE, "...")
            yield f"{self._margin(quote.number)} {quote.shown}".rstrip()
            yield from self._mark(quote, mark, label if quote is lines[-1] else "", style)

    def _mark(self, quote: Quote, mark: str, label: str, style: str) -> Iterator[str]:
        """The underline, with the label beside it, or under it when it would stick out."""
        words = inert(label)
        room = self.width - self._gutter() - 3 - width(words)
        underline = " " * quote.indent + self._paint(style, mark * quote.length)
        if not words:
            yield f"{self._margin()} {underline}"
        elif quote.indent + quote.length + 1 <= room:
            yield f"{self._margin()} {underline} {self._paint(style, words)}"
        else:
            yield f"{self._margin()} {underline}"
            yield f"{self._margin()} {' ' * max(0, min(quote.indent, room))}{self._paint(style, words)}"

    def _remark(self, kind: str, text: str) -> str:
        return f"{' ' * self._gutter()} {self._paint(_BLUE, '=')} {self._paint(_BOLD, kind)}: {inert(text)}"

    def _margin(self, number: int | None = None) -> str:
        digits = "" if number is None else str(number)
        return self._paint(_BLUE, f"{digits:>{self._gutter()}} |")

    def _gutter(self) -> int:
        """Columns for line numbers: as many as the last quoted line needs."""
        spans = [label.span for label in self.diagnostic.labels]
        if self.diagnostic.span:
            spans.append(self.diagnostic.span)
        return max((len(str(span.end_position[0])) for span in spans), default=0)

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color else text
