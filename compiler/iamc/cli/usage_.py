"""`iamc usage`: a module of `iamc.cli.usage` for each of its commands."""

from __future__ import annotations

import click

from iamc.cli.lazy import LazyGroup

COMMANDS = {
    "coverage": "Replay what people did through compiled roles.",
    "denied": "Show denied calls and what would mend them.",
    "draft": "Draft declarations from what people did.",
    "rollup": "Sum CloudTrail logs up in one small file.",
    "sql": "Print the query that sums logs up where they are.",
    "unused": "Show what is granted and nobody used.",
    "who": "Show who is behind roles.",
}


@click.command(name="usage", cls=LazyGroup, package="iamc.cli.usage", known=COMMANDS)
def command() -> None:
    """Show what people really use, from CloudTrail.

    \b
    iamc usage rollup AWSLogs/ -o usage.ndjson.gz
    """
