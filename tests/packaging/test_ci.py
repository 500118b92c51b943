"""The action and the page about CI name commands and options that exist; inputs never become shell text."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from iamc.cli import main

ACTION = yaml.safe_load(Path("action.yml").read_text(encoding="utf-8"))
PAGE = Path("docs/ci.md").read_text(encoding="utf-8")
CALLS = re.compile(r"\biamc ([a-z]+)([^\n|`]*)")


def scripts() -> list[str]:
    steps = [str(step.get("run", "")) for step in ACTION["runs"]["steps"]]
    blocks = re.findall(r"```(?:yaml|sh)\n(.*?)```", PAGE, re.DOTALL)
    return [*steps, *blocks]


@pytest.mark.parametrize("script", scripts())
def test_commands_and_options_exist(script: str) -> None:
    for name, rest in CALLS.findall(script):
        command = main.get_command(click.Context(main), name)
        assert command is not None, name
        known = {option for param in command.params for option in param.opts}
        assert set(re.findall(r"(?<![\w-])--[a-z-]+", rest)) <= known, rest


def test_inputs_reach_the_shell_as_variables_only() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_the_blocks_are_yaml() -> None:
    for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        assert yaml.safe_load(block)
    assert set(ACTION["inputs"]) >= {"paths", "output", "diff", "fail-on"}


def test_the_action_installs_its_own_revision(tmp_path: Path) -> None:
    """And nothing that an index has under the same name, unless asked for."""
    (install,) = (step for step in ACTION["runs"]["steps"] if step["name"] == "Install")
    (tmp_path / "python3").write_text('#!/bin/sh\nfor last; do :; done; echo "$last"\n', encoding="utf-8")
    (tmp_path / "python3").chmod(0o755)
    known = {"PATH": f"{tmp_path}:/usr/bin:/bin", "GITHUB_ACTION_PATH": "/actions/iamc"}
    for version, installed in ((ACTION["inputs"]["version"]["default"], "/actions/iamc"), ("iamc==1.0", "iamc==1.0")):
        run = ["bash", "-c", install["run"]]
        done = subprocess.run(run, env={**known, "IAMC_VERSION": version}, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == installed
