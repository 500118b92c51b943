"""Permission sets, profiles, guardrails, the inventory, the pilot and the compliance programme."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiling import compiled
from iamc.catalog import Catalog
from iamc.emit.aws_config import BEGIN, END, merged
from iamc.emit.backends import back_end, deployed, files_of, staged
from iamc.emit.ceilings import Ladder, ceilings
from iamc.emit.deployment import Deployment, plan
from iamc.emit.permission_sets import permission_sets
from iamc.emit.targets import Pilot, Targets
from iamc.in_scope import Programme, out_of_scope
from iamc.limits import limits
from iamc.pipeline import Context, Result
from iamc.settings import Settings
from iamc.verify import Proven, Universe, prove_included, read_policy
from iamdsl.diagnostics import Diagnostic


def codes(problems: Iterable[Diagnostic]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.fixture(scope="module")
def universe(catalog: Catalog) -> Universe:
    return Context.of(catalog, Settings()).universe


# permission sets -----------------------------------------------------------------------------------------------


def test_what_a_set_refers_to_exists_in_every_account_that_it_is_assigned_in(deployment: Deployment) -> None:
    sets = permission_sets(deployment)
    policies = {account.number: {policy.name for policy in found} for account, found in sets.accounts}
    for made in sets.sets:
        assert made.assignments
        for assignment in made.assignments:
            assert set(made.references) <= policies[assignment.account]
            assert not made.boundary or made.boundary in policies[assignment.account]


def test_an_account_that_needs_fewer_documents_gets_its_last_one_again(deployment: Deployment) -> None:
    def fewer(unit: Any) -> Any:
        if unit.unit.name != "staging/platform-viewer":
            return unit
        return replace(unit, documents=unit.documents[:1])

    units = [fewer(role.unit) for account in deployment.accounts for role in account.roles]
    sets = permission_sets(plan(deployment.organisation, units, deployment.targets, {}))
    staging = {
        policy.name: policy.text for account, found in sets.accounts for policy in found if account.name == "staging"
    }
    assert staging["acme-platform-viewer-1"] == staging["acme-platform-viewer-2"]


def test_the_same_documents_everywhere_are_inline(deployment: Deployment) -> None:
    by_name = {made.name: made for made in permission_sets(deployment).sets}
    assert by_name["acme-security-audit"].inline
    assert by_name["acme-security-audit"].references == ()
    assert by_name["acme-payments-viewer"].references == ("acme-payments-viewer",)
    assert by_name["acme-payments-viewer"].duration == "PT12H"


def test_unknown_groups_and_people_are_said(deployment: Deployment) -> None:
    center = deployment.targets.identity_center
    assert center is not None
    lost = replace(
        deployment, targets=replace(deployment.targets, identity_center=replace(center, groups={}, users={}))
    )
    problems = permission_sets(lost).problems
    assert {"IAM570"} <= set(codes(problems))
    assert any("okta:eng-web" in problem.message for problem in problems)
    assert any("ana@acme.example" in problem.message for problem in problems)


def test_names_and_numbers_of_permission_sets(deployment: Deployment) -> None:
    long = replace(deployment.targets, prefix="acme-people-in-europe-")
    units = [role.unit for account in deployment.accounts for role in account.roles]
    problems = permission_sets(plan(deployment.organisation, units, long, {})).problems
    (first, *_) = (problem for problem in problems if problem.code == "IAM403")
    assert "32" in first.message
    assert first.notes == (limits()["permission-set-name"].source,)


def test_limits_that_were_raised(deployment: Deployment) -> None:
    tight = replace(deployment, targets=replace(deployment.targets, raised={"permission-sets-per-account": 7}))
    assert "IAM571" in codes(permission_sets(tight).problems)
    assert "IAM571" not in codes(permission_sets(deployment).problems)


def test_a_module_that_knows_one_path_only(deployment: Deployment) -> None:
    _, problems = back_end("aws-ia-permission-sets")(deployment)
    assert "IAM570" in codes(problems)


# profiles ------------------------------------------------------------------------------------------------------


def test_botocore_reads_the_profiles(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore.session

    monkeypatch.setattr(os, "environ", os.environ | {"AWS_CONFIG_FILE": str(written / "aws-config/config")})
    session = botocore.session.Session(profile="prod.acme-payments-viewer")
    assert session.get_scoped_config() == {
        "sso_session": "acme",
        "sso_account_id": "111122223333",
        "sso_role_name": "acme-payments-viewer",
        "region": "eu-west-1",
    }
    assert session.full_config["sso_sessions"]["acme"]["sso_start_url"] == "https://acme.awsapps.com/start"
    assert len(session.available_profiles) == 15


def test_a_team_gets_its_own_profiles(written: Path) -> None:
    text = (written / "aws-config/teams/payments").read_text(encoding="utf-8")
    assert "[profile staging.acme-payments-power]" in text
    assert "administrator" not in text


BLOCK = f"{BEGIN}\n[profile a]\n{END}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", BLOCK),
        ("[default]\n", f"[default]\n\n{BLOCK}"),
        ("[default]", f"[default]\n\n{BLOCK}"),
        ("[default]\r\n", f"[default]\r\n\n{BLOCK}"),
        (f"# mine\n{BEGIN}\nold\n{END}\n\n[x]\n", f"# mine\n{BLOCK}\n[x]\n"),
        (BLOCK, BLOCK),
        (f"{BEGIN}\n", None),
        (f"{END}\n{BEGIN}\n", None),
        (BLOCK + BLOCK, None),
    ],
)
def test_only_the_marked_block_changes(before: str, after: str | None) -> None:
    assert merged(before, BLOCK) == after


def test_profiles_without_identity_center(deployment: Deployment) -> None:
    profiles = deployment.targets.profiles
    assert profiles is not None
    own = replace(deployment.targets, identity_center=None, profiles=replace(profiles, source_profile="sign-in"))
    files, problems = back_end("aws-config")(replace(deployment, targets=own))
    assert problems == []
    assert "role_arn = arn:aws:iam::111122223333:role/people/acme-data-analyst" in files["aws-config/config"]
    files, problems = back_end("aws-config")(replace(deployment, targets=replace(own, profiles=None)))
    assert (files, codes(problems)) == ({}, ["IAM570"])


# guardrails ----------------------------------------------------------------------------------------------------


def test_a_boundary_holds_every_role_of_its_tier(deployment: Deployment, universe: Universe) -> None:
    for account in deployment.accounts:
        for role in account.roles:
            if role.role.tier not in deployment.ceilings:
                continue
            boundary = [read_policy(deployment.ceilings[role.role.tier].boundary)]
            for policy in role.policies:
                assert isinstance(prove_included([read_policy(policy.text)], boundary, universe), Proven)


def test_every_step_of_a_ceiling_allows_the_same(acme: Result, catalog: Catalog, universe: Universe) -> None:
    ladder = ceilings(acme.compiled, catalog)["viewer"]
    first, last = (read_policy(Ladder((step,)).boundary) for step in (ladder.steps[0], ladder.steps[-1]))
    assert isinstance(prove_included([first], [last], universe), Proven)
    assert isinstance(prove_included([last], [first], universe), Proven)


def test_a_service_control_policy_spares_everybody_else(deployment: Deployment) -> None:
    files, problems = back_end("guardrails")(deployment)
    assert problems == []
    (statement,) = json.loads(files["guardrails/viewer.scp.json"])["Statement"]
    assert statement["Effect"] == "Deny"
    arns = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert "arn:aws:iam::*:role/people/acme-payments-viewer" in arns
    assert not any("administrator" in arn for arn in arns)
    assert all(len(text) <= 6145 for text in files.values())


def test_a_ceiling_that_fits_nowhere_is_said(deployment: Deployment) -> None:
    wide = Ladder((tuple(f"s3:{'x' * 100}{n}" for n in range(80)),))
    _, problems = back_end("guardrails")(replace(deployment, ceilings={"viewer": wide}))
    assert codes(problems) == ["IAM401", "IAM401"]


# inventory -----------------------------------------------------------------------------------------------------


def test_who_has_what_where_until_when(written: Path) -> None:
    rows = json.loads((written / "inventory/inventory.json").read_text(encoding="utf-8"))
    (row,) = (r for r in rows if r["role"] == "acme-payments-power" and r["account"] == "prod")
    assert (row["person"], row["until"], row["approval"]) == ("ana", "2027-12-31", "security")
    table = list(csv.DictReader(io.StringIO((written / "inventory/inventory.csv").read_text(encoding="utf-8"))))
    assert len(table) == len(rows)
    assert [r["email"] for r in table] == [r["email"] or "" for r in rows]


# the pilot -----------------------------------------------------------------------------------------------------


def test_the_pilot_is_for_its_teams_and_beside_the_rest(acme: Result, targets: Targets, catalog: Catalog) -> None:
    narrowed, own, problems = staged(acme, targets, "pilot")
    assert problems == []
    assert [unit.unit.name for unit in narrowed.compiled] == [
        "prod/payments-viewer",
        "staging/payments-viewer",
        "staging/payments-power",
    ]
    deployment = deployed(narrowed, own, catalog)
    names = {role.name for account in deployment.accounts for role in account.roles}
    assert names == {"acme-payments-viewer-pilot", "acme-payments-power-pilot"}
    assert all("femi" not in role.trust for account in deployment.accounts for role in account.roles)
    old = {unit.unit.name: unit.documents for unit in acme.compiled}
    assert all(unit.documents == old[unit.unit.name] for unit in narrowed.compiled)


def test_a_pilot_of_nobody(acme: Result, targets: Targets) -> None:
    assert codes(staged(acme, replace(targets, pilot=None), "pilot")[2]) == ["IAM570"]
    assert codes(staged(acme, replace(targets, pilot=Pilot(("paymnts",))), "pilot")[2]) == ["IAM101"]


# compliance ----------------------------------------------------------------------------------------------------


def test_services_out_of_scope_by_role(acme: Result) -> None:
    programme = Programme("PCI DSS", "the auditor", "2026-11-24", frozenset({"s3", "dynamodb", "sqs", "kms"}))
    found = list(out_of_scope(programme, acme.compiled))
    assert {problem.code for problem in found} == {"IAM576"}
    said = " ".join(problem.message for problem in found)
    assert "payments" not in said
    assert "`data-analyst` reaches `athena`" in said
    assert "`administrator` has managed policies" in said


# files ---------------------------------------------------------------------------------------------------------


def test_files_of_different_outputs_do_not_meet(deployment: Deployment) -> None:
    _, problems = files_of(deployment, ("inventory",), ("Inventory/inventory.json",))
    assert codes(problems) == ["IAM404"]


def test_limits_have_sources_and_patterns() -> None:
    for limit in limits().values():
        assert limit.source
        assert limit.strength in "ABCD"
        assert limit.remedy


def test_without_accounts(catalog: Catalog) -> None:
    result = compiled("edition 1\n\nrole r {\n  allow s3:GetObject on arn:aws:s3:::b/*\n}\n", catalog)
    files, problems = back_end("inventory")(plan(result.organisation, result.compiled, Targets(), {}))
    assert problems == []
    (row,) = json.loads(files["inventory/inventory.json"])
    assert (row["role"], row["account"], row["person"]) == ("r", None, None)
