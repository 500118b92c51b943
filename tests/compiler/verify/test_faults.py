"""Fault injection: whatever a faulty compiler could do to the documents is refused, with a witness."""

from __future__ import annotations

import copy
import itertools
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from iamc.verify import (
    Declared,
    Policy,
    PolicyError,
    Proven,
    Refuted,
    Statement,
    Universe,
    Unproven,
    allowed,
    read_policy,
    validate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Document: TypeAlias = dict[str, Any]
Request: TypeAlias = tuple[str, str, tuple[str, ...]]
Fault: TypeAlias = tuple[str, list[Document]]

TEAM = {
    "StringEquals": {"aws:PrincipalTag/team": ["payments", "risk"]},
    "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
}
PASSED = {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com"]}}
PROD, DEV = "arn:aws:s3:::orders-prod", "arn:aws:s3:::orders-dev"
HOME = "arn:aws:s3:::home/${aws:username}/*"
SECRET = "arn:aws:s3:::home/*/secret*"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:jobs"
ROLE = "arn:aws:iam::111122223333:role/jobs"
READS = ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion")

DECLARED = [
    *(Declared("Allow", name, f"{bucket}/*") for name in READS for bucket in (PROD, DEV)),
    *(Declared("Allow", "s3:ListBucket", bucket, TEAM) for bucket in (PROD, DEV)),
    *(Declared("Allow", name, HOME) for name in ("s3:PutObject", "s3:GetObject")),
    *(Declared("Deny", name, SECRET) for name in ("s3:PutObject", "s3:GetObject")),
    *(Declared("Allow", name, QUEUE) for name in ("sqs:SendMessage", "sqs:ReceiveMessage")),
    Declared("Allow", "iam:PassRole", ROLE, PASSED),
    *(Declared("Allow", name, "*") for name in ("ec2:DescribeInstances", "ec2:DescribeVolumes")),
]
# Every declared action, and others that a fault might add.
ACTIONS = sorted(
    {item.action for item in DECLARED} | {"s3:DeleteObject", "sqs:PurgeQueue", "iam:GetRole", "sts:AssumeRole"}
)


def statement(effect: str, action: list[str], resource: list[str], condition: object = None) -> dict[str, Any]:
    parts = {"Effect": effect, "Action": action, "Resource": resource}
    return {**parts, "Condition": condition} if condition else parts


def documents() -> list[Document]:
    """A right translation of what is declared, with an action wildcard, merged statements and three documents."""
    statements = [
        [
            statement("Allow", ["s3:GetObject*"], [f"{PROD}/*", f"{DEV}/*"]),
            statement("Allow", ["s3:ListBucket"], [PROD, DEV], copy.deepcopy(TEAM)),
        ],
        [
            statement("Allow", ["s3:GetObject", "s3:PutObject"], [HOME]),
            statement("Deny", ["s3:GetObject", "s3:PutObject"], [SECRET]),
        ],
        [
            statement("Allow", ["sqs:SendMessage", "sqs:ReceiveMessage"], [QUEUE]),
            statement("Allow", ["iam:PassRole"], [ROLE], copy.deepcopy(PASSED)),
            statement("Allow", ["ec2:DescribeInstances", "ec2:DescribeVolumes"], ["*"]),
        ],
    ]
    return [{"Version": "2012-10-17", "Statement": group} for group in statements]


def faults(universe: Universe) -> Iterator[Fault]:
    for at, document in enumerate(documents()):
        broken = documents()
        del broken[at]
        yield f"document {at} lost", broken
        for version in ("2008-10-17", None):
            broken = documents()
            broken[at] = {"Statement": document["Statement"], **({"Version": version} if version else {})}
            yield f"document {at} has version {version}", broken
        for number, original in enumerate(document["Statement"]):
            for name, changed in statement_faults(original, universe):
                broken = documents()
                broken[at]["Statement"][number : number + 1] = changed
                yield f"document {at}, statement {number}: {name}", broken


def statement_faults(original: dict[str, Any], universe: Universe) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    yield "lost", []
    yield "twice", [original, original]
    yield "effect", [{**original, "Effect": "Deny" if original["Effect"] == "Allow" else "Allow"}]
    for element in ("Action", "Resource"):
        rest = {key: value for key, value in original.items() if key != element}
        yield f"Not{element}", [{**rest, f"Not{element}": original[element]}]
        for number, text in enumerate(original[element]):
            others = original[element][:number], original[element][number + 1 :]
            yield f"{text} lost", [{**original, element: [*others[0], *others[1]]}]
            for changed in action_faults(text, universe) if element == "Action" else resource_faults(text):
                yield f"{text} -> {changed}", [{**original, element: [*others[0], changed, *others[1]]}]
                yield f"{text} + {changed}", [{**original, element: [*original[element], changed]}]
        yield f"{element} truncated", [{**original, element: original[element][:-1]}]
    for name, condition in condition_faults(original.get("Condition", {})):
        rest = {key: value for key, value in original.items() if key != "Condition"}
        yield name, [{**rest, "Condition": condition} if condition else rest]


def action_faults(text: str, universe: Universe) -> Iterator[str]:
    service, _, name = text.partition(":")
    yield from ("*", f"{service}:*", f"{text}*", f"{text[:-2]}*", f"{text}x", f"{service}:*{name[-5:]}")
    yield from (text.upper(), f"{text[:-1]}?")
    yield from (known.name for known in universe.actions(service).values() if known.name != text)


def resource_faults(text: str) -> Iterator[str]:
    yield from ("*", f"{text}*", f"{text}?", f"{text[:-1]}?", f"{text[:-3]}*", text.upper(), f"{text}/x", text[:-1])
    yield from (text.replace("orders", "orderz"), text.replace("-prod", "-*"), text.replace("111122223333", "*"))
    yield from (text.replace("${aws:username}", "*"), text.replace("${aws:username}", "${aws:userid}"))
    yield from (text.replace("eu-west-1", "eu-west-2"), PROD, f"{DEV}/*", QUEUE, ROLE, SECRET, HOME)


def condition_faults(condition: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, Document]]:
    yield "conditions lost", {}
    yield "a condition more", {**condition, "Null": {"aws:TokenIssueTime": ["false"]}}
    for operator, tests in condition.items():
        others = {key: value for key, value in condition.items() if key != operator}
        yield f"{operator} lost", others
        for changed in ("StringLike", f"{operator}IfExists", f"ForAnyValue:{operator}", "StringNotEquals"):
            yield f"{operator} -> {changed}", {**others, changed: tests}
        for key, values in tests.items():
            for other in ("aws:SourceVpce", key.upper(), key + "s"):
                yield f"{key} -> {other}", {**others, operator: {other: values}}
            for text in values:
                fewer = [value for value in values if value != text]
                for values_now in (fewer, [*values, "x"], [*fewer, text + "*"], [*fewer, text.upper()], [*fewer, "*"]):
                    yield f"{key} is {values_now}", {**others, operator: {key: values_now}}
            yield f"{key} reversed", {**others, operator: {key: [*reversed(values)]}}


def declared_policies() -> list[Policy]:
    return [
        read_policy(
            json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": statement(item.effect, [item.action], [item.resource], item.condition),
                }
            )
        )
        for item in DECLARED
    ]


@cache
def applies(statement: Statement, request: Request) -> bool:
    """Whether the slow evaluator lets a statement apply; most statements of a faulty translation are not faulty."""
    return allowed([Policy((replace(statement, effect="Allow"),))], *request, {"aws:username": "bob"})


def differs_somewhere(left: list[Policy], right: list[Policy]) -> bool:
    """Whether the slow evaluator tells two sets of policies apart over a small domain."""
    sides = [[item for policy in policies for item in policy.statements] for policies in (left, right)]
    items = [item for side in sides for item in side]
    patterns = {pattern.replace("${aws:username}", "bob") for item in items for pattern in item.resources}
    resources = {pattern.replace("*", star) for pattern in patterns for star in ("", "x", "bob/secret")}
    atoms = {tuple(sorted(map(str, item.conditions))) for item in items}
    for request in itertools.product(ACTIONS, resources, atoms | {()}):
        effects = [{item.effect for item in side if applies(item, request)} for side in sides]
        if (effects[0] == {"Allow"}) != (effects[1] == {"Allow"}):
            return True
    return False


def texts_of(items: list[Document]) -> list[str]:
    return [json.dumps(item) for item in items]


def parsed(items: list[Document]) -> list[Policy] | None:
    """The policies, or None if one is not valid."""
    try:
        return [read_policy(text) for text in texts_of(items)]
    except PolicyError:
        return None


def test_every_fault_is_refused(universe: Universe) -> None:
    left, right = declared_policies(), parsed(documents())
    assert validate(DECLARED, texts_of(documents()), universe) == Proven("textual")
    outcomes: Counter[str] = Counter()
    seen: set[str] = set()
    for name, broken in faults(universe):
        texts = texts_of(broken)
        if str(texts) in seen:
            continue
        seen.add(str(texts))
        verdict, policies = validate(DECLARED, texts, universe), parsed(broken)
        if policies is None:
            assert isinstance(verdict, Unproven), name
            outcomes["no policy"] += 1
        elif policies == right:
            assert verdict == Proven("textual"), name
            outcomes["the same"] += 1
        elif isinstance(verdict, Refuted):
            witness = verdict.witness
            request = (witness.action, witness.resource, witness.conditions, dict(witness.variables))
            sides = allowed(left, *request), allowed(policies, *request)
            assert sides == (witness.allowed_by == "left", witness.allowed_by == "right"), name
            outcomes["refuted"] += 1
        elif isinstance(verdict, Unproven):
            # Not decided is refused as well: the compile writes nothing.
            outcomes["undecided"] += 1
        else:
            assert not differs_somewhere(left, policies), name
            outcomes["neutral"] += 1
    assert outcomes["refuted"] >= 400, outcomes
    assert outcomes["neutral"] + outcomes["the same"] < outcomes["refuted"] / 2, outcomes
