"""What stands for `${aws:username}` means what one would have written oneself, in lines and in checks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiling import codes, compiled
from iamc.catalog import Catalog
from iamc.passes.user_names import asks, replaced

NAME = "aws:PrincipalTag/username"
TEXT = """\
edition 1

role home {
  allow s3:GetObject, s3:PutObject on arn:aws:s3:::home/${aws:username}/*
  allow s3:ListBucket on arn:aws:s3:::home when s3:prefix like "${aws:UserName}/*", "all/*"
  deny s3:DeleteObject on arn:aws:s3:::home/${aws:username}/kept/*
}

check "one's own" {
  role home
  expect allow s3:GetObject on arn:aws:s3:::home/${aws:username}/x
  expect deny s3:GetObject on arn:aws:s3:::home/x
}
"""


def written_out(text: str, variable: str) -> str:
    return text.replace("aws:username", variable).replace("aws:UserName", variable)


@pytest.mark.parametrize("variable", [NAME, "aws:SourceIdentity", "aws:userid", "identitystore:UserId"])
def test_it_is_as_if_written_out(catalog: Catalog, variable: str) -> None:
    found, wanted = compiled(TEXT, catalog, username=variable), compiled(written_out(TEXT, variable), catalog)
    assert found.diagnostics == wanted.diagnostics == ()
    assert [d.text for u in found.compiled for d in u.documents] == [
        d.text for u in wanted.compiled for d in u.documents
    ]
    assert [outcome.failure for outcome in found.outcomes] == [None, None]
    assert f"home/${{{variable}}}/*" in json.dumps([d.text for u in found.compiled for d in u.documents])


def test_without_a_variable_nothing_is_written(catalog: Catalog) -> None:
    result = compiled(TEXT, catalog)
    assert [d.code for d in result.diagnostics if d.code == "IAM308"] == ["IAM308"] * 3
    assert all("--targets-config" in d.help for d in result.diagnostics if d.code == "IAM308")


@pytest.mark.parametrize("line", ['when aws:username == "ana"', 'when aws:UserName like "a*"'])
def test_the_condition_key_is_not_there_either(catalog: Catalog, line: str) -> None:
    text = f"edition 1\nrole home {{\n  allow s3:GetObject on arn:aws:s3:::home/* {line}\n}}\n"
    assert codes(compiled(text, catalog)) == ["IAM308"]
    assert codes(compiled(text, catalog, username=NAME)) == ["IAM308"]  # nobody knows whether the values fit


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a/${aws:username}/*", "a/${aws:userid}/*"),
        ("${AWS:UserName}${aws:username}", "${aws:userid}${aws:userid}"),
        ("${aws:username, 'nobody'}", "${aws:userid, 'nobody'}"),
        ("${aws:usernames}", "${aws:usernames}"),
        ("${aws:username", "${aws:username"),
        ("aws:username", "aws:username"),
    ],
)
def test_only_the_variable_is_replaced(text: str, wanted: str) -> None:
    assert replaced(text, "aws:userid") == wanted


@given(st.lists(st.sampled_from(["${", "}", "aws:username", "aws:UserName", ",", "a/", "*", "${aws:userid}"])))
def test_nothing_is_left_and_twice_is_once(parts: list[str]) -> None:
    once = replaced("".join(parts), NAME)
    assert not asks(once)
    assert replaced(once, NAME) == once
