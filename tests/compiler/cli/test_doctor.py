"""`iamc doctor` and `iamc completion`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from iamc.cli import COMMANDS, main
from iamc.doctor import EXTRAS

ROOT = Path(__file__).parents[3]


def test_facts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IAMC_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796083200")  # 2026-12-01
    facts = json.loads(CliRunner().invoke(main, ["doctor", "--format", "json"]).output)
    assert facts["python"] == ".".join(str(part) for part in sys.version_info[:3])
    assert (facts["database"]["changed"], facts["database"]["age_days"]) == ("2026-04-01", 244)
    assert facts["cache"]["folder"].startswith(str(tmp_path))
    assert facts["cache"]["bytes"] == sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file())
    assert set(facts["extras"]) == set(EXTRAS)
    assert (Path(facts["schemas"]) / "organisation.schema.json").is_file()


def test_extras_are_those_of_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    part = text.partition("[project.optional-dependencies]")[2].partition("dev = ")[0]
    brought = {line.split(" = ")[0]: line for line in part.splitlines() if " = " in line}
    assert {e for e in brought if e not in ("docs", "dev")} == set(EXTRAS)
    assert all(EXTRAS[extra] in line for extra, line in brought.items() if extra in EXTRAS)


def test_without_git_and_with_another_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    own = tmp_path / "own.yml"
    own.write_text("{}")
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 0
    assert "git            not found" in done.output
    assert max(len(line) for line in done.output.splitlines()) < 160
    done = CliRunner().invoke(main, ["doctor", "--database", str(own)])
    assert done.exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert "_IAMC_COMPLETE" in done.output
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.output, text=True, check=True)


def test_completion_answers() -> None:
    environment = os.environ | {"_IAMC_COMPLETE": "bash_complete", "COMP_WORDS": "iamc c", "COMP_CWORD": "1"}
    code = "from iamc.cli import main; main(prog_name='iamc')"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [f"plain,{name}" for name in sorted(COMMANDS) if name.startswith("c")]
