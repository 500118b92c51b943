"""`iamc usage who` and `iamc usage denied` from outside."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main
from iamc.cli.usage import denied_
from iamc.usage.rollup_file import write_rollup
from using import on, refused, role, rollup, use

FIXTURES = Path(__file__).parents[2] / "fixtures/usage"
GOLDEN = Path(__file__).parents[2] / "golden/usage"
ROLLUP = "people.ndjson"
EVIL = "eve\x1b[2J\u202e|<img src=x>@team`\n## #1 [a](b) =cmd() ##[error]"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795478400")
    monkeypatch.setattr(denied_, "terminal_width", lambda: 80)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["usage", *(str(argument) for argument in arguments)])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("who.txt", ("who", ROLLUP)),
        ("who-admin.txt", ("who", ROLLUP, "--role", "Admin")),
        ("who-admin.csv", ("who", ROLLUP, "--role", "Admin", "--format", "csv")),
        ("who-admin.md", ("who", ROLLUP, "--role", "Admin", "--format", "markdown")),
        ("who.md", ("who", ROLLUP, "--format", "markdown")),
        ("denied.txt", ("denied", ROLLUP)),
        ("denied-orders.txt", ("denied", ROLLUP, "--in", "orders.iamdsl")),
        ("denied-orders.md", ("denied", ROLLUP, "--in", "orders.iamdsl", "--format", "markdown")),
    ],
)
def test_output(name: str, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert result.stdout == (GOLDEN / name).read_text(encoding="utf-8")


def test_lines_fit_a_terminal_of_80_columns() -> None:
    """But for names, which are never cut, so that they can be copied."""
    for name in ("who.txt", "who-admin.txt", "denied.txt", "denied-orders.txt"):
        for line in (GOLDEN / name).read_text(encoding="utf-8").splitlines():
            assert len(line) <= 80 or line.lstrip().startswith(("+ allow", "arn:")), line


def test_json_has_it_all() -> None:
    roles = {row["role"]: row for row in json.loads(run("who", ROLLUP, "--format", "json").stdout)["roles"]}
    assert roles["Admin"]["people"][0] == {
        "name": "i-*", "program": "an EC2 instance", "sure": False, "candidates": [], "via": [],
        "accounts": ["111122223333"], "sessions": ["i-*"], "calls": 9000, "denied": 0,
        "first": "2026-10-01T08:00:00Z", "last": "2026-10-30T08:00:00Z",
    }  # fmt: skip
    assert [(row["name"], row["times"]) for row in roles["Admin"]["refused"]] == [("eve", 9)]
    shown = json.loads(run("denied", ROLLUP, "--in", "orders.iamdsl", "--format", "json").stdout)
    assert [(row["actions"], row["calls"], row["mended"]) for row in shown["denied"]][:2] == [
        (["s3:ListBucket"], 31, True),
        (["sts:AssumeRole"], 9, False),
    ]
    assert [row["event"] for row in shown["worked"]] == ["sqs:SendMessage"]


def test_choices_of_role_person_and_day() -> None:
    assert "bo@acme.example" not in run("denied", ROLLUP, "--person", "ANN@acme.example").stdout
    assert "ann@acme.example" not in run("denied", ROLLUP, "--role", "Dev").stdout
    assert run("denied", ROLLUP, "--since", "2026-11-01").stdout == "no denied calls\n"
    assert run("who", ROLLUP, "--role", role("Dev")).stdout.startswith("Dev (role)")


def test_a_session_that_a_program_named_is_put_down_to_the_person(tmp_path: Path) -> None:
    path = tmp_path / "chained.ndjson"
    named = {"resources": (role("Admin"), "roleSessionName=botocore-session-*"), "principal": role("Dev")}
    rows = (
        (use("bo@acme.example", "sts:AssumeRole", **named), on(1)),
        (refused("Access Denied", "botocore-session-*", "s3:ListObjects"), on(2)),
    )
    write_rollup(path, rollup(*rows))
    assert "\nbo@acme.example\n" in run("denied", path, "--role", "Admin").stdout


def test_new_denials_fail_a_job_when_asked_to() -> None:
    assert run("denied", ROLLUP, "--since", "2026-10-25", "--fail-on", "new").exit_code == 1
    assert run("denied", ROLLUP, "--in", "orders.iamdsl", "--since", "2026-10-25", "--fail-on", "new").exit_code == 0
    assert run("denied", ROLLUP, "--since", "2026-11-01", "--fail-on", "new").exit_code == 0
    assert "--since" in run("denied", ROLLUP, "--fail-on", "new").stderr


@pytest.mark.parametrize("command", ["who", "denied"])
def test_names_that_the_rollup_has_not_are_no_clean_answer(command: str) -> None:
    result = run(command, ROLLUP, "--role", "Admn")
    assert result.exit_code == 2
    assert "IAM982" in result.stderr
    assert "did you mean `Admin`?" in result.stderr
    assert not result.stdout


def test_a_person_that_the_rollup_has_not() -> None:
    result = run("denied", ROLLUP, "--person", "an@acme.example")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "IAM983" in result.stderr
    assert "did you mean `ann@acme.example`?" in result.stderr


def test_bad_input_is_said() -> None:
    assert run("who", "nowhere.ndjson").exit_code == 2
    assert run("denied", "nowhere.ndjson").exit_code == 2
    assert run("denied", "orders.iamdsl").exit_code in (1, 2)
    assert run("denied", ROLLUP, "--in", "nowhere.iamdsl").exit_code == 2
    assert "'sarif' is not one of" in run("denied", ROLLUP, "--format", "sarif").stderr


def test_a_faulty_project_is_reported_and_nothing_else(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.iamdsl"
    faulty.write_text("edition 1\nrole r {\n  allow lst on arn:aws:s3:::b\n}\n", encoding="utf-8")
    result = run("denied", ROLLUP, "--in", faulty)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "faulty.iamdsl:3" in result.stderr


def test_an_empty_rollup_is_nobody(tmp_path: Path) -> None:
    path = tmp_path / "empty.ndjson"
    write_rollup(path, rollup())
    assert run("who", path).stdout == "no call of anybody is in the rollup\n"
    assert run("denied", path).stdout == "no denied calls\n"


def test_nothing_from_a_log_acts(tmp_path: Path) -> None:
    path = tmp_path / "evil.ndjson"
    message = f'User: x is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/{EVIL}/x"'
    evil = {"principal": role("Admin"), "resources": (f"arn:aws:s3:::b/{EVIL}/x",)}
    rows = (
        (refused(message, EVIL, "s3:GetObject", **evil), on(1)),
        (refused(EVIL, EVIL, f"s3:{EVIL}", region=EVIL, error=EVIL, **evil), on(1)),
        (refused("Encoded authorization failure message", EVIL, f"ec2:{EVIL}", region=EVIL), on(1)),
        (use(f"={EVIL}", via=EVIL), on(2)),
        (use(EVIL, "sts:AssumeRole", session="", resources=(role("Admin"), f"roleSessionName={EVIL}")), on(2)),
    )
    write_rollup(path, rollup(*rows))
    commands = [(name, path, *role_) for name, *role_ in (("who",), ("who", "--role", "Admin"), ("denied",))]
    for arguments in commands:
        for style in ("full", "json", "markdown", *(["csv"] if arguments[0] == "who" else [])):
            result = run(*arguments, "--format", style)
            assert result.exit_code == 0, result.output
            assert result.exception is None
            shown = result.stdout.replace("\n", "")
            assert shown.isprintable(), (arguments, style)
            assert "##[" not in shown
            if style == "markdown":
                assert not re.search(r"<img|@team|\]\(b\)|(?<!&)#1", shown), (arguments, style)
            if style == "csv":
                cells = [cell for row in csv.reader(io.StringIO(result.stdout)) for cell in row]
                assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
