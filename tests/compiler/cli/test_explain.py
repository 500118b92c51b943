"""`iamc explain`: codes, verdicts and lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main

ROOT = Path(__file__).parents[3]
BUCKET = "arn:aws:s3:::orders-acme-staging"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def ask(*arguments: str) -> Result:
    return run(*arguments, "--in", "examples/acme", "--account", "staging")


def test_a_code() -> None:
    assert run("iam207").output.startswith("# IAM207")
    assert run("IAM2077").exit_code == 2


def test_allowed_by_which_line_and_document() -> None:
    result = ask("payments-power", "s3:getobject", f"{BUCKET}/x")
    assert result.exit_code == 0
    assert "s3:GetObject on arn:aws:s3:::orders-acme-staging/x is allowed\n" in result.output
    assert "examples/acme/payments.iamdsl:21 when Bool aws:MultiFactorAuthPresent true\n" in result.output
    assert "in document 1, " in result.output


def test_a_context_that_rules_it_out() -> None:
    result = ask("payments-power", "s3:GetObject", f"{BUCKET}/x", "--context", "aws:MultiFactorAuthPresent=false")
    assert result.exit_code == 1
    assert "is not allowed" in result.output


def test_denied_by_a_line() -> None:
    result = ask("payments-power", "s3:DeleteBucket", BUCKET)
    assert result.exit_code == 1
    assert "is denied\n  denied by examples/acme/payments.iamdsl:29\n" in result.output


def test_not_allowed_names_what_is_near_and_what_to_add() -> None:
    result = ask("web-developer", "lambda:DeleteFunction")
    assert result.exit_code == 1
    assert "the nearest lines:\n    examples/acme/web.iamdsl:12 " in result.output
    assert "to allow it, add: allow lambda:DeleteFunction on RESOURCE\n" in result.output


def test_anywhere() -> None:
    result = ask("web-developer", "lambda:InvokeFunction")
    assert result.exit_code == 0
    assert (
        "allowed on arn:aws:lambda:eu-west-1:444455556666:function:shop-* by examples/acme/web.iamdsl:12"
        in result.output
    )


def test_a_line() -> None:
    result = run("examples/acme/payments.iamdsl:25")
    assert result.exit_code == 0
    assert "staging/payments-power: 4 actions, about " in result.output
    assert "    dynamodb:UpdateItem\n" in result.output
    assert run("examples/acme/payments.iamdsl:1").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("web-developper", "s3:GetObject"), "did you mean `web-developer`?"),
        (("web-developer", "s3:GetObjet"), "Did you mean `s3:GetObject`?"),
        (("web-developer", "s3:GetObject", "--context", "x"), "is not KEY=VALUE"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], words: str) -> None:
    result = ask(*arguments)
    assert result.exit_code == 2
    assert words in result.output
