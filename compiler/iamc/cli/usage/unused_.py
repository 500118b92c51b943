"""`iamc usage unused`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iamc.cli.usage.choosing import (
    choice_options,
    chosen_rollup,
    compiled_project,
    form_option,
    holds_of,
    project_option,
    reader_of,
)


@click.command(name="unused")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@project_option
@choice_options
@form_option
def command(paths: tuple[Path, ...], project: tuple[Path, ...], stand_in: tuple[str, ...], **options: Any) -> None:
    """Show what is granted and nobody used, line by line, and what no log could have shown.

    PATHS are rollups of `iamc usage rollup`, or logs. Until a role has sessions of its own, what its holders did with
    any role speaks for it.

    \b
    iamc usage unused usage.ndjson.gz --in access
    iamc usage unused usage.ndjson.gz --in access --since 2026-09-01 --format markdown
    """
    from iamc.usage.mapping import logging
    from iamc.usage.show import unused_json, unused_markdown, unused_text
    from iamc.usage.unused import unused
    from iamc.usage.who import vouched

    style: str = options["style"]
    rollup = chosen_rollup(paths, options, vouched)
    reader = reader_of(options)
    result = compiled_project(project, reader, options)
    holds = holds_of(result, stand_in, style)
    found = unused(rollup, result.compiled, reader, holds, reader.vocabulary, logging())
    render = {"full": unused_text, "json": unused_json, "markdown": unused_markdown}[style]
    click.echo(render(found, rollup.window), nl=False)
