"""`iamc usage rollup --engine athena`: where it runs, what it will cost, and the query itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import click

from iamc.cli.common import stop, today_of
from iamc.usage.engine_athena import AthenaError, Estimate, Place, estimate, rows, start, wait
from iamc.usage.engines import sum_up
from iamc.usage.ingest import Ingested, Only
from iamc.usage.sql import DIALECTS, Part, QueryError, query

F = TypeVar("F", bound=Callable[..., Any])


def athena_options(function: F) -> F:
    """The options that only Athena has."""
    for option in reversed(
        (
            click.option("--table", default="default.cloudtrail_logs", show_default=True, help="Athena's table."),
            click.option("--workgroup", default="primary", show_default=True, help="Athena's workgroup."),
            click.option("--results", default="", metavar="S3-URL", help="Where Athena puts results."),
            click.option("--region", "regions", multiple=True, help="Only events of this Region (Athena); repeatable."),
            click.option("--all-partitions", is_flag=True, help="Let Athena read the whole table."),
            click.option("--yes", is_flag=True, help="Do not ask before Athena reads what it bills."),
        )
    ):
        function = option(function)
    return function


def by_athena(only: Only, style: str, options: dict[str, Any]) -> Ingested:
    """The rollup of a table: cost first, then the query; leaves with 2 when it cannot run."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        stop("boto3 is not installed: pip install 'iamc[athena]'", style)
    database, _, table = options["table"].rpartition(".")
    part = Part(only.days.since, only.days.until, only.accounts, options["regions"])
    if not (part.since or options["all_partitions"]):
        stop("without --since the whole table would be read; --all-partitions says that this is meant", style)
    place = Place(database or "default", options["workgroup"], options["results"])
    try:
        text = query(DIALECTS["athena"], f"{place.database}.{table}", part)
        athena, s3 = boto3.client("athena"), boto3.client("s3")
        _agree(estimate(athena, s3, place, table, part), options["yes"], style)
        identifier = start(athena, text, place, today_of().isoformat())
        click.echo(f"Athena runs {identifier}; to interrupt stops it", err=True)
        scanned = wait(athena, identifier)
        click.echo(f"Athena read {_size(scanned)}", err=True)
        return sum_up(rows(athena, identifier), only)
    except KeyboardInterrupt:
        stop("interrupted; the query was stopped", style)
    except QueryError as error:
        raise click.UsageError(str(error)) from error
    except (AthenaError, BotoCoreError, ClientError) as error:
        stop(f"Athena: {error}", style)


def _agree(expected: Estimate | None, agreed: bool, style: str) -> None:
    """Show what the query will cost and ask; leaves with 2 when nobody agrees."""
    if expected is None:
        said = "what the query will read is not known, for the table names no location in S3"
    else:
        least = "" if expected.complete else "at least "
        said = f"Athena will read {least}{_size(expected.size)}, about ${expected.dollars:,.2f}"
    click.echo(said, err=True)
    if agreed:
        return
    if not sys.stdin.isatty():
        stop("nobody is there to agree: --yes", style)
    if not click.confirm("Run it?", err=True):
        _declined(style)


def _declined(style: str) -> NoReturn:
    stop("the query was not run", style)


def _size(count: int) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1_000:
            return f"{count:,.0f} {unit}"
        count = round(count / 1_000)
    return f"{count:,.0f} TB"
