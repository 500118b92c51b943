"""cfn-lint reads every template that is emitted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from iamc.emit.names import label, line, logical_id


def test_cfn_lint_finds_nothing(written: Path) -> None:
    templates = sorted(
        str(path)
        for folder in ("cloudformation", "permission-sets-cloudformation")
        for path in (written / folder).rglob("*.json")
    )
    assert len(templates) == 9
    command = [
        sys.executable,
        "-c",
        "from cfnlint.runner import main; main()",
        "--regions",
        "eu-west-1",
        "--",
        *templates,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("one", "other"), [("a-b", "ab"), ("a-1", "a1"), ("a.b", "a-b"), ("Ab", "ab"), ("a-b", "a--b"), ("a1-b", "a1b")]
)
def test_different_names_have_different_ids(one: str, other: str) -> None:
    assert logical_id(one, "Role") != logical_id(other, "Role")
    assert label(one) != label(other)


def test_names_are_made_of_safe_characters() -> None:
    hostile = '../"}${file("x")}\n\x1b[2J</script>'
    assert logical_id(hostile, "Role").isalnum()
    assert set(label(hostile)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert line("a\nb\x1bc\u202ed") == "a b c d"
