"""`iamc lock`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iamc.cli.common import CLEAN, FINDINGS, catalog_of, project_options, settings_of, show, status, stop
from iamc.cli.locked import lock_place
from iamc.cli.projects import read_project
from iamc.cli.working import working
from iamc.drift.lock import lock_of, text_of
from iamc.pipeline import compile_project


@click.command(name="lock")
@click.option("--check", is_flag=True, help="Write nothing; leave with 1 if the lock would change.")
@project_options
def command(check: bool, **options: Any) -> None:
    """Write down in `iamc.lock` what the database makes of every level and pattern.

    The lock stands in the folder that PATHS have in common, beside the declarations; commit it with them.

    \b
    iamc lock examples/acme
    iamc lock --check examples/acme
    """
    settings = settings_of(options)
    project = read_project(options)
    catalog = catalog_of(options)
    with working("locking", options["style"]) as progress:
        result = compile_project(project, catalog, settings, progress)
    show(result.diagnostics, options["style"])
    if status(result.diagnostics):
        raise SystemExit(status(result.diagnostics))
    path, text = lock_place(options), text_of(lock_of(result.compiled, catalog))
    if _read(path) == text:
        raise SystemExit(CLEAN)
    if not check:
        from iamc.emit.files import replace_file

        try:
            replace_file(path, text)
        except OSError as error:
            stop(f"cannot write `{path}`: {error.strerror or error}", options["style"], "IAM902")
    click.echo(f"{'would change' if check else 'wrote'} {path}", err=True)
    raise SystemExit(FINDINGS if check else CLEAN)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None
