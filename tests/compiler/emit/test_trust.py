"""Trust policies for every way to sign in, and what is said of those that cannot work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from compiling import compiled
from iamc.catalog import Catalog
from iamc.emit.deployment import Deployment, plan
from iamc.emit.refusals import of_roles
from iamc.emit.targets import Targets, Trust
from iamc.quotas import quotas

SAML = Trust("saml", "arn:aws:iam::${account.id}:saml-provider/okta", mfa="identity-provider")
USERS = Trust("users", "999988887777", subject="${person.name}", session_name="${aws:username}")
OIDC = Trust("oidc", "arn:aws:iam::${account.id}:oidc-provider/acme.okta.com", "client", "${person.email}")
HUB = Trust("role", "arn:aws:iam::999988887777:role/hub")
TEXT = """edition 1

account prod 111122223333
people {
  ana ana@acme.example
  bo bo@acme.example
}
team payments { members bo, ana }

role viewer {
  session 1h
  allow s3:GetObject on arn:aws:s3:::orders/*
}

grant viewer to payments in prod
"""


def planned(catalog: Catalog, trust: Trust, text: str = TEXT) -> Deployment:
    result = compiled(text, catalog)
    assert not result.failed, result.diagnostics
    return plan(result.organisation, result.compiled, Targets(trust=trust), {})


def statement(deployment: Deployment) -> dict[str, Any]:
    (found,) = json.loads(deployment.accounts[0].roles[0].trust)["Statement"]
    assert isinstance(found, dict)
    return found


def codes(deployment: Deployment) -> Sequence[str]:
    return [problem.code for problem in of_roles(deployment)]


def test_saml(catalog: Catalog) -> None:
    trust = replace(SAML, session_name="${person.email}", source_identity="*@acme.example", session_tags=("team",))
    deployment = planned(catalog, trust)
    assert statement(deployment) == {
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/okta"},
        "Action": ["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity", "sts:TagSession"],
        "Condition": {
            "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
            "StringEquals": {
                "SAML:aud": "https://signin.aws.amazon.com/saml",
                "sts:RoleSessionName": ["ana@acme.example", "bo@acme.example"],
            },
            "StringLike": {"sts:SourceIdentity": "*@acme.example"},
        },
    }
    assert codes(deployment) == []


def test_iam_users_need_a_second_factor_and_keep_their_name(catalog: Catalog) -> None:
    deployment = planned(catalog, USERS)
    assert statement(deployment) == {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnLike": {
                "aws:PrincipalArn": [
                    "arn:aws:iam::999988887777:user/ana",
                    "arn:aws:iam::999988887777:user/bo",
                ]
            },
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
        },
    }
    assert codes(deployment) == []


def test_oidc_accepts_the_holders_only(catalog: Catalog) -> None:
    found = statement(planned(catalog, OIDC))
    assert found["Principal"] == {"Federated": "arn:aws:iam::111122223333:oidc-provider/acme.okta.com"}
    assert found["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert found["Condition"] == {
        "StringEquals": {
            "acme.okta.com:aud": "client",
            "acme.okta.com:sub": ["ana@acme.example", "bo@acme.example"],
        }
    }


def test_another_role(catalog: Catalog) -> None:
    deployment = planned(catalog, HUB)
    assert statement(deployment)["Principal"] == {"AWS": "arn:aws:iam::999988887777:role/hub"}
    assert codes(deployment) == []


@pytest.mark.parametrize(
    ("trust", "change", "wanted"),
    [
        (HUB, ("session 1h", "session 4h"), ["IAM574"]),
        (SAML, ("orders/*", "orders/* when mfa"), ["IAM575"]),
        (USERS, ("orders/*", "orders/* when mfa"), []),
        (replace(SAML, mfa=""), ("session 1h", "require mfa"), ["IAM570"]),
        (SAML, ("session 1h", "require mfa"), []),
        (SAML, ("session 1h", 'alert page "pagerduty:x"'), ["IAM570"]),
        (SAML, ("viewer {", "viewer break-glass {"), ["IAM573"]),
        (replace(SAML, session_name="${person.email}"), ("members bo, ana", 'group "g"'), ["IAM570"]),
        (replace(SAML, session_name="a b"), ("", ""), ["IAM572"]),
        (SAML, ("session 1h", f'describe "{"x" * 1001}"'), ["IAM403"]),
        (SAML, ("session 1h", 'describe "日本"'), ["IAM572"]),
        (SAML, ("viewer", "v" * 64), ["IAM403"]),
        (SAML, ("session 1h", "managed " + ", ".join(f'"P{n}"' for n in range(10))), ["IAM402"]),
        (SAML, ("account prod 111122223333\n", ""), ["IAM570"]),
    ],
)
def test_what_would_not_work_is_said(
    catalog: Catalog, trust: Trust, change: tuple[str, str], wanted: list[str]
) -> None:
    text = TEXT.replace(*change) if change[0] else TEXT
    if "account" in change[0]:
        text = text.replace(" in prod", "")
    assert codes(planned(catalog, trust, text)) == wanted


def test_a_trust_policy_that_does_not_fit(catalog: Catalog) -> None:
    people = "".join(f"  p{n} person-number-{n}@acme.example\n" for n in range(60))
    members = ", ".join(f"p{n}" for n in range(60))
    text = TEXT.replace("  ana ana@acme.example\n", people + "  ana ana@acme.example\n").replace("bo, ana", members)
    deployment = planned(catalog, replace(SAML, session_name="${person.email}"), text)
    (problem,) = (p for p in of_roles(deployment) if p.code == "IAM401")
    quota = quotas()["trust-policy"]
    assert f"{quota.characters:,}" in problem.message
    assert problem.notes == (quota.source,)
    assert f"{quota.raisable:,}" in problem.help


def test_a_chain_of_roles_is_noticed(catalog: Catalog) -> None:
    text = TEXT.replace("session 1h", "session 4h") + (
        "\nrole hub {\n  assume arn:aws:iam::111122223333:role/viewer\n}\n\ngrant hub to payments in prod\n"
    )
    (problem,) = of_roles(planned(catalog, SAML, text))
    assert problem.code == "IAM574"
    assert problem.span is not None
    assert problem.span.line == 18


def test_a_person_brings_no_wildcard_in(catalog: Catalog) -> None:
    result = compiled(TEXT, catalog)
    people = {name: replace(person, email="*") for name, person in result.organisation.people.items()}
    organisation = replace(result.organisation, people=people)
    trust = replace(SAML, session_name="${person.email}")
    deployment = plan(organisation, result.compiled, Targets(trust=trust), {})
    assert "StringLike" not in statement(deployment)["Condition"]
    assert "IAM108" in codes(deployment)


ENDING = TEXT.replace("  bo bo@", "  chidi chidi@acme.example\n  bo bo@") + (
    "\ngrant viewer to chidi in prod { until 2027-12-31 }\n"
)


def test_each_holder_has_an_end_of_its_own(catalog: Catalog) -> None:
    deployment = planned(catalog, replace(SAML, session_name="${person.email}"), ENDING)
    forever, ending = json.loads(deployment.accounts[0].roles[0].trust)["Statement"]
    assert forever["Condition"]["StringEquals"]["sts:RoleSessionName"] == ["ana@acme.example", "bo@acme.example"]
    assert "DateLessThan" not in forever["Condition"]
    assert ending["Condition"]["StringEquals"]["sts:RoleSessionName"] == "chidi@acme.example"
    assert ending["Condition"]["DateLessThan"] == {"aws:CurrentTime": "2027-12-31T23:59:59Z"}
    assert codes(deployment) == []


def test_an_end_that_nothing_keeps_is_said(catalog: Catalog) -> None:
    assert codes(planned(catalog, SAML, ENDING)) == ["IAM577"]
    both = ENDING.replace("payments in prod\n", "payments in prod { until 2027-12-31 }\n")
    assert codes(planned(catalog, SAML, both)) == []


def test_no_trust_no_roles(catalog: Catalog) -> None:
    result = compiled(TEXT, catalog)
    (problem,) = of_roles(plan(result.organisation, result.compiled, Targets(), {}))
    assert (problem.code, problem.span) == ("IAM570", None)
    assert "--targets-config" in problem.help
