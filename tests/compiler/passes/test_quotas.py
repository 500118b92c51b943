"""Quotas as data, files that change them, and what is said when nothing fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import iamc_schemas
from compiling import codes, compiled, statements
from iamc.catalog import Catalog
from iamc.catalog.model import CatalogError
from iamc.quotas import quotas, quotas_with
from iamdsl.diagnostics import Diagnostic

KINDS = {
    "managed-policy", "role-inline", "user-inline", "group-inline", "permission-set-inline", "permission-set-managed",
    "session-policy", "scp", "rcp", "boundary", "trust-policy",
    "resource-policy",
}  # fmt: skip


def role(*lines: str) -> str:
    return "edition 1\nrole r {\n" + "\n".join(f"  {line}" for line in lines) + "\n}\n"


def buckets(count: int, name: str = "orders") -> str:
    return ", ".join(f"arn:aws:s3:::{name}-{number:040}" for number in range(count))


def only(found: tuple[Diagnostic, ...], code: str) -> Diagnostic:
    (diagnostic,) = (each for each in found if each.code == code)
    return diagnostic


def test_every_kind_has_a_source_and_a_day() -> None:
    table = quotas()
    assert set(table) == KINDS
    assert all(quota.source and quota.retrieved and quota.strength in "ABC" for quota in table.values())
    assert {name for name, quota in table.items() if quota.attached} == {"managed-policy", "permission-set-managed"}


def test_a_file_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "quotas.yml"
    file.write_text("quotas:\n  managed-policy: {count: 20}\n  gateway: {characters: 3000}\n")
    table = quotas_with(file)
    assert (table["managed-policy"].count, table["managed-policy"].characters) == (20, 6144)
    assert (table["gateway"].count, table["gateway"].characters) == (1, 3000)
    assert table["scp"] == quotas()["scp"]
    assert table["managed-policy"].source == str(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quotas:\n  scp: {characters: many}\n", "quotas.scp.characters: expected a whole number"),
        ("quotas:\n  scp: {size: 1}\n", "unknown key 'size'"),
        ("quotas:\n  scp: {count: 1\n", "quotas.yml:3:1"),
        ("quotas:\n  mine: {count: 1}\n", "a new kind needs `characters`"),
        ("- 1\n", "expected a mapping"),
    ],
)
def test_a_fault_of_the_file_is_named_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "quotas.yml"
    file.write_text(text)
    with pytest.raises(CatalogError) as caught:
        quotas_with(file)
    assert message in str(caught.value)


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(iamc_schemas.load("quotas"))


def test_managed_policies_of_aws_count_too(catalog: Catalog) -> None:
    nine = "managed " + ", ".join(f'"Policy{number}"' for number in range(9))
    text = role(nine, f"allow s3:GetBucketTagging on {buckets(150)}")
    found = only(compiled(text, catalog).diagnostics, "IAM402")
    assert "can carry 1 beside 9 AWS managed" in found.message
    assert "IAM402" not in codes(compiled(text.replace(f"  {nine}\n", ""), catalog))


def test_what_does_not_fit_says_which_lines_cost_most_and_what_would_help(catalog: Catalog) -> None:
    text = role("allow s3:ListAllMyBuckets on *", f"allow s3:GetBucketTagging on {buckets(300)}")
    found = only(compiled(text, catalog, quota="role-inline").diagnostics, "IAM402")
    assert "% of all" in found.labels[0].text
    assert "no style of wildcards is enough" in found.help
    assert any("300 ARNs begin with `arn:aws:s3:::orders-`" in note for note in found.notes)


def test_a_line_generalises_resources_and_nothing_else_does(catalog: Catalog) -> None:
    line = f"allow s3:GetBucketTagging on {buckets(300)}, {buckets(2, 'other')}"
    deny = "deny s3:GetBucketTagging on arn:aws:s3:::orders-secret"
    (denied, allowed) = statements(compiled(role("generalise arn:aws:s3:::orders-*", line, deny), catalog))
    assert denied["Resource"] == "arn:aws:s3:::orders-secret"
    assert allowed["Resource"] == sorted(["arn:aws:s3:::orders-*", *buckets(2, "other").split(", ")])
    for style in ("exact", "auto", "words", "tight"):
        result = compiled(role(line), catalog, wildcards=style)
        named = [s["Resource"] for s in statements(result)]
        assert not any("*" in arn for arns in named for arn in arns)


def test_a_line_that_generalises_nothing_is_told(catalog: Catalog) -> None:
    text = role("generalise arn:aws:s3:::absent-*", f"allow s3:GetBucketTagging on {buckets(2)}")
    assert codes(compiled(text, catalog)) == ["IAM311"]


def test_names_of_statements_go_before_names_of_actions(catalog: Catalog) -> None:
    text = role(
        f"allow s3:GetBucketTagging, s3:GetBucketAcl on {buckets(7, 'acl')}",
        f"allow s3:GetBucketTagging, s3:GetBucketLocation on {buckets(7, 'location')}",
    )
    named = compiled(text, catalog, quota="role-inline")
    assert all("Sid" in statement for statement in statements(named))
    (document,) = named.compiled[0].documents
    full = replace(quotas()["role-inline"], characters=len(document.text) - 1)
    assert "IAM402" in codes(compiled(text, catalog, limits=full, wildcards="exact", sids=True))
    shorter = compiled(text, catalog, limits=full)
    assert not codes(shorter)
    assert not any("Sid" in statement or "*" in str(statement["Action"]) for statement in statements(shorter))


def test_tight_patterns_come_with_a_warning(catalog: Catalog) -> None:
    text = role("allow read on arn:aws:sqs:eu-west-1:111122223333:orders")
    found = only(compiled(text, catalog, wildcards="tight").diagnostics, "IAM406")
    assert "`r` are cut inside words" in found.message
    assert "IAM406" not in codes(compiled(text, catalog, wildcards="words"))
