"""Policy Sentry templates: what it drops or over-grants silently is a finding here, or is not granted."""

from __future__ import annotations

import pytest

from compiling import actions, codes, compiled, statements
from iamc.catalog import Catalog

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"

SILENT = {
    "misspelt type": ("read:\n- arn:aws:ec2:us-east-1:123456789012:inst/i-1", "IAM206"),
    "wrong-case type": ("read:\n- arn:aws:dynamodb:us-east-1:123456789012:Table/t", "IAM206"),
    "unknown service": ("read:\n- arn:aws:s33:::b", "IAM201"),
    "upper-case service": ("read:\n- arn:aws:S3:::b", "IAM204"),
    "level without action": (f"list:\n- {TABLE}", "IAM207"),
    "list on a secret": ("list:\n- arn:aws:secretsmanager:us-east-1:123456789012:secret:x", "IAM207"),
    "write on a role": ("write:\n- arn:aws:iam::123456789012:role/x", "IAM207"),
    "bare star": ("read:\n- '*'", "IAM209"),
    "no ARN": ("read:\n- bucket", "IAM204"),
    "short ARN": ("read:\n- arn:aws:sqs", "IAM204"),
    "unknown partition": ("read:\n- arn:aws-typo:s3:::b/*", "IAM205"),
    "eleven digits": ("read:\n- arn:aws:sqs:us-east-1:12345678901:q", "IAM204"),
    "account on a bucket": ("read:\n- arn:aws:s3::123456789012:b", "IAM210"),
    "region on a role": ("read:\n- arn:aws:iam:us-east-1:123456789012:role/x", "IAM210"),
    "wildcard service": ("read:\n- arn:aws:*:us-east-1:123456789012:q", "IAM204"),
    "typo in single-actions": ("wildcard-only:\n  single-actions:\n  - s3:ListAllMyBuckts", "IAM202"),
    "restrictable single-action": ("wildcard-only:\n  single-actions:\n  - s3:GetObject", "IAM222"),
    "unknown service-read": ("wildcard-only:\n  service-read:\n  - nosuch", "IAM201"),
    "exclusion by typo": (f"write:\n- {QUEUE}\nexclude-actions:\n- sqs:Delte*", "IAM203"),
    "unknown skipped action": ("skip-resource-constraints:\n- s3:Garbage", "IAM202"),
}


@pytest.mark.parametrize(("body", "code"), SILENT.values(), ids=SILENT)
def test_nothing_is_dropped_without_a_word(body: str, code: str, catalog: Catalog) -> None:
    result = compiled(f"mode: crud\n{body}\n", catalog, "t.yml")
    found = [c for c in codes(result) if c not in ("IAM215", "IAM405")]
    assert found == [code]
    assert result.failed


@pytest.mark.parametrize(
    ("arn", "absent"),
    [
        ("arn:aws:lambda:us-east-1:123456789012:function:fn:prod", "lambda:DeleteFunction"),
        (
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/b",
            "elasticloadbalancing:ConfigureHealthCheck",
        ),
        ("arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s", "logs:DeleteLogGroup"),
        ("arn:aws:s3:us-east-1:123456789012:accesspoint/ap1", "s3:PutObject"),
    ],
)
def test_the_most_specific_type_only(arn: str, absent: str, catalog: Catalog) -> None:
    result = compiled(f"mode: crud\nwrite:\n- {arn}\n", catalog, "t.yml")
    assert not result.failed
    assert absent not in actions(result)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ecs:us-east-1:123456789012:service/prod/web",
        "arn:aws:lambda:us-east-1:123456789012:function:fn",
        "arn:aws:sso:::instance/ssoins-1234",
        "arn:aws:kms:us-east-1:123456789012:key/1",
        "arn:aws:elasticache:us-east-1:123456789012:replicationgroup:rg",
    ],
)
def test_dependents_are_reported_and_not_granted(arn: str, catalog: Catalog) -> None:
    result = compiled(f"mode: crud\nwrite:\n- {arn}\n", catalog, "t.yml")
    assert not result.failed
    assert {s["Resource"] for s in statements(result)} == {arn}
    assert "iam:PassRole" not in actions(result)


def test_wildcard_levels_and_skipped_constraints(catalog: Catalog) -> None:
    text = "mode: crud\nwildcard-only:\n  service-list:\n  - s3\nskip-resource-constraints:\n- s3:PutObject\n"
    result = compiled(text, catalog, "t.yml")
    assert codes(result) == []
    assert {s["Resource"] for s in statements(result)} == {"*"}
    assert {"s3:ListAllMyBuckets", "s3:PutObject"} <= actions(result)
    assert "s3:ListBucket" not in actions(result)


def test_sids_are_unique(catalog: Catalog) -> None:
    a, b = "arn:aws:s3:::a", "arn:aws:s3:::b"
    result = compiled(
        f"mode: crud\nread: [{a}, {b}]\nlist: [{b}, {a}]\nwrite: [{a}]\ntagging: [{a}]\n", catalog, "t.yml"
    )
    sids = [s["Sid"] for s in statements(result)]
    assert len(sids) == len(set(sids))


def test_a_lone_service_wildcard_is_never_made(catalog: Catalog) -> None:
    for style in ("exact", "auto", "words", "tight"):
        text = "mode: crud\nwildcard-only:\n  service-read: [all]\n  service-list: [all]\n  service-write: [all]\n"
        result = compiled(text, catalog, "t.yml", wildcards=style, documents=60)
        assert not any(a.endswith(":*") for a in actions(result))


def test_deny_brings_no_dependents(catalog: Catalog) -> None:
    text = "mode: crud\neffect: Deny\nwrite:\n- arn:aws:lambda:us-east-1:123456789012:function:f\n"
    result = compiled(text, catalog, "t.yml")
    assert {s["Effect"] for s in statements(result)} == {"Deny"}
    assert {s["Resource"] for s in statements(result)} == {"arn:aws:lambda:us-east-1:123456789012:function:f"}
