"""docs/rollout.md, command by command and in its order, in one project."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from iamc.cli import main
from terraforming import Terraform, terraform
from trails import trail

__all__ = ["terraform"]
ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/rollout.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example in a repository, logs of the old role, and logs of the pilot."""
    folder = tmp_path_factory.mktemp("rollout")
    shutil.copytree(ROOT / "examples/acme", folder / "examples/acme")
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=ann", "-c", "user.email=ann@acme.example", "commit", "-q", "-m", "Begin"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    logs = json.dumps({"Records": trail(400, seed=3, people=2).events})
    for name, text in (("AWSLogs", logs), ("pilot-logs", logs.replace("Admin", "acme-payments-viewer-pilot"))):
        (folder / name).mkdir()
        (folder / name / "events.json.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SOURCE_DATE_EPOCH", "1795478400")  # 2026-11-24
        yield folder


def test_every_command_works(project: Path) -> None:
    for line in COMMANDS:
        tool, *words = shlex.split(line)
        if tool == "iamc":
            done = CliRunner().invoke(main, words)
            assert (done.exit_code, done.exception) == (0, None), f"{line}\n{done.output}"
    assert {line.split()[0] for line in COMMANDS} == {"iamc", "terraform"}
    for stage in ("build/pilot", "build/everyone"):
        assert (project / stage / "terraform/accounts/staging/iam.tf.json").exists()
    assert "[profile prod.acme-payments-power]" in (project / "build/everyone/aws-config/people/ana").read_text()


def test_terraform_plans_what_was_written(project: Path, terraform: Terraform) -> None:
    for line in (line for line in COMMANDS if line.startswith("terraform")):
        _, where, *words = shlex.split(line)
        status, said = terraform(project / where.removeprefix("-chdir="), *words, "-input=false")
        assert status == 0, said


def test_the_guide_names_every_step() -> None:
    for step in ("Measure", "Pilot", "Everyone", "Break-glass", "Delete the old role"):
        assert re.search(rf"^## \d\. {step}$", GUIDE, re.MULTILINE), step
