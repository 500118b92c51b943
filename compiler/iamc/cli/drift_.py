"""`iamc drift`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from iamc.catalog import Catalog
from iamc.cli.common import CLEAN, FINDINGS, catalog_of, project_options, settings_of, show, stop
from iamc.cli.locked import existing_lock
from iamc.cli.projects import read_project
from iamc.cli.working import working
from iamc.drift.compare import Drift, between, since_lock
from iamc.drift.lock import Lock, identity
from iamc.drift.show import FORMS, text
from iamc.passes.resolve import resolve
from iamc.pipeline import compile_project
from iamc.progress import Progress, tracked
from iamdsl.diagnostics import Diagnostic, errors


@click.command(name="drift")
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The other database; default the installed one, read against the lock.",
)
@project_options
def command(against: Path | None, **options: Any) -> None:
    """Show what another action database changes for each role: what patterns newly match, and what is gone.

    Compares the lock with --against, or with the installed database. Without a lock it compares the installed
    database (or --database) with --against. Escalations come first. --format json and markdown give the report in
    that form. Leaves with 1 when anything changes.

    \b
    iamc drift examples/acme
    iamc drift examples/acme --against new/iam-definition.json --format markdown
    """
    style: str = options["style"]
    lock = existing_lock(options)
    if lock is None and against is None:
        stop("there is no `iamc.lock` to compare with; write one with `iamc lock`, or use --against", style, "IAM563")
    catalog = catalog_of(options)
    after = catalog_of({**options, "database": against}) if against else catalog
    with working("comparing", style) as progress:
        found = _since(lock, after, options, progress) if lock else _between(catalog, after, options, progress)
    before = lock.database if lock else identity(catalog.identity)
    click.echo(FORMS.get(style, text)(found, before, identity(after.identity)), nl=False)
    raise SystemExit(FINDINGS if found else CLEAN)


def _since(lock: Lock, after: Catalog, options: dict[str, Any], progress: Progress) -> tuple[Drift, ...]:
    """From the lock; only names must be sound, for a request that finds nothing any more is what is asked about."""
    project = read_project(options)
    organisation, problems = resolve(project, after, settings_of(options))
    _stop_at([*project.diagnostics, *problems], options)
    return since_lock(lock, tracked(organisation.units, progress), after)


def _between(before: Catalog, after: Catalog, options: dict[str, Any], progress: Progress) -> tuple[Drift, ...]:
    result = compile_project(read_project(options), before, settings_of(options), progress)
    _stop_at(result.diagnostics, options)
    return between(before, tracked(result.compiled, progress), after)


def _stop_at(diagnostics: Sequence[Diagnostic], options: dict[str, Any]) -> None:
    if errors(diagnostics):
        show(diagnostics, options["style"])
        raise SystemExit(FINDINGS)
