"""Laws of the joint choice of statements, against the plain merge and a slow model."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import Catalog
from iamc.model import ALWAYS, Permission, Statement
from iamc.passes.document import text_of
from iamc.passes.merge import merge
from iamc.passes.sharing import shared
from iamdsl.source import Source

SPAN = Source("t", "x").span(0, 1)
ACTIONS = [f"s3:Action{letter * 6}" for letter in "abcdefgh"]
ARNS = [f"arn:aws:s3:::bucket-{letter * 12}/*" for letter in "abcdefgh"]
cells = st.dictionaries(st.sampled_from(ARNS), st.frozensets(st.sampled_from(ACTIONS), min_size=1), max_size=8)


def permissions(held: dict[str, frozenset[str]]) -> list[Permission]:
    return [Permission("allow", actions, arn, ALWAYS, SPAN) for arn, actions in held.items()]


def pairs(statements: tuple[Statement, ...]) -> set[tuple[str, str]]:
    return {pair for s in statements for pair in product(s.actions, s.resources)}


def length(statements: tuple[Statement, ...]) -> int:
    return len(text_of(replace(s, patterns=s.actions, sid="S" * 11) for s in statements))


@given(cells, st.integers(0, 200))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_groups_are_exactly_the_cells(held: dict[str, frozenset[str]], frame: int) -> None:
    found = [pair for actions, arns in shared(held, frame) for pair in product(actions, arns)]
    assert set(found) == {(action, arn) for arn, actions in held.items() for action in actions}


@given(cells)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_sharing_is_never_longer_than_the_plain_merge(held: dict[str, frozenset[str]]) -> None:
    joint, plain = merge(permissions(held)), merge(permissions(held), joint=False)
    assert pairs(joint) == pairs(plain) == {(a, arn) for arn, actions in held.items() for a in actions}
    assert length(joint) <= length(plain)


@given(cells, st.randoms())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_order_does_not_matter(held: dict[str, frozenset[str]], chance: random.Random) -> None:
    shuffled = permissions(held)
    chance.shuffle(shuffled)
    assert merge(shuffled) == merge(permissions(held))


def test_many_overlapping_roles_of_real_actions(catalog: Catalog) -> None:
    """Forty resources with random thirds of a service's actions: the slow model, and the same answer twice."""
    chance = random.Random(7)
    names = [action.qualified for action in catalog.actions("dynamodb")]
    kinds = [frozenset(chance.sample(names, 20)) for _ in range(6)]
    held = {f"arn:aws:dynamodb:eu-west-1:1:table/t{n:03}": frozenset.union(*chance.sample(kinds, 2)) for n in range(40)}
    joint, plain = merge(permissions(held)), merge(permissions(held), joint=False)
    assert pairs(joint) == {(a, arn) for arn, actions in held.items() for a in actions}
    assert joint == merge(permissions(dict(reversed(held.items()))))
    assert length(joint) < 0.8 * length(plain)
