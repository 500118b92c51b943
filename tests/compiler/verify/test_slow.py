"""The slow evaluator against one written here from fnmatch, on raw JSON."""

from __future__ import annotations

import json
import re
from fnmatch import translate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.verify import allowed, read_policy
from iamc.verify.slow import bindings

RESOURCES = [f"arn:aws:s3:::{name}" for name in ("", "a", "b", "ab", "ba", "abb", "A")]
ACTIONS = ["s3:Get", "s3:GetAll", "s3:put"]

resources = st.text("ab*?", max_size=3).map("arn:aws:s3:::".__add__) | st.just("*")
actions = st.sampled_from(["s3:Get", "s3:G*", "S3:*T", "*", "s3:???", "s3:PUT"])
statements = st.builds(
    lambda effect, kind, action, where, resource, condition: {
        "Effect": effect,
        kind: action,
        where: resource,
        **({"Condition": {"Bool": {condition: "true"}}} if condition else {}),
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Action", "Action", "NotAction"]),
    st.lists(actions, min_size=1, max_size=2),
    st.sampled_from(["Resource", "Resource", "NotResource"]),
    st.lists(resources, min_size=1, max_size=2),
    st.sampled_from(["", "", "k", "l"]),
)


def matches(glob: str, text: str) -> bool:
    return re.match(translate(glob), text) is not None


def applies(statement: dict[str, Any], action: str, resource: str, key: str) -> bool:
    patterns = statement["NotAction" if "NotAction" in statement else "Action"]
    globs = statement["NotResource" if "NotResource" in statement else "Resource"]
    if any(matches(pattern.lower(), action.lower()) for pattern in patterns) == ("NotAction" in statement):
        return False
    if any(matches(glob, resource) for glob in globs) == ("NotResource" in statement):
        return False
    return set(statement.get("Condition", {}).get("Bool", {})) <= {key}


@settings(derandomize=True, deadline=None)
@given(items=st.lists(statements, max_size=4))
def test_it_agrees_with_a_second_evaluator(items: list[dict[str, Any]]) -> None:
    policies = [read_policy(json.dumps({"Version": "2012-10-17", "Statement": item})) for item in items]
    for key in ("k", "l"):
        for action in ACTIONS:
            for resource in RESOURCES:
                effects = {item["Effect"] for item in items if applies(item, action, resource, key)}
                holds = [f'Bool {key} ["true"]']
                assert allowed(policies, action, resource, holds) == (effects == {"Allow"})


def test_variables_are_replaced_and_their_values_are_no_patterns() -> None:
    text = '{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${u}/${*}*"}'
    policies = [read_policy(f'{{"Version": "2012-10-17", "Statement": {text}}}')]
    assert allowed(policies, "s3:Get", "arn:aws:s3:::bob/*x", (), {"u": "bob"})
    assert not allowed(policies, "s3:Get", "arn:aws:s3:::bob/x", (), {"u": "bob"})
    assert not allowed(policies, "s3:Get", "arn:aws:s3:::bob/*x", (), {"u": "b*"})
    assert not allowed(policies, "s3:Get", "arn:aws:s3:::bob/*x")


@pytest.mark.parametrize(
    ("pattern", "resource", "values"),
    [
        ("a/${u}/*", "a/bob/c", {"u": "bob"}),
        ("a/${u}/*", "a//c", None),
        ("${u}-${u}", "b-b", {"u": "b"}),
        ("${u}-${u}", "b-c", None),
        ("${u}${*}", "b*", {"u": "b"}),
    ],
)
def test_bindings_make_a_pattern_match(pattern: str, resource: str, values: dict[str, str] | None) -> None:
    found = bindings(pattern, resource)
    if values is None or None in values.values():
        assert found is None
    else:
        assert found == values
