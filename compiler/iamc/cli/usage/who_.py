"""`iamc usage who`."""

from __future__ import annotations

from pathlib import Path

import click

from iamc.cli.common import stop
from iamc.cli.usage.sources import rollup_of
from iamdsl.suggest import did_you_mean


@click.command(name="who")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--role", metavar="NAME", help="The people behind this role, by name, path and name, or ARN.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["full", "json", "csv", "markdown"]),
    default="full",
    show_default=True,
    help="How the people are shown.",
)
def command(paths: tuple[Path, ...], role: str | None, style: str) -> None:
    """Show who is behind roles: people, how they came in, and sessions that no person made.

    Without --role, all roles, users and roots of the rollup with the number of people behind each.

    \b
    iamc usage who usage.ndjson.gz
    iamc usage who usage.ndjson.gz --role Admin --format csv
    """
    from iamc.usage import show_who
    from iamc.usage.who import who

    errors_as = "json" if style == "json" else "full"
    rollup = rollup_of(paths, errors_as)
    found = who(rollup, role or "")
    if role is not None and not found:
        near = did_you_mean(role, {each.label for each in who(rollup)}) or "without --role all are listed"
        stop(f"nobody used or tried a role `{role}`; {near}", errors_as, "IAM982")
    forms = {
        "full": lambda: show_who.full(found, each=role is not None),
        "markdown": lambda: show_who.markdown(found, each=role is not None),
        "json": lambda: show_who.json(found),
        "csv": lambda: show_who.csv(found),
    }
    click.echo(forms[style](), nl=False)
