"""`iamc usage draft`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iamc.cli.common import FINDINGS, format_option, show, stop
from iamc.cli.usage.choosing import choice_options, chosen_rollup, reader_of


@click.command(name="draft")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; else printed.")
@click.option("--min-count", type=click.IntRange(1), default=1, show_default=True, help="Comment out rarer calls.")
@click.option(
    "--most", type=click.IntRange(1), default=20, show_default=True, help="Draw more resources of one kind together."
)
@click.option("--console/--no-console", default=False, help="Keep what only consoles read.")
@click.option("--programs/--no-programs", default=False, help="Keep what only programs do.")
@click.option("--in-scope", type=click.Path(path_type=Path, dir_okay=False), help="The services of a programme.")
@choice_options
@format_option
def command(
    paths: tuple[Path, ...],
    output: Path | None,
    min_count: int,
    most: int,
    console: bool,
    programs: bool,
    in_scope: Path | None,
    **options: Any,
) -> None:
    """Draft declarations from what people did.

    PATHS are rollups of `iamc usage rollup`, or logs. The draft compiles; read it before you use it.

    \b
    iamc usage draft usage.ndjson.gz --role Admin -o access/draft.iamdsl
    iamc usage draft usage.ndjson.gz --person ann@acme.example --since 2026-09-01
    """
    from iamc.usage.draft import Style, draft
    from iamc.usage.evidence import gather
    from iamc.usage.who import vouched

    style: str = options["style"]
    services = _services(in_scope, style) if in_scope else None
    rollup = chosen_rollup(paths, options, vouched)
    reader = reader_of(options)
    findings = gather(rollup, reader, reader.vocabulary)
    text = draft(findings, rollup.window, Style(min_count, most, console, programs, services))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(f"cannot write `{output}`: {error.strerror or error}", style, "IAM902")


def _services(path: Path, style: str) -> frozenset[str]:
    from iamc.in_scope import read_programme

    if not path.exists():
        stop(f"`{path}` does not exist", style)
    programme, problems = read_programme(path)
    if programme is None:
        show(problems, style)
        raise SystemExit(FINDINGS)
    return programme.services
