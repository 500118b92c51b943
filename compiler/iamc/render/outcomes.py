"""The outcomes of checks as a test runner shows them: for people, as JSON, as JUnit XML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from iamc.passes.expectations import Outcome
from iamc.render import full
from iamc.render.json import finding
from iamc.render.text import dump_json, inert

_GREEN, _RED = "32", "1;31"


def text(outcomes: Sequence[Outcome], *, color: bool = False, width: int = 100) -> str:
    """One line for each check of each role, then what failed and where, then the count of expectations."""
    if not outcomes:
        return "nothing was tested: there is no `check` block\n"
    lines = [_line(list(tried), color) for _, tried in groupby(outcomes, lambda o: (o.check.span, o.check.unit))]
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    blocks = [full.block(failure, color=color, width=width) for failure in failures]
    verdict = f"{len(outcomes) - len(failures)} passed, {len(failures)} failed"
    return "\n".join([*lines, "", *blocks, _painted(verdict, _RED if failures else _GREEN, color)]) + "\n"


def _line(tried: Sequence[Outcome], color: bool) -> str:
    failed = sum(outcome.failure is not None for outcome in tried)
    word = _painted("FAIL", _RED, color) if failed else _painted("ok", _GREEN, color) + "  "
    count = f"{failed} of {len(tried)}" if failed else str(len(tried))
    check = tried[0].check
    return f"{word}  {inert(check.unit)}: {inert(check.title)} ({count})"


def _painted(words: str, style: str, color: bool) -> str:
    return f"\x1b[{style}m{words}\x1b[0m" if color else words


def json(outcomes: Sequence[Outcome]) -> str:
    """One JSON document, in ASCII; a failure is as in `diagnostics.schema.json`."""
    return dump_json({"version": 1, "outcomes": [_row(outcome) for outcome in outcomes]})


def _row(outcome: Outcome) -> dict[str, object]:
    span = outcome.expectation.span
    return {
        "check": inert(outcome.check.title),
        "unit": outcome.check.unit,
        "expectation": inert(" ".join(span.text.split())),
        "file": span.path,
        "line": span.line,
        "passed": outcome.failure is None,
        "failure": finding(outcome.failure) if outcome.failure else None,
    }


def junit(outcomes: Sequence[Outcome]) -> str:
    """One suite for a check, one case for each of its expectations on each role."""
    suites = [_suite(title, list(tried)) for title, tried in groupby(outcomes, lambda o: o.check.title)]
    counts = _counts(outcomes)
    body = "".join(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="iamc" {counts}>\n{body}</testsuites>\n'


def _suite(title: str, tried: Sequence[Outcome]) -> str:
    cases = "".join(map(_case, tried))
    return f"  <testsuite name={_quoted(title)} {_counts(tried)}>\n{cases}  </testsuite>\n"


def _counts(tried: Sequence[Outcome]) -> str:
    return f'tests="{len(tried)}" failures="{sum(outcome.failure is not None for outcome in tried)}" errors="0"'


def _case(outcome: Outcome) -> str:
    name = _quoted(" ".join(outcome.expectation.span.text.split()))
    opening = f"    <testcase classname={_quoted(outcome.check.unit)} name={name}"
    if outcome.failure is None:
        return f"{opening}/>\n"
    body = escape(full.block(outcome.failure), quote=False)
    inner = f'<failure type="{outcome.failure.code}" message={_quoted(outcome.failure.message)}>{body}</failure>'
    return f"{opening}>\n      {inner}\n    </testcase>\n"


def _quoted(words: str) -> str:
    return f'"{escape(inert(words))}"'
