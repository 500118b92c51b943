"""Every example that `--help` shows runs, in a project of its own that has the files it names."""

from __future__ import annotations

import csv
import gzip
import json
import shlex
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from iamc.catalog.database import locate
from iamc.cli import COMMANDS, main
from iamc.usage.observe import observe
from iamc.usage.sql import COLUMNS
from trails import trail

ROOT = Path(__file__).parents[3]
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*"}],
}
FINDS = {
    "iamc explain payments-power s3:DeleteBucket arn:aws:s3:::orders-acme-prod --in examples/acme --account prod",
    "iamc check examples/acme --in-scope pci.yml",
    "iamc usage coverage usage.ndjson.gz --in access --as viewer --person ann@acme.example",
    "iamc usage coverage usage.ndjson.gz --in access --role Admin --at-least 99.9%",
}
"""Examples that show a finding: these leave with 1, all others with 0."""
IN_AWS = "--engine athena"
"""What runs in an account; test_athena tries it."""


def groups(command: click.Command, words: str = "iamc") -> Iterator[tuple[str, click.Command]]:
    """Every command below this one, with the words that call it."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from groups(found, f"{words} {name}")


def examples() -> list[str]:
    """The lines of the `\\b` blocks that are commands, without the remarks behind them."""
    return sorted(
        {
            line.strip().partition("   ")[0]
            for _, command in groups(main)
            for block in (command.help or "").split("\b\n")[1:]
            for line in block.partition("\n\n")[0].splitlines()
            if line.strip().startswith("iamc ") and IN_AWS not in line
        }
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with everything that the examples name."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "examples/acme", folder / "examples/acme")
    (folder / "policies").mkdir()
    for stage in ("prod", "staging"):
        shutil.copytree(ROOT / "examples/acme", folder / "policies" / stage)
    template = (ROOT / "examples/policy-sentry/article.yml").read_text()
    (folder / "template.yml").write_text(template)
    (folder / "pci.yml").write_text(json.dumps({"programme": "PCI DSS", "services": ["s3", "ec2", "dynamodb"]}))
    (folder / "overlay.yml").write_text("{}")
    wider = json.dumps(POLICY).replace("GetObject", "*Object")
    for name, text in (("policy", json.dumps(POLICY)), ("old", json.dumps(POLICY)), ("new", wider)):
        (folder / f"{name}.json").write_text(text)
    for name in ("old", "new"):
        (folder / name).mkdir()
        (folder / name / "iam-definition.json").symlink_to(locate(None).path)
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", ".")
    _git(folder, "-c", "user.name=ann", "-c", "user.email=ann@acme.example", "commit", "-q", "-m", "Begin")
    for tag in ("v1.0", "v1.1"):
        _git(folder, "tag", tag)
    return folder


@pytest.fixture
def here(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project, made the current folder."""
    folder = shutil.copytree(project, tmp_path / "project", symlinks=True)
    monkeypatch.chdir(folder)
    return folder


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def run(line: str, given: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(main, shlex.split(line.partition(" > ")[0])[1:], input=given)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def prepare(line: str, folder: Path) -> None:
    """What this example needs to have been done before."""
    if "--verify" in line:
        run(line.replace(" --verify", ""))
    if "lock --check" in line or line == "iamc drift examples/acme":
        run("iamc lock examples/acme")
    if line.startswith("iamc usage") or "--usage" in line:
        _usage(folder)


def _usage(folder: Path) -> None:
    """Logs of two days, rollups of them, and a project to hold them against."""
    logs = folder / "AWSLogs"
    logs.mkdir()
    events = json.dumps({"Records": trail(200, seed=3, people=2).events})
    (logs / "one.json.gz").write_bytes(gzip.compress(events.encode()))
    assert run("iamc usage rollup AWSLogs -o usage.ndjson.gz")[0] == 0
    assert run("iamc usage sql --dialect athena")[0] == 0
    with (folder / "result.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for event in trail(200, seed=3, people=2).events:
            rows.writerow([*observe(event), 1, event["eventTime"], event["eventTime"]])
    for month in ("june", "july"):
        shutil.copy(folder / "usage.ndjson.gz", folder / f"{month}.ndjson.gz")
    (folder / "access").mkdir()
    code, said = run("iamc init access --account prod=111122223333 --person ann@acme.example --team platform")
    assert code == 0, said


@pytest.mark.parametrize("line", examples())
def test_examples_run(line: str, here: Path) -> None:
    prepare(line, here)
    code, output = run(line)
    assert code == (line in FINDS), textwrap.shorten(output, 2000)


def test_every_command_has_an_example() -> None:
    shown = examples()
    for words, command in groups(main):
        if not isinstance(command, click.Group) and command.help:
            assert any(f"{line} ".startswith(f"{words} ") for line in shown), words


def test_the_help_fits_a_terminal_and_cuts_nothing_short() -> None:
    for words, _ in groups(main):
        text = run(f"{words} --help")[1]
        assert all(len(line) <= 80 for line in text.splitlines() if not line.strip().startswith("iamc ")), words
        assert "...\n" not in text.partition("\n")[2], words


def test_the_help_has_every_command_in_a_section() -> None:
    text = run("iamc --help")[1]
    shown = [line.split()[0] for line in text.partition("Write:\n")[2].splitlines() if line.startswith("  ")]
    assert shown == list(COMMANDS)
