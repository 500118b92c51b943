"""`iamc usage coverage`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iamc.cli.common import CLEAN, FINDINGS, terminal_width
from iamc.cli.usage.choosing import (
    choice_options,
    chosen_rollup,
    compiled_project,
    form_option,
    holds_of,
    project_option,
    reader_of,
)


def _share(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """The share from 0 to 1 that a percentage such as 99.9% says."""
    try:
        share = float(value.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter(f"`{value}` is not a percentage such as 99.9%", ctx, param)
    return share


@click.command(name="coverage")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@project_option
@click.option("--at-least", callback=_share, default="100%", show_default=True, help="Leave with 1 below this share.")
@choice_options
@form_option
def command(
    paths: tuple[Path, ...], project: tuple[Path, ...], stand_in: tuple[str, ...], at_least: float, **options: Any
) -> None:
    """Replay what people did through compiled roles: who would be locked out, and by which line let in.

    PATHS are rollups of `iamc usage rollup`, or logs. People hold what the project grants them, or --as ROLE.

    \b
    iamc usage coverage usage.ndjson.gz --in access --role Admin --at-least 99.9%
    iamc usage coverage usage.ndjson.gz --in access --as viewer --person ann@acme.example
    """
    from iamc.usage.coverage import Grantable, replay
    from iamc.usage.show import coverage_json, coverage_markdown, coverage_text
    from iamc.usage.who import vouched

    style: str = options["style"]
    rollup = chosen_rollup(paths, options, vouched)
    reader = reader_of(options)
    result = compiled_project(project, reader, options)
    people = result.organisation.people.values()
    named = {known.lower(): person.name for person in people for known in (person.name, person.email) if known}
    accounts = {account.number: account.name for account in result.organisation.accounts.values()}
    grantable = Grantable(result.compiled, named, accounts)
    found = replay(rollup, reader, holds_of(result, stand_in, style), reader.vocabulary, grantable)
    if style == "full":
        text = coverage_text(found, width=min(terminal_width(), 100))
    else:
        text = {"json": coverage_json, "markdown": coverage_markdown}[style](found)
    click.echo(text, nl=False)
    raise SystemExit(CLEAN if found.share >= at_least else FINDINGS)
