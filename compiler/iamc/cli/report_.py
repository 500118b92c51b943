"""`iamc report`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iamc.cli.common import catalog_of, project_options, settings_of, show, status, stop
from iamc.cli.projects import read_project
from iamc.cli.working import working
from iamc.pipeline import compile_project


@click.command(name="report")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default="access.html",
    show_default=True,
    help="The page to write.",
)
@project_options
def command(output: Path, **options: Any) -> None:
    """Write one HTML page that shows who may do what, where, and which line of the source says so.

    The page holds all it needs and loads nothing. It is written only when the project compiles.

    \b
    iamc report examples/acme -o access.html
    """
    from iamc.emit.files import replace_file
    from iamc.report import page
    from iamc.report.data import report_data

    settings = settings_of(options)
    catalog = catalog_of(options)
    project = read_project(options)
    with working("compiling") as progress:
        result = compile_project(project, catalog, settings, progress)
    show(result.diagnostics, options["style"])
    if result.failed:
        raise SystemExit(status(result.diagnostics))
    try:
        replace_file(output, page(report_data(result, catalog, settings)))
    except OSError as error:
        stop(f"cannot write `{output}`: {error.strerror or error}", options["style"], "IAM902")
