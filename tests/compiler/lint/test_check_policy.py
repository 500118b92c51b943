"""`iamc check --policy`: files and folders, formats, exit status."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from iamc.cli import main

GOOD = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", '
    '"Resource": "arn:aws:s3:::b/*"}]}'
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_a_folder_of_policies(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(GOOD, encoding="utf-8")
    assert run("--policy", tmp_path).exit_code == 0
    (tmp_path / "bad.json").write_text(GOOD.replace("GetObject", "GetObjekt"), encoding="utf-8")
    result = run("--policy", tmp_path, "--format", "json")
    assert result.exit_code == 1
    assert [each["code"] for each in json.loads(result.stdout)["diagnostics"]] == ["IAM202"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_bytes(GOOD.encode("utf-16"))
    result = run("--policy", tmp_path / "p.json")
    assert result.exit_code == 1
    assert "IAM007" in result.output


def test_what_cannot_run(tmp_path: Path) -> None:
    assert run("--policy", tmp_path / "absent.json").exit_code == 2
    (tmp_path / "p.json").write_text(GOOD, encoding="utf-8")
    assert run("--policy", tmp_path / "p.json", tmp_path).exit_code == 2


def test_what_iamc_writes_is_clean(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    out = tmp_path / "out"
    runner = CliRunner()
    assert runner.invoke(main, ["compile", str(root / "examples/acme"), "-o", str(out)]).exit_code == 0
    result = run("--policy", out)
    assert "error" not in result.output, result.output
