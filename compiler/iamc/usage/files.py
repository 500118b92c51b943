"""Which files the logs are: folders, patterns and files, in one order and with names that do not tell the machine."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from iamdsl.values import dataclass

STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file and its name in the rollup: the path from the folder that was asked for, with forward slashes."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Survey:
    """The files in the order in which they count, and the paths that name none."""

    files: tuple[LogFile, ...]
    missing: tuple[str, ...]


def survey(paths: Sequence[Path]) -> Survey:
    """Every file below `paths`, once, sorted by name; a path may be a folder, a file, a pattern or `-`."""
    found: dict[Path, LogFile] = {}
    missing = []
    for path in paths:
        files = list(_below(path))
        if not files:
            missing.append(str(path))
        for file in files:
            found.setdefault(file.path if file.path == STDIN else file.path.resolve(), file)
    return Survey(tuple(sorted(found.values(), key=lambda file: (file.name, str(file.path)))), tuple(missing))


def _below(path: Path) -> Iterator[LogFile]:
    if path == STDIN or path.is_file():
        yield LogFile(path, path.name or "-")
    elif path.is_dir():
        yield from _named(path.rglob("*"), path)
    else:
        fixed = Path(*_until_magic(path.parts))
        pattern = str(path.relative_to(fixed)) if fixed != path else ""
        for match in sorted(fixed.glob(pattern)) if pattern else ():
            yield from _named(match.rglob("*") if match.is_dir() else [match], fixed)


def _named(files: Iterable[Path], root: Path) -> Iterator[LogFile]:
    above = root.resolve().name
    for file in files:
        if file.is_file():
            yield LogFile(file, (Path(above) / file.relative_to(root)).as_posix())


def _until_magic(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        if glob.has_magic(part):
            return
        yield part
