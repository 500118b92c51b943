from __future__ import annotations

from pathlib import Path

import pytest

from analysing import pointed
from iamc.catalog import Catalog
from iamc.lsp.completion import complete

ORG = """edition 1

let region = "eu-west-1"
account prod 111122223333 { alias "acme" }
people { ana ana@acme.example }
team payments { members ana }
tier viewer { session 1h }
resources orders { bucket arn:aws:s3:::orders key arn:aws:kms:eu-west-1:111122223333:key/* }
actions look = s3:GetObject
"""
CASES = {
    "a declaration": ("|", {"role", "team", "grant", "check"}, {"allow", "session"}),
    "a field": ("role r {\n  |\n}", {"allow", "session", "use", "managed"}, {"role", "ceiling"}),
    "access": ("role r {\n  allow |\n}", {"read-config", "write", "org.look", "s3:"}, {"org.orders"}),
    "actions": ("role r {\n  allow s3:GetOb| on *\n}", {"s3:GetObject", "s3:GetObjectAcl"}, {"s3:PutObject", "read"}),
    "targets": ("role r {\n  allow read on |\n}", {"org.orders", "org.orders.bucket", "service"}, {"org.look"}),
    "services": ("role r {\n  allow read on service |\n}", {"ec2", "s3"}, {"org.orders"}),
    "clauses": ("role r {\n  allow read on org.orders |\n}", {"when", "without", "until", "with"}, {"on"}),
    "conditions": (
        "role r {\n  allow read on org.orders when |\n}",
        {"mfa", "tag", "aws:SourceVpc", "kms:ViaService"},
        {"ec2:Vpc"},
    ),
    "keys of a service": ("role r {\n  allow read on * when s3:|\n}", {"s3:prefix"}, {"aws:SourceVpc"}),
    "text operators": (
        "role r {\n  allow read on * when aws:SourceVpc |\n}",
        {"==", "like", "StringEquals", "exists"},
        {"<", "Bool"},
    ),
    "number operators": (
        "role r {\n  allow read on * when s3:max-keys |\n}",
        {"<", "NumericLessThan"},
        {"like", "StringLike"},
    ),
    "operators on many": ("role r {\n  allow read on * when aws:TagKeys |\n}", {"ForAnyValue:StringEquals"}, {"=="}),
    "shapes": ("role r {\n  allow s3:GetObject on arn:aws:s3:|\n}", {"arn:aws:s3:::<BucketName>/<ObjectName>"}, set()),
    "shapes of what is allowed": (
        "role r {\n  allow sqs:SendMessage on |\n}",
        {"arn:aws:sqs:<Region>:${account.id}:<QueueName>"},
        set(),
    ),
    "tiers": ("role r : |", {"org.viewer"}, {"r", "org.prod"}),
    "roles": ("role r { session 1h }\ngrant |", {"r"}, {"org.payments"}),
    "who": ("role r { session 1h }\ngrant r to |", {"org.payments", "org.ana"}, {"r", "org.prod"}),
    "where": ("role r { session 1h }\ngrant r to org.payments in |", {"org.prod"}, {"r", "org.payments"}),
    "requirements": ("role r {\n  require |\n}", {"mfa", "reason", "approval"}, {"r"}),
    "sessions": ("role r {\n  session |\n}", {"1h", "12h"}, set()),
    "variables": ("role r {\n  allow read on arn:aws:s3:::${|\n}", {"account.id", "org.region"}, set()),
    "variables in quotes": ('role r {\n  describe "in ${|"\n}', {"account.alias"}, set()),
    "checks": ('check "c" {\n  |\n}', {"role", "expect"}, {"allow"}),
    "expectations": ('check "c" {\n  expect |\n}', {"allow", "deny", "policies"}, {"role"}),
    "behind a mistake": ("role r {\n  alow x\n  session 1h\n  allow |\n}", {"write", "s3:"}, {"org.orders"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_fits_is_offered(case: str, tmp_path: Path, catalog: Catalog) -> None:
    text, offered, other = CASES[case]
    project, source, offset = pointed(
        tmp_path, catalog, f'edition 1\n\nimport "org.iamdsl" as org\n\n{text}\n', org=ORG
    )
    labels = {item.label for item in complete(project, source, offset)}
    assert offered <= labels
    assert not other & labels


@pytest.mark.parametrize("text", ["# al|low", 'role r {\n  describe "al|low"\n}'])
def test_nothing_is_offered_in_comments_and_texts(text: str, tmp_path: Path, catalog: Catalog) -> None:
    assert complete(*pointed(tmp_path, catalog, f"edition 1\n{text}\n")) == []


def test_files_to_import(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "org.iamdsl").write_text(ORG)
    project, source, offset = pointed(tmp_path, catalog, 'edition 1\nimport "|"\n')
    assert {item.label for item in complete(project, source, offset)} == {"iamc:tiers", "org.iamdsl"}


def test_an_arn_has_places_to_fill_in(tmp_path: Path, catalog: Catalog) -> None:
    text = "edition 1\nrole r {\n  allow read on arn:aws:sqs:|\n}\n"
    (item,) = complete(*pointed(tmp_path, catalog, text))
    assert item.snippet == "arn:aws:sqs:${1:Region}:\\${account.id\\}:${2:QueueName}"
    assert text[item.start :].startswith("arn:aws:sqs:")
