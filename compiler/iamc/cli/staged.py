"""What git has staged, in a folder of its own: a hook judges what will be committed, not what lies in the work tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from iamc.cli.common import stop

F = TypeVar("F", bound=Callable[..., Any])
READ = ("*.iamdsl", "*.yaml", "*.yml", "*.json", "iamc.lock", "*/iamc.lock")
"""What a command may read of a repository, as git's patterns; the folder of outputs comes on top."""


def staged_option(function: F) -> F:
    """`--staged`."""
    return click.option("--staged", is_flag=True, help="Judge what git has staged, not the work tree.")(function)


def judge_staged(options: dict[str, Any], output: Path | None = None) -> Path | None:
    """Work in a copy of what is staged until the command ends; `paths` in `options` then mean files of that copy.

    Returns the folder of outputs there.

    Leaves with 2 where there is no git repository, or a path lies outside of it.
    """
    style: str = options["style"]
    top = Path(os.fsdecode(_git(style, "rev-parse", "--show-toplevel")).rstrip("\n")).resolve()
    named = [*options["paths"], *([output] if output else [])]
    for path in named:
        if not path.resolve().is_relative_to(top):
            stop(f"`{path}` is outside the repository, so it cannot be staged", style)
    here = Path.cwd().resolve()
    options["paths"] = tuple(_below(path, here) for path in options["paths"])
    whole = [output.resolve().relative_to(top).as_posix()] if output else []
    click.get_current_context().with_resource(_copy(style, top, [*READ, *whole]))
    return _below(output, here) if output else None


def _below(path: Path, here: Path) -> Path:
    return Path(os.path.relpath(path.resolve(), here)) if path.is_absolute() else path


@contextmanager
def _copy(style: str, top: Path, patterns: Sequence[str]) -> Iterator[None]:
    """The current folder as it is staged, in a temporary folder that is made the current one."""
    import tempfile

    before = Path.cwd()
    inside = before.resolve().relative_to(top)
    names = _git(style, "ls-files", "-z", "--cached", "--", *patterns, cwd=top)
    with tempfile.TemporaryDirectory(prefix="iamc-staged-") as folder:
        _git(style, "checkout-index", "-z", "--stdin", f"--prefix={folder}/", cwd=top, given=names)
        (Path(folder) / ".git").mkdir(exist_ok=True)  # marks the project's root, as in the repository
        (Path(folder) / inside).mkdir(parents=True, exist_ok=True)
        os.chdir(Path(folder) / inside)
        try:
            yield
        finally:
            os.chdir(before)


def _git(style: str, *arguments: str, cwd: Path | None = None, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=cwd, input=given, capture_output=True, check=True)  # noqa: S603, S607
    except FileNotFoundError:
        stop("git is not installed", style)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip() or "git failed"
        stop(said.splitlines()[0], style)
    return done.stdout
