"""The example goes into an AWS account that is made of memory, and what comes back grants what was declared."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from iamc.catalog import Catalog
from iamc.emit.deployment import AccountPlan, Deployment, RolePlan
from iamc.model import Document
from iamc.passes.prove import prove
from iamc.pipeline import Context
from iamc.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
KEYS = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "testing")


@pytest.fixture
def iam() -> Iterator[Any]:
    with patch.dict(os.environ, KEYS | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}), mock_aws():
        yield boto3.client("iam", region_name="us-east-1")


@pytest.fixture(scope="module")
def context(catalog: Catalog) -> Context:
    return Context.of(catalog, Settings())


def create(iam: Any, deployment: Deployment, account: AccountPlan) -> None:
    """What an administrator would do by hand with the documents."""
    path, tags = deployment.targets.path, [{"Key": k, "Value": v} for k, v in deployment.targets.tags]
    made = {
        policy.name: iam.create_policy(
            PolicyName=policy.name,
            Path=path,
            Description=policy.description,
            PolicyDocument=policy.text,
            Tags=tags,
        )["Policy"]["Arn"]
        for policy in (*(p for role in account.roles for p in role.policies), *account.boundaries)
    }
    for role in account.roles:
        boundary = made.get(role.boundary, role.boundary)
        iam.create_role(
            RoleName=role.name,
            Path=path,
            Description=role.description,
            AssumeRolePolicyDocument=role.trust,
            MaxSessionDuration=role.session,
            Tags=tags,
            **({"PermissionsBoundary": boundary} if boundary else {}),
        )
        for arn in [*(made[policy.name] for policy in role.policies), *role.managed]:
            iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)


def read_back(iam: Any, role: str) -> list[str]:
    """The documents of the customer-managed policies that a role carries."""
    found = []
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        if ":iam::aws:" not in attached["PolicyArn"]:
            version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
            got = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
            found.append(json.dumps(got["PolicyVersion"]["Document"], separators=(",", ":")))
    return found


def is_as_planned(iam: Any, deployment: Deployment, role: RolePlan, context: Context) -> None:
    got = iam.get_role(RoleName=role.name)["Role"]
    assert got["AssumeRolePolicyDocument"] == json.loads(role.trust)
    assert got["MaxSessionDuration"] == role.session
    assert got.get("Description", "") == role.description
    assert got["Path"] == deployment.targets.path
    boundary = got.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "")
    assert boundary.rpartition("/")[2] == role.boundary.rpartition("/")[2]
    assert {tag["Key"]: tag["Value"] for tag in got["Tags"]} == dict(deployment.targets.tags)
    attached = iam.list_attached_role_policies(RoleName=role.name)["AttachedPolicies"]
    names = {policy.name for policy in role.policies} | {arn.rpartition("/")[2] for arn in role.managed}
    assert {policy["PolicyName"] for policy in attached} == names
    assert iam.list_role_policies(RoleName=role.name)["PolicyNames"] == []
    documents = read_back(iam, role.name)
    assert sorted(map(json.loads, documents), key=str) == sorted((json.loads(p.text) for p in role.policies), key=str)
    if documents:
        held = [Document(role.unit.unit.name, number, (), text) for number, text in enumerate(documents, 1)]
        unit = role.unit
        assert prove(unit.unit, unit.permissions, held, context.vocabulary, context.universe) == []


@pytest.mark.parametrize("number", [0, 1])
def test_from_the_documents(iam: Any, deployment: Deployment, context: Context, number: int) -> None:
    account = deployment.accounts[number]
    create(iam, deployment, account)
    for role in account.roles:
        is_as_planned(iam, deployment, role, context)


def every(stacks: Any, name: str) -> Iterator[dict[str, Any]]:
    for page in stacks.get_paginator("list_stack_resources").paginate(StackName=name):
        yield from page["StackResourceSummaries"]


def attach(iam: Any, resources: dict[str, Any], made: dict[str, str]) -> None:
    """Moto leaves out `ManagedPolicyArns` of a role: do what the template says, with what its references became."""
    for resource in resources.values():
        if resource["Type"] == "AWS::IAM::Role":
            properties = resource["Properties"]
            for arn in properties["ManagedPolicyArns"]:
                policy = made[arn["Ref"]] if isinstance(arn, dict) else arn
                iam.attach_role_policy(RoleName=properties["RoleName"], PolicyArn=policy)


@pytest.mark.parametrize("number", [0, 1])
def test_from_cloudformation(iam: Any, deployment: Deployment, context: Context, written: Path, number: int) -> None:
    account = deployment.accounts[number]
    template = (written / f"cloudformation/accounts/{account.name}.json").read_text(encoding="utf-8")
    stacks = boto3.client("cloudformation", region_name="us-east-1")
    stacks.create_stack(StackName="people", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert stacks.describe_stacks(StackName="people")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    made = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in every(stacks, "people")}
    attach(iam, json.loads(template)["Resources"], made)
    for role in account.roles:
        is_as_planned(iam, deployment, role, context)


@pytest.mark.filterwarnings("ignore:Tried to parse AWS..SNS..TopicPolicy")
def test_alerts_from_cloudformation(iam: Any, written: Path) -> None:
    template = (written / "cloudformation/alerts/prod.json").read_text(encoding="utf-8")
    stacks = boto3.client("cloudformation", region_name="us-east-1")
    stacks.create_stack(StackName="alerts", TemplateBody=template)
    events = boto3.client("events", region_name="us-east-1")
    rules = {rule["Name"]: json.loads(rule["EventPattern"]) for rule in events.list_rules()["Rules"]}
    wanted = rules["acme-administrator"]["detail"]["requestParameters"]["roleArn"]
    assert wanted == ["arn:aws:iam::111122223333:role/people/acme-administrator"]
    (target,) = events.list_targets_by_rule(Rule="acme-administrator")["Targets"]
    topics = boto3.client("sns", region_name="us-east-1").list_topics()["Topics"]
    assert [topic["TopicArn"] for topic in topics] == [target["Arn"]]


def test_permission_sets_and_assignments(iam: Any, written: Path) -> None:
    """What the template says of each set, done by the API and read back. Of boundaries, moto knows nothing."""
    text = (written / "permission-sets-cloudformation/permission-sets.json").read_text(encoding="utf-8")
    resources = {name: (row["Type"], row["Properties"]) for name, row in json.loads(text)["Resources"].items()}
    sso = boto3.client("sso-admin", region_name="us-east-1")
    made = {name: provision(sso, said) for name, (kind, said) in resources.items() if kind == "AWS::SSO::PermissionSet"}
    for kind, said in resources.values():
        if kind == "AWS::SSO::Assignment":
            assign = {key: value for key, value in said.items() if key != "PermissionSetArn"}
            sso.create_account_assignment(**assign, PermissionSetArn=made[said["PermissionSetArn"]["Fn::GetAtt"][0]])
    for name, arn in made.items():
        said = resources[name][1]
        assert read_set(sso, said["InstanceArn"], arn) == {
            key: said.get(key, empty)
            for key, empty in (
                ("Name", None),
                ("Description", None),
                ("SessionDuration", None),
                ("InlinePolicy", None),
                ("ManagedPolicies", []),
                ("CustomerManagedPolicyReferences", []),
            )
        }
    wanted = sorted(str({**said, "PermissionSetArn": made[said["PermissionSetArn"]["Fn::GetAtt"][0]]})
                    for kind, said in resources.values() if kind == "AWS::SSO::Assignment")  # fmt: skip
    assert sorted(assigned(sso, resources, made)) == wanted


def provision(sso: Any, said: dict[str, Any]) -> str:
    own = {key: said[key] for key in ("InstanceArn", "Name", "Description", "SessionDuration", "Tags") if key in said}
    arn: str = sso.create_permission_set(**own)["PermissionSet"]["PermissionSetArn"]
    where = {"InstanceArn": said["InstanceArn"], "PermissionSetArn": arn}
    if "InlinePolicy" in said:
        sso.put_inline_policy_to_permission_set(**where, InlinePolicy=json.dumps(said["InlinePolicy"]))
    for policy in said.get("ManagedPolicies", ()):
        sso.attach_managed_policy_to_permission_set(**where, ManagedPolicyArn=policy)
    for reference in said.get("CustomerManagedPolicyReferences", ()):
        sso.attach_customer_managed_policy_reference_to_permission_set(
            **where, CustomerManagedPolicyReference=reference
        )
    return arn


def read_set(sso: Any, instance: str, arn: str) -> dict[str, Any]:
    where = {"InstanceArn": instance, "PermissionSetArn": arn}
    about = sso.describe_permission_set(**where)["PermissionSet"]
    inline = sso.get_inline_policy_for_permission_set(**where)["InlinePolicy"]
    managed = sso.list_managed_policies_in_permission_set(**where)["AttachedManagedPolicies"]
    references = sso.list_customer_managed_policy_references_in_permission_set(**where)
    return {
        "Name": about["Name"],
        "Description": about.get("Description"),
        "SessionDuration": about["SessionDuration"],
        "InlinePolicy": json.loads(inline) if inline else None,
        "ManagedPolicies": [policy["Arn"] for policy in managed],
        "CustomerManagedPolicyReferences": references["CustomerManagedPolicyReferences"],
    }


def assigned(sso: Any, resources: dict[str, tuple[str, Any]], made: dict[str, str]) -> Iterator[str]:
    """Every assignment, in the words of the template."""
    accounts = {said["TargetId"] for kind, said in resources.values() if kind == "AWS::SSO::Assignment"}
    for name, arn in made.items():
        instance = resources[name][1]["InstanceArn"]
        for account in accounts:
            found = sso.list_account_assignments(InstanceArn=instance, PermissionSetArn=arn, AccountId=account)
            for row in found["AccountAssignments"]:
                yield str(
                    {
                        "InstanceArn": instance,
                        "PermissionSetArn": arn,
                        "PrincipalId": row["PrincipalId"],
                        "PrincipalType": row["PrincipalType"],
                        "TargetId": row["AccountId"],
                        "TargetType": "AWS_ACCOUNT",
                    }
                )
