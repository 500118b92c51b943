"""`iamc diff`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from iamc.change.compare import Change, compare
from iamc.change.show import FORMS
from iamc.change.sides import Side, of_policies, of_result
from iamc.cli.common import CLEAN, FINDINGS, catalog_of, show, stop, targets_config_option, username_of
from iamc.cli.working import working
from iamc.pipeline import Context, compile_project
from iamc.project import load_project
from iamc.settings import Settings
from iamdsl.diagnostics import errors

FAILS = ("new-access", "escalation", "size")


@click.command(name="diff")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--against", metavar="REVISION", help="Compare PATHS with what they were in a git revision.")
@click.option("--to", metavar="REVISION", help="With --against: compare with this revision, not with the files.")
@click.option("--old-database", type=click.Path(path_type=Path, dir_okay=False), help="The old side's database.")
@click.option("--database", type=click.Path(path_type=Path, dir_okay=False), help="Another action database.")
@click.option("--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Your additions to the database.")
@click.option("--fail-on", multiple=True, type=click.Choice(FAILS), help="Leave with 1 in this case; may be repeated.")
@targets_config_option
@click.option(
    "--format", "style", type=click.Choice(list(FORMS)), default="full", show_default=True, help="How it is shown."
)
def command(
    paths: tuple[Path, ...],
    against: str | None,
    to: str | None,
    old_database: Path | None,
    fail_on: tuple[str, ...],
    **options: Any,
) -> None:
    """Show what people may do after a change that they could not do before, and what they no longer may.

    OLD and NEW are declarations (files or folders) or policies in JSON (a file, or a folder that `compile -o` wrote).
    "no new access" is said only where it is proved.

    \b
    iamc diff --against main examples/acme
    iamc diff --against v1.0 --to v1.1 examples/acme
    iamc diff old.json new.json
    iamc diff examples/acme examples/acme --old-database old/iam-definition.json
    """
    style: str = options["style"]
    if against is None and len(paths) != 2:
        raise click.UsageError("name OLD and NEW, or use --against REVISION")
    if to is not None and against is None:
        raise click.UsageError("--to needs --against, which says what the old side is")
    for path in paths if to is None else ():
        if not path.exists():
            stop(f"`{path}` does not exist", style)
    settings = Settings(username=username_of(options))
    context = Context.of(catalog_of(options), settings)
    old_context = Context.of(catalog_of({**options, "database": old_database}), settings) if old_database else context
    if against is None:
        old, new = (_side([path], each, style) for path, each in zip(paths, (old_context, context), strict=True))
    else:
        here = paths or (Path(),)
        old = _at(against, here, old_context, style)
        new = _side(here, context, style) if to is None else _at(to, here, context, style)
    from iamc.risk import Risk

    with working("comparing", style) as progress:
        changes = list(compare(old, new, Risk(context.vocabulary), context.universe, progress))
    click.echo(FORMS[style](changes), nl=False)
    raise SystemExit(FINDINGS if any(_fails(change, fail_on) for change in changes) else CLEAN)


def _fails(change: Change, fail_on: Sequence[str]) -> bool:
    happened = {"new-access": change.new_access, "escalation": change.escalates, "size": change.grown > 0}
    return any(happened[each] for each in fail_on)


def _at(revision: str, paths: Sequence[Path], context: Context, style: str) -> Side:
    from iamc.change.revisions import RevisionError, extract

    with tempfile.TemporaryDirectory(prefix="iamc-") as name:
        folder = Path(name)
        try:
            found = extract(revision, paths, folder)
        except (RevisionError, OSError, ValueError) as error:
            stop(f"cannot read `{revision}`: {error}", style)
        return _side(found, context, style, root=str(folder)) if found else {}


def _side(paths: Sequence[Path], context: Context, style: str, root: str = "") -> Side:
    """What compiled declarations allow, or what policies do; leaves with 1 for what is neither."""
    if len(paths) == 1 and _is_policies(paths[0]):
        try:
            return of_policies(paths[0], context.vocabulary)
        except (ValueError, KeyError, TypeError, OSError) as error:
            stop(f"`{paths[0]}` is no policy: {error}", style)
    with working("compiling", style) as progress:
        result = compile_project(load_project(paths), context.catalog, context.settings, progress)
    found = [finding for finding in result.diagnostics if finding.code != "IAM501"]
    if errors(found):  # a failed check does not hide what it failed on
        show(found, style)
        raise SystemExit(FINDINGS)
    return of_result(result, context.vocabulary, root)


def _is_policies(path: Path) -> bool:
    if path.is_dir():
        return not any(path.rglob("*.iamdsl")) and any(path.rglob("*.json"))
    return path.suffix == ".json"
