"""The pre-commit hooks, run by pre-commit itself on commits of a repository of their own. No network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
GOOD = """edition 1

role reader {
  allow s3:GetObject on arn:aws:s3:::books/*
}

check "readers do not write" {
  role reader
  expect deny s3:PutObject on arn:aws:s3:::books/*
}
"""
BAD = GOOD.replace("s3:GetObject", "s3:GetObjet")
WIDER = GOOD.replace("allow s3:GetObject", "allow s3:GetObject, s3:PutObject")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Plain git, pre-commit's state in a folder of its own, and this iamc as the command."""
    home = tmp_path / "home"
    commands = home / "bin"
    commands.mkdir(parents=True)
    (commands / "iamc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m iamc "$@"\n')
    (commands / "iamc").chmod(0o755)
    beside = Path(sys.executable).parent
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PRE_COMMIT"))}
    return kept | {
        "PATH": f"{commands}:{beside}:{os.environ['PATH']}",
        "PYTHONPATH": ":".join(str(ROOT / part) for part in ("dsl", "compiler", "schemas")),
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "ann@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    """A command in a repository that has the hooks installed."""
    repository = tmp_path / "repository"
    repository.mkdir()

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=repository, env=environment, capture_output=True, text=True, check=False)

    # As pre-commit takes them from here, but with the iamc at hand: an environment of its own would need a network.
    hooks = [hook | {"language": "system"} for hook in HOOKS]
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    (repository / "roles.iamdsl").write_text(GOOD)
    assert run("git", "init", "-q").returncode == 0
    assert run("iamc", "compile", ".", "-o", "build").returncode == 0
    assert run(sys.executable, "-m", "pre_commit", "install").returncode == 0
    assert run("git", "add", ".").returncode == 0
    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "repository"


def test_the_manifest_is_one() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], check=False
    )
    assert done.returncode == 0


def test_a_good_commit_passes_and_a_bad_one_is_stopped(run: Run, folder: Path) -> None:
    done = run("git", "commit", "-m", "Begin")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "roles.iamdsl").write_text(BAD)
    done = run("git", "commit", "-a", "-m", "Mistype")
    assert done.returncode == 1
    assert "roles.iamdsl:4:9" in done.stdout + done.stderr
    assert "did you mean `s3:GetObject`?" in done.stdout + done.stderr


def test_what_is_staged_is_judged(run: Run, folder: Path) -> None:
    (folder / "roles.iamdsl").write_text(BAD)
    (folder / "draft.iamdsl").write_text("role ,")
    before = run("git", "ls-files", "--stage").stdout
    done = run("git", "commit", "-m", "Good is staged, bad lies about")
    assert done.returncode == 0, done.stdout + done.stderr
    assert run("git", "ls-files", "--stage").stdout == before
    assert (folder / "roles.iamdsl").read_text() == BAD
    assert run("git", "add", "roles.iamdsl").returncode == 0
    (folder / "roles.iamdsl").write_text(GOOD)
    assert run("git", "commit", "-m", "Bad is staged, good lies about").returncode == 1


def test_outputs_must_be_staged_with_their_sources(run: Run, folder: Path) -> None:
    run("git", "commit", "-m", "Begin")
    (folder / "roles.iamdsl").write_text(
        WIDER.replace('check "', 'check "hardly ').replace("deny s3:Put", "allow s3:Put")
    )
    run("iamc", "compile", ".", "-o", "build")
    run("git", "add", "roles.iamdsl")
    done = run("git", "commit", "-m", "Forget the output")
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "`build/reader.json` is not what the sources compile to" in said
    assert "run `iamc compile -o build`, and stage" in said
    run("git", "add", "build")
    assert run("git", "commit", "-m", "Remember it").returncode == 0


def verify(run: Run, *more: str) -> tuple[int, list[str]]:
    done = run("iamc", "compile", "-o", "build", "--verify", "--format", "json", *more)
    return done.returncode, [found["code"] for found in json.loads(done.stdout)["diagnostics"]]


def test_verify_names_what_differs_is_missing_or_left_over(run: Run, folder: Path) -> None:
    tools = folder / "build/.terraform/modules"
    tools.mkdir(parents=True)
    (tools / "modules.json").write_text("{}")
    assert verify(run) == (0, [])
    shutil.rmtree(folder / "build/.terraform")
    manifest = (folder / "build/manifest.json").read_bytes()
    (folder / "build/reader.json").rename(folder / "build/writer.json")
    (folder / "build/manifest.json").write_text("{}")
    assert verify(run) == (1, ["IAM960", "IAM961", "IAM962"])
    assert sorted(p.name for p in (folder / "build").iterdir()) == ["manifest.json", "writer.json"]
    assert verify(run, "--staged") == (0, []), "the index is still as it should be"
    (folder / "build/manifest.json").write_bytes(manifest)
    shutil.rmtree(folder / "build")
    assert verify(run) == (1, ["IAM961", "IAM961"])
    assert not (folder / "build").exists()


def test_staged_needs_a_repository_and_paths_inside(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("iamc", "check", "--staged", str(tmp_path))
    assert (done.returncode, done.stderr.count("outside the repository")) == (2, 1)
    done = run("iamc", "check", "--staged", str(folder / "roles.iamdsl"))
    assert (done.returncode, done.stderr) == (0, "")
    shutil.rmtree(folder / ".git")
    done = run("iamc", "check", "--staged")
    assert (done.returncode, done.stderr.count("not a git repository")) == (2, 1)
    assert run("iamc", "compile", "--verify").returncode == 2
