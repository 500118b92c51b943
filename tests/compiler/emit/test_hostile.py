"""Whatever people write into names, descriptions and settings stays text, in every output."""

from __future__ import annotations

import configparser
import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iamc.emit import BACK_ENDS
from iamc.emit.backends import back_end, files_of
from iamc.emit.deployment import Deployment, plan
from iamc.emit.files import unsafe
from iamc.emit.targets import Targets
from iamc.model import Compiled, Organisation
from iamc.pipeline import Result

HOSTILE = (
    '"}]}\'\n[profile evil]\nrole_arn = x\r\n${file("/etc/passwd")} %{ for x in y }'
    " <script>alert(1)</script> \x1b[2J ../../etc"
)
FORMULA = '=HYPERLINK("https://evil.example")'


def poisoned(unit: Compiled) -> Compiled:
    role = replace(
        unit.unit.role, name=HOSTILE + unit.unit.role.name, description=HOSTILE, tier=HOSTILE, managed=(HOSTILE,)
    )
    return replace(unit, unit=replace(unit.unit, role=role))


@pytest.fixture(scope="module")
def hostile(acme: Result, targets: Targets) -> Deployment:
    """The example with hostile words wherever a word of the user's is written down."""
    old = acme.organisation
    people = {name: replace(person, email=HOSTILE) for name, person in old.people.items()}
    teams = {name: replace(team, group=HOSTILE) for name, team in old.teams.items()}
    grants = tuple(replace(grant, role=HOSTILE + grant.role, reason=FORMULA) for grant in old.grants)
    organisation = Organisation(old.accounts, people, teams, grants, old.units, ())
    poisoned_targets = replace(targets, tags=((HOSTILE, HOSTILE),), prefix=HOSTILE, path=f"/{HOSTILE}/")
    center, profiles = targets.identity_center, targets.profiles
    assert center is not None
    assert profiles is not None
    ids = {HOSTILE: next(iter(center.groups.values()))}
    poisoned_targets = replace(
        poisoned_targets,
        identity_center=replace(center, groups=ids, users=ids, relay_state=HOSTILE),
        profiles=replace(profiles, start_url=HOSTILE, sso_session=HOSTILE),
    )
    wanted = ("prod/payments-power", "prod/administrator")
    units = [poisoned(unit) for unit in acme.compiled if unit.unit.name in wanted]
    return plan(organisation, units, poisoned_targets, {})


@pytest.fixture(scope="module")
def files(hostile: Deployment) -> dict[str, str]:
    return {name: text for target in BACK_ENDS for name, text in back_end(target)(hostile)[0].items()}


def test_nothing_of_it_would_be_written(hostile: Deployment) -> None:
    _, problems = files_of(hostile, ("terraform", "permission-sets"), ())
    assert {"IAM403", "IAM572"} <= {problem.code for problem in problems}


def test_file_names_stay_in_the_folder(files: dict[str, str]) -> None:
    assert len(files) > 12
    assert not any(map(unsafe, files))


def test_no_file_can_move_the_cursor_or_end_a_script(files: dict[str, str]) -> None:
    for name, text in files.items():
        assert text.replace("\n", "").isprintable(), name
    for name, text in files.items():
        if name.endswith(".json"):
            json.loads(text)


def test_terraform_takes_it_for_text(
    files: dict[str, str], planned: Callable[[Path], list[dict[str, Any]]], tmp_path: Path
) -> None:
    for name in ("terraform/accounts/prod/iam.tf.json", "permission-sets/organisation/permission-sets.tf.json"):
        folder = tmp_path / name.partition("/")[0]
        folder.mkdir()
        (folder / "hostile.tf.json").write_text(files[name], encoding="utf-8")
        resources = planned(folder)
        assert {r["values"]["description"] for r in resources if r["type"] in ROLES} == {HOSTILE}


ROLES = ("aws_iam_role", "aws_ssoadmin_permission_set")


def test_cloudformation_has_no_function_over_it(files: dict[str, str]) -> None:
    def functions(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {k for k in value if k.startswith("Fn::")}.union(*map(functions, value.values()))
        return set().union(*map(functions, value)) if isinstance(value, list) else set()

    template = json.loads(files["cloudformation/accounts/prod.json"])
    assert functions(template) == set()
    (role, *_) = (r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::IAM::Role")
    assert role["Description"] == HOSTILE
    assert all(name.isalnum() for name in template["Resources"])


def test_profiles_stay_profiles(files: dict[str, str]) -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(files["aws-config/config"])
    assert not any("evil" in section and section.startswith("profile evil") for section in parser.sections())
    assert {key for section in parser.sections() for key in parser[section]} == {
        "sso_start_url",
        "sso_region",
        "sso_registration_scopes",
        "sso_session",
        "sso_account_id",
        "sso_role_name",
        "region",
    }


def test_a_spreadsheet_evaluates_nothing(files: dict[str, str]) -> None:
    rows = list(csv.reader(io.StringIO(files["inventory/inventory.csv"])))
    assert len({len(row) for row in rows}) == 1
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    assert any(cell == f"'{FORMULA}" for row in rows for cell in row)
