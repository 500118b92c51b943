"""`iamc check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from iamc.cli.common import catalog_of, project_options, settings_of, show, status, stop
from iamc.cli.locked import held_to_lock
from iamc.cli.projects import read_project
from iamc.cli.staged import judge_staged, staged_option
from iamc.cli.targeting import in_scope_option, programme_of
from iamc.cli.working import working
from iamc.emit.files import MANIFEST
from iamc.pipeline import compile_project
from iamc.progress import tracked
from iamc.project import display
from iamdsl.diagnostics import Diagnostic, ordered
from iamdsl.source import Source


@click.command(name="check")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Check a policy in JSON, or a folder of them, of the kind that --quota says, instead of declarations.",
)
@click.option("--risks", is_flag=True, help="Also say what leads to more privileges or lays something open.")
@staged_option
@in_scope_option
@project_options
def command(policies: tuple[Path, ...], risks: bool, staged: bool, **options: Any) -> None:
    """Check declarations without writing anything: the same compile, the same proof, no output.

    Where there is an `iamc.lock`, also that no level or pattern stands for anything else than it says.

    \b
    iamc check examples/acme
    iamc check examples/acme --format github
    iamc check examples/acme --in-scope pci.yml
    iamc check examples/acme --risks
    iamc check --staged examples/acme
    iamc check --policy policy.json --quota role-inline
    """
    if staged and policies:
        raise click.UsageError("--staged is about declarations")
    if staged:
        judge_staged(options)
    if policies:
        _check_policies(policies, options)
    programme = programme_of(options)
    settings = settings_of(options)
    project = read_project(options)
    with working("checking", options["style"]) as progress:
        catalog = catalog_of(options)
        result = compile_project(project, catalog, settings, progress)
    found = list(held_to_lock(options, result.organisation.units, catalog))
    if programme is not None:
        from iamc.in_scope import out_of_scope

        found += out_of_scope(programme, result.compiled)
    if risks and not result.failed:
        from iamc.lint.risks import lint_risks
        from iamc.pipeline import Context

        context = Context.of(catalog, settings)
        with working("looking for risks", options["style"]) as progress:
            compiled = tracked(result.compiled, progress)
            found += lint_risks(result.organisation, compiled, context.vocabulary, context.universe)
    diagnostics = ordered([*result.diagnostics, *found]) if found else result.diagnostics
    show(diagnostics, options["style"])
    raise SystemExit(status(diagnostics))


def _check_policies(paths: Sequence[Path], options: dict[str, Any]) -> NoReturn:
    """Lint policies in JSON, each by itself, and leave."""
    from iamc.lint.policy import lint_policy
    from iamc.pipeline import Context

    if options["paths"]:
        raise click.UsageError("--policy takes the place of PATHS")
    context = Context.of(catalog_of(options), settings_of(options))
    files = [_read(file, options["style"]) for file in _json_files(paths, options["style"])]
    diagnostics: list[Diagnostic] = []
    with working("checking", options["style"]) as progress:
        for source, problems in tracked(files, progress):
            facts = (context.vocabulary, context.quota, context.universe)
            diagnostics += lint_policy(source, *facts) if source else problems
    show(diagnostics, options["style"])
    raise SystemExit(status(diagnostics))


def _read(file: Path, style: str) -> tuple[Source | None, Sequence[Diagnostic]]:
    from iamdsl.reading import from_bytes

    try:
        return from_bytes(file.read_bytes(), display(file))
    except OSError as error:
        stop(f"`{file}` cannot be read: {error.strerror or error}", style)


def _json_files(paths: Sequence[Path], style: str) -> list[Path]:
    for path in paths:
        if not path.exists():
            stop(f"`{path}` does not exist", style)
    each = [sorted(path.rglob("*.json")) if path.is_dir() else [path] for path in paths]
    return [file for files in each for file in files if file.name != MANIFEST]
