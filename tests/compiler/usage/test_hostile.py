"""Logs are written by whoever calls AWS: names in them never become declarations, escapes, headings or formulas."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iamc.catalog import Catalog
from iamc.cli import main
from iamc.pipeline import compile_project
from iamc.project import load_project
from iamc.settings import Settings
from trails import trail, write_file

BAD = (
    "x } role evil { allow * on * }",
    "x\n}\nrole evil { allow * on * }\n#",
    'x" allow * on * "',
    "# evil\n\n## evil | <b>evil</b> [evil](javascript:evil) `evil`",
    "\x1b[31mevil\x07\x9b2J",
    "\u202eevil\u200b\u2028evil\r\nevil",
    "=cmd|' /C evil'!A0",
    "${evil} ${aws:username} *",
    "evil@evil.example } grant administrator to evil",
)
FULL = ("who", "denied", "draft", "coverage", "unused")


def spoilt(event: dict[str, Any], bad: str) -> Iterator[dict[str, Any]]:
    """The event with a bad text in one place after another."""
    identity = event["userIdentity"]
    arn = f"arn:aws:iam::111122223333:role/{bad}"
    request = dict(event["requestParameters"] or {})
    changes: list[dict[str, Any]] = [
        {"eventName": bad},
        {"eventSource": bad},
        {"awsRegion": bad},
        {"recipientAccountId": bad},
        {"userAgent": bad},
        {"eventTime": bad},
        {"errorCode": "AccessDenied", "errorMessage": f"User: {bad} is not authorized to perform: {bad}"},
        {"errorCode": "AccessDenied", "errorMessage": f"User: {arn} is not authorized to perform: s3:GetObject on "
                                                      f"resource: arn:aws:s3:::{bad} because {bad}"},
        {"errorCode": f"AccessDenied{bad}", "errorMessage": bad},
        {"requestParameters": {**request, "bucketName": bad, "tableName": bad, "name": bad, "role": arn}},
        {"resources": [{"ARN": f"arn:aws:s3:::{bad}/{bad}/k"}, {"ARN": f"arn:aws:dynamodb:eu-west-1:1:table/{bad}"}]},
        {"userIdentity": {**identity, "principalId": f"AROAEXAMPLE:{bad}"}},
        {"userIdentity": {**identity, "invokedBy": bad}},
        {"userIdentity": {**identity, "type": bad, "userName": bad, "arn": bad}},
        {"userIdentity": {**identity, "sessionContext": {"sessionIssuer": {"arn": arn}, "sourceIdentity": bad}}},
        {"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "requestParameters":
            {"roleArn": arn, "roleSessionName": bad, "sourceIdentity": bad}},
    ]  # fmt: skip
    for change in changes:
        yield {**copy.deepcopy(event), **change}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of good and bad events, and a draft of them."""
    folder = tmp_path_factory.mktemp("hostile")
    made = trail(60, seed=3, aws=0, others=0, denied=0.1)
    events = made.events + [one for bad in BAD for event in made.events[:4] for one in spoilt(event, bad)]
    write_file(folder / "logs", 0, events)
    (folder / "logs" / "x } role evil {\n\x1b[31m.json").write_text("{evil", encoding="utf-8")
    text = shown("rollup", "LOGS", folder=folder)
    assert text.isascii()
    (folder / "usage.ndjson").write_text(text, encoding="utf-8")
    (folder / "draft.iamdsl").write_text(shown("draft", "ROLLUP", "--console", "--programs", folder=folder))
    return folder


def shown(name: str, *arguments: str, folder: Path) -> str:
    places = {"LOGS": folder / "logs", "ROLLUP": folder / "usage.ndjson", "DRAFT": folder / "draft.iamdsl"}
    found = CliRunner().invoke(main, ["usage", name, *(str(places.get(word, word)) for word in arguments)])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert found.exit_code in (0, 1), found.output
    assert inert(found.stderr), found.stderr
    return found.stdout


def inert(text: str) -> bool:
    """Whether nothing but lines of visible characters is in a text."""
    return all(letter.isprintable() or letter == "\n" for letter in text)


def test_a_draft_has_only_its_own_roles(folder: Path, catalog: Catalog) -> None:
    text = (folder / "draft.iamdsl").read_text(encoding="utf-8")
    assert text.isascii()
    assert inert(text)
    result = compile_project(load_project([folder / "draft.iamdsl"]), catalog, Settings())
    assert not result.failed, result.diagnostics
    for one in result.compiled:
        assert one.unit.role.name.startswith(("viewer", "power-user", "administrator"))
    assert not [name for name in result.organisation.people if "evil" in name and name != "evil"]
    lines = [line.strip() for line in text.splitlines() if "evil" in line]
    assert lines
    assert [line for line in lines if not line.startswith(("#", "evil evil@evil.example"))] == []


@pytest.mark.parametrize("command", FULL)
def test_nothing_but_lines_of_visible_characters_is_shown(command: str, folder: Path) -> None:
    project = ["--in", "DRAFT"] if command in ("coverage", "unused", "denied") else []
    text = shown(command, "ROLLUP", *project, folder=folder)
    assert inert(text)
    if command != "draft":
        assert not [line for line in text.splitlines() if line.startswith(("role evil", "}", "## evil"))]


@pytest.mark.parametrize("command", ["who", "coverage", "unused", "denied"])
def test_markdown_has_no_heading_link_or_tag_of_a_log(command: str, folder: Path) -> None:
    project = [] if command == "who" else ["--in", "DRAFT"]
    text = shown(command, "ROLLUP", *project, "--format", "markdown", folder=folder)
    assert inert(text)
    assert "<b>" not in text
    for line in text.splitlines():
        assert not line.startswith(("# evil", "## evil", "role evil"))


@pytest.mark.parametrize("command", ["who", "coverage", "unused", "denied"])
def test_json_stays_json(command: str, folder: Path) -> None:
    project = [] if command == "who" else ["--in", "DRAFT"]
    json.loads(shown(command, "ROLLUP", *project, "--format", "json", folder=folder))


def test_lines_to_copy_are_of_no_log_s_making(folder: Path, catalog: Catalog) -> None:
    found = json.loads(shown("coverage", "ROLLUP", "--in", "DRAFT", "--format", "json", folder=folder))
    lines = {miss["line"] for miss in found["misses"]} | {
        line for each in found["ungranted"] for line in each["lines"]
    }  # fmt: skip
    for line in lines:
        assert line.isascii()
        assert line.isprintable()
        assert "role" not in line.partition("no line")[0].replace(":role/", "").split(), line
