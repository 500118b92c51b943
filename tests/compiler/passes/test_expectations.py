"""`check` blocks are tests of a declaration: they fail when it grants too much or too little."""

from __future__ import annotations

import pytest

from compiling import codes, compiled
from iamc.catalog import Catalog

ROLE = """edition 1
role r {
  allow s3:GetObject, s3:PutObject on arn:aws:s3:::orders/*
  allow dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:111122223333:table/t when mfa
  deny s3:DeleteObject on *
}
check "c" { role r %s }
"""


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ("expect deny iam:*", True),
        ("expect deny s3:GetObject", False),
        ("expect deny s3:GetObject on arn:aws:s3:::other/*", True),
        ("expect deny s3:GetObject on arn:aws:s3:::orders/a", False),
        ("expect deny s3:DeleteObject", True),
        ("expect allow s3:GetObject on arn:aws:s3:::orders/2026/a", True),
        ("expect allow s3:GetObject on arn:aws:s3:::*", False),
        ("expect allow s3:GetObject, s3:DeleteObject on arn:aws:s3:::orders/a", False),
        ("expect allow dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:111122223333:table/t", False),
        ("expect allow dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:111122223333:table/t when mfa", True),
        ("expect policies <= 1", True),
        ("expect characters <= 10", False),
    ],
)
def test_expectations(expect: str, holds: bool, catalog: Catalog) -> None:
    assert codes(compiled(ROLE % expect, catalog)) == ([] if holds else ["IAM501"])


def test_an_unknown_action_is_no_success(catalog: Catalog) -> None:
    assert codes(compiled(ROLE % "expect deny s3:DeleteObjct", catalog)) == ["IAM202"]


def test_a_check_without_expectation_tests_nothing(catalog: Catalog) -> None:
    assert codes(compiled(ROLE % "", catalog)) == ["IAM502"]


def test_a_policy_variable_rules_nothing_out(catalog: Catalog) -> None:
    """The person's own tag may be the one that the check names."""
    text = """\
edition 1

role r {
  allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:*
    when tag "team" = "${aws:PrincipalTag/team}"
}

check "c" {
  role r
  expect deny lambda:InvokeFunction when tag "team" = "risk"
}
"""
    assert codes(compiled(text, catalog)) == ["IAM501"]
    assert codes(compiled(text.replace("${aws:PrincipalTag/team}", "payments"), catalog)) == []


def test_another_arn_rules_a_condition_on_an_arn_out(catalog: Catalog) -> None:
    text = """\
edition 1

role r {
  allow iam:CreateRole on *
    when iam:PermissionsBoundary == "arn:aws:iam::111122223333:policy/app"
}

check "c" {
  role r
  expect deny iam:CreateRole when iam:PermissionsBoundary == "arn:aws:iam::111122223333:policy/other"
}
"""
    assert codes(compiled(text, catalog)) == []
    assert codes(compiled(text.replace("policy/app", "policy/*"), catalog)) == ["IAM501"]
