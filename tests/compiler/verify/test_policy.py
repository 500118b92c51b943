from __future__ import annotations

import json
from typing import Any

import pytest

from iamc.verify import PolicyError, Statement, read_policy
from iamc.verify.policy import Atom

GOOD: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def document(statement: object, version: str | None = "2012-10-17") -> str:
    return json.dumps({**({"Version": version} if version else {}), "Statement": statement})


def test_a_statement_is_read() -> None:
    text = document(
        {
            "Sid": "One",
            "Effect": "Deny",
            "NotAction": ["S3:Get*", "iam:*"],
            "NotResource": "*",
            "Condition": {
                "Bool": {"aws:SecureTransport": False},
                "StringLike": {"s3:Prefix": ["b", "a", "a"]},
            },
        }
    )
    (statement,) = read_policy(text).statements
    assert statement == Statement(
        "Deny",
        ("s3:get*", "iam:*"),
        ("*",),
        frozenset(
            {
                Atom("Bool", "aws:securetransport", frozenset({"false"})),
                Atom("StringLike", "s3:prefix", frozenset({"a", "b"})),
            }
        ),
        not_action=True,
        not_resource=True,
    )


def test_one_statement_needs_no_list() -> None:
    assert read_policy(document(GOOD)) == read_policy(document([GOOD]))


def test_atoms_are_spelled_without_ambiguity() -> None:
    one, two = Atom("StringLike", "k", frozenset({"a", "b"})), Atom("StringLike", "k", frozenset({'a", "b'}))
    assert str(one) == 'StringLike k ["a", "b"]'
    assert str(one) != str(two)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Effect": "allow"}, "Effect"),
        ({"Effect": None}, "Effect"),
        ({"Principal": "*"}, "Principal"),
        ({"NotAction": "s3:*"}, "exactly one of Action"),
        ({"NotResource": "*"}, "exactly one of Resource"),
        ({"Action": True}, "expected a string"),
        ({"Action": []}, "empty"),
        ({"Action": "GetObject"}, "not an action"),
        ({"Action": "s3:GetObject,PutObject"}, "not an action"),
        ({"Action": " s3:GetObject"}, "not an action"),
        ({"Action": "s3:\u212aey"}, "not an action"),
        ({"Resource": []}, "empty"),
        ({"Resource": [["*"]]}, "expected a string"),
        ({"Resource": ""}, "neither"),
        ({"Resource": "arn:aws:sqs"}, "neither"),
        ({"Resource": "bucket"}, "neither"),
        ({"Resource": "arn:aws:s3:::\u0431"}, "character"),
        ({"Resource": "arn:aws:s3:::b/${aws:username"}, "variable"),
        ({"Resource": "arn:aws:s3:::b/${}"}, "variable"),
        ({"Resource": "arn:aws:s3:::b/${a${b}}"}, "variable"),
        ({"Condition": []}, "Condition"),
        ({"Condition": {"Bool": "x"}}, "Condition Bool"),
        ({"Condition": {"Bool": {}}}, "Condition Bool"),
        ({"Condition": {"Bool": {"k": []}}}, "empty"),
        ({"Condition": {"Bool!": {"k": "x"}}}, "operator"),
        ({"Condition": {"Bool": {"": "x"}}}, "key"),
        ({"Condition": {"Bool": {"aws:X": "1", "aws:x": "2"}}}, "different case"),
        ({"Sid": "a b"}, "Sid"),
    ],
)
def test_invalid_statements_are_refused(changes: dict[str, Any], reason: str) -> None:
    statement = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(PolicyError, match=f"statement 1: .*{reason}"):
        read_policy(document(statement))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "object"),
        ('{"Statement": NaN}', "not JSON"),
        ('{"Version": "2012-10-17"}', "Statement is missing"),
        ('{"Version": "2013-01-01", "Statement": []}', "Version"),
        ('{"Statement": [], "Statement": []}', "twice"),
        ('{"Statement": [], "Extra": 1}', "Extra"),
        ('{"Statement": ["x"]}', "statement 1"),
        (document([{**GOOD, "Sid": "A"}, {**GOOD, "Sid": "A"}]), "Sid is used twice"),
    ],
)
def test_invalid_documents_are_refused(text: str, reason: str) -> None:
    with pytest.raises(PolicyError, match=reason):
        read_policy(text)


def test_variables_are_text_in_the_older_version() -> None:
    statement = {**GOOD, "Resource": "arn:aws:s3:::b/${aws:username}"}
    (modern,) = read_policy(document(statement)).statements
    (older,) = read_policy(document(statement, "2008-10-17")).statements
    (default,) = read_policy(document(statement, None)).statements
    assert modern.resources == ("arn:aws:s3:::b/${aws:username}",)
    assert older == default
    assert older.resources == ("arn:aws:s3:::b/${$}{aws:username}",)
