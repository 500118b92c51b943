"""The instructions of docs/editor.md, followed by the editors that are installed here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import iamc_schemas

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/editor.md").read_text(encoding="utf-8")
BAD = "edition 1\n\nrole reader {\n  allow raed on arn:aws:s3:::books/*\n}\n"
BAD_YAML = "edition: 1\nrole writer:\n  - allow: raed\n    on: arn:aws:s3:::books/*\n"


def block(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a mistake on its fourth line, and one in YAML on its third."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "roles.iamdsl").write_text(BAD)
    (folder / "other.iamc.yaml").write_text(BAD_YAML)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """This iamc as the command, and no configuration of the user's."""
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "iamc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m iamc "$@"\n')
    (commands / "iamc").chmod(0o755)
    own = {name: str(tmp_path / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    path = f"{commands}:{os.environ['PATH']}"
    roots = os.pathsep.join(str(ROOT / part) for part in ("dsl", "compiler", "schemas"))
    return os.environ | own | {"PATH": path, "PYTHONPATH": roots}


def said(command: list[str], project: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(("name", "line"), [("roles.iamdsl", 4), ("other.iamc.yaml", 3)])
def test_neovim_shows_diagnostics(
    name: str, line: int, project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    version = re.match(r"NVIM v(\d+)\.(\d+)", _output("nvim", "--version"))
    if version is None or (int(version[1]), int(version[2])) < (0, 11):
        pytest.skip("Neovim 0.11 or later is not installed")
    (tmp_path / "init.lua").write_text(block("lua"))
    (tmp_path / "look.lua").write_text(
        "vim.wait(120000, function() return #vim.diagnostic.get(0) > 0 end, 50)\n"
        "for _, d in ipairs(vim.diagnostic.get(0)) do io.stdout:write(d.lnum + 1, ' ', d.code, '\\n') end\n"
        "vim.cmd('qa!')\n"
    )
    look = f"luafile {tmp_path / 'look.lua'}"
    command = ["nvim", "--headless", "-u", str(tmp_path / "init.lua"), name, "-c", look]
    assert f"{line} IAM101" in said(command, project, environment)


def test_emacs_shows_diagnostics(project: Path, environment: dict[str, str], tmp_path: Path) -> None:
    if "yes" not in _output("emacs", "--batch", "--eval", '(when (require \'eglot nil t) (princ "yes"))'):
        pytest.skip("Emacs with eglot is not installed")
    (tmp_path / "init.el").write_text(block("elisp"))
    (tmp_path / "look.el").write_text(
        "(setq eglot-sync-connect 120)\n"
        '(find-file "roles.iamdsl")\n'
        "(unless (eglot-managed-p) (call-interactively #'eglot))\n"
        "(with-timeout (120)\n"
        "  (while (null (flymake-diagnostics)) (accept-process-output nil 0.2) (flymake-start)))\n"
        "(dolist (each (flymake-diagnostics))\n"
        '  (princ (format "%s " (line-number-at-pos (flymake-diagnostic-beg each))))\n'
        "  (princ (flymake-diagnostic-text each)))\n"
        "(eglot-shutdown-all)\n"
    )
    command = ["emacs", "--batch", "-l", "eglot", "-l", str(tmp_path / "init.el"), "-l", str(tmp_path / "look.el")]
    assert re.search(r"4 .*raed", said(command, project, environment))


def _output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_the_configuration_for_helix_is_toml() -> None:
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML")
    found = tomllib.loads(block("toml"))
    (language,) = found["language"]
    assert language["file-types"] == ["iamdsl"]
    assert set(language["language-servers"]) == set(found["language-server"])
    assert found["language-server"]["iamc"] == {"command": "iamc", "args": ["lsp"]}


def test_schemas_that_the_page_names_exist() -> None:
    (settings,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert set(json.loads(settings)) == {"yaml.schemas"}
    named = re.findall(r"iamc_schemas/([\w-]+)\.schema\.json", PAGE)
    assert len(named) == 4
    for name in named:
        iamc_schemas.load(name)
