"""Policies of the kinds that AWS's user guides show are free of errors; warnings about them may be right.

Written for these tests after the shapes of the public guides, with values of our own.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamc.catalog import Catalog
from iamc.lint.policy import lint_policy
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.quotas import quotas
from iamc.sensitivity import Sensitivity
from iamc.verify.universe import Universe
from iamdsl.source import Source

Statement = dict[str, Any]
ACCOUNT = "444455556666"
ORG = "o-a1b2c3d4e5"
SELF = "arn:aws:iam::*:user/${aws:username}"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def allow(actions: Any, resources: Any = "*", condition: Any = None, **more: Any) -> Statement:
    return _statement("Allow", actions, resources, condition, **more)


def deny(actions: Any, resources: Any = "*", condition: Any = None, **more: Any) -> Statement:
    return _statement("Deny", actions, resources, condition, **more)


def _statement(effect: str, actions: Any, resources: Any, condition: Any, **more: Any) -> Statement:
    found: Statement = {"Effect": effect, **more}
    if actions is not None:
        found["Action"] = actions
    if resources is not None:
        found["Resource"] = resources
    if condition is not None:
        found["Condition"] = condition
    return found


def trust(principal: Any, action: Any = "sts:AssumeRole", condition: Any = None) -> Statement:
    return allow(action, None, condition, Principal=principal)


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider"
IDENTITY: dict[str, list[Statement]] = {
    "a table between two dates": [
        allow(
            ["dynamodb:GetItem", "dynamodb:Query"],
            f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/Orders",
            {
                "DateGreaterThan": {"aws:CurrentTime": "2026-04-01T00:00:00Z"},
                "DateLessThan": {"aws:CurrentTime": "2026-06-30T23:59:59Z"},
            },
        )
    ],
    "enable and disable regions": [
        allow(
            ["account:EnableRegion", "account:DisableRegion"],
            "*",
            {"StringEquals": {"account:TargetRegion": "ap-east-1"}},
        ),
        allow(["account:ListRegions", "account:GetRegionOptStatus"]),
    ],
    "own password": [
        allow("iam:GetAccountPasswordPolicy"),
        allow(["iam:ChangePassword", "iam:GetUser"], SELF),
    ],
    "own access keys": [allow(["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"], SELF)],
    "own devices for MFA": [
        allow("iam:ListVirtualMFADevices"),
        allow(["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"], "arn:aws:iam::*:mfa/*"),
        allow(["iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice"], SELF),
        deny(None, "*", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
             NotAction=["iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "sts:GetSessionToken"]),
    ],
    "own signing certificates and keys": [
        allow(["iam:UploadSigningCertificate", "iam:ListSigningCertificates"], SELF),
        allow(["iam:UploadSSHPublicKey", "iam:ListSSHPublicKeys", "iam:GetSSHPublicKey"], SELF),
        allow(["iam:CreateServiceSpecificCredential", "iam:ListServiceSpecificCredentials"], SELF),
    ],
    "only from these addresses": [
        deny("*", "*", {
            "NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]},
            "BoolIfExists": {"aws:ViaAWSService": "false"},
        })
    ],
    "only in this organisation": [
        deny("s3:*", "*", {"StringNotEqualsIfExists": {"aws:ResourceOrgID": ORG}}),
    ],
    "only these regions but for global services": [
        deny(None, "*", {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
             NotAction=["cloudfront:*", "iam:*", "organizations:*", "route53:*", "support:*"])
    ],
    "resources of other accounts": [
        deny("s3:*", "arn:aws:s3:::*", {"StringNotEquals": {"s3:ResourceAccount": [ACCOUNT]}}),
    ],
    "a pipeline": [
        allow(
            ["codepipeline:GetPipeline", "codepipeline:StartPipelineExecution"],
            f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:release",
        )
    ],
    "a table by name": [
        allow("dynamodb:*", f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/Orders"),
        allow(["dynamodb:List*", "dynamodb:DescribeReservedCapacity*", "dynamodb:DescribeLimits"]),
    ],
    "some attributes": [
        allow(
            ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
            f"arn:aws:dynamodb:*:{ACCOUNT}:table/Orders",
            {
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["Id", "State"]},
                "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
            },
        )
    ],
    "items of the signed-in user": [
        allow(
            ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            f"arn:aws:dynamodb:*:{ACCOUNT}:table/Saves",
            {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}"]}},
        )
    ],
    "attach tagged volumes to tagged instances": [
        allow(
            ["ec2:AttachVolume", "ec2:DetachVolume"],
            "arn:aws:ec2:*:*:instance/*",
            {"StringEquals": {"aws:ResourceTag/Department": "Development"}},
        ),
        allow(
            ["ec2:AttachVolume", "ec2:DetachVolume"],
            "arn:aws:ec2:*:*:volume/*",
            {"StringEquals": {"aws:ResourceTag/VolumeUser": "${aws:username}"}},
        ),
    ],
    "launch in one subnet": [
        allow(
            "ec2:RunInstances",
            [
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:subnet/subnet-0a1b2c3d4e5f60718",
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:network-interface/*",
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*",
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:volume/*",
                "arn:aws:ec2:eu-west-1::image/ami-*",
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:key-pair/*",
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/*",
            ],
        )
    ],
    "security groups of one VPC": [
        allow("ec2:DescribeSecurityGroups"),
        allow(
            ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/*",
            {"ArnEquals": {"ec2:Vpc": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-0a1b2c3d4e5f60718"}},
        ),
    ],
    "start and stop what one's department owns": [
        allow(
            ["ec2:StartInstances", "ec2:StopInstances"],
            f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*",
            {"StringEquals": {"aws:ResourceTag/Department": "${aws:PrincipalTag/Department}"}},
        ),
        allow("ec2:DescribeInstances"),
    ],
    "terminate from one network only": [
        allow("ec2:TerminateInstances"),
        deny(
            "ec2:TerminateInstances",
            f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*",
            {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
        ),
    ],
    "full access to a region": [allow("ec2:*", "*", {"StringEquals": {"ec2:Region": "eu-west-1"}})],
    "tag what one makes": [
        allow(
            "ec2:CreateTags",
            f"arn:aws:ec2:*:{ACCOUNT}:*/*",
            {"StringEquals": {"ec2:CreateAction": "RunInstances"}},
        ),
        allow(
            "ec2:CreateVolume",
            f"arn:aws:ec2:*:{ACCOUNT}:volume/*",
            {
                "StringEquals": {"aws:RequestTag/team": "web"},
                "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]},
                "Null": {"aws:TagKeys": "false"},
            },
        ),
    ],
    "pass one kind of role": [
        allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/ec2-app-*",
              {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
        allow(["iam:GetRole", "iam:ListRoles"], f"arn:aws:iam::{ACCOUNT}:role/*"),
    ],
    "assume a role by name": [allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/audit")],
    "the policy simulator": [
        allow(["iam:GetContextKeysForCustomPolicy", "iam:SimulateCustomPolicy"]),
        allow(["iam:GetGroup", "iam:GetUserPolicy", "iam:ListAttachedUserPolicies"], "arn:aws:iam::*:user/dev/*"),
    ],
    "attach certain policies": [
        allow(
            ["iam:AttachGroupPolicy", "iam:DetachGroupPolicy"],
            f"arn:aws:iam::{ACCOUNT}:group/*",
            {"ArnEquals": {"iam:PolicyARN": [f"arn:aws:iam::{ACCOUNT}:policy/UserReadOnly"]}},
        )
    ],
    "users under a boundary": [
        allow(
            ["iam:CreateUser", "iam:AttachUserPolicy"],
            f"arn:aws:iam::{ACCOUNT}:user/*",
            {"ArnEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/edge"}},
        ),
        deny(["iam:DeleteUserPermissionsBoundary", "iam:DeletePolicy"], f"arn:aws:iam::{ACCOUNT}:policy/edge"),
    ],
    "manage a group": [
        allow(["iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:GetGroup"], f"arn:aws:iam::{ACCOUNT}:group/ops"),
        allow(["iam:ListGroups", "iam:ListUsers"]),
    ],
    "the report of credentials": [allow(["iam:GenerateCredentialReport", "iam:GetCredentialReport"])],
    "read IAM": [allow(["iam:Get*", "iam:List*"])],
    "rotate by MFA": [allow(["iam:*AccessKey*"], "arn:aws:iam::*:user/${aws:username}", MFA)],
    "a fresh sign-in": [
        allow("s3:DeleteBucket", "arn:aws:s3:::*", {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
    ],
    "one function, its logs": [
        allow(["lambda:InvokeFunction", "lambda:GetFunction"], f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders"),
        allow(["logs:GetLogEvents", "logs:FilterLogEvents"],
              f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/lambda/orders:*"),
    ],
    "a database by tag": [
        allow(["rds:StartDBInstance", "rds:StopDBInstance"], "*", {"StringEquals": {"rds:db-tag/owner": "data"}}),
        allow("rds:DescribeDBInstances"),
    ],
    "a database by IAM sign-in": [
        allow("rds-db:connect", f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:db-ABCDEFGHIJKL01234/app")
    ],
    "a home folder by the user's name": [
        allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*"),
        allow("s3:ListBucket", "arn:aws:s3:::acme-home",
              {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}}),
        allow("s3:*", ["arn:aws:s3:::acme-home/home/${aws:username}", "arn:aws:s3:::acme-home/home/${aws:username}/*"]),
    ],
    "a home folder by the web identity": [
        allow("s3:ListBucket", "arn:aws:s3:::acme-app",
              {"StringLike": {"s3:prefix": ["saves/${www.amazon.com:user_id}/*"]}}),
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-app/saves/${www.amazon.com:user_id}/*"),
    ],
    "a home folder by the federated user": [
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-home/home/${aws:userid}/*"),
    ],
    "a bucket with MFA for what is deep": [
        allow("s3:*", ["arn:aws:s3:::acme-books", "arn:aws:s3:::acme-books/*"]),
        deny("s3:*", "arn:aws:s3:::acme-books/tax/*", {"Null": {"aws:MultiFactorAuthAge": "true"}}),
    ],
    "one bucket and nothing else": [
        allow("s3:*", ["arn:aws:s3:::acme-only", "arn:aws:s3:::acme-only/*"]),
        deny(None, None, None, NotAction="s3:*", NotResource=["arn:aws:s3:::acme-only", "arn:aws:s3:::acme-only/*"]),
    ],
    "an access point": [
        allow(
            ["s3:GetObject", "s3:PutObject"],
            f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/finance/object/*",
            {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}},
        )
    ],
    "encrypted writes only": [
        deny("s3:PutObject", "arn:aws:s3:::acme-safe/*",
             {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
        allow("s3:PutObject", "arn:aws:s3:::acme-safe/*"),
    ],
    "a key through one service": [
        allow(
            ["kms:Decrypt", "kms:GenerateDataKey"],
            f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0a1b2c3d-1111-2222-3333-444455556666",
            {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
        )
    ],
    "a secret by tag": [
        allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:app/*",
              {"StringEquals": {"aws:ResourceTag/stage": "test"}})
    ],
    "parameters under a path": [
        allow(["ssm:GetParameter*", "ssm:DescribeParameters"], f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/app/*")
    ],
    "sessions on tagged instances": [
        allow("ssm:StartSession", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*",
              {"StringLike": {"ssm:resourceTag/team": ["web"]}}),
        allow(["ssm:TerminateSession", "ssm:ResumeSession"], "arn:aws:ssm:*:*:session/${aws:userid}-*"),
    ],
    "a queue of one's own": [
        allow(["sqs:SendMessage", "sqs:ReceiveMessage"], f"arn:aws:sqs:eu-west-1:{ACCOUNT}:${{aws:username}}-*"),
    ],
    "a topic in any region": [allow("sns:Publish", f"arn:aws:sns:*:{ACCOUNT}:alerts")],
    "a repository of images": [
        allow(["ecr:BatchGetImage", "ecr:PutImage"], f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/app"),
        allow("ecr:GetAuthorizationToken"),
    ],
    "billing": [allow(["aws-portal:*Billing", "ce:GetCostAndUsage", "budgets:ViewBudget"])],
    "through CloudFormation alone": [
        allow("dynamodb:*", "*", {"ForAnyValue:StringEquals": {"aws:CalledVia": ["cloudformation.amazonaws.com"]}}),
    ],
    "administrator": [allow("*")],
    "by the organisation's path": [
        allow("s3:GetObject", "arn:aws:s3:::acme-shared/*",
              {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [f"{ORG}/r-ab12/ou-ab12-11111111/*"]}}),
    ],
    "through an endpoint": [
        deny("s3:*", ["arn:aws:s3:::acme-vpc", "arn:aws:s3:::acme-vpc/*"],
             {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}),
    ],
}  # fmt: skip
CONTROL: dict[str, list[Statement]] = {
    "leave the organisation": [deny("organizations:LeaveOrganization")],
    "the root user": [deny("*", "*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}})],
    "only small instances": [
        deny("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*", {"StringNotEquals": {"ec2:InstanceType": "t3.micro"}}),
    ],
    "keep the trail": [
        deny(["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], "*",
             {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/security"}}),
    ],
    "all that AWS allows": [allow("*")],
}  # fmt: skip
RESOURCES: dict[str, list[Statement]] = {
    "reach only from the organisation": [
        deny("s3:*", "*", {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }, Principal="*"),
    ],
    "transport only": [deny("s3:*", "*", {"Bool": {"aws:SecureTransport": "false"}}, Principal="*")],
}  # fmt: skip
TRUST: dict[str, list[Statement]] = {
    "a service": [trust({"Service": "ec2.amazonaws.com"})],
    "an account with an external id": [trust({"AWS": ACCOUNT}, condition={"StringEquals": {"sts:ExternalId": "7Qx"}})],
    "people with MFA": [trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, condition=MFA)],
    "SAML": [
        trust({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/okta"},
              ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"],
              {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
    ],
    "GitHub": [
        trust({"Federated": f"{OIDC}/token.actions.githubusercontent.com"}, "sts:AssumeRoleWithWebIdentity", {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:acme/shop:ref:refs/heads/main",
            }
        }),
    ],
    "Cognito": [
        trust({"Federated": "cognito-identity.amazonaws.com"}, "sts:AssumeRoleWithWebIdentity", {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:0a1b2c3d-1111-2222-3333-444455556666"},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
        }),
    ],
    "Roles Anywhere": [
        trust({"Service": "rolesanywhere.amazonaws.com"}, ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
              {"ArnEquals": {"aws:SourceArn": f"arn:aws:rolesanywhere:eu-west-1:{ACCOUNT}:trust-anchor/0a1b"}}),
    ],
}  # fmt: skip
RESOURCE: dict[str, list[Statement]] = {
    "a bucket for another account": [
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-share/*", None,
              Sid="share with the partner", Principal={"AWS": [f"arn:aws:iam::{ACCOUNT}:root", "111122223333"]}),
    ],
    "a bucket for all": [allow("s3:GetObject", "arn:aws:s3:::acme-site/*", None, Principal="*")],
    "logs of a trail": [
        allow("s3:PutObject", f"arn:aws:s3:::acme-trail/AWSLogs/{ACCOUNT}/*", {
            "StringEquals": {
                "s3:x-amz-acl": "bucket-owner-full-control",
                "aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/all",
            }
        }, Principal={"Service": "cloudtrail.amazonaws.com"}),
    ],
    "a queue for a topic": [
        allow("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:in",
              {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"}},
              Principal={"Service": "sns.amazonaws.com"}),
    ],
    "a key": [
        allow("kms:*", "*", None, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        allow(["kms:CreateGrant", "kms:ListGrants"], "*", {"Bool": {"kms:GrantIsForAWSResource": "true"}},
              Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}),
    ],
    "a distribution reads a bucket": [
        allow("s3:GetObject", "arn:aws:s3:::acme-site/*",
              {"StringEquals": {"AWS:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1A2B3C4D5E6F7"}},
              Principal={"Service": "cloudfront.amazonaws.com"}),
    ],
}  # fmt: skip
EVERY = [
    pytest.param(quota, statements, id=f"{quota}: {name}")
    for quota, examples in {
        "managed-policy": IDENTITY, "scp": CONTROL, "rcp": RESOURCES, "trust-policy": TRUST, "resource-policy": RESOURCE
    }.items()
    for name, statements in examples.items()
]  # fmt: skip


def test_there_are_many() -> None:
    assert len(EVERY) >= 70


@pytest.fixture(scope="module")
def facts(catalog: Catalog) -> tuple[Vocabulary, Universe]:
    return Vocabulary(catalog, Sensitivity(catalog)), Universe.read(catalog.identity.source)


@pytest.mark.parametrize(("quota", "statements"), EVERY)
def test_an_example_has_no_error(quota: str, statements: list[Statement], facts: tuple[Vocabulary, Universe]) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1)
    found = lint_policy(Source("policy.json", text), facts[0], quotas()[quota], facts[1])
    assert [(each.code, each.message) for each in found if each.severity.value == "error"] == []
