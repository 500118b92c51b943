"""Output files: named safely, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from iamc.model import Compiled
from iamdsl.diagnostics import Diagnostic, report

MANIFEST = "manifest.json"
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})


def policy_files(compiled: Iterable[Compiled]) -> tuple[dict[str, str], list[Diagnostic]]:
    """File name to compact JSON for every document: `account/role.json`, `account/role-2.json`."""
    files: dict[str, str] = {}
    folded: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for unit in compiled:
        for document in unit.documents:
            name = f"{unit.unit.name}{document.suffix}.json"
            other = folded.get(name.casefold())
            if other is not None or unsafe(name):
                why = f"`{name}` and `{other}` would be one file" if other else f"`{name}` cannot be a file name"
                problems.append(report("IAM404", why, unit.unit.role.span, help="rename the role"))
                continue
            folded[name.casefold()] = name
            files[name] = document.text
    return files, problems


def unsafe(name: str) -> bool:
    """Whether a file of this name could lie outside the folder, or be a device on some system."""
    parts = name.split("/")
    return any(
        part in ("", ".", "..") or part.split(".")[0].casefold() in _RESERVED or "\\" in part or not part.isprintable()
        for part in parts
    )


def pretty(text: str) -> str:
    """A document for people: two-space indent and a line feed at its end; AWS does not count white space."""
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def write_all(folder: Path, files: Mapping[str, str]) -> None:
    """Write every file that differs, each by a rename, the manifest last; then remove what an earlier one alone lists.

    Raises OSError when the folder cannot be written; a file is then either the old one or the new one.
    """
    old = listed(folder)
    for name in sorted(files, key=lambda name: (name == MANIFEST, name)):
        if not holds(folder / name, files[name]):
            replace_file(folder / name, files[name])
    for name in old - set(files):
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def listed(folder: Path) -> set[str]:
    """The files that the folder's manifest lists; none when it has no manifest, or a strange one."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = {entry["file"] for entry in content["documents"]} | set(content.get("outputs", ()))
        return {name for name in names if not unsafe(name)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def holds(path: Path, text: str) -> bool:
    """Whether the file is there, is no link, and has this text to the byte."""
    try:
        return not path.is_symlink() and path.read_bytes() == text.encode()
    except OSError:
        return False


def replace_file(path: Path, text: str) -> None:
    """`replace_bytes` for text. Raises OSError."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, data: bytes) -> None:
    """Write a file by a rename: it is the old one or the new one, whatever happens. Raises OSError.

    A file that exists keeps its permissions.
    """
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise OSError(f"`{path}` is a symbolic link")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".iamc-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
