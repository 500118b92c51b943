"""Diagnostics as values: what is wrong, where, and what to write instead.

Wording follows one style: messages start in lower case and end without a full stop, what the user wrote stands
in backticks, no word of the host language appears, and the span carries the quotation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

from iamdsl.codes import CODES
from iamdsl.source import Span
from iamdsl.values import dataclass


class Severity(str, Enum):
    """How much a diagnostic weighs: an error stops the compile, a warning does not, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that the reader needs to see, with a few words about it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would mend the mistake: replace the text of `span` by `text`."""

    span: Span
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `span` is None only for findings about a whole run, such as an unreadable database."""

    code: str
    message: str
    span: Span | None
    label: str = ""
    help: str = ""
    notes: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    fix: Fix | None = None
    severity: Severity = Severity.ERROR

    def demoted(self) -> Diagnostic:
        """The same finding as a warning, for a flag that lets the rest compile."""
        return replace(self, severity=Severity.WARNING)


def report(
    code: str,
    message: str,
    span: Span | None,
    *,
    label: str = "",
    help: str = "",  # noqa: A002 - the reader's word for it
    notes: Iterable[str] = (),
    labels: Iterable[Label] = (),
    fix: Fix | None = None,
) -> Diagnostic:
    """A diagnostic with the severity that the registry gives its code (KeyError for an unregistered one)."""
    severity = Severity(CODES[code].severity)
    return Diagnostic(code, message, span, label, help, tuple(notes), tuple(labels), fix, severity)


def errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file, place and code, the order in which people read them; what is said twice of a place, once."""
    unique: dict[tuple[str, Span | None, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        unique.setdefault((diagnostic.code, diagnostic.span, diagnostic.message), diagnostic)
    return sorted(unique.values(), key=_place)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span
    if span is None:
        return ("", 0, 0, diagnostic.code, diagnostic.message)
    return (span.path, span.start, span.end, diagnostic.code, diagnostic.message)
