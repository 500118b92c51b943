"""The options of outputs other than policy documents, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from iamc.cli.common import given, stop, targets_of
from iamc.emit import BACK_ENDS
from iamdsl.diagnostics import Diagnostic, errors
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from iamc.catalog import Catalog
    from iamc.emit.targets import Targets
    from iamc.in_scope import Programme
    from iamc.pipeline import Result

F = TypeVar("F", bound=Callable[..., Any])
DOCUMENTS = "json"
"""The target that is always written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asks for beside policy documents. `profiles` is the AWS config file to put a block into."""

    targets: tuple[str, ...]
    settings: Targets | None
    stage: str
    programme: Programme | None
    profiles: Path | None

    @property
    def more(self) -> bool:
        """Whether anything but every policy document is asked for."""
        return bool(self.targets or self.programme) or self.stage != "everyone"


def target_options(function: F) -> F:
    """`--target`, `--stage` and `--aws-config`; `--targets-config` is an option of every command that compiles."""
    for option in reversed(
        (
            click.option(
                "--target",
                default=DOCUMENTS,
                show_default=True,
                help=f"What to emit, separated by commas: {', '.join((DOCUMENTS, *BACK_ENDS))}.",
            ),
            click.option(
                "--stage",
                type=click.Choice(["everyone", "pilot"]),
                default="everyone",
                show_default=True,
                help="Whom the roles are for.",
            ),
            click.option(
                "--aws-config",
                type=click.Path(path_type=Path, dir_okay=False),
                help="Keep the profiles in a marked block of this file.",
            ),
        )
    ):
        function = option(function)
    return function


def in_scope_option(function: F) -> F:
    """`--in-scope`."""
    return click.option(
        "--in-scope",
        type=click.Path(path_type=Path, dir_okay=False),
        help="YAML list of the services that a compliance programme covers.",
    )(function)


def wanted_of(options: dict[str, Any], output: Path | None) -> Wanted:
    """Take these options out of `options`; leaves with 1 or 2 when they cannot be followed."""
    style: str = options["style"]
    names = _targets(options.pop("target"), style)
    stage, profiles = options.pop("stage"), options.pop("aws_config")
    if profiles is not None and "aws-config" not in names:
        names = (*names, "aws-config")
    if names and output is None:
        stop(f"`--target {names[0]}` writes files: say where with -o", style)
    return Wanted(names, targets_of(options), stage, programme_of(options), profiles)


def programme_of(options: dict[str, Any]) -> Programme | None:
    """Take --in-scope out of `options`; leaves with 1 when its file is not right."""
    path = options.pop("in_scope")
    if path is None:
        return None
    from iamc.in_scope import read_programme

    return given(read_programme(path), options["style"])


def _targets(text: str, style: str) -> tuple[str, ...]:
    from iamdsl.suggest import did_you_mean

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    known = (DOCUMENTS, *BACK_ENDS)
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
            stop(f"there is no target `{name}`; {hint}", style)
    return tuple(name for name in names if name != DOCUMENTS)


def beyond_documents(
    result: Result, wanted: Wanted, catalog: Catalog
) -> tuple[Result, dict[str, str], list[Diagnostic]]:
    """What is deployed of the result at the wanted stage, the other targets' files, and what is wrong with them."""
    if errors(result.diagnostics):
        return result, {}, []
    from iamc.emit.backends import deployed, files_of, staged
    from iamc.emit.manifest import outputs_of
    from iamc.emit.targets import Targets

    result, targets, problems = staged(result, wanted.settings or Targets(), wanted.stage)
    if wanted.programme is not None:
        from iamc.in_scope import out_of_scope

        problems += out_of_scope(wanted.programme, result.compiled)
    if errors(problems) or not wanted.targets:
        return result, {}, problems
    documents = outputs_of(result.compiled)[0].files
    files, found = files_of(deployed(result, targets, catalog), wanted.targets, documents)
    return result, files, [*problems, *found]


def write_profiles(wanted: Wanted, files: Mapping[str, str], style: str) -> None:
    """Put the profiles into the file that --aws-config names; leaves with 2 when that cannot be done."""
    if wanted.profiles is None:
        return
    from iamc.emit.aws_config import FOLDER, merged
    from iamc.emit.files import replace_file

    path = wanted.profiles.resolve()  # people keep the file elsewhere and link to it: the link stays
    try:
        before = path.read_bytes().decode() if path.exists() else ""
        after = merged(before, files[f"{FOLDER}/config"])
        if after is None:
            stop(f"`{path}` has marks of iamc that do not belong together; remove the block, then try again", style)
        if after != before:
            replace_file(path, after)
    except UnicodeDecodeError:
        stop(f"`{path}` is not UTF-8 text", style)
    except OSError as error:
        stop(f"cannot write to `{path}`: {error.strerror or error}", style, "IAM902")
