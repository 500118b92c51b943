"""Declarations that once granted more, or less, than they say without a word; each holds what mended it."""

from __future__ import annotations

import pytest

from compiling import codes, compiled, statements
from iamc.catalog import Catalog

TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/t"


def role(*lines: str) -> str:
    return "edition 1\nrole r {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def test_the_earlier_bound_wins_however_it_is_written(catalog: Catalog) -> None:
    """Seconds since 1970 sort before every year as text: `until` gave way to a bound years behind it."""
    line = f'allow dynamodb:GetItem on {TABLE} when aws:CurrentTime < "1999999999" until 2027-12-01'
    (statement,) = statements(compiled(role(line), catalog))
    assert statement["Condition"] == {"DateLessThan": {"aws:CurrentTime": "2027-12-01T23:59:59Z"}}
    early = f'allow dynamodb:GetItem on {TABLE} when aws:CurrentTime < "1798761600" until 2027-12-01'
    (statement,) = statements(compiled(role(early), catalog))
    assert statement["Condition"] == {"DateLessThan": {"aws:CurrentTime": "1798761600"}}


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ('aws:CurrentTime > "1999999999" and before 2027-12-01', "IAM213"),
        ('aws:CurrentTime < "99999999999999999"', "IAM212"),
        ('aws:MultiFactorAuthPresent NullIfExists "true"', "IAM212"),
        ('aws:TagKeys ForAnyValue:Null "true"', "IAM212"),
        ('principal tag "" = "a"', "IAM212"),
        ('principal tag "team*" = "a"', "IAM212"),
        ('aws:PrincipalTag/team == "${aws:userid}*"', "IAM212"),
        ('aws:PrincipalTag/team StringEqualsIgnoreCase "a*"', "IAM212"),
        ('aws:PrincipalTag/team StringNotEqualsIgnoreCase "a?"', "IAM212"),
    ],
)
def test_conditions_that_never_hold_or_that_aws_refuses(condition: str, code: str, catalog: Catalog) -> None:
    found = codes(compiled(role(f"allow dynamodb:GetItem on {TABLE} when {condition}"), catalog))
    assert code in found, found


def test_a_star_that_is_meant_is_no_wildcard(catalog: Catalog) -> None:
    line = f'allow dynamodb:GetItem on {TABLE} when aws:PrincipalTag/team == "${{*}}"'
    assert codes(compiled(role(line), catalog)) == []


@pytest.mark.parametrize("service", ["*.amazonaws.com", "ec2", "${aws:userid}", "EC2.amazonaws.com"])
def test_a_role_is_passed_to_a_service_that_can_be(service: str, catalog: Catalog) -> None:
    result = compiled(role(f'pass arn:aws:iam::111122223333:role/app to "{service}"'), catalog)
    assert codes(result) == ["IAM212"]


def test_what_is_taken_from_a_deny_is_taken_from_its_wildcards(catalog: Catalog) -> None:
    """`sqs:*Message` was not opened, so that the exclusion was lost and the deny said more than the line."""
    allow = "allow sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:q"
    result = compiled(role(allow, "deny sqs:*Message on * without sqs:SendMessage"), catalog)
    assert codes(result) == []
    deny, _ = statements(result)
    assert deny["Action"] == ["sqs:DeleteMessage", "sqs:ReceiveMessage"]


def test_a_deny_is_written_as_it_stands(catalog: Catalog) -> None:
    """`b*` looks like buckets: a deny of `s3:*` on it left the objects in them open."""
    lines = ("deny s3:* on arn:aws:s3:::b*", "allow s3:GetObject on arn:aws:s3:::c/*")
    deny, _ = statements(compiled(role(*lines), catalog))
    assert (deny["Action"], deny["Resource"]) == ("s3:*", "arn:aws:s3:::b*")
    overridden = compiled(role(lines[0], "allow s3:GetObject on arn:aws:s3:::b/*"), catalog)
    assert codes(overridden) == ["IAM310"]
    misplaced = compiled(role("deny sqs:* on arn:aws:s3:::b*", lines[1]), catalog)
    assert codes(misplaced) == ["IAM208"]
