"""Long work shows how far it has come: on a terminal, for people, and nowhere else."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from iamc.catalog.database import locate
from iamc.cli import working

ROOT = Path(__file__).parents[3]
WITHOUT_PATIENCE = "import iamc.cli.working as w; w.PATIENCE = 0; from iamc.cli import main; main()"
LONG = {
    "compile": (("compile", "access", "-o", "out"), "compiling"),
    "check": (("check", "access"), "checking"),
    "check --risks": (("check", "--risks", "access"), "looking for risks"),
    "check --policy": (("check", "--policy", "old"), "checking"),
    "test": (("test", "access"), "testing"),
    "lock": (("lock", "access"), "locking"),
    "drift": (("drift", "access"), "comparing"),
    "drift --against": (("drift", "new", "--against", "same.json"), "comparing"),
    "diff": (("diff", "access", "new"), "comparing"),
    "diff of policies": (("diff", "old", "old"), "comparing"),
    "report": (("report", "access", "-o", "access.html"), "looking for risks"),
    "convert": (("convert", "access/payments.iamdsl"), "converting"),
    "usage unused": (("usage", "unused", "usage.ndjson", "--in", "access"), "compiling"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands work on: declarations, a changed copy, their policies, a lock, a rollup."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("access", "new"):
        shutil.copytree(ROOT / "examples/acme", folder / name)
    (folder / "same.json").symlink_to(locate(None).path)
    shutil.copy(ROOT / "tests/fixtures/usage/people.ndjson", folder / "usage.ndjson")
    said = run(folder, ("compile", "access", "-o", "old"))
    assert said == (0, "", ""), said
    assert run(folder, ("lock", "access"))[0] == 0
    return folder


def run(folder: Path, words: tuple[str, ...]) -> tuple[int, str, str]:
    """The exit status and what is said on both streams, neither of which is a terminal."""
    called = [sys.executable, "-c", WITHOUT_PATIENCE, *words]
    done = subprocess.run(called, check=False, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def on_terminal(folder: Path, words: tuple[str, ...]) -> tuple[str, str]:
    """What is said on the output, and what on a terminal that the error stream is."""
    leader, follower = pty.openpty()
    called = [sys.executable, "-c", WITHOUT_PATIENCE, *words]
    with (
        (folder / "said").open("w+b") as output,
        subprocess.Popen(called, cwd=folder, stdout=output, stderr=follower, env={**os.environ, "NO_COLOR": "1"}),
    ):
        os.close(follower)
        shown = b"".join(_read(leader))
        os.close(leader)
        output.seek(0)
        return output.read().decode(), shown.decode()


def _read(leader: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # so Linux says that nobody has the other end any more
            return
        if not part:
            return
        yield part


def left_on_screen(shown: str) -> str:
    """What a terminal still shows in the end: a return begins the line again, `ESC [K` clears what follows."""
    return "\n".join(line.rpartition("\r")[2].replace("\x1b[K", "") for line in shown.replace("\r\n", "\n").split("\n"))


@pytest.mark.parametrize(("words", "title"), LONG.values(), ids=LONG)
def test_a_bar_appears_on_a_terminal_and_goes(words: tuple[str, ...], title: str, project: Path) -> None:
    _, shown = on_terminal(project, words)
    assert f"\r{title} [" in shown
    _, _, piped = run(project, words)
    assert left_on_screen(shown) == piped


@pytest.mark.parametrize(("words", "title"), LONG.values(), ids=LONG)
def test_nothing_of_it_is_piped(words: tuple[str, ...], title: str, project: Path) -> None:
    _, output, said = run(project, words)
    for text in (output, said):
        assert f"{title} [" not in text
        assert "\x1b" not in text
        assert "\r" not in text


@pytest.mark.parametrize(
    "words",
    [
        ("check", "access", "--format", "json"),
        ("check", "access", "--format", "sarif"),
        ("test", "access", "--format", "junit"),
        ("diff", "access", "new", "--format", "markdown"),
        ("report", "access", "-o", "access.html", "--format", "github"),
    ],
    ids=" ".join,
)
def test_formats_for_machines_have_a_silent_terminal(words: tuple[str, ...], project: Path) -> None:
    assert on_terminal(project, words)[1] == ""


def test_short_work_shows_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with working.working("working", "full") as progress:
        progress(1, 3)
    monkeypatch.setattr(working, "PATIENCE", -1)
    with working.working("working", "full") as progress:
        progress(1, 1)
    assert capsys.readouterr().err == ""
    with working.working("working", "full") as progress:
        progress(1, 3)
    assert capsys.readouterr().err == f"\rworking [{'#' * 10}{'.' * 20}] 1/3\x1b[K\r\x1b[K"
