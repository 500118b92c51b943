"""`iamc init`: what it writes can be compiled at once, and it never overwrites."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main

SAID = ["--account", "prod=111122223333", "--person", "ana.b@example.com"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_the_project_compiles_and_is_in_form(folder: Path) -> None:
    more = ["--account", "dev=444455556666", "--person", "ana.b@example.org", "--person", "7@example.com"]
    assert run("init", *SAID, *more, "--team", "web", "--services", "ec2, s3").exit_code == 0
    check = run("check", "access")
    assert (check.exit_code, check.output) == (0, "")
    assert run("fmt", "--check", "access").exit_code == 0
    tested = run("test", "access")
    assert tested.exit_code == 0, tested.output
    assert "8 passed, 0 failed" in tested.output
    assert run("compile", "access", "-o", "build").exit_code == 0
    assert (folder / "build/dev/viewer.json").exists()
    assert "ana-b-2 ana.b@example.org" in (folder / "access/org.iamdsl").read_text()
    assert "p-7 7@example.com" in (folder / "access/org.iamdsl").read_text()
    assert "iamc-check" in (folder / ".pre-commit-config.yaml").read_text()


def test_nothing_is_overwritten(folder: Path) -> None:
    (folder / "access").mkdir()
    (folder / "access/roles.iamdsl").write_text("mine")
    (folder / ".pre-commit-config.yaml").write_text("mine")
    result = run("init", *SAID)
    assert result.exit_code == 2
    assert "exists already" in result.output
    assert not (folder / "access/org.iamdsl").exists()
    assert (folder / "access/roles.iamdsl").read_text() == "mine"
    assert run("init", "other", *SAID).exit_code == 0
    assert (folder / ".pre-commit-config.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--account NAME=NUMBER"),
        (("--account", "prod", *SAID[2:]), "twelve digits"),
        (("--account", "prod=1111-2222-3333", *SAID[2:]), "twelve digits"),
        (("--account", "1=111122223333", *SAID[2:]), "no name"),
        ((*SAID, "--account", "prod=444455556666"), "the same name"),
        ((*SAID[:2], "--person", "ana"), "no e-mail address"),
        ((*SAID, "--region", "Ireland"), "no region"),
        ((*SAID, "--team", "a b"), "no name for a team"),
        ((*SAID, "--services", "ec2,s4"), "no service `s4`"),
    ],
)
def test_wrong_answers(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    result = run("init", *arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert not list(folder.iterdir())


def test_on_a_terminal_it_asks_for_what_no_option_says(folder: Path) -> None:
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of POSIX systems")
    answers = ["prod=111122223333", "eu-central-1", "", "ana@example.com, bo@example.com", "s3"]
    controller, terminal = pty.openpty()
    try:
        os.write(controller, "".join(f"{answer}\n" for answer in answers).encode())
        asked = subprocess.run(
            [sys.executable, "-m", "iamc", "init"],
            check=False,
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        os.close(controller)
        os.close(terminal)
    assert asked.returncode == 0, asked.stderr
    questions = ["AWS account", "Region [eu-west-1]", "First team [platform]", "E-mail addresses", "Services"]
    places = [asked.stderr.index(question) for question in questions]
    assert places == sorted(places)
    org = (folder / "access/org.iamdsl").read_text()
    assert "account prod 111122223333" in org
    assert "team platform" in org
    assert "bo@example.com" in org
    assert run("check", "access").exit_code == 0


def test_what_cannot_be_written_is_said(folder: Path) -> None:
    (folder / "access").write_text("a file where the folder should be")
    result = run("init", "access/new", *SAID)
    assert result.exit_code == 2
    assert "IAM902" in result.output
