"""What the commands share: loading the catalogue, showing diagnostics, leaving with the right status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from iamc.catalog import Catalog, CatalogError, load_catalog
from iamc.render import RENDERERS, render
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic, errors, report

if TYPE_CHECKING:
    from iamc.emit.targets import Targets

CLEAN, FINDINGS, CANNOT_RUN = 0, 1, 2
HUMAN = ("full", "concise")
F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def project_options(function: F) -> F:
    """The options of every command that reads a project."""
    for option in reversed(
        (
            click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
            click.option(
                "--root",
                type=click.Path(path_type=Path, file_okay=False),
                help="The project's folder; imports stay inside it.",
            ),
            click.option(
                "--quota",
                default="managed-policy",
                show_default=True,
                help="The kind of policy to fit, such as role-inline.",
            ),
            click.option(
                "--quotas",
                type=click.Path(path_type=Path, dir_okay=False),
                help="Your accounts' limits, where AWS has raised them.",
            ),
            click.option("--documents", type=click.IntRange(1), help="How many documents a role may have."),
            click.option(
                "--wildcards",
                type=click.Choice(["exact", "auto", "words", "tight"]),
                default="auto",
                show_default=True,
                help="How far names of actions are shortened.",
            ),
            click.option("--sids/--no-sids", default=None, help="Name the statements.  [default: where there is room]"),
            click.option(
                "--drop-unmatched",
                is_flag=True,
                help="Warn of requests that no action answers, and compile the rest.",
            ),
            click.option(
                "--database", type=click.Path(path_type=Path, dir_okay=False), help="Another action database."
            ),
            click.option(
                "--overlay",
                type=click.Path(path_type=Path, dir_okay=False),
                help="Your additions to the database.",
            ),
            click.option("--no-cache", is_flag=True, help="Read the database without the cache."),
            click.option(
                "--today",
                type=click.DateTime(["%Y-%m-%d"]),
                metavar="YYYY-MM-DD",
                help="The day that decides what has ended.  [default: today]",
            ),
            targets_config_option,
            format_option,
        )
    ):
        function = option(function)
    return function


def targets_config_option(function: F) -> F:
    """`--targets-config`, which every command that compiles needs for what stands for `${aws:username}`."""
    return click.option(
        "--targets-config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="YAML that says how people sign in, and what things are called.",
    )(function)


def format_option(function: F) -> F:
    """`--format`, and `--width` of the terminal by its own measure."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(list(RENDERERS)),
        default="full",
        show_default=True,
        help="How findings are shown.",
    )(function)


def settings_of(options: dict[str, Any]) -> Settings:
    """The settings that the options ask for; leaves with 1 or 2 for what cannot be followed."""
    from iamc.quotas import quotas, quotas_with

    own: Path | None = options.get("quotas")
    try:
        known = quotas_with(own) if own else quotas()
    except CatalogError as error:
        stop(str(error), options["style"])
    if options["quota"] not in known:
        stop(f"there is no quota `{options['quota']}`; there are {', '.join(known)}", options["style"])
    return Settings(
        options["quota"],
        options["documents"] or 0,
        options["wildcards"],
        options["sids"],
        options["drop_unmatched"],
        today_of(options["today"]),
        known[options["quota"]] if own else None,
        username_of(options),
    )


def username_of(options: dict[str, Any]) -> str:
    """What stands for `${aws:username}`, empty for nothing; leaves with 1 when --targets-config is not right."""
    targets = targets_of(options)
    return targets.username if targets else ""


def targets_of(options: dict[str, Any]) -> Targets | None:
    """What --targets-config names, read once; leaves with 1 when it is not right."""
    path: Path | Targets | None = options.get("targets_config")
    if isinstance(path, Path):
        from iamc.emit.targets_file import read_targets

        options["targets_config"] = given(read_targets(path), options.get("style", "full"))
    found: Targets | None = options.get("targets_config")
    return found


def given(found: tuple[T | None, tuple[Diagnostic, ...]], style: str) -> T:
    """What a file says; leaves with 1 after showing what is wrong with it."""
    value, problems = found
    if value is None:
        show(problems, style)
        raise SystemExit(FINDINGS)
    return value


def today_of(given: datetime | None = None) -> date:
    """The day given, else that of SOURCE_DATE_EPOCH, else today in UTC."""
    if given is not None:
        return given.date()
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), timezone.utc) if epoch.isdigit() else datetime.now(timezone.utc)
    return moment.date()


def catalog_of(options: dict[str, Any]) -> Catalog:
    """The catalogue that the options name; leaves with 2 when it cannot be used."""
    try:
        return load_catalog(options.get("database"), overlay=options.get("overlay"), cache=not options.get("no_cache"))
    except (CatalogError, OSError) as error:
        stop(str(error), options.get("style", "full"), "IAM903")


def show(diagnostics: Sequence[Diagnostic], style: str) -> None:
    """Findings for people go to the error stream, those for machines to the output."""
    if style in HUMAN:
        if not diagnostics:
            return
        color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        text = render(diagnostics, style, color=color, width=terminal_width())
        click.echo(text, err=True, nl=False, color=color)
    else:
        click.echo(render(diagnostics, style), nl=False)


def terminal_width() -> int:
    """Columns of the terminal; 100 where there is none, or where it does not know."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 100
    except (OSError, ValueError):
        return 100


def status(diagnostics: Sequence[Diagnostic]) -> int:
    """1 when there is an error among them, 0 otherwise."""
    return FINDINGS if errors(diagnostics) else CLEAN


def stop(message: str, style: str = "full", code: str = "IAM901") -> NoReturn:
    """Leave with 2 after one message."""
    show([report(code, message, None)], style)
    raise SystemExit(CANNOT_RUN)


def paths_or_here(paths: Sequence[Path], style: str) -> list[Path]:
    """The named paths, the current folder when there are none; leaves with 2 for one that does not exist."""
    for path in paths:
        if not path.exists() and str(path) != "-":
            stop(f"`{path}` does not exist", style)
    return list(paths) or [Path()]
