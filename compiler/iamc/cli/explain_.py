"""`iamc explain`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from iamc.cli.common import FINDINGS, catalog_of, show, stop, targets_config_option, username_of
from iamdsl.codes import CODES
from iamdsl.suggest import did_you_mean

_PLACE = re.compile(r"(?P<path>.+\.(?:iamdsl|ya?ml)):(?P<line>\d+)(?::\d+)?")


@click.command(name="explain")
@click.argument("what")
@click.argument("action", required=False)
@click.argument("resource", required=False)
@click.option("--in", "paths", multiple=True, type=click.Path(path_type=Path), help="The project.  [default: here]")
@click.option("--account", help="Only in this account.")
@click.option("--context", "known", multiple=True, metavar="KEY=VALUE", help="What is known of the request.")
@click.option("--database", type=click.Path(path_type=Path, dir_okay=False), help="Another action database.")
@click.option("--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Your additions to the database.")
@targets_config_option
def command(
    what: str,
    action: str | None,
    resource: str | None,
    paths: tuple[Path, ...],
    account: str | None,
    known: tuple[str, ...],
    **options: Any,
) -> None:
    """Explain a diagnostic code, why a role may do something or not, or what a line stands for.

    For a role, leaves with 0 when the request is allowed, under conditions at least, and with 1 when it is not.

    \b
    iamc explain IAM207
    iamc explain web-developer lambda:InvokeFunction --in examples/acme
    iamc explain payments-power s3:DeleteBucket arn:aws:s3:::orders-acme-prod --in examples/acme --account prod
    iamc explain examples/acme/payments.iamdsl:21
    """
    place = _PLACE.fullmatch(what)
    if action is not None:
        _request(what, action, resource or "", account, known, paths, options)
    elif place:
        _line(Path(place["path"]), int(place["line"]), paths, options)
    else:
        _code(what)


def _code(code: str) -> None:
    from iamdsl.pages import page

    text = page(code.upper())
    if text is None:
        raise click.UsageError(
            f"`{code}` is no diagnostic code. {did_you_mean(code, CODES)}".strip()
            + " Of a role, ask about an action: iamc explain ROLE ACTION [ARN]"
        )
    click.echo(text, nl=False)


def _compiled(paths: Sequence[Path], options: dict[str, Any]) -> Any:
    """The compiled project and its vocabulary; leaves with 1 when it does not compile."""
    from iamc.pipeline import Context, compile_project
    from iamc.project import load_project
    from iamc.settings import Settings
    from iamdsl.diagnostics import errors

    for path in paths:
        if not path.exists():
            stop(f"`{path}` does not exist")
    catalog = catalog_of(options)
    settings = Settings(username=username_of(options))
    result = compile_project(load_project(paths or (Path(),)), catalog, settings)
    found = [finding for finding in result.diagnostics if finding.code != "IAM501"]
    if errors(found):
        show(found, "full")
        raise SystemExit(FINDINGS)
    return result, Context.of(catalog, settings).vocabulary


def _request(
    role: str,
    action: str,
    resource: str,
    account: str | None,
    known: Sequence[str],
    paths: Sequence[Path],
    options: dict[str, Any],
) -> None:
    from iamc.explain import ask

    result, vocabulary = _compiled(paths, options)
    units = [one for one in result.compiled if one.unit.role.name == role]
    units = [one for one in units if account is None or (one.unit.account and one.unit.account.name == account)]
    if not units:
        names = {one.unit.role.name for one in result.compiled}
        raise click.UsageError(f"there is no role `{role}` here. {did_you_mean(role, names)}".strip())
    found = vocabulary.catalog.action(action)
    if found is None:
        near = vocabulary.nearest_actions(action)
        raise click.UsageError(f"there is no action `{action}`. " + (f"Did you mean `{near[0]}`?" if near else ""))
    answers = [ask(one, found.qualified, resource, _context(known), vocabulary) for one in units]
    for answer in answers:
        _show(answer)
    raise SystemExit(0 if any(answer.verdict.startswith("allowed") for answer in answers) else FINDINGS)


def _context(known: Sequence[str]) -> Any:
    from iamc.model import Atom, Condition

    atoms = []
    for pair in known:
        key, sign, value = pair.partition("=")
        if not sign:
            raise click.UsageError(f"`{pair}` is not KEY=VALUE")
        operator = "Bool" if value in ("true", "false") else "StringEquals"
        atoms.append(Atom(operator, key, (value,)))
    return Condition(tuple(atoms))


def _show(answer: Any) -> None:
    where = f" on {answer.resource}" if answer.resource else ""
    click.echo(f"{answer.unit}: {answer.action}{where} is {answer.verdict.replace(' if', '')}")
    for line in answer.lines:
        word = "denied" if line.effect == "deny" else "allowed"
        where = "" if answer.resource else f" on {line.resource}"
        click.echo(f"  {word}{where} by {_place(line)}{_when(line)}")
        click.echo(f"    {_source(line)}")
    for document in answer.documents:
        click.echo(f"  in {document}")
    if answer.near:
        click.echo("  the nearest lines:")
        for line in answer.near:
            click.echo(f"    {_place(line)}  {_source(line)}")
    if answer.remedy:
        click.echo(f"  to allow it, add: {answer.remedy}")


def _place(line: Any) -> str:
    return f"{line.span.path}:{line.span.line}"


def _source(line: Any) -> str:
    from iamc.render.text import inert

    text = " ".join(line.span.text.split())
    return inert(text if len(text) <= 100 else f"{text[:99]}\u2026")


def _when(line: Any) -> str:
    atoms = [f"{atom.operator} {atom.key} {', '.join(atom.values)}" for atom in line.condition.atoms]
    return f" when {' and '.join(atoms)}" if atoms else ""


def _line(path: Path, number: int, paths: Sequence[Path], options: dict[str, Any]) -> None:
    from iamc.explain import expansions
    from iamc.project import display

    if not path.exists():
        stop(f"`{path}` does not exist")
    result, _ = _compiled(paths or (path,), options)
    found = list(expansions(result.compiled, display(path), number))
    if not found:
        raise click.UsageError(f"no statement of a role stands at {path}:{number}")
    click.echo(_source(found[0].request))
    for one in found:
        actions = sorted({action for permission in one.permissions for action in permission.actions})
        resources = list(dict.fromkeys(permission.resource for permission in one.permissions))
        click.echo(f"\n{one.unit}: {len(actions)} actions, about {one.characters:,} characters by itself")
        for resource in resources:
            names = sorted(a for p in one.permissions if p.resource == resource for a in p.actions)
            click.echo(f"  on {resource}")
            for name in names:
                click.echo(f"    {name}")
