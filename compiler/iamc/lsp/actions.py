"""Code actions: the changes that findings propose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamdsl.diagnostics import Diagnostic, Severity
from iamdsl.source import Source
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One change to offer: replace `[start, end)` of the file by `text`. `finding` is what it mends."""

    title: str
    start: int
    end: int
    text: str
    finding: Diagnostic
    preferred: bool


def actions(source: Source, findings: Iterable[Diagnostic], start: int, end: int) -> Iterator[Action]:
    """What can be done about the findings that touch `[start, end)`: their own fix, or to live with a warning."""
    for finding in findings:
        span = finding.span
        if span is None or span.source.text != source.text or span.end < start or span.start > end:
            continue
        fix = finding.fix
        if fix is not None and fix.span.path == source.path:
            title = fix.title[:1].upper() + fix.title[1:]
            yield Action(title, fix.span.start, fix.span.end, fix.text, finding, True)
        if finding.severity is Severity.WARNING and source.path.endswith(".iamdsl"):
            yield _ignored(source, finding, span.line)


def _ignored(source: Source, finding: Diagnostic, line: int) -> Action:
    """A comment above the line that silences the finding; its reason is for the author to write."""
    at = source.line_starts[line - 1]
    text = source.line(line)
    indent = text[: len(text) - len(text.lstrip())]
    comment = f"{indent}# iamc: ignore[{finding.code}] why\n"
    return Action(f"Live with {finding.code}: say why in a comment", at, at, comment, finding, False)
