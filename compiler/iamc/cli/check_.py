"""`iamc check`."""

from __future__ import annotations

from typing import Any

import click

from iamc.cli.common import catalog_of, project_options, settings_of, show, status
from iamc.cli.locked import held_to_lock
from iamc.cli.projects import read_project
from iamc.cli.targeting import in_scope_option, programme_of
from iamc.cli.working import working
from iamc.pipeline import compile_project
from iamdsl.diagnostics import ordered


@click.command(name="check")
@in_scope_option
@project_options
def command(**options: Any) -> None:
    """Check declarations without writing anything: the same compile, the same proof, no output.

    Where there is an `iamc.lock`, also that no level or pattern stands for anything else than it says.

    \b
    iamc check examples/acme
    iamc check examples/acme --format github
    iamc check examples/acme --in-scope pci.yml
    """
    programme = programme_of(options)
    settings = settings_of(options)
    project = read_project(options)
    with working("checking") as progress:
        catalog = catalog_of(options)
        result = compile_project(project, catalog, settings, progress)
    found = list(held_to_lock(options, result.organisation.units, catalog))
    if programme is not None:
        from iamc.in_scope import out_of_scope

        found += out_of_scope(programme, result.compiled)
    diagnostics = ordered([*result.diagnostics, *found]) if found else result.diagnostics
    show(diagnostics, options["style"])
    raise SystemExit(status(diagnostics))
