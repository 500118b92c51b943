"""Workflow commands of GitHub Actions, which show each finding beside the changed line.

The escapes are those that the runner undoes (actions/runner, ActionCommand.cs). GitHub places an annotation
of several lines wrongly when it carries columns, so these are given for findings on one line only.
"""

from __future__ import annotations

from collections.abc import Sequence

from iamc.render.text import inert
from iamdsl.diagnostics import Diagnostic, Severity
from iamdsl.source import Span

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """One command a line."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {"title": f"iamc ({diagnostic.code})"}
    if diagnostic.span:
        properties |= _place(diagnostic.span)
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {given}::{_message(diagnostic)}"


def _place(span: Span) -> dict[str, str]:
    end_line, end_column = span.end_position
    place = {"file": span.path, "line": str(span.line), "endLine": str(end_line)}
    if end_line == span.line:
        place |= {"col": str(span.column), "endColumn": str(end_column)}
    return place


def _message(diagnostic: Diagnostic) -> str:
    label = f": {diagnostic.label}" if diagnostic.label else ""
    lines = [f"{diagnostic.message}{label}"]
    lines += [f"{label.text} at {label.span}" for label in diagnostic.labels]
    lines += [f"help: {diagnostic.help}"] if diagnostic.help else []
    lines += [f"note: {note}" for note in diagnostic.notes]
    return "%0A".join(_data(line) for line in lines)


def _data(text: str) -> str:
    return inert(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
