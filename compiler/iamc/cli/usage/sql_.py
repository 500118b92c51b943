"""`iamc usage sql`."""

from __future__ import annotations

import click

from iamc.usage.sql import DIALECTS, LACKING, Part, QueryError, query

_DEFAULT = {"athena": "cloudtrail_logs", "spark": "cloudtrail", "duckdb": "cloudtrail"}


@click.command(name="sql")
@click.option("--dialect", required=True, type=click.Choice(list(DIALECTS)), help="The engine that will run it.")
@click.option("--table", help="The table of events.  [default: cloudtrail_logs, or cloudtrail]")
@click.option("--since", default="", metavar="DAY", help="Only events of this day (2026-11-24) or later.")
@click.option("--until", default="", metavar="DAY", help="Only events of this day or earlier.")
@click.option("--account", "accounts", multiple=True, help="Only events of this account; repeatable.")
@click.option("--region", "regions", multiple=True, help="Only events of this Region; repeatable.")
@click.option("--role", "roles", multiple=True, help="Only events of the role of this name; repeatable.")
@click.option("--without", "lacking", multiple=True, type=click.Choice(LACKING), help="A column that the table lacks.")
def command(dialect: str, table: str | None, lacking: tuple[str, ...], **part: str | tuple[str, ...]) -> None:
    """Print the query that sums logs up where they are, for you to run.

    The table has the columns of AWS's own definition. Give the result, saved as CSV, to `iamc usage rollup`.

    \b
    iamc usage sql --dialect athena --since 2026-09-01 --region eu-west-1 > rollup.sql
    iamc usage rollup result.csv -o usage.ndjson.gz
    """
    try:
        text = query(DIALECTS[dialect], table or _DEFAULT[dialect], Part(**part), lacking)  # type: ignore[arg-type]
    except QueryError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"-- The rollup of CloudTrail for iamc, {dialect}. Save the result as CSV, then:")
    click.echo("--   iamc usage rollup result.csv -o usage.ndjson.gz")
    click.echo(text, nl=False)
