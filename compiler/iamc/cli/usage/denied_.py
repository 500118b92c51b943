"""`iamc usage denied`."""

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


@click.command(name="denied")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@project_option
@click.option("--fail-on", type=click.Choice(["new"]), help="Leave with 1 when a denied call is left; needs --since.")
@choice_options
@form_option
def command(
    paths: tuple[Path, ...], project: tuple[Path, ...], stand_in: tuple[str, ...], fail_on: str | None, **options: Any
) -> None:
    """Show which calls were denied, why, and what would mend it: a line to add, or who must change which policy.

    With --in, whether the project's roles allow the call by now, and where the line would go. Nothing is changed.
    Calls that succeeded later are counted apart.

    \b
    iamc usage denied usage.ndjson.gz
    iamc usage denied usage.ndjson.gz --in examples/acme --since 2026-11-01 --person ann@acme.example
    """
    from iamc.pipeline import Context
    from iamc.settings import Settings
    from iamc.usage import show_denied
    from iamc.usage.denied import denied
    from iamc.usage.placing import places
    from iamc.usage.remedy import Remedies
    from iamc.usage.who import vouched

    if fail_on and options["since"] is None:
        raise click.UsageError("--fail-on new needs --since")
    style: str = options["style"]
    rollup = chosen_rollup(paths, options, vouched)
    reader = reader_of(options)
    refused = denied(rollup, reader)
    result = compiled_project(project, reader, options) if project else None
    granted = result is not None and (stand_in or result.organisation.grants)
    holds = holds_of(result, stand_in, style) if result and granted else lambda _: ()
    units = result.compiled if result and not stand_in else ()
    remedies = Remedies(Context.of(reader.vocabulary.catalog, Settings()))
    found = [
        show_denied.Finding(group, remedies.of(group), places(group, units, holds, reader.vocabulary))
        for group in refused.groups
    ]
    if style == "full":
        text = show_denied.full(found, refused, width=min(terminal_width(), 100))
    else:
        text = {"json": show_denied.json, "markdown": show_denied.markdown}[style](found, refused)
    click.echo(text, nl=False)
    new = fail_on and any(not finding.mended for finding in found)
    raise SystemExit(FINDINGS if new else CLEAN)
