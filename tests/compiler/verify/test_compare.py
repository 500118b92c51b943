"""Equality and inclusion of policies, case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from iamc.verify import Proven, Refuted, Unproven, Witness, allowed, prove_equal, prove_included

if TYPE_CHECKING:
    from collections.abc import Callable

    from iamc.verify import Policy, Universe

BUCKET = "arn:aws:s3:::orders"
TRUE = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def grant(
    action: object = "s3:GetObject", resource: object = "*", effect: str = "Allow", **more: Any
) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def deny(action: object, resource: object, **more: Any) -> dict[str, Any]:
    return grant(action, resource, "Deny", **more)


EQUAL: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "nothing": ([], []),
    "a covered resource": ([grant(resource=f"{BUCKET}/*")], [grant(resource=[f"{BUCKET}/*", f"{BUCKET}/a"])]),
    "a split glob": ([grant(resource=f"{BUCKET}/*")], [grant(resource=[f"{BUCKET}/", f"{BUCKET}/?*"])]),
    "spelling of wildcards": ([grant(resource="a*?**?")], [grant(resource="a??*")]),
    "case of the action": ([grant("s3:GETOBJECT")], [grant()]),
    "an action pattern": (
        [grant("s3:GetObject*")],
        [grant(["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"])],
    ),
    "every service": ([grant("*")], [grant(["s3:*", "sqs:*", "iam:*", "ec2:*", "sts:*"])]),
    "a whole universe but one": (
        [{"Effect": "Allow", "NotAction": ["s3:*", "sqs:*", "iam:*", "ec2:*"], "Resource": "*"}],
        [grant("sts:*")],
    ),
    "NotResource as a deny": (
        [{"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/*"}],
        [grant("s3:*"), deny("s3:*", f"{BUCKET}/*")],
    ),
    "a condition under a wider grant": ([grant()], [grant(), grant(resource=f"{BUCKET}/*", Condition=TRUE)]),
    "case of a condition key": (
        [grant(Condition=TRUE)],
        [grant(Condition={"Bool": {"AWS:multifactorauthpresent": [True]}})],
    ),
    "a deny of what is not allowed": ([grant("s3:GetObject")], [grant("s3:GetObject"), deny("s3:PutObject", "*")]),
    "a variable under a wider grant": ([grant()], [grant(), grant(resource=f"{BUCKET}/${{aws:username}}/*")]),
    "a variable that is the same": (
        [grant(resource=f"{BUCKET}/${{aws:username}}/*"), deny("s3:GetObject", f"{BUCKET}/bob/*")],
        [deny("s3:Get*", f"{BUCKET}/bob/*"), grant(resource=f"{BUCKET}/${{aws:username}}/*")],
    ),
}


@pytest.mark.parametrize(("left", "right"), EQUAL.values(), ids=EQUAL.keys())
def test_equal(
    left: list[dict[str, Any]], right: list[dict[str, Any]], universe: Universe, policy: Callable[..., Policy]
) -> None:
    assert prove_equal([policy(*left)], [policy(*right)], universe) == Proven("textual")
    assert prove_equal([policy(*right)], [policy(*left)], universe) == Proven("textual")
    assert prove_equal([policy(item) for item in left], [policy(*right)], universe) == Proven("textual")


DIFFERENT: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], Witness]] = {
    "a real ARN": (
        [grant("sqs:SendMessage", "arn:aws:sqs:eu-west-1:*:jobs*")],
        [grant("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs*")],
        Witness("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs", (), "left"),
    ),
    "one more character": (
        [grant(resource=f"{BUCKET}/*")],
        [grant(resource=f"{BUCKET}/??*")],
        Witness("s3:GetObject", f"{BUCKET}/x", (), "left"),
    ),
    "case of the resource": (
        [grant(resource=f"{BUCKET}/a")],
        [grant(resource=f"{BUCKET}/A")],
        Witness("s3:GetObject", f"{BUCKET}/a", (), "left"),
    ),
    "an action without resources": (
        [],
        [grant("ec2:DescribeInstances")],
        Witness("ec2:DescribeInstances", "*", (), "right"),
    ),
    "an unknown action": (
        [],
        [grant("s3:Frobnicate", f"{BUCKET}/a")],
        Witness("s3:frobnicate", f"{BUCKET}/a", (), "right"),
    ),
    "a pattern that matches no known action": (
        [],
        [grant("s3:Frob*", f"{BUCKET}/a")],
        Witness("s3:frob", f"{BUCKET}/a", (), "right"),
    ),
    "a pattern that matches no known action but a written one": (
        [grant("s3:Frobnicate", f"{BUCKET}/a")],
        [grant("s3:Frob*", f"{BUCKET}/a")],
        Witness("s3:frob", f"{BUCKET}/a", (), "right"),
    ),
    "a lost condition": (
        [grant(resource=f"{BUCKET}/a", Condition=TRUE)],
        [grant(resource=f"{BUCKET}/a")],
        Witness("s3:GetObject", f"{BUCKET}/a", (), "right"),
    ),
    "a conditional deny": (
        [grant(resource=f"{BUCKET}/a")],
        [grant(resource=f"{BUCKET}/a"), deny("s3:*", f"{BUCKET}/a", Condition=TRUE)],
        Witness("s3:GetObject", f"{BUCKET}/a", ('Bool aws:multifactorauthpresent ["true"]',), "left"),
    ),
    "the value of a variable that a deny names": (
        [grant(resource=f"{BUCKET}/${{aws:username}}/*")],
        [grant(resource=f"{BUCKET}/${{aws:username}}/*"), deny("s3:GetObject", f"{BUCKET}/bob/*")],
        Witness("s3:GetObject", f"{BUCKET}/bob/", (), "left", (("aws:username", "bob"),)),
    ),
    "one more resource left out": (
        [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/a*"}],
        [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": [f"{BUCKET}/a*", f"{BUCKET}/b*"]}],
        Witness("s3:GetObject", f"{BUCKET}/b", (), "left"),
    ),
    "one more resource left out of a deny": (
        [grant(), {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/a*"}],
        [grant(), {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": [f"{BUCKET}/a*", f"{BUCKET}/b*"]}],
        Witness("s3:GetObject", f"{BUCKET}/b", (), "right"),
    ),
    "another variable": (
        [grant(resource=f"{BUCKET}/${{aws:username}}")],
        [grant(resource=f"{BUCKET}/${{aws:userid}}")],
        Witness("s3:GetObject", f"{BUCKET}/x", (), "left", (("aws:username", "x"),)),
    ),
}


@pytest.mark.parametrize(("left", "right", "witness"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different(
    left: list[dict[str, Any]],
    right: list[dict[str, Any]],
    witness: Witness,
    universe: Universe,
    policy: Callable[..., Policy],
) -> None:
    sides = {"left": [policy(*left)], "right": [policy(*right)]}
    assert prove_equal(sides["left"], sides["right"], universe) == Refuted(witness)
    for side, policies in sides.items():
        variables = dict(witness.variables)
        answer = allowed(policies, witness.action, witness.resource, witness.conditions, variables)
        assert answer == (side == witness.allowed_by)


def test_a_widened_star_is_seen_outside_the_services_in_use(universe: Universe, policy: Callable[..., Policy]) -> None:
    verdict = prove_equal([policy(grant("s3:*"), grant("iam:*"))], [policy(grant("*"))], universe)
    assert isinstance(verdict, Refuted)
    assert verdict.witness.action == "ec2:DescribeInstances"


def test_inclusion_looks_one_way(universe: Universe, policy: Callable[..., Policy]) -> None:
    small, large = [policy(grant(resource=f"{BUCKET}/a*"))], [policy(grant("s3:*", f"{BUCKET}/*"))]
    assert prove_included(small, large, universe) == Proven("textual")
    verdict = prove_included(large, small, universe)
    assert isinstance(verdict, Refuted)
    assert verdict.witness.allowed_by == "left"


def test_effective_equality_is_about_resources_that_fit(universe: Universe, policy: Callable[..., Policy]) -> None:
    queue = "arn:aws:sqs:eu-west-1:111122223333:jobs"
    merged = [policy(grant(["sqs:SendMessage", "iam:GetRole"], [queue, "arn:aws:iam::111122223333:role/jobs"]))]
    apart = [
        policy(grant("sqs:SendMessage", queue)),
        policy(grant("iam:GetRole", "arn:aws:iam::111122223333:role/jobs")),
    ]
    assert isinstance(prove_equal(merged, apart, universe), Refuted)
    assert prove_equal(merged, apart, universe, effective=True) == Proven("effective")
    assert prove_equal(apart, apart, universe, effective=True) == Proven("textual")


def test_only_a_star_reaches_an_action_without_resources(universe: Universe, policy: Callable[..., Policy]) -> None:
    useless = [policy(grant("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*"))]
    assert isinstance(prove_equal(useless, [], universe), Refuted)
    assert prove_equal(useless, [], universe, effective=True) == Proven("effective")
    starred = [policy(grant("ec2:DescribeInstances"))]
    verdict = prove_equal(starred, [], universe, effective=True)
    assert verdict == Refuted(Witness("ec2:DescribeInstances", "*", (), "left"))


def test_effective_equality_tries_every_action_behind_a_star(universe: Universe, policy: Callable[..., Policy]) -> None:
    """The actions that only `*` reaches differ in what resources fit them, so no one stands for the others."""
    iam, everything = "arn:aws:iam::111122223333:role/*", [grant("*", "arn:aws:iam::*:role/*")]
    verdict = prove_equal([policy(*everything)], [policy(grant("s3:*", iam))], universe, effective=True)
    assert isinstance(verdict, Refuted)
    assert verdict.witness.action == "iam:DeleteRole"


@pytest.mark.parametrize(
    ("inner", "outer", "proven"),
    [
        ("${aws:username}/x", "${aws:username}/*", True),
        ("${aws:username}/*", "${aws:username}/**", True),
        ("${aws:username}/a?", "*/a*", True),
        ("${aws:username}/${aws:userid}", "${aws:username}/*", True),
        ("${aws:username}/x", "?/x", False),
        ("${aws:username}/x", "${aws:userid}/*", False),
        ("${aws:username}/*", "${aws:username}/x", False),
        ("ann/x", "${aws:username}/*", False),
        ("${aws:username}", "${aws:username}?", False),
    ],
)
def test_a_variable_equals_only_itself(
    inner: str, outer: str, proven: bool, universe: Universe, policy: Callable[..., Policy]
) -> None:
    left, right = (policy(grant(resource=f"{BUCKET}/home/{rest}")) for rest in (inner, outer))
    assert isinstance(prove_included([left], [right], universe), Proven) == proven


def test_what_a_variable_may_be_is_not_forgotten(universe: Universe, policy: Callable[..., Policy]) -> None:
    """The narrower pattern is in the wider one, but the user may be the one who is kept out."""
    allows, denies = grant(resource=f"{BUCKET}/home/${{aws:username}}/*"), grant(resource=f"{BUCKET}/home/bob/*")
    right = policy(allows, {**denies, "Effect": "Deny"})
    verdict = prove_included([policy(grant(resource=f"{BUCKET}/home/${{aws:username}}/x"))], [right], universe)
    assert isinstance(verdict, Refuted)
    assert verdict.witness.variables == (("aws:username", "bob"),)


def test_a_value_is_found_when_memberships_hang_together(universe: Universe, policy: Callable[..., Policy]) -> None:
    """No value puts the same resource in both; the first request that looks different is in neither or in both."""
    left, right = (policy(grant(resource=f"{BUCKET}/${{aws:username}}/{rest}")) for rest in ("*", ""))
    assert prove_equal([left], [right], universe) == Refuted(
        Witness("s3:GetObject", f"{BUCKET}/x/x", (), "left", (("aws:username", "x"),))
    )
    outside = [
        policy({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/${{{name}}}"})
        for name in ("aws:username", "aws:userid")
    ]
    assert prove_equal(outside[:1], outside[1:], universe) == Refuted(
        Witness(
            "s3:GetObject",
            f"{BUCKET}/someone",
            (),
            "left",
            (("aws:userid", "someone"), ("aws:username", "someone1")),
        )
    )


def test_the_older_version_has_no_variables(universe: Universe, policy: Callable[..., Policy]) -> None:
    home = grant(resource=f"{BUCKET}/${{aws:username}}")
    verdict = prove_equal([policy(home, version="2008-10-17")], [policy(home)], universe)
    assert verdict == Refuted(Witness("s3:GetObject", f"{BUCKET}/${{aws:username}}", (), "left"))


def test_running_out_is_not_a_proof(universe: Universe, policy: Callable[..., Policy]) -> None:
    left, right = [policy(grant(resource=f"{BUCKET}/*"))], [policy(grant(resource=[f"{BUCKET}/", f"{BUCKET}/?*"]))]
    assert prove_equal(left, right, universe, budget=3) == Unproven("s3:GetObject: the budget of 3 states ran out")
    out_of_time = prove_equal(left, right, universe, deadline_seconds=-1)
    assert out_of_time == Unproven("s3:GetObject: the time limit of -1 s ran out")


def test_a_witness_is_readable() -> None:
    witness = Witness("s3:GetObject", f"{BUCKET}/x", ('Bool aws:x ["true"]',), "left", (("aws:username", "bob"),))
    assert str(witness) == (
        "s3:GetObject on arn:aws:s3:::orders/x is allowed by the left side only, "
        "when Bool aws:x [\"true\"] and ${aws:username} is 'bob'"
    )
    assert str(Witness("a:B", "*", (), "right")) == "a:B on * is allowed by the right side only"
