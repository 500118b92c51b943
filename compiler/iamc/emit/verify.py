"""Whether a folder holds what the sources compile to; looks, and writes nothing."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from iamc.emit.files import holds, listed
from iamdsl.diagnostics import Diagnostic, report


def differences(folder: Path, files: Mapping[str, str], command: str) -> list[Diagnostic]:
    """One finding for each file that is missing, differs or is left over; `command` writes what should be there.

    Left over is what the folder's manifest lists and the sources no longer make, and every other `.json` file; what
    tools keep in folders such as `.terraform` is theirs.
    """
    again = f"run `{command}`, and stage what it changes"
    found = [(name, _fault(folder, name, text)) for name, text in sorted(files.items())]
    wrong = [_finding(folder / name, *fault, again) for name, fault in found if fault]
    return wrong + [
        report("IAM962", f"`{path.as_posix()}` is made by no source", None, help=f"remove it, or {again}")
        for path in _left_over(folder, files)
    ]


def command_line(words: list[str]) -> str:
    """The words of a `--verify` as the command that writes: quoted for a shell, without what only judges."""
    return shlex.join(["iamc", *(word for word in words if word not in ("--verify", "--staged"))])


def _fault(folder: Path, name: str, text: str) -> tuple[str, str] | None:
    path = folder / name
    if holds(path, text):
        return None
    return ("IAM960", "is not what the sources compile to") if path.exists() else ("IAM961", "is missing")


def _finding(path: Path, code: str, what: str, again: str) -> Diagnostic:
    return report(code, f"`{path.as_posix()}` {what}", None, help=again)


def _left_over(folder: Path, files: Mapping[str, str]) -> Iterator[Path]:
    found = {path.relative_to(folder) for path in folder.rglob("*.json")} if folder.is_dir() else set()
    json = {path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)}
    for name in sorted((json | listed(folder)) - set(files)):
        if (folder / name).exists():
            yield folder / name
