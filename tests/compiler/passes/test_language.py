"""The language's rules on names, values, tiers, time and conditions."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiling import actions, codes, compiled, statements
from iamc.catalog import Catalog
from iamc.project import load_project

BUCKET = "allow list on arn:aws:s3:::b"
ACCOUNT = "account prod 111122223333\n"

FINDINGS = {
    "unknown tier": (f"role r : viewer {{ {BUCKET} }}", ["IAM101"]),
    "wrong kind": (f"team t {{}}\nrole r : t {{ {BUCKET} }}", ["IAM111"]),
    "declared twice": (f"role r {{ {BUCKET} }}\nrole r {{ {BUCKET} }}", ["IAM102"]),
    "differ by case": (f"role rr {{ {BUCKET} }}\nrole rR {{ {BUCKET} }}", ["IAM103"]),
    "undefined variable": ("role r { allow list on arn:aws:s3:::${nme} }", ["IAM107"]),
    "wildcard by value": ('let n = "a*"\nrole r { allow list on arn:aws:s3:::${n} }', ["IAM108"]),
    "circular value": ('let a = "${b}"\nlet b = "${a}"\nrole r { allow list on arn:aws:s3:::${a} }', ["IAM104"]),
    "session too long": (f"role r {{ session 24h {BUCKET} }}", ["IAM302"]),
    "session too short": (f"role r {{ session 30m {BUCKET} }}", ["IAM302"]),
    "above the ceiling": ("tier v { ceiling list }\nrole r : v { allow read on arn:aws:s3:::b }", ["IAM301"]),
    "over": (f"role r {{ {BUCKET} until 2026-11-01 }}", ["IAM303"]),
    "nearly over": (f"role r {{ {BUCKET} until 2026-12-01 }}", ["IAM304"]),
    "pass role by name": ("role r { allow iam:PassRole on arn:aws:iam::111122223333:role/x }", ["IAM217"]),
    "pass role by level": ("role r { allow permissions-management on arn:aws:iam::111122223333:role/x }", ["IAM221"]),
    "exclusions leave nothing": (
        "role r { allow s3:GetObject on arn:aws:s3:::b/* without s3:* }",
        ["IAM305"],
    ),
    "deny removes all": (f"role r {{ {BUCKET} deny s3:* on * }}", ["IAM310"]),
    "star needed": ("role r { allow s3:ListAllMyBuckets on arn:aws:s3:::b }", ["IAM219"]),
    "wrong resource": ("role r { allow s3:GetObject on arn:aws:s3:::b }", ["IAM208"]),
    "unknown key": (f'role r {{ {BUCKET} when aws:SourcIp == "1.2.3.4" }}', ["IAM211"]),
    "wrong operator": (f'role r {{ {BUCKET} when aws:SourceIp like "1.2.*" }}', ["IAM212"]),
    "literal wildcard": (f'role r {{ {BUCKET} when s3:prefix == "home/*" }}', ["IAM212"]),
    "unused": (f'let x = "1"\nrole r {{ {BUCKET} }}', ["IAM109"]),
    "not in this account": (
        f"{ACCOUNT}account dev 444455556666\nresources o for dev {{ b arn:aws:s3:::x }}\n"
        "people { a a@x.example }\nrole r { allow list on o.b }\ngrant r to a in prod",
        ["IAM112"],
    ),
    "nobody": (f"people {{ a a@x.example }}\nrole r {{ {BUCKET} }}\nrole s {{ {BUCKET} }}\ngrant r to a", ["IAM309"]),
    "role uses itself": (f"role r {{ use r {BUCKET} }}", ["IAM104"]),
    "partly": ("role r { allow list, read on arn:aws:sqs:eu-west-1:111122223333:q, arn:aws:s3:::b }", ["IAM220"]),
    "two lists": (
        f'role r {{ {BUCKET} when region "eu-west-1" and region "us-east-1" }}',
        ["IAM213"],
    ),
}


@pytest.mark.parametrize(("body", "expected"), FINDINGS.values(), ids=FINDINGS)
def test_one_mistake_one_message(body: str, expected: list[str], catalog: Catalog) -> None:
    assert sorted(codes(compiled(f"edition 1\n{body}\n", catalog))) == sorted(expected)


def test_an_ignored_warning_needs_a_reason(catalog: Catalog) -> None:
    line = f"role r {{\n  {BUCKET} until 2026-12-01 # iamc: ignore[IAM304]%s\n}}"
    assert codes(compiled("edition 1\n" + line % " the project ends", catalog)) == []
    assert codes(compiled("edition 1\n" + line % "", catalog)) == ["IAM304", "IAM602"]
    unused = f"edition 1\nrole r {{\n  {BUCKET} # iamc: ignore[IAM304] nothing here\n}}"
    assert codes(compiled(unused, catalog)) == ["IAM601"]


def test_conditions(catalog: Catalog) -> None:
    text = (
        'edition 1\nrole r { allow s3:GetObject on arn:aws:s3:::b/* when mfa and tag "team" = "a", "b" '
        'and ip "10.0.0.0/8" and before 2027-01-01 until 2026-12-31 }'
    )
    (statement,) = statements(compiled(text, catalog))
    assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert statement["Condition"]["DateLessThan"] == {"aws:CurrentTime": "2026-12-31T23:59:59Z"}


def test_pass_is_bound_to_its_service(catalog: Catalog) -> None:
    text = "edition 1\nrole r { pass arn:aws:iam::111122223333:role/x to ecs-tasks.amazonaws.com }"
    (statement,) = statements(compiled(text, catalog))
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_written_wildcards_stay(catalog: Catalog) -> None:
    assert actions(compiled("edition 1\nrole r { allow s3:* on * }", catalog)) == {"s3:*"}
    assert actions(compiled("edition 1\nrole r { allow * on * }", catalog)) == {"*"}
    got = actions(compiled("edition 1\nrole r { allow sqs:* on * deny sqs:Delete* on * }", catalog))
    assert got == {"sqs:*", "sqs:Delete*"}
    without = actions(compiled("edition 1\nrole r { allow sqs:* on * without sqs:Delete* }", catalog))
    assert "sqs:*" not in without
    assert not any(name.startswith("sqs:Delete") for name in without)


def test_a_grant_that_ends_ends_the_role(catalog: Catalog) -> None:
    text = f"edition 1\npeople {{ a a@x.example }}\nrole r {{ {BUCKET} }}\ngrant r to a {{ until 2027-03-31 }}"
    (statement,) = statements(compiled(text, catalog))
    assert statement["Condition"] == {"DateLessThan": {"aws:CurrentTime": "2027-03-31T23:59:59Z"}}


def test_imports(tmp_path: Path) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "out.iamdsl").write_text('edition 1\nlet a = "1"\n', encoding="utf-8")
    (inside / "a.iamdsl").write_text('edition 1\nimport "b.iamdsl"\nlet a = "1"\n', encoding="utf-8")
    (inside / "b.iamdsl").write_text('edition 1\nimport "a.iamdsl"\nlet b = "1"\n', encoding="utf-8")
    (inside / "c.iamdsl").write_text('edition 1\nimport "../out.iamdsl"\nlet c = "1"\n', encoding="utf-8")
    (inside / "d.iamdsl").write_text('edition 1\nimport "aa.iamdsl"\nlet d = "1"\n', encoding="utf-8")
    project = load_project([inside], root=inside)
    assert sorted(d.code for d in project.diagnostics) == ["IAM104", "IAM105", "IAM106"]
