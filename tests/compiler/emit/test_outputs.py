"""Permission sets, profiles, guardrails, the inventory, the pilot and the compliance programme."""

from __future__ import annotations

import configparser
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
from iamc.emit.alerts import topics_of
from iamc.emit.aws_config import BEGIN, END, merged
from iamc.emit.backends import back_end, deployed, files_of, staged
from iamc.emit.ceilings import Ladder, ceilings
from iamc.emit.deployment import Deployment, RolePlan, plan
from iamc.emit.permission_sets import permission_sets
from iamc.emit.targets import Pilot, Profiles, Targets, Trust
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
    assert staging["acme-platform-viewer"] == staging["acme-platform-viewer-2"]


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


def test_managed_policies_count_in_every_account(deployment: Deployment) -> None:
    def many(unit: Any) -> Any:
        role = replace(unit.unit.role, managed=tuple(f"P{n}" for n in range(11)))
        return replace(unit, unit=replace(unit.unit, role=role))

    units = [many(role.unit) for role in deployment.accounts[0].roles if role.name == "acme-security-audit"]
    for raised, wanted in (({}, ["IAM402"]), ({"managed-policies-per-role": 20}, [])):
        own = replace(deployment.targets, raised=raised)
        sets = permission_sets(plan(deployment.organisation, units, own, {}))
        assert sets.sets[0].inline
        assert [code for code in codes(sets.problems) if code == "IAM402"] == wanted


def test_topics_have_names_of_fewer_characters_than_roles(deployment: Deployment) -> None:
    own = replace(deployment.targets, prefix="acme.")
    units = [role.unit for account in deployment.accounts for role in account.roles]
    found = codes(back_end("terraform")(plan(deployment.organisation, units, own, {}))[1])
    assert set(found) == {"IAM572", "IAM575"}


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


def test_a_person_gets_what_the_grants_say(written: Path) -> None:
    text = (written / "aws-config/people/ana").read_text(encoding="utf-8")
    assert "[profile prod.acme-payments-power]" in text  # granted to her alone
    assert "web-developer" not in text


SIGN_IN = Profiles("eu-west-1", source_profile="sign-in", mfa_serial="arn:aws:iam::999988887777:mfa/${person.name}")
USERS = Trust("users", "999988887777", subject="staff/${person.name}", session_name="${aws:username}")


def profile(deployment: Deployment, trust: Trust, profiles: Profiles, file: str) -> tuple[dict[str, str], list[str]]:
    targets = replace(deployment.targets, identity_center=None, trust=trust, profiles=profiles)
    files, problems = back_end("aws-config")(replace(deployment, targets=targets))
    parser = configparser.RawConfigParser()
    parser.read_string(files[f"aws-config/{file}"])
    return dict(parser["profile prod.acme-data-analyst"]), codes(problems)


def test_users_have_a_device_and_call_sessions_after_themselves(deployment: Deployment) -> None:
    shared = {
        "role_arn": "arn:aws:iam::111122223333:role/people/acme-data-analyst",
        "source_profile": "sign-in",
        "duration_seconds": "14400",
        "region": "eu-west-1",
    }
    assert profile(deployment, USERS, SIGN_IN, "config") == (shared, [])
    own = {"role_session_name": "chidi", "mfa_serial": "arn:aws:iam::999988887777:mfa/chidi"}
    assert profile(deployment, USERS, SIGN_IN, "people/chidi") == (shared | own, [])
    assert profile(deployment, USERS, replace(SIGN_IN, mfa_serial=""), "people/chidi")[1] == ["IAM570"]


@pytest.mark.parametrize(
    ("form", "name"), [("${person.email}", "chidi@acme.example"), ("*@acme.example", None), ("", None), ("us", "us")]
)
def test_a_chain_ends_after_an_hour(deployment: Deployment, form: str, name: str | None) -> None:
    trust = Trust("role", "arn:aws:iam::999988887777:role/hub", session_name=form)
    found, problems = profile(deployment, trust, replace(SIGN_IN, mfa_serial=""), "people/chidi")
    assert (found["duration_seconds"], found.get("role_session_name"), problems) == ("3600", name, [])


def test_no_profile_signs_in_by_saml(deployment: Deployment) -> None:
    trust = deployment.targets.trust
    assert trust is not None
    assert profile(deployment, trust, SIGN_IN, "config")[1] == ["IAM570"]


def test_profiles_need_settings(deployment: Deployment) -> None:
    files, problems = back_end("aws-config")(replace(deployment, targets=replace(deployment.targets, profiles=None)))
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


def test_a_service_control_policy_may_be_longer_where_aws_has_said_so(deployment: Deployment) -> None:
    wide = Ladder((tuple(f"s3:{'x' * 100}{n}" for n in range(50)),))
    for raised, wanted in (({}, ["IAM401"]), ({"scp-characters": 10_240}, [])):
        own = replace(deployment, ceilings={"viewer": wide}, targets=replace(deployment.targets, raised=raised))
        assert codes(back_end("guardrails")(own)[1]) == wanted


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


def test_nothing_of_the_pilot_is_called_as_what_everyone_gets(acme: Result, targets: Targets, catalog: Catalog) -> None:
    def names(stage: str) -> set[tuple[str, str, str]]:
        result, own, _ = staged(acme, targets, stage)
        files, _ = files_of(deployed(result, own, catalog), ("terraform", "permission-sets"), ())
        return {
            (file, kind, arguments["name"])
            for file, text in files.items()
            for kind, found in json.loads(text)["resource"].items()
            for arguments in found.values()
            if "name" in arguments
        }

    pilot, everyone = names("pilot"), names("everyone")
    assert pilot & everyone == set()
    assert {kind for _, kind, _ in pilot} >= {"aws_iam_role", "aws_iam_policy", "aws_ssoadmin_permission_set"}
    paged = replace(targets, destinations=dict.fromkeys(targets.destinations or {}, "https://a.example"))
    made = [topics_of(role, own) for own in (paged, replace(paged, suffix="-pilot")) for role in _roles(acme, own)]
    assert {topic.name.endswith("-pilot") for topics in made for topic in topics} == {True, False}


def _roles(acme: Result, targets: Targets) -> list[RolePlan]:
    return [role for account in plan(acme.organisation, acme.compiled, targets, {}).accounts for role in account.roles]


def test_policies_of_one_name_are_said(catalog: Catalog) -> None:
    text = """edition 1
account prod 111122223333
tier viewer { ceiling read-config }
role ceiling-viewer : viewer {
  allow s3:GetBucketTagging on arn:aws:s3:::b
}
"""
    result = compiled(text, catalog)
    trust = Trust("saml", "arn:aws:iam::${account.id}:saml-provider/okta")
    planned = deployed(result, Targets(trust=trust, ceilings=True), catalog)
    (problem,) = (problem for problem in back_end("terraform")(planned)[1] if problem.code == "IAM579")
    assert "`ceiling-viewer`" in problem.message
    assert problem.span is not None
    assert problem.span.line == 4
    assert "IAM579" not in codes(back_end("terraform")(deployed(result, Targets(trust=trust), catalog))[1])


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
