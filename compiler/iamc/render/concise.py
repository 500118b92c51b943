"""One line a finding, `file:line:column: CODE message (help)`: for grep and for editors."""

from __future__ import annotations

from collections.abc import Sequence

from iamc.render.text import inert, inert_path
from iamdsl.diagnostics import Diagnostic


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """One line each; a finding about the whole run stands under `iamc`."""
    return "".join(f"{_line(diagnostic)}\n" for diagnostic in diagnostics)


def _line(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    place = f"{inert_path(span.path)}:{span.line}:{span.column}" if span else "iamc"
    hint = f" ({inert(diagnostic.help)})" if diagnostic.help else ""
    return f"{place}: {diagnostic.code} {inert(diagnostic.message)}{hint}"
