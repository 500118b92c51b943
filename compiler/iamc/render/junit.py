"""JUnit XML, for CI systems that list findings as tests: an error is a failed test, the rest is output."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from iamc.render import full
from iamc.render.text import inert
from iamdsl.diagnostics import Diagnostic, Severity

_PASSED = '    <testcase classname="iamc" name="check"/>\n'


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """One suite, one case a finding; a single passed case when there is none."""
    failures = sum(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    cases = [_case(diagnostic) for diagnostic in diagnostics] or [_PASSED]
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="iamc" {counts}>\n'
        f'  <testsuite name="iamc" {counts}>\n'
        f"{''.join(cases)}"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def _case(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    file = _quoted(span.path if span else "iamc")
    name = _quoted(f"{diagnostic.code} at {span.line}:{span.column}" if span else diagnostic.code)
    # The block is inert, so it holds no character that XML forbids.
    body = escape(full.block(diagnostic), quote=False)
    if diagnostic.severity is Severity.ERROR:
        message = _quoted(diagnostic.message)
        inner = f'<failure type="{diagnostic.code}" message={message}>{body}</failure>'
    else:
        inner = f"<system-out>{body}</system-out>"
    return f"    <testcase classname={file} name={name}>\n      {inner}\n    </testcase>\n"


def _quoted(text: str) -> str:
    return f'"{escape(inert(text))}"'
