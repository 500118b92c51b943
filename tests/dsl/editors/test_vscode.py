"""The VS Code extension: what its manifest names exists and agrees with the language, and its client does its work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from iamc import __version__
from iamc.lsp.tokens import KINDS as TOKEN_TYPES
from iamc.project import SOURCE_SUFFIXES
from iamdsl.highlight.kinds import KINDS
from iamdsl.highlight.textmate import scope_of

ROOT = Path(__file__).parents[3]
EXTENSION = ROOT / "dsl/editors/vscode"
MANIFEST = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
CONTRIBUTED = MANIFEST["contributes"]
LANGUAGE = json.loads((EXTENSION / "language-configuration.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((ROOT / "examples/acme").glob("*.iamdsl"))


def test_what_the_manifest_names_exists() -> None:
    (language,) = CONTRIBUTED["languages"]
    named = [MANIFEST["main"], language["configuration"], *(each["path"] for each in CONTRIBUTED["grammars"])]
    assert all((EXTENSION / name).is_file() for name in named)
    assert language["extensions"] == [".iamdsl"]
    assert MANIFEST["version"] == __version__
    for grammar in CONTRIBUTED["grammars"]:
        assert json.loads((EXTENSION / grammar["path"]).read_text())["scopeName"] == grammar["scopeName"]


def test_yaml_files_are_those_that_iamc_reads() -> None:
    ours = {f"*{suffix}" for suffix in SOURCE_SUFFIXES} - {"*.iamdsl"}
    (validation,) = CONTRIBUTED["yamlValidation"]
    assert set(validation["fileMatch"]) == ours
    assert {f"workspaceContains:**/{name}" for name in ours} <= set(MANIFEST["activationEvents"])
    copied = (EXTENSION / "prepublish.js").read_text(encoding="utf-8")
    assert f'"{validation["url"].removeprefix("./")}"' in copied
    for source in re.findall(r'\["([^"]+)", "[^"]+"\]', copied):
        assert (ROOT / source).is_file()


def test_colours_stay_when_the_server_takes_over() -> None:
    """Each token type of the server has the scope that the grammar gives to such a token."""
    (given,) = CONTRIBUTED["semanticTokenScopes"]
    assert set(given["scopes"]) == set(TOKEN_TYPES)
    for kind in KINDS.values():
        if kind.semantic and kind.semantic != "string":
            assert f"{kind.scope}.iamdsl".startswith(given["scopes"][kind.semantic][0].removesuffix(".iamdsl"))
    assert given["scopes"]["string"] == [scope_of("string")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_blocks_indent_as_the_formatter_writes_them(path: Path) -> None:
    rules = LANGUAGE["indentationRules"]
    increase, decrease = (re.compile(rules[f"{name}IndentPattern"]) for name in ("increase", "decrease"))
    inside = False
    blocks = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        inside = inside and not decrease.search(line)
        assert line.startswith("  ") or not inside or not line
        inside = inside or bool(increase.search(line))
        blocks += inside and not line.startswith(" ") and bool(line)
    assert not inside
    assert blocks > 0


def test_words_are_whole_names_and_actions() -> None:
    words = re.compile(LANGUAGE["wordPattern"])
    assert words.findall("allow s3:Get* on payments-viewer.t, org.a-b") == [
        "allow", "s3", "Get*", "on", "payments-viewer", "t", "org", "a-b",
    ]  # fmt: skip


def run(tmp_path: Path, command: str, *arguments: str) -> dict[str, Any]:
    if not shutil.which("node"):
        pytest.skip("the extension's client needs node")
    script = Path(__file__).with_name("client.js")
    done = subprocess.run(
        ["node", str(script), str(EXTENSION / "extension.js"), str(tmp_path), command, *arguments],
        capture_output=True, text=True, check=True, timeout=300, env=os.environ,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    assert set(found["commands"]) == {each["command"] for each in CONTRIBUTED["commands"]}
    return found


def executable(path: Path, line: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return str(path)


def test_the_client_starts_the_server_and_starts_it_again(tmp_path: Path) -> None:
    executable(tmp_path / ".venv/bin/iamc", f'exec "{sys.executable}" -m iamc "$@"')
    found = run(tmp_path, "${workspaceFolder}/.venv/bin/iamc", "--quota", "managed-policy")
    assert (found["initialized"], found["again"], found["messages"]) == (True, True, [])
    assert run(tmp_path, ".venv/bin/iamc")["initialized"] is True


def test_the_client_says_what_is_missing(tmp_path: Path) -> None:
    found = run(tmp_path, "no-such-iamc")
    assert found["messages"][0] == (
        "iamc: `no-such-iamc` is not found. Install it (pip install 'iamc[lsp]') or set \"iamc.path\"."
    )
    assert "initialized" not in found


def test_the_client_says_why_the_server_could_not_run(tmp_path: Path) -> None:
    without = executable(
        tmp_path / "iamc", 'test "$1" = --version && exit 0\necho "error: the server needs pygls" >&2\nexit 2'
    )
    assert run(tmp_path, without)["messages"] == ["iamc: error: the server needs pygls"] * 2
    broken = executable(tmp_path / "broken", "echo 'no module' >&2; exit 1")
    (message, *_) = run(tmp_path, broken)["messages"]
    assert message.startswith(f"iamc: `{broken} --version` fails: ")
    assert "no module" in message
