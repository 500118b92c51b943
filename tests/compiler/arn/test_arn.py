"""ARNs as people write them: what is read, what is refused, and where the mark stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamc.arn import Arn, ArnProblem, parse_arn, pieces

GOOD = [
    "arn:aws:s3:::orders",
    "arn:aws:s3:::orders/2024/*",
    "arn:aws:s3:::orders/My Folder/*",
    "arn:aws:s3:::orders/a:b",
    "arn:aws:s3:::${aws:PrincipalTag/team}-bucket/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'no team'}/*",
    "arn:aws-cn:sqs:cn-north-1:123456789012:queue",
    "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:queue",
    "arn:aws-eusc:sqs:eusc-de-east-1:123456789012:queue",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:ec2:*:*:*",
    "arn:aws:ec2:eu-*:*:instance/*",
    "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/",
]

# Numbers in brackets are rows of the table of bad inputs that the project keeps.
BAD = [
    ("arn:aws:sqs", "IAM204", "arn:aws:sqs"),  # [46] a short ARN widens
    ("arn:aws:s3::orders", "IAM204", "arn:aws:s3::orders"),  # [46]
    ("arn:aws-typo:s3:::b/*", "IAM205", "aws-typo"),  # [47]
    ("arn:*:s3:::b", "IAM205", "*"),  # [47]
    ("arn:aws:sqs:us-east-1:12345678901:q", "IAM204", "12345678901"),  # [49]
    ("arn:aws:sqs:us-east-1:1234*:q", "IAM204", "1234*"),
    ("arn:aws:sqs:us-east-1:prod:q", "IAM204", "prod"),
    ("arn:aws:S3:::b", "IAM204", "S3"),  # [52]
    ("*", "IAM209", "*"),  # [54]
    ("arn:aws:*:::b", "IAM204", "*"),  # [55]
    ("arn:aws:s?:::b", "IAM204", "s?"),  # [55]
    ("arn:aws::::b", "IAM204", ""),
    ("arn:aws:s3:::", "IAM204", ""),
    ("arn:aws:s3:::bucket:", "IAM204", ":"),
    ("arn:aws: s3:::b", "IAM204", " "),
    ("arn:aws:s3:::b ", "IAM204", " "),
    ("arn:aws:s3::: b", "IAM204", " "),
    ("arn:aws:s3:::a\tb", "IAM204", "\t"),
    ("arn:aws:s3:::a\u00a0b", "IAM204", "\u00a0"),
    ("arn:aws:s3:::a\x1bb", "IAM204", "\x1b"),
    ("arn:aws:sqs:Frankfurt:123456789012:q", "IAM204", "Frankfurt"),
    ("arn:aws:sqs:us-east:123456789012:q", "IAM204", "us-east"),
    ("arn:aws:sqs:cn-north-1:123456789012:q", "IAM210", "cn-north-1"),
    ("arn:aws:iam::${aws:PrincipalAccount}:role/x", "IAM204", "${aws:PrincipalAccount}"),
    ("arn:aws:sqs:${aws:RequestedRegion}:123456789012:q", "IAM204", "${aws:RequestedRegion}"),
    ("arn:aws:s3:::b/${aws:username/*", "IAM204", "${aws:username/*"),
    ("orders-bucket", "IAM204", "orders-bucket"),
    ("", "IAM204", ""),
    ("s3:::orders", "IAM204", "s3:::orders"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_good_arn_reads_back_as_written(text: str) -> None:
    arn = parse_arn(text)
    assert isinstance(arn, Arn)
    assert str(arn) == text


@pytest.mark.parametrize(("text", "code", "marked"), BAD)
def test_a_bad_arn_is_refused_at_the_faulty_place(text: str, code: str, marked: str) -> None:
    problem = parse_arn(text)
    assert isinstance(problem, ArnProblem)
    assert problem.code == code
    assert text[problem.start : problem.end] == marked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("arn:aws:sqs", "IAM would read them as `*`"),
        ("arn:aws-ch:s3:::b", "did you mean `aws-cn`?"),
        ("arn:aws:Lambda:us-east-1:123456789012:function:f", "did you mean `lambda`?"),
        ("arn:aws:sqs:us-east-1:12345678901:q", "has 11 digits, not 12"),
        ("arn:aws:sqs:cn-north-1:123456789012:q", "`arn:aws-cn:sqs:cn-north-1:123456789012:q`"),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/x", "behind the fifth colon"),
    ],
)
def test_a_problem_says_what_to_write(text: str, words: str) -> None:
    problem = parse_arn(text)
    assert isinstance(problem, ArnProblem)
    assert words in f"{problem.message} {problem.help}"


@pytest.mark.parametrize(
    ("resource", "texts", "marks"),
    [
        ("table/t/index/i", ["table", "t", "index", "i"], ["", "/", "/", "/"]),
        ("function:fn:1", ["function", "fn", "1"], ["", ":", ":"]),
        ("/keyspace/k/", ["", "keyspace", "k", ""], ["", "/", "/", "/"]),
        ("${aws:PrincipalTag/team}-bucket", ["${aws:PrincipalTag/team}-bucket"], [""]),
        ("a/${aws:username}/", ["a", "${aws:username}", ""], ["", "/", "/"]),
        ("x/$connect", ["x", "$connect"], ["", "/"]),
        ("", [""], [""]),
    ],
)
def test_segments_are_cut_outside_variables_only(resource: str, texts: list[str], marks: list[str]) -> None:
    assert pieces(resource) == (texts, marks)


@given(st.lists(st.sampled_from(["a", "*", "/", ":", "${aws:x/y}", "$", "{", ""])).map("".join))
def test_segments_and_delimiters_make_up_the_resource(resource: str) -> None:
    texts, marks = pieces(resource)
    assert "".join(mark + text for text, mark in zip(texts, marks, strict=True)) == resource


@given(
    st.text(max_size=40) | st.lists(st.sampled_from(["arn", "aws", ":", "s3", "*", "${", "}", "1", " "])).map("".join)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse_arn(text)
    if isinstance(found, Arn):
        assert str(found) == text
    else:
        assert 0 <= found.start <= found.end <= len(text)
