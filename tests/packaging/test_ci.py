"""The action and the page about CI name commands and options that exist; inputs never become shell text."""

from __future__ import annotations

import re
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
