"""Files as they were in a git revision, without touching the work tree."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path


class RevisionError(Exception):
    """git cannot give the files; the text says why."""


def extract(revision: str, paths: Iterable[Path], folder: Path) -> list[Path]:
    """Put what `paths` were in `revision` below `folder`; the paths there, those that did not exist left out.

    All of the repository's declarations are taken, so that imports are found. Raises RevisionError.
    """
    top = Path(_git("rev-parse", "--show-toplevel").decode().strip())
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", commit, cwd=top))) as archive:
        for member in archive.getmembers():
            if member.isfile() and member.name.endswith((".iamdsl", ".yaml", ".yml", ".json")):
                _write(archive, member, folder)
    (folder / ".git").mkdir(exist_ok=True)  # marks the project's root, as in the repository
    wanted = (folder / path.resolve().relative_to(top.resolve()) for path in paths)
    return [path for path in wanted if path.exists()]


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    target = (folder / member.name).resolve()
    content = archive.extractfile(member)
    if content is not None and target.is_relative_to(folder.resolve()):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.read())


def _git(*arguments: str, cwd: Path | None = None) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, check=True)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise RevisionError("git is not installed") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip() or f"git knows no `{arguments[-1]}`"
        raise RevisionError(said.splitlines()[0]) from error
    return done.stdout
