"""`iamc usage`: a module of `iamc.cli.usage` for each of its commands."""

from __future__ import annotations

import click

from iamc.cli.lazy import LazyGroup

COMMANDS = {
    "rollup": "Sum CloudTrail logs up in one small file.",
    "who": "Show who is behind roles.",
    "draft": "Draft declarations from what people did.",
    "coverage": "Replay what people did through compiled roles.",
    "unused": "Show what is granted and nobody used.",
    "denied": "Show denied calls and what would mend them.",
    "sql": "Print the query that sums logs up where they are.",
}


@click.command(name="usage", cls=LazyGroup, package="iamc.cli.usage", sections={"Commands": COMMANDS})
def command() -> None:
    """Show what people really use, from CloudTrail.

    \b
    iamc usage rollup AWSLogs/ -o usage.ndjson.gz
    iamc usage who usage.ndjson.gz --role Admin
    iamc usage draft usage.ndjson.gz --role Admin -o access/draft.iamdsl
    iamc usage coverage usage.ndjson.gz --in access --role Admin --at-least 99.9%
    """
