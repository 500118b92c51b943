"""`iamc usage rollup`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import click

from iamc.cli.common import FINDINGS, format_option, stop
from iamc.cli.usage.athena import athena_options, by_athena
from iamc.cli.usage.sources import named, settled, tell_left_out
from iamc.cli.working import working
from iamc.usage.ingest import Ingested, Only
from iamc.usage.model import Rollup

_DAY = click.DateTime(["%Y-%m-%d"])
_ENGINES = ("builtin", "duckdb", "spark", "athena")


@click.command(name="rollup")
@click.argument("paths", nargs=-1)
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; else printed.")
@click.option("--jobs", type=click.IntRange(0), default=0, help="Processes.  [default: as many as there are cores]")
@click.option("--resume", is_flag=True, help="Keep what is read beside the output, to go on after an interruption.")
@click.option(
    "--engine", type=click.Choice(_ENGINES), default="builtin", show_default=True, help="What reads the logs."
)
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs.")
@click.option("--account", "accounts", multiple=True, help="Only events of this account; repeatable.")
@click.option("--role", "roles", multiple=True, help="Only uses of this role, by name or ARN; repeatable.")
@click.option("--since", type=_DAY, help="Only events of this day or later.")
@click.option("--until", type=_DAY, help="Only events of this day or earlier.")
@athena_options
@click.option("--strict", is_flag=True, help="Leave with 1 when files were left out.")
@format_option
def command(paths: tuple[str, ...], output: Path | None, strict: bool, style: str, **options: Any) -> None:
    """Sum CloudTrail logs up in one small file, which the other commands of `iamc usage` read.

    PATHS are files and folders of CloudTrail in any layout, patterns in quotes, results of queries as CSV, or rollups;
    `-` is the standard input. Spark also takes URLs such as s3a://bucket/AWSLogs; Athena takes no PATHS, but --table.

    \b
    iamc usage rollup AWSLogs/ -o usage.ndjson.gz
    iamc usage rollup june.ndjson.gz july.ndjson.gz -o summer.ndjson.gz
    iamc usage rollup --engine athena --table logs.cloudtrail_logs --since 2026-09-01 -o usage.ndjson.gz
    """
    from iamc.usage.rollup_file import lines_of, write_rollup

    if options["resume"] and output is None:
        raise click.UsageError("--resume needs -o, for it keeps its work beside the output")
    ingested = _ingested(paths, output, style, options)
    rollup = settled(ingested, style)
    if output is None:
        for line in lines_of(rollup):
            click.echo(line, nl=False)
    else:
        try:
            write_rollup(output, rollup)
        except OSError as error:
            stop(f"cannot write `{output}`: {error.strerror or error}", style, "IAM902")
        _drop_kept(output)
        _sum_up(rollup, style)
    tell_left_out(rollup, style)
    if strict and rollup.reading.left_out:
        raise SystemExit(FINDINGS)


def _ingested(paths: tuple[str, ...], output: Path | None, style: str, options: dict[str, Any]) -> Ingested:
    from iamc.usage.engines import ingest_by
    from iamc.usage.files import survey
    from iamc.usage.ingest import ingest
    from iamc.usage.tally import Days

    days = Days(_day(options["since"]), _day(options["until"]))
    only = Only(options["accounts"], options["roles"], days)
    if options["engine"] == "athena":
        return by_athena(only, style, options)
    if options["engine"] == "spark":
        return _by_spark(paths, only, style, options["master"], options["jobs"])
    if any("://" in path for path in paths):
        stop("only Spark reads URLs: --engine spark", style)
    found = survey(named([Path(path) for path in paths], style))
    with working("reading", style) as progress:
        if options["engine"] == "duckdb":
            return ingest_by(_duckdb(style), found, only, progress, options["jobs"])
        read = _kept(output) if options["resume"] and output else None
        return ingest(found, only, options["jobs"], progress, read)


def _kept(output: Path) -> Any:
    from iamc.usage.resume import folder_for, read_kept

    folder = folder_for(output)
    folder.mkdir(parents=True, exist_ok=True)
    return partial(read_kept, folder=folder)


def _drop_kept(output: Path) -> None:
    from iamc.usage.resume import folder_for

    shutil.rmtree(folder_for(output), ignore_errors=True)


def _duckdb(style: str) -> Callable[..., Any]:
    try:
        import duckdb  # noqa: F401 - asked for here, so that its absence is said before anything is read
    except ImportError:
        stop("DuckDB is not installed: pip install 'iamc[duckdb]'", style)
    from iamc.usage.engine_duckdb import run

    return run


def _by_spark(paths: tuple[str, ...], only: Only, style: str, master: str, jobs: int) -> Ingested:
    from iamc.usage.engines import ingest_by, sum_up
    from iamc.usage.files import survey
    from iamc.usage.sql import Part

    try:
        from iamc.usage.engine_spark import run, session
    except ImportError:
        stop("Spark is not installed: pip install 'iamc[spark]'", style)
    remote = [path for path in paths if "://" in path]
    if remote and len(remote) < len(paths):
        stop("name either URLs or paths of this machine", style)
    if shutil.which("java") is None:
        stop("Spark runs on Java 17 or later, and there is no `java` on the PATH", style)
    local = None if remote else survey(named([Path(path) for path in paths], style))
    try:
        with ExitStack() as opened:
            spark = cache(lambda: opened.enter_context(session(master)))
            if local is None:
                part = Part(only.days.since, only.days.until, only.accounts)
                return sum_up(run(spark(), remote, part), only)
            # Spark starts after the reader has looked at the files: its processes could not be forked with Spark's.
            return ingest_by(lambda files: run(spark(), [file.as_uri() for file in files]), local, only, jobs=jobs)
    except ImportError:
        stop("Spark is not installed: pip install 'iamc[spark]'", style)
    except ValueError as error:
        stop(f"Spark cannot read the logs: {error}", style)


def _day(given: datetime | None) -> str:
    return given.date().isoformat() if given else ""


def _sum_up(rollup: Rollup, style: str) -> None:
    if style == "full":
        events = sum(seen.calls for seen in rollup.uses.values())
        people = len({use.person for use in rollup.uses if use.person})
        kinds = f"{_count(events, 'event')} of {_count(len(rollup.uses), 'kind')}"
        by = "1 person" if people == 1 else f"{people:,} people"
        click.echo(f"{kinds} by {by}, from {_count(rollup.reading.files, 'file')}", err=True)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
