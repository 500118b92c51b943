from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from iamc.cli.lsp_ import command


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("iamc.lsp.requests", "iamc.lsp.server"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 2
    assert "pip install 'iamc[lsp]'" in done.stderr


def test_a_project_that_does_not_exist(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "does not exist" in done.stderr
