"""`iamc check`."""

from __future__ import annotations

from typing import Any

import click

from iamc.cli.common import catalog_of, project_options, settings_of, show, status
from iamc.cli.compile_ import read_project
from iamc.cli.working import working
from iamc.pipeline import compile_project


@click.command(name="check")
@project_options
def command(**options: Any) -> None:
    """Check declarations without writing anything: the same compile, the same proof, no output.

    \b
    iamc check examples/acme
    iamc check examples/acme --format github
    """
    settings = settings_of(options)
    project = read_project(options)
    with working("checking") as progress:
        result = compile_project(project, catalog_of(options), settings, progress)
    show(result.diagnostics, options["style"])
    raise SystemExit(status(result.diagnostics))
