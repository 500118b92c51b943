"""`iamc test`."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from iamc.cli.common import FINDINGS, catalog_of, project_options, settings_of, show, terminal_width
from iamc.cli.projects import read_project
from iamc.cli.staged import judge_staged, staged_option
from iamc.cli.working import working
from iamc.pipeline import Result, compile_project
from iamdsl.diagnostics import errors


@click.command(name="test")
@staged_option
@project_options
def command(staged: bool, **options: Any) -> None:
    """Run the `check` blocks of declarations: each expectation is a test of what roles may do.

    Leaves with 1 when an expectation fails, when an error keeps them from being tried, and when there are none.

    \b
    iamc test examples/acme
    iamc test examples/acme --format junit
    """
    if staged:
        judge_staged(options)
    settings = settings_of(options)
    project = read_project(options)
    with working("testing", options["style"]) as progress:
        result = compile_project(project, catalog_of(options), settings, progress)
    _show(result, options["style"])
    passed = bool(result.outcomes) and not any(outcome.failure for outcome in result.outcomes)
    raise SystemExit(0 if passed else FINDINGS)


def _show(result: Result, style: str) -> None:
    """Outcomes on the output; findings that are no outcomes come first, or instead where nothing could be tried."""
    from iamc.render import outcomes

    failures = {id(outcome.failure) for outcome in result.outcomes}
    others = [finding for finding in result.diagnostics if id(finding) not in failures]
    if style not in ("full", "json", "junit") or (errors(others) and not result.outcomes):
        show(result.diagnostics, style)
    elif style == "json":
        click.echo(outcomes.json(result.outcomes), nl=False)
    elif style == "junit":
        click.echo(outcomes.junit(result.outcomes), nl=False)
    else:
        show(others, style)
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        click.echo(outcomes.text(result.outcomes, color=color, width=terminal_width()), nl=False, color=color)
