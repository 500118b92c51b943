"""`iamc usage`: a module of `iamc.cli.usage` for each of its commands."""

from __future__ import annotations

import click

from iamc.cli.lazy import LazyGroup

COMMANDS = {
    "rollup": "Sum CloudTrail logs up in one small file.",
}


@click.command(name="usage", cls=LazyGroup, package="iamc.cli.usage", known=COMMANDS)
def command() -> None:
    """Show what people really use, from CloudTrail.

    \b
    iamc usage rollup AWSLogs/ -o usage.ndjson.gz
    """
