"""Whether policies allow nothing, or all, of something; what a known condition says of another."""

from __future__ import annotations

from typing import Any

import pytest

from iamc.verify import Proven, Refuted, Universe, allowed
from iamc.verify.atoms import implies, rules_out
from iamc.verify.policy import Atom
from iamc.verify.questions import Asked, allows_all, allows_none, assuming

GET: dict[str, Any] = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def asked(action: str, resource: str) -> Asked:
    return Asked.of([action], [resource])


@pytest.mark.parametrize(
    ("action", "resource", "none", "everything"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/a", False, True),
        ("s3:GetObject", "arn:aws:s3:::b/*", False, False),
        ("s3:GetObject", "arn:aws:s3:::b/a*", False, True),
        ("s3:GetObject", "arn:aws:s3:::*", False, False),
        ("s3:GetObject", "arn:aws:s3:::c/*", True, False),
        ("s3:GetObject", "arn:aws:s3:::b/secret/x", True, False),
        ("s3:*", "arn:aws:s3:::b/a", False, False),
        ("s3:Put*", "*", True, False),
        ("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/team}", False, False),
        ("*", "*", False, False),
        ("ec2:*", "*", True, False),
    ],
)
def test_nothing_and_all(
    action: str, resource: str, none: bool, everything: bool, universe: Universe, policy: Any
) -> None:
    policies = [policy(GET, {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::b/secret/*"})]
    verdicts = (
        allows_none(policies, asked(action, resource), universe),
        allows_all(policies, asked(action, resource), universe),
    )
    assert tuple(isinstance(verdict, Proven) for verdict in verdicts) == (none, everything)
    for verdict, wanted in zip(verdicts, (True, False), strict=True):
        if isinstance(verdict, Refuted):
            w = verdict.witness
            assert allowed(policies, w.action, w.resource, w.conditions, dict(w.variables)) == wanted


def test_several_globs_cover_a_target_together(universe: Universe, policy: Any) -> None:
    parts = policy({**GET, "Resource": ["arn:aws:s3:::b/", "arn:aws:s3:::b/?*"]})
    assert isinstance(allows_all([parts], asked("s3:GetObject", "arn:aws:s3:::b/*"), universe), Proven)


def test_a_condition_is_met_in_the_context_only(universe: Universe, policy: Any) -> None:
    policies = [policy({**GET, "Condition": MFA})]
    question = asked("s3:GetObject", "arn:aws:s3:::b/*")
    assert isinstance(allows_all(policies, question, universe), Refuted)
    assert isinstance(
        allows_all(policies, question, universe, {"Bool": {"aws:multifactorauthpresent": ["true"]}}), Proven
    )
    verdict = allows_none(policies, question, universe)
    assert isinstance(verdict, Refuted)
    assert verdict.witness.conditions == ('Bool aws:multifactorauthpresent ["true"]',)


def test_assuming_drops_what_holds_and_what_fails(policy: Any) -> None:
    both = policy({**GET, "Condition": MFA}, {**GET, "Condition": {"Bool": {"aws:SecureTransport": "true"}}})
    (left,) = assuming([both], lambda a: a.key == "aws:securetransport", lambda a: a.key.endswith("present"))
    (statement,) = left.statements
    assert statement.conditions == frozenset()


def atom(text: str) -> Atom:
    operator, key, *values = text.split()
    return Atom(operator, key, frozenset(values))


@pytest.mark.parametrize(
    ("known", "test", "follows", "excluded"),
    [
        ("StringEquals k a", "StringEquals K a b", True, False),
        ("StringEquals k a b", "StringEquals k a", False, False),
        ("StringEquals k a", "StringEquals k b", False, True),
        ("StringEquals k a", "StringEquals j b", False, False),
        ("StringEquals k a", "StringEquals k ${aws:userid}", False, False),
        ("StringEquals k a", "StringEqualsIfExists k a", True, False),
        ("StringEquals k a", "StringEqualsIfExists k b", False, True),
        ("StringEqualsIfExists k a", "StringEquals k a", False, False),
        ("StringNotEquals k a b", "StringNotEquals k a", True, False),
        ("StringNotEquals k a", "StringNotEquals k a b", False, False),
        ("StringEquals k a", "StringNotEquals k b", True, False),
        ("StringEquals k a", "StringNotEquals k a b", False, True),
        ("StringEquals k ${aws:userid}", "StringNotEquals k b", False, False),
        ("StringNotEquals k a", "StringEquals k a", False, True),
        ("StringNotEquals k a", "StringEqualsIfExists k a", False, False),
        ("Bool k true", "Bool k false", False, True),
        ("Bool k true", "BoolIfExists k false", False, True),
        ("Null k true", "Null k false", False, True),
        ("Null k false", "Null k true", False, True),
        ("Null k true", "StringEquals k a", False, True),
        ("Null k true", "StringEqualsIfExists k a", False, False),
        ("Null k true", "StringNotEquals k a", False, False),
        ("Null k true", "ForAllValues:StringEquals k a", False, False),
        ("StringEquals k a", "Null k true", False, True),
        ("ForAnyValue:StringEquals k a", "ForAnyValue:StringEquals k b", False, False),
        ("NumericLessThan k 5", "NumericLessThan k 5", True, False),
    ],
)
def test_what_one_condition_says_of_another(known: str, test: str, follows: bool, excluded: bool) -> None:
    assert (implies(atom(known), atom(test)), rules_out(atom(known), atom(test))) == (follows, excluded)
