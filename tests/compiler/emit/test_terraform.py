"""Terraform itself reads what is emitted: valid, planned, and the documents come out as they went in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iamc.emit.backends import back_end
from iamc.emit.deployment import Deployment
from iamc.emit.permission_sets import permission_sets
from iamc.emit.terraform import Expression, escaped

Planned = Callable[[Path], list[dict[str, Any]]]


def test_roles_and_policies_reach_aws_as_they_were_compiled(
    deployment: Deployment, written: Path, planned: Planned
) -> None:
    for account in deployment.accounts:
        resources = planned(written / "terraform/accounts" / account.name)
        values = {kind: {r["values"]["name"]: r["values"] for r in resources if r["type"] == kind} for kind in KINDS}
        assert set(values["aws_iam_role"]) == {role.name for role in account.roles}
        for role in account.roles:
            got = values["aws_iam_role"][role.name]
            assert got["assume_role_policy"] == role.trust
            assert got["max_session_duration"] == role.session
            assert got["path"] == "/people/"
            assert got["tags"] == dict(deployment.targets.tags)
            for policy in role.policies:
                assert values["aws_iam_policy"][policy.name]["policy"] == policy.text


KINDS = ("aws_iam_role", "aws_iam_policy")


def test_every_attachment_is_exclusive(deployment: Deployment, written: Path, planned: Planned) -> None:
    (account, _) = deployment.accounts
    count = Counter(r["type"] for r in planned(written / "terraform/accounts" / account.name))
    assert count["aws_iam_role_policy_attachments_exclusive"] == len(account.roles)
    assert count["aws_iam_role_policies_exclusive"] == len(account.roles)
    attached = sum(len(role.policies) + len(role.managed) for role in account.roles)
    assert count["aws_iam_role_policy_attachment"] == attached


def test_it_is_valid(written: Path, terraform: Callable[..., tuple[int, str]]) -> None:
    status, said = terraform(written / "terraform/accounts/prod", "validate", "-no-color")
    assert (status, "Success!" in said) == (0, True), said


@pytest.mark.parametrize("folder", ["permission-sets/alerts/staging", "permission-sets/accounts/prod"])
def test_the_other_folders_plan(written: Path, planned: Planned, folder: str) -> None:
    assert planned(written / folder)


def test_break_glass_tells_of_each_use(written: Path, planned: Planned) -> None:
    resources = planned(written / "terraform/alerts/prod")
    (rule,) = (r for r in resources if r["address"] == "aws_cloudwatch_event_rule.acme-administrator")
    pattern = json.loads(rule["values"]["event_pattern"])
    assert pattern["detail"]["requestParameters"]["roleArn"] == [
        "arn:aws:iam::111122223333:role/people/acme-administrator"
    ]
    (subscription,) = (r for r in resources if r["type"] == "aws_sns_topic_subscription")
    assert subscription["values"]["protocol"] == "https"


def test_permission_sets(written: Path, planned: Planned) -> None:
    resources = planned(written / "permission-sets/organisation")
    sets = {r["values"]["name"]: r["values"] for r in resources if r["type"] == "aws_ssoadmin_permission_set"}
    assert sets["acme-administrator"]["session_duration"] == "PT1H"
    references = [r["values"] for r in resources if "customer_managed_policy_attachment" in r["type"]]
    assert all(len(r["customer_managed_policy_reference"]) == 1 for r in references)
    inline = [r for r in resources if r["type"] == "aws_ssoadmin_permission_set_inline_policy"]
    assert inline


def test_locals_reach_a_module_as_they_were_compiled(
    deployment: Deployment, terraform: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """Two modules with the variables of cloudposse's, which give back what they get."""
    hostile = "${file('x')} %{ if"
    files, _ = back_end("cloudposse-sso")(
        replace(deployment, targets=replace(deployment.targets, tags=(("t", hostile),)))
    )
    (tmp_path / "locals.tf.json").write_text(files["cloudposse-sso/locals.tf.json"], encoding="utf-8")
    (tmp_path / "main.tf").write_text(
        """
        module "permission_sets" {
          source = "./sets"
          permission_sets = local.permission_sets
        }
        output "sets" { value = module.permission_sets.given }
        output "assignments" { value = local.account_assignments }
        """
    )
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets/main.tf").write_text(
        """
        variable "permission_sets" {
          type = list(object({
            name = string, description = string, relay_state = string, session_duration = string, tags = map(string),
            inline_policy = string, policy_attachments = list(string),
            customer_managed_policy_attachments = list(object({ name = string, path = string }))
          }))
        }
        output "given" { value = var.permission_sets }
        output "permission_sets" { value = { for s in var.permission_sets : s.name => { arn = "arn:${s.name}" } } }
        """
    )
    status, said = terraform(tmp_path, "init", "-input=false", "-no-color")
    assert status == 0, said
    status, said = terraform(tmp_path, "plan", "-input=false", "-no-color", "-out=plan.bin")
    assert status == 0, said
    _, said = terraform(tmp_path, "show", "-json", "plan.bin")
    outputs = json.loads(next(line for line in said.splitlines() if line.startswith("{")))["planned_values"]["outputs"]
    sets = permission_sets(deployment).sets
    assert [s["inline_policy"] for s in outputs["sets"]["value"]] == [made.inline for made in sets]
    assert all(s["tags"] == {"t": hostile} for s in outputs["sets"]["value"])
    assert outputs["assignments"]["value"][0]["permission_set_arn"] == f"arn:{sets[0].name}"


def test_the_stand_in_refuses_what_the_provider_would(
    terraform: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    wrong = {
        "aws_iam_role": {"a": {"asume_role_policy": "{}"}, "b": {"assume_role_policy": "${aws:username}"}},
        "aws_iam_policy": {"c": {"policy": "${aws_iam_role.nobody.arn}"}},
    }
    (tmp_path / "wrong.tf.json").write_text(json.dumps({"resource": wrong}))
    status, said = terraform(tmp_path, "validate", "-no-color")
    assert status == 1
    for message in ("Did you mean", "Missing required argument", "Reference to undeclared resource"):
        assert message in said
    assert "aws:username" in said


def test_only_our_expressions_are_evaluated() -> None:
    value = {"${a}": ["%{ if x }", Expression("${aws_iam_role.a.name}"), {"k": "$${b} 100%"}], "n": 1}
    assert escaped(value) == {"$${a}": ["%%{ if x }", "${aws_iam_role.a.name}", {"k": "$$${b} 100%"}], "n": 1}
