"""Lock and drift, with an older database made from the shipped one by taking actions away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

import iamc_schemas
from iamc.catalog.database import locate
from iamc.cli import main

SERVICES = ("s3", "sns", "sqs")
LATER = ("s3:GetObjectAcl", "s3:PutObjectAcl", "s3:GetBucketTagging", "sqs:SetQueueAttributes")
"""Actions that the older database does not know yet."""
GONE = "sqs:PeekMessage"
"""An action that only the older database knows."""
SOURCE = """\
edition 1

role reader {
  allow read, permissions-management on arn:aws:s3:::orders/*
  allow list on service sns
}

role worker {
  allow write on arn:aws:sqs:eu-west-1:111122223333:jobs
  allow s3:* on arn:aws:s3:::scratch/*
  deny write on arn:aws:sqs:eu-west-1:111122223333:other
}
"""


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An older and a newer database of three services."""
    whole = json.loads(locate(None).path.read_bytes())
    folder = tmp_path_factory.mktemp("databases")
    newer = {name: whole[name] for name in SERVICES}
    (folder / "newer.json").write_text(json.dumps(newer), encoding="utf-8")
    older = json.loads(json.dumps(newer))
    for action in LATER:
        service, _, name = action.partition(":")
        _remove(older[service], name)
    privileges = older["sqs"]["privileges"]
    privileges["PeekMessage"] = {**privileges["SendMessage"], "privilege": "PeekMessage"}
    older["sqs"]["privileges_lower_name"]["peekmessage"] = "PeekMessage"
    (folder / "older.json").write_text(json.dumps(older), encoding="utf-8")
    return folder / "older.json", folder / "newer.json"


def _remove(service: dict[str, Any], name: str) -> None:
    del service["privileges"][name]
    service["privileges_lower_name"].pop(name.lower(), None)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.iamdsl").write_text(SOURCE, encoding="utf-8")
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def valid(content: Any, schema: str) -> None:
    jsonschema.validate(content, iamc_schemas.load(schema))


def test_the_lock_is_the_same_every_time_and_fits_its_schema(project: Path, databases: tuple[Path, Path]) -> None:
    assert run("lock", project, "--database", databases[0]).exit_code == 0
    first = (project / "iamc.lock").read_text(encoding="utf-8")
    (project / "iamc.lock").unlink()
    assert run("lock", "--check", project, "--database", databases[0]).exit_code == 1
    assert not (project / "iamc.lock").exists()
    run("lock", project / "a.iamdsl", "--database", databases[0])
    assert (project / "iamc.lock").read_text(encoding="utf-8") == first
    assert run("lock", "--check", project, "--database", databases[0]).exit_code == 0
    valid(json.loads(first), "lock")
    assert str(project) not in first
    locked = json.loads(first)
    assert locked["roles"]["reader"]["parts"] == {
        "allow list on service sns": "allow list on service sns",
        "allow permissions-management on arn:aws:s3:::orders/*": "allow permissions-management on s3 object",
        "allow read on arn:aws:s3:::orders/*": "allow read on s3 object",
    }
    assert "s3:GetObject" in locked["expansions"]["allow read on s3 object"]
    assert GONE in locked["expansions"]["allow write on sqs queue"]


def test_an_unchanged_database_passes(project: Path, databases: tuple[Path, Path]) -> None:
    run("lock", project, "--database", databases[0])
    assert run("check", project, "--database", databases[0]).exit_code == 0
    assert run("compile", "--locked", project, "--database", databases[0]).exit_code == 0
    result = run("drift", project, "--database", databases[0])
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "nothing changes")


def test_another_database_fails_check_and_locked_compile(project: Path, databases: tuple[Path, Path]) -> None:
    older, newer = databases
    run("lock", project, "--database", older)
    for command in (("check",), ("compile", "--locked"), ("compile", "--locked", "--incremental")):
        result = run(*command, project, "--database", newer, "--format", "json")
        assert result.exit_code == 1
        found = json.loads(result.stdout)["diagnostics"]
        assert {finding["code"] for finding in found} == {"IAM561"}
        notes = {(f["span"]["start"]["line"], n) for f in found for n in f["notes"]}
        assert (4, "more: s3:PutObjectAcl") in notes
        assert (4, "more: s3:GetObjectAcl") in notes
        assert (9, f"no more: {GONE}") in notes
    assert run("compile", project, "--database", newer).exit_code == 0
    assert run("lock", project, "--database", newer).exit_code == 0
    assert run("check", project, "--database", newer).exit_code == 0


def test_a_new_line_is_missing_only_where_the_lock_is_required(project: Path, databases: tuple[Path, Path]) -> None:
    database = databases[0]
    run("lock", project, "--database", database)
    source = project / "a.iamdsl"
    source.write_text(SOURCE.replace("list on", "list, read on"), encoding="utf-8")
    assert run("check", project, "--database", database).exit_code == 0
    result = run("compile", "--locked", project, "--database", database, "--format", "concise")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a.iamdsl:5:15: IAM562" in result.stderr


def test_drift_since_the_lock(project: Path, databases: tuple[Path, Path]) -> None:
    older, newer = databases
    run("lock", project, "--database", older)
    result = run("drift", project, "--against", newer, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    valid(report, "drift")
    rows = report["drift"]
    assert report["before"]["actions"] < report["after"]["actions"]
    assert rows[0]["role"] == "reader"
    assert rows[0]["gained"] == [{"action": "s3:PutObjectAcl", "level": "permissions-management"}]
    (scratch,) = (r for r in rows if "s3:* on" in r["pattern"])
    assert [g["level"] for g in scratch["gained"]] == ["permissions-management", "read"]
    (jobs,) = (r for r in rows if r["effect"] == "allow" and "jobs" in r["pattern"])
    assert jobs["lost"] == [{"action": GONE, "level": "gone"}]
    assert run("drift", project, "--database", newer, "--format", "json").stdout == result.stdout


def test_drift_without_a_lock_and_what_deployed_wildcards_match(project: Path, databases: tuple[Path, Path]) -> None:
    older, newer = databases
    source = "edition 1\n\nrole r {\n  allow read on arn:aws:s3:::orders/*\n}\n"
    (project / "a.iamdsl").write_text(source, encoding="utf-8")
    arguments = ("drift", project, "--database", older, "--against", newer, "--wildcards", "tight")
    result = run(*arguments)
    assert result.exit_code == 1
    text = result.stdout
    assert "declared allow read on arn:aws:s3:::orders/*\n    + read                   s3:GetObjectAcl" in text
    assert "  deployed s3:" in text
    rows = json.loads(run(*arguments, "--format", "json").stdout)["drift"]
    assert [row["deployed"] for row in rows] == sorted((row["deployed"] for row in rows), reverse=True)
    markdown = run(*arguments, "--format", "markdown").stdout
    assert "| + | read | `s3:GetObjectAcl` | declared `allow read on arn:aws:s3:::orders/*` |" in markdown
    run("lock", project, "--database", older, "--wildcards", "tight")
    since = run("drift", project, "--against", newer, "--format", "json")
    assert json.loads(since.stdout)["drift"] == rows


def test_drift_reports_a_pattern_whose_last_action_is_gone(project: Path, databases: tuple[Path, Path]) -> None:
    older, newer = databases
    source = f"edition 1\n\nrole r {{\n  allow {GONE} on arn:aws:sqs:eu-west-1:111122223333:jobs\n}}\n"
    (project / "a.iamdsl").write_text(source, encoding="utf-8")
    run("lock", project, "--database", older)
    result = run("drift", project, "--against", newer)
    assert result.exit_code == 1
    assert f"    - gone                   {GONE}\n" in result.stdout


def test_without_anything_to_compare_with(project: Path) -> None:
    for command in (("drift",), ("compile", "--locked")):
        result = run(*command, project, "--format", "concise")
        assert result.exit_code == 2
        assert "IAM563" in result.stderr


@pytest.mark.parametrize("damage", ["{", "[]", "{}", '{"$schema": "x"}', "s3:GetObject"])
def test_a_lock_that_is_no_lock(project: Path, databases: tuple[Path, Path], damage: str) -> None:
    run("lock", project, "--database", databases[0])
    path = project / "iamc.lock"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(damage, "s3:GetObjectTorrent2") if ":" in damage and len(damage) == 12 else damage)
    for command in ("check", "drift"):
        result = run(command, project, "--database", databases[0], "--format", "concise")
        assert result.exit_code == 2
        assert "IAM563" in result.stderr


def test_a_stray_lock_outside_the_project_is_not_used(project: Path, databases: tuple[Path, Path]) -> None:
    run("lock", project, "--database", databases[0])
    (project / "iamc.lock").rename(project.parent / "iamc.lock")
    assert run("check", project, "--database", databases[1]).exit_code == 0
    assert run("check", project, "--root", project.parent, "--database", databases[1]).exit_code == 1
