"""Findings for programs, as `diagnostics.schema.json` describes them.

Messages, labels, help and notes are prose and come inert. Paths and the text of a fix are exact: they are
there to be used. Offsets count code points from 0; lines and columns count from 1; ends are exclusive.
"""

from __future__ import annotations

from collections.abc import Sequence

from iamc.render.text import dump_json, inert
from iamdsl.codes import CODES
from iamdsl.diagnostics import Diagnostic
from iamdsl.source import Span

VERSION = 1
"""Of the format: it rises when a reader of the older one could go wrong."""


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """One JSON document, in ASCII."""
    return dump_json({"version": VERSION, "diagnostics": [finding(diagnostic) for diagnostic in diagnostics]})


def finding(diagnostic: Diagnostic) -> dict[str, object]:
    """One finding, as the schema's `diagnostic`."""
    span = diagnostic.span
    row: dict[str, object] = {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "title": CODES[diagnostic.code].title,
        "message": inert(diagnostic.message),
        "file": span.path if span else None,
        "span": _span(span) if span else None,
        "label": inert(diagnostic.label),
        "labels": [
            {"file": label.span.path, "span": _span(label.span), "text": inert(label.text)}
            for label in diagnostic.labels
        ],
        "help": inert(diagnostic.help),
        "notes": [inert(note) for note in diagnostic.notes],
    }
    if fix := diagnostic.fix:
        row["fix"] = {
            "title": inert(fix.title),
            "file": fix.span.path,
            "span": _span(fix.span),
            "text": fix.text,
        }
    return row


def _span(span: Span) -> dict[str, dict[str, int]]:
    end_line, end_column = span.end_position
    return {
        "start": {"line": span.line, "column": span.column, "offset": span.start},
        "end": {"line": end_line, "column": end_column, "offset": span.end},
    }
