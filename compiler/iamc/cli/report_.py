"""`iamc report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iamc.cli.common import catalog_of, project_options, settings_of, show, status, stop
from iamc.cli.projects import read_project
from iamc.cli.working import working
from iamc.pipeline import Context, Result, compile_project
from iamc.progress import tracked
from iamc.settings import Settings

if TYPE_CHECKING:
    from iamc.usage.model import Rollup
    from iamc.usage.unused import RoleUse


@click.command(name="report")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default="access.html",
    show_default=True,
    help="The page to write.",
)
@click.option(
    "--usage",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A rollup of `iamc usage rollup`, or logs: shows what nobody used; repeatable.",
)
@project_options
def command(output: Path, usage: tuple[Path, ...], **options: Any) -> None:
    """Write one HTML page that shows who may do what, where, and which line of the source says so.

    The page holds all it needs and loads nothing. It is written only when the project compiles.

    \b
    iamc report examples/acme -o access.html
    iamc report examples/acme --usage usage.ndjson.gz -o access.html
    """
    from iamc.cli.usage.sources import rollup_of
    from iamc.emit.files import replace_file
    from iamc.lint.risks import lint_risks
    from iamc.report import page
    from iamc.report.data import report_data

    settings = settings_of(options)
    catalog = catalog_of(options)
    rollup = rollup_of(usage, options["style"]) if usage else None
    project = read_project(options)
    with working("compiling", options["style"]) as progress:
        result = compile_project(project, catalog, settings, progress)
    show(result.diagnostics, options["style"])
    if result.failed:
        raise SystemExit(status(result.diagnostics))
    context = Context.of(catalog, settings)
    with working("looking for risks", options["style"]) as progress:
        compiled = tracked(result.compiled, progress)
        risks = tuple(lint_risks(result.organisation, compiled, context.vocabulary, context.universe))
    unused = _unused(rollup, result, context, settings) if rollup else ()
    data = report_data(result, catalog, settings, risks, unused, rollup.window if rollup else ("", ""))
    try:
        replace_file(output, page(data))
    except OSError as error:
        stop(f"cannot write `{output}`: {error.strerror or error}", options["style"], "IAM902")


def _unused(rollup: Rollup, result: Result, context: Context, settings: Settings) -> tuple[RoleUse, ...]:
    from iamc.usage.mapping import Mapping, logging
    from iamc.usage.people import held_by_person
    from iamc.usage.resources import Reader
    from iamc.usage.unused import unused

    held = held_by_person(result.organisation, result.compiled, settings.today.isoformat())
    reader = Reader(context.vocabulary, Mapping(context.catalog))
    return unused(rollup, result.compiled, reader, lambda who: held.get(who.lower(), ()), context.vocabulary, logging())
