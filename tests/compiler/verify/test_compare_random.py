"""Random policies over tiny alphabets: every proof against an exhaustive search, every witness replayed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.verify import (
    KnownAction,
    Policy,
    Proven,
    Refuted,
    Statement,
    Universe,
    Unproven,
    allowed,
    prove_equal,
    prove_included,
)
from iamc.verify.policy import Atom

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

ACTIONS = ("s:aa", "s:ab", "t:a")
UNIVERSE = Universe(
    {},
    [
        KnownAction("s:aa", ("a${X}", "${Y}b"), on_star=False),
        KnownAction("s:ab", ("${X}a",), on_star=True),
        KnownAction("t:a"),
    ],
)
ATOMS = (Atom("Bool", "k", frozenset({"true"})), Atom("Bool", "l", frozenset({"true"})))
STRINGS = ["".join(letters) for length in range(4) for letters in itertools.product("ab*", repeat=length)]
SUBSETS = [(), ATOMS[:1], ATOMS[1:], ATOMS]


def statements(globs: st.SearchStrategy[str]) -> st.SearchStrategy[Statement]:
    return st.builds(
        Statement,
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.lists(st.sampled_from([*ACTIONS, "s:*", "s:?b", "*:a*", "*"]), min_size=1, max_size=2).map(tuple),
        st.lists(globs, min_size=1, max_size=3).map(tuple),
        st.sampled_from(SUBSETS).map(frozenset),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([False, False, True]),
    )


def sides(globs: st.SearchStrategy[str]) -> st.SearchStrategy[list[Policy]]:
    return st.lists(st.lists(statements(globs), max_size=3).map(lambda items: Policy(tuple(items))), max_size=2)


plain = sides(st.text("ab*?", min_size=1, max_size=3))
variable = sides(st.sampled_from(["a", "a*", "*", "?b", "${u}", "a${u}", "${u}b", "${u}${v}", "${v}*"]))
SETTINGS = settings(derandomize=True, deadline=None, max_examples=120)


def differs(
    left: list[Policy], right: list[Policy], resources: list[str], action: str, variables: dict[str, str] | None = None
) -> bool:
    for resource in resources:
        for atoms in SUBSETS:
            request = (action, resource, [str(atom) for atom in atoms], variables)
            if allowed(left, *request) != allowed(right, *request):
                return True
    return False


def replay(left: list[Policy], right: list[Policy], verdict: Refuted) -> None:
    witness = verdict.witness
    request = (witness.action, witness.resource, witness.conditions, dict(witness.variables))
    assert {"left": allowed(left, *request), "right": allowed(right, *request)} == {
        "left": witness.allowed_by == "left",
        "right": witness.allowed_by == "right",
    }


@SETTINGS
@given(left=plain, right=plain)
def test_equality(left: list[Policy], right: list[Policy]) -> None:
    verdict = prove_equal(left, right, UNIVERSE)
    if isinstance(verdict, Refuted):
        replay(left, right, verdict)
    else:
        assert verdict == Proven("textual")
        assert not any(differs(left, right, STRINGS, action) for action in ACTIONS)


@SETTINGS
@given(left=plain, changes=plain)
def test_equality_of_policies_that_share_most(left: list[Policy], changes: list[Policy]) -> None:
    right = [*left, *changes]
    verdict = prove_equal(left, right, UNIVERSE)
    if isinstance(verdict, Refuted):
        replay(left, right, verdict)
    else:
        assert verdict == Proven("textual")
        assert not any(differs(left, right, STRINGS, action) for action in ACTIONS)


@SETTINGS
@given(data=st.data(), items=st.lists(statements(st.text("ab*?", min_size=1, max_size=3)), min_size=1, max_size=3))
def test_equality_but_for_one_edit(data: st.DataObject, items: list[Statement]) -> None:
    at = data.draw(st.integers(0, len(items) - 1))
    edited, other = items[at], data.draw(statements(st.text("ab*?", min_size=1, max_size=3)))
    edit = data.draw(st.sampled_from(["resources", "actions", "conditions", "fewer"]))
    if edit == "resources":
        edited = replace(edited, resources=(*edited.resources, *other.resources))
    elif edit == "actions":
        edited = replace(edited, actions=(*edited.actions, *other.actions))
    elif edit == "conditions":
        edited = replace(edited, conditions=other.conditions)
    else:
        edited = replace(edited, resources=edited.resources[1:] or ("b",))
    left, right = [Policy(tuple(items))], [Policy((*items[:at], edited, *items[at + 1 :]))]
    verdict = prove_equal(left, right, UNIVERSE)
    if isinstance(verdict, Refuted):
        replay(left, right, verdict)
    else:
        assert verdict == Proven("textual")
        assert not any(differs(left, right, STRINGS, action) for action in ACTIONS)


@SETTINGS
@given(policies=plain, random=st.randoms(use_true_random=False))
def test_statements_taken_apart_and_shuffled_are_equal(policies: list[Policy], random: Random) -> None:
    parts: list[Statement] = []
    for statement in (item for policy in policies for item in policy.statements):
        actions = [statement.actions] if statement.not_action else [(action,) for action in statement.actions]
        globs = [statement.resources] if statement.not_resource else [(glob,) for glob in statement.resources]
        parts += [replace(statement, actions=one, resources=other) for one in actions for other in globs]
    random.shuffle(parts)
    assert prove_equal(policies, [Policy((part,)) for part in parts], UNIVERSE) == Proven("textual")


@SETTINGS
@given(left=plain, right=plain)
def test_equality_is_inclusion_both_ways(left: list[Policy], right: list[Policy]) -> None:
    ways = [prove_included(left, right, UNIVERSE), prove_included(right, left, UNIVERSE)]
    for verdict, (one, other) in zip(ways, ((left, right), (right, left)), strict=True):
        if isinstance(verdict, Refuted):
            assert verdict.witness.allowed_by == "left"
            replay(one, other, verdict)
    both = all(isinstance(verdict, Proven) for verdict in ways)
    assert both == isinstance(prove_equal(left, right, UNIVERSE), Proven)


@SETTINGS
@given(left=plain, right=plain)
def test_effective_equality(left: list[Policy], right: list[Policy]) -> None:
    fits: dict[str, Callable[[str], bool]] = {
        "s:aa": lambda text: text.startswith("a") or text.endswith("b"),
        "s:ab": lambda text: text.endswith("a") or text == "*",
        "t:a": lambda text: text == "*",
    }
    verdict = prove_equal(left, right, UNIVERSE, effective=True)
    if isinstance(verdict, Refuted):
        replay(left, right, verdict)
        assert fits[verdict.witness.action](verdict.witness.resource)
    else:
        assert isinstance(verdict, Proven)
        for action, fit in fits.items():
            assert not differs(left, right, list(filter(fit, STRINGS)), action)


@SETTINGS
@given(left=variable, right=variable)
def test_a_proof_holds_for_every_value_of_a_variable(left: list[Policy], right: list[Policy]) -> None:
    verdict = prove_equal(left, right, UNIVERSE)
    if isinstance(verdict, Refuted):
        replay(left, right, verdict)
    elif isinstance(verdict, Proven):
        for u, v in itertools.product(("", "a", "ab"), repeat=2):
            assert not differs(left, right, STRINGS, "s:aa", {"u": u, "v": v})
        assert not differs(left, right, STRINGS, "s:aa")
    else:
        assert isinstance(verdict, Unproven)
