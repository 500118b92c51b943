"""Whose uses count, and the project that they are held against: options and work that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from iamc.cli.common import (
    FINDINGS,
    catalog_of,
    paths_or_here,
    show,
    stop,
    targets_config_option,
    today_of,
    username_of,
)
from iamc.cli.usage.sources import rollup_of
from iamc.cli.working import working
from iamc.pipeline import Context, Result, compile_project
from iamc.project import load_project
from iamc.settings import Settings
from iamc.usage.coverage import Holds
from iamc.usage.evidence import Choice, chosen
from iamc.usage.mapping import Mapping
from iamc.usage.model import Rollup
from iamc.usage.people import held_by_person, is_role, role_name
from iamc.usage.resources import Reader
from iamdsl.diagnostics import errors
from iamdsl.suggest import did_you_mean

FORMS = ("full", "json", "markdown")
"""How the answers of these commands are shown."""
F = TypeVar("F", bound=Callable[..., Any])
_DAY = click.DateTime(["%Y-%m-%d"])


def choice_options(function: F) -> F:
    """`--role`, `--person`, `--since` and `--until`, and the action database."""
    for option in reversed(
        (
            click.option("--role", "roles", multiple=True, help="Only uses of this role, by name or ARN; repeatable."),
            click.option("--person", "persons", multiple=True, help="Only uses by this person; repeatable."),
            click.option("--since", type=_DAY, help="Only what was used on this day or later."),
            click.option("--until", type=_DAY, help="Only what was used on this day or earlier."),
            click.option(
                "--database", type=click.Path(path_type=Path, dir_okay=False), help="Another action database."
            ),
            click.option(
                "--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Your additions to the database."
            ),
        )
    ):
        function = option(function)
    return function


def form_option(function: F) -> F:
    """`--format`."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(FORMS),
        default="full",
        show_default=True,
        help="How the answer is shown.",
    )(function)


def project_option(function: F) -> F:
    """`--in`, the project that uses are held against, its targets, and the roles that stand in for its grants."""
    for option in reversed(
        (
            click.option("--in", "project", multiple=True, type=click.Path(path_type=Path), help="The project."),
            targets_config_option,
            click.option(
                "--as", "stand_in", multiple=True, metavar="ROLE", help="Give everybody this role instead; repeatable."
            ),
        )
    ):
        function = option(function)
    return function


def chosen_rollup(
    paths: Sequence[Path], options: dict[str, Any], first: Callable[[Rollup], Rollup] = lambda rollup: rollup
) -> Rollup:
    """The rollup of the paths after `first`, as far as the options choose it; leaves with 2 for unknown names."""
    since, until = (_day(options[name]) for name in ("since", "until"))
    rollup = first(rollup_of(paths, options["style"]))
    _known(rollup, options)
    return chosen(rollup, Choice(options["roles"], options["persons"], since, until))


def _known(rollup: Rollup, options: dict[str, Any]) -> None:
    """Stop for a role or a person of whom the rollup says nothing: an empty answer would be taken for a clean one."""
    used = {use.principal for use in rollup.uses}
    for role in options["roles"]:
        if not any(is_role(principal, role) for principal in used):
            near = did_you_mean(role, map(role_name, used)) or "`iamc usage who` lists all"
            stop(f"nobody used a role `{role}`; {near}", options["style"], "IAM982")
    people = {use.person for use in rollup.uses} - {""}
    for person in options["persons"]:
        if person.lower() not in {each.lower() for each in people}:
            near = did_you_mean(person, people) or "`iamc usage who` shows the people behind roles"
            stop(f"nobody is called `{person}` in the rollup; {near}", options["style"], "IAM983")


def _day(given: datetime | None) -> str:
    return given.date().isoformat() if given else ""


def reader_of(options: dict[str, Any]) -> Reader:
    """What reads uses, with the catalogue of the options."""
    vocabulary = Context.of(catalog_of(options), Settings()).vocabulary
    return Reader(vocabulary, Mapping(vocabulary.catalog))


def compiled_project(paths: Sequence[Path], reader: Reader, options: dict[str, Any]) -> Result:
    """The compiled project of `--in`; leaves with 1 when it does not compile, with 2 when there is none."""
    style: str = options["style"]
    project = load_project(paths_or_here(paths, style))
    settings = Settings(today=today_of(), username=username_of(options))
    with working("compiling", style) as progress:
        result = compile_project(project, reader.vocabulary.catalog, settings, progress)
    found = [finding for finding in result.diagnostics if finding.code != "IAM501"]
    if errors(found):  # a failed check does not hide what people may do
        show(found, style)
        raise SystemExit(FINDINGS)
    return result


def holds_of(result: Result, stand_in: Sequence[str], style: str) -> Holds:
    """Who holds what: by the grants in force today, or everybody the roles of `--as`."""
    if stand_in:
        known = {one.unit.role.name for one in result.compiled}
        for name in stand_in:
            if name not in known:
                stop(f"there is no role `{name}` here. {did_you_mean(name, known)}".strip(), style)
        given = tuple(one for one in result.compiled if one.unit.role.name in stand_in)
        return lambda _: given
    if not result.organisation.grants:
        stop("the project grants no role to anybody: add grants, or name the roles that people get with --as", style)
    held = held_by_person(result.organisation, result.compiled, today_of().isoformat())
    return lambda person: held.get(person.lower(), ())
