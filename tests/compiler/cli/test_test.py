"""`iamc test`: checks as a test runner shows them."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main

TEXT = """edition 1
role r { allow s3:* on arn:aws:s3:::b }
check "buckets stay" {
  role r
  expect deny s3:DeleteBucket on arn:aws:s3:::b
  expect allow s3:ListBucket on arn:aws:s3:::b
  expect policies <= 1
}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.iamdsl"
    path.write_text(TEXT)
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["test", str(path), *arguments])


def test_for_people(file: Path) -> None:
    result = run(file)
    assert result.exit_code == 1
    assert "FAIL  r: buckets stay (1 of 3)" in result.output
    assert "`s3:DeleteBucket` on `arn:aws:s3:::b` is allowed" in result.output
    assert "by this line" in result.output
    assert result.output.endswith("2 passed, 1 failed\n")


def test_all_pass(file: Path) -> None:
    file.write_text(TEXT.replace("s3:*", "s3:ListBucket"))
    result = run(file)
    assert (result.exit_code, result.output) == (0, "ok    r: buckets stay (3)\n\n3 passed, 0 failed\n")


def test_for_machines(file: Path) -> None:
    outcomes = json.loads(run(file, "--format", "json").output)["outcomes"]
    assert [outcome["passed"] for outcome in outcomes] == [False, True, True]
    assert outcomes[0]["line"] == 5
    assert outcomes[0]["failure"]["code"] == "IAM501"
    suites = ElementTree.fromstring(run(file, "--format", "junit").output)
    assert (suites.get("tests"), suites.get("failures")) == ("3", "1")
    assert [case.get("name") for case in suites.iter("testcase")][2] == "expect policies <= 1"


def test_errors_keep_checks_from_being_tried(file: Path) -> None:
    file.write_text(TEXT.replace("s3:*", "s3:Lits"))
    result = run(file)
    assert result.exit_code == 1
    assert "IAM202" in result.output
    assert "passed" not in result.output


def test_no_checks_is_no_success(file: Path) -> None:
    file.write_text(TEXT.partition("check")[0])
    result = run(file)
    assert result.exit_code == 1
    assert "there is no `check` block" in result.output
