"""`iamc usage rollup`."""

from __future__ import annotations

from pathlib import Path

import click

from iamc.cli.common import format_option, stop
from iamc.cli.usage.sources import rollup_of


@click.command(name="rollup")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; else printed.")
@format_option
def command(paths: tuple[Path, ...], output: Path | None, style: str) -> None:
    """Sum CloudTrail logs up in one small file, which the other commands of `iamc usage` read.

    \b
    iamc usage rollup AWSLogs/ -o usage.ndjson.gz
    iamc usage rollup june.ndjson.gz july.ndjson.gz -o summer.ndjson.gz
    """
    from iamc.usage.rollup_file import lines_of, write_rollup

    rollup = rollup_of(paths, style)
    if output is None:
        for line in lines_of(rollup):
            click.echo(line, nl=False)
        return
    try:
        write_rollup(output, rollup)
    except OSError as error:
        stop(f"cannot write `{output}`: {error.strerror or error}", style, "IAM902")
