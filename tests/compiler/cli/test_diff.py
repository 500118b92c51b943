"""`iamc diff`: harmless looking changes are called what they are, and "no new access" is proved.

`IAMC_UPDATE_GOLDEN=1 pytest tests/compiler/cli/test_diff.py` writes the golden files anew, to be looked at.
"""
# ruff: noqa: E501 - a change reads best on one line

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/golden/diff"


def change(file: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return apply


CHANGES = {
    "a-wildcard": change("web.iamdsl", "lambda:GetFunction,", "lambda:Get*,"),
    "a-wider-resource": change("payments.iamdsl", "objects arn:aws:s3:::orders-${account.alias}/*", "objects arn:aws:s3:::orders-*/*"),
    "a-team-member": change("org.iamdsl", "members chidi owner", "members chidi, ana owner"),
    "a-tier-s-statement": change("org.iamdsl", "  ceiling read-config\n", "  ceiling read-config\n  allow read-config on service secretsmanager\n"),
    "a-tier-s-session": change("org.iamdsl", "session 4h", "session 6h"),
    "a-condition-dropped": change("payments.iamdsl", "    when mfa\n", ""),
    "a-deny-dropped": change("payments.iamdsl", "  deny s3:DeleteBucket on orders.bucket\n", ""),
    "a-role-passed": change("payments.iamdsl", "  deny s3:DeleteBucket on orders.bucket\n", "  deny s3:DeleteBucket on orders.bucket\n  pass arn:aws:iam::${account.id}:role/admin to ec2.amazonaws.com\n"),
    "a-managed-policy": change("security.iamdsl", '"AdministratorAccess"', '"AdministratorAccess", "PowerUserAccess"'),
    "an-account": change("payments.iamdsl", "grant payments-power to org.payments in org.staging", "grant payments-power to org.payments in org.prod, org.staging"),
    "less": change("payments.iamdsl", "dynamodb:PutItem, ", ""),
    "words-only": change("payments.iamdsl", "edition 1\n", "edition 1\n\n# a comment\n"),
}  # fmt: skip


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples/acme", tmp_path / "old", ignore=shutil.ignore_patterns("*.yml", "*.lock"))
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


@pytest.mark.parametrize("name", CHANGES)
def test_golden(acme: Path, name: str) -> None:
    CHANGES[name](acme / "new")
    result = run("old", "new")
    assert result.exit_code == 0, result.output
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("IAMC_UPDATE_GOLDEN"):
        golden.write_text(result.output, encoding="utf-8")
    assert result.output == golden.read_text(encoding="utf-8")


def test_new_access_fails_where_it_is_asked_to(acme: Path) -> None:
    CHANGES["a-role-passed"](acme / "new")
    assert run("old", "new", "--fail-on", "escalation").exit_code == 1
    assert run("old", "new", "--fail-on", "new-access").exit_code == 1
    assert run("old", "new", "--fail-on", "size").exit_code == 1
    assert run("new", "old", "--fail-on", "new-access", "--fail-on", "escalation", "--fail-on", "size").exit_code == 0


def test_forms(acme: Path) -> None:
    CHANGES["a-wildcard"](acme / "new")
    content = json.loads(run("old", "new", "--format", "json").output)
    assert [each["role"] for each in content["changes"]] == ["prod/web-developer", "staging/web-developer"]
    gained = content["changes"][0]["gained"]
    assert all(line["source"].startswith("new/web.iamdsl:") for line in gained)
    markdown = run("old", "new", "--format", "markdown").output
    assert markdown.startswith("<!-- iamc diff -->\n")
    assert "lambda:Get" in markdown


def test_hostile_words_are_inert_in_markdown(acme: Path) -> None:
    hostile = "x|</code><script>`*_[a](b)"
    for side, value in (("old", "a"), ("new", hostile)):
        (acme / side / "z.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [
            {"Sid": value, "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{value}/*"}]}))  # fmt: skip
    markdown = run("old/z.json", "new/z.json", "--format", "markdown").output
    assert "<script>" not in markdown
    assert "x|" not in markdown.replace("x\\|", "")


def test_policies_of_two_compiles(acme: Path) -> None:
    CHANGES["less"](acme / "new")
    for side in ("old", "new"):
        assert CliRunner().invoke(main, ["compile", side, "-o", f"{side}-out"]).exit_code == 0
    result = run("old-out", "new-out")
    assert "dynamodb:PutItem" in result.output
    assert "no new access (proved)" in result.output
    assert run("old-out", "old-out").output == "no access changes: 13 roles, proved\n"


def test_a_git_revision(acme: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, cwd=acme)

    git("init", "-q")
    git("add", "new")
    git("commit", "-qm", "one")
    CHANGES["a-wildcard"](acme / "new")
    result = run("--against", "HEAD", "new")
    assert result.exit_code == 0, result.output
    assert "prod/web-developer" in result.output
    assert "(new/web.iamdsl:" in result.output
    assert "no access changes" in run("--against", "HEAD", "new/security.iamdsl").output
    unknown = run("--against", "nowhere", "new")
    assert unknown.exit_code == 2
    assert "nowhere" in unknown.output
    assert (acme / "new/web.iamdsl").read_text().count("lambda:Get*") == 1, "the work tree is left alone"
    git("commit", "-qam", "two")
    CHANGES["a-wildcard"](acme / "old")  # what is not committed does not count
    between = run("--against", "HEAD~1", "--to", "HEAD", "new")
    assert between.exit_code == 0, between.output
    assert "(new/web.iamdsl:" in between.output
    assert "no access changes" in run("--against", "HEAD", "--to", "HEAD", "new").output
    assert run("--to", "HEAD", "new").exit_code == 2


def test_another_database(acme: Path, catalog: object) -> None:
    source = catalog.identity.source  # type: ignore[attr-defined]
    older = json.loads(source.read_text(encoding="utf-8"))
    del older["lambda"]["privileges"]["GetFunctionConfiguration"]
    (acme / "older.json").write_text(json.dumps(older))
    CHANGES["a-wildcard"](acme / "old")
    result = run("old", "old", "--old-database", "older.json")
    assert "lambda:GetFunctionConfiguration" in result.output
    assert "lambda:GetFunction," not in result.output


def test_policies_say_nothing_of_people(acme: Path) -> None:
    compiled = CliRunner().invoke(main, ["compile", "old", "-o", "build"])
    assert compiled.exit_code == 0
    assert run("build", "new").output == run("new", "build").output == "no access changes: 13 roles, proved\n"
    change("web.iamdsl", "lambda:GetFunction,", "lambda:Get*,")(acme / "new")
    result = run("build", "new")
    assert "2 of 13 roles change, 2 with new access" in result.output
    assert "held by" not in result.output
    assert "  ~ " not in result.output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("old",), 2, "name OLD and NEW"),
        (("old", "nowhere"), 2, "does not exist"),
        (("old", "new", "--format", "sarif"), 2, "'sarif' is not one of"),
        (("old", "broken.json"), 2, "is no policy"),
    ],
)
def test_what_cannot_be_compared(acme: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    (acme / "broken.json").write_text('{"Statement": 1}')
    result = run(*arguments)
    assert result.exit_code == status
    assert words in result.output


def test_declarations_that_do_not_compile(acme: Path) -> None:
    change("web.iamdsl", "lambda:GetFunction", "lambda:GetFunktion")(acme / "new")
    result = run("old", "new")
    assert result.exit_code == 1
    assert "IAM202" in result.output


def test_a_folder_of_outputs_is_what_its_manifest_lists(acme: Path) -> None:
    for side in ("old", "new"):
        config = str(ROOT / "examples/acme/targets.yml")
        more = ["--target", "terraform,guardrails", "--targets-config", config, "--today", "2026-11-24"]
        done = CliRunner().invoke(main, ["compile", side, "-o", f"build-{side}", *more])
        assert done.exit_code == 0, done.output
    assert (acme / "build-old/prod/platform-viewer-2.json").exists()
    same = run("build-old", "build-new")
    assert (same.exit_code, "13 roles" in same.stdout) == (0, True), same.output
    (acme / "build-new/prod/platform-viewer-2.json").write_text('{"Version":"2012-10-17","Statement":[]}')
    lost = run("build-old", "build-new")
    assert "prod/platform-viewer" in lost.stdout
    assert "prod/platform-viewer-2" not in lost.stdout
