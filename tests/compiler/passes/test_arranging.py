"""Laws of merging, minimising and splitting."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import Catalog
from iamc.cover import CoverCache, Style, matches
from iamc.model import ALWAYS, Atom, Condition, Permission, Statement
from iamc.passes.cutting import SID_ROOM, cut, take
from iamc.passes.document import ENVELOPE, size, text_of
from iamc.passes.merge import merge
from iamc.passes.minimise import minimise
from iamc.passes.packing import first_fit, next_fit
from iamc.passes.split import split
from iamdsl.source import Source

SPAN = Source("t", "x").span(0, 1)
MFA = Condition((Atom("Bool", "aws:MultiFactorAuthPresent", ("true",)),))
NAMES = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "sqs:*", "*"]
permissions = st.lists(
    st.builds(
        Permission,
        st.sampled_from(["allow", "deny"]),
        st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=4),
        st.sampled_from(["*", "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:sqs:r:1:q"]),
        st.sampled_from([ALWAYS, MFA]),
        st.just(SPAN),
    ),
    max_size=12,
)


def granted(
    items: list[Permission] | tuple[Statement, ...], effect: str, action: str, resource: str, *, mfa: bool
) -> bool:
    def hits(item: Permission | Statement) -> bool:
        resources = item.resources if isinstance(item, Statement) else (item.resource,)
        return (
            item.effect == effect
            and (mfa or not item.condition)
            and any(matches(pattern, action) for pattern in item.actions)
            and ("*" in resources or resource in resources)
        )

    return any(hits(item) for item in items)


@given(permissions)
@settings(max_examples=300, deadline=None)
def test_merging_changes_nothing(items: list[Permission]) -> None:
    merged = merge(items)
    for effect, action, resource, mfa in product(
        ("allow", "deny"),
        [*NAMES[:4], "sqs:Other", "ec2:X"],
        ("other", "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:sqs:r:1:q"),
        (True, False),
    ):
        assert granted(items, effect, action, resource, mfa=mfa) == granted(merged, effect, action, resource, mfa=mfa)


@given(permissions, st.randoms())
def test_order_does_not_matter(items: list[Permission], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(items) == merge(shuffled)


statements = st.lists(
    st.builds(
        lambda names, arns, condition: Statement(
            "allow", tuple(sorted(names)), tuple(sorted(arns)), condition, tuple(sorted(names)), "Sid"
        ),
        st.sets(st.integers(0, 300).map(lambda n: f"s3:Action{n:040}"), min_size=1, max_size=40),
        st.sets(st.integers(0, 300).map(lambda n: f"arn:aws:s3:::bucket-{n:030}"), min_size=1, max_size=40),
        st.sampled_from([ALWAYS, MFA]),
    ),
    max_size=8,
)


@given(statements, st.integers(600, 6144))
@settings(max_examples=200, deadline=None)
def test_splitting_keeps_everything_and_fits(items: list[Statement], quota: int) -> None:
    packed = split(items, quota)
    assert packed.oversize == ()
    assert all(len(text_of(held)) <= quota for held in packed.bins)
    wanted = {(a, r, s.condition) for s in items for a, r in product(s.patterns, s.resources)}
    got = {(a, r, s.condition) for b in packed.bins for s in b for a, r in product(s.patterns, s.resources)}
    assert got == wanted
    room = quota - ENVELOPE + 1
    pieces = [(size(part), part) for statement in items for part in cut(statement, room)]
    assert packed.lower_bound <= max(1, len(packed.bins)) <= max(1, len(next_fit(pieces, room)))
    assert split(items[::-1], quota).lower_bound == packed.lower_bound


@given(statements, st.integers(600, 6144), st.integers(0, 5000))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_part_taken_and_what_is_left_grant_the_same(items: list[Statement], room: int, free: int) -> None:
    for statement in items:
        parts = take(statement, min(free, room))
        if parts is not None:
            assert size(parts[0]) + SID_ROOM <= free + 2
            pairs = sorted(pair for part in parts for pair in product(part.patterns, part.resources))
            assert pairs == sorted(product(statement.patterns, statement.resources))


def one_action(number: int, *more: str) -> Statement:
    """A statement on a bucket of its own."""
    patterns = ("s3:GetObject", *more)
    return Statement("allow", patterns, (f"arn:aws:s3:::bucket-{number:030}",), ALWAYS, patterns, f"S{number}")


def test_an_edit_leaves_the_other_statements_in_their_documents() -> None:
    before = [one_action(number) for number in range(80)]
    packed = split(before, 6144)
    assert len(packed.bins) == packed.lower_bound > 1
    for place in range(0, 80, 5):
        after = [*before[:place], one_action(place, "s3:PutObject"), *before[place + 1 :]]
        home = {part.sid: number for number, held in enumerate(packed.bins) for part in held}
        moved = [p.sid for n, held in enumerate(split(after, 6144).bins) for p in held if home[p.sid] != n]
        assert len(moved) <= 1


def test_cutting_saves_a_document() -> None:
    """Three statements of two thirds of a document each: no two fit together whole, in two documents all three do."""
    names = [[f"s3:Action{letter}{n:040}" for n in range(60)] for letter in "abc"]
    items = [Statement("allow", tuple(n), ("*",), ALWAYS, tuple(n), n[0][9]) for n in names]
    packed = split(items, 5200)
    assert len(first_fit([(size(item), item) for item in items], 5162)) == 3
    assert (len(packed.bins), packed.lower_bound) == (2, 2)


def test_a_statement_that_cannot_be_cut_is_named() -> None:
    wide = Statement("allow", ("s3:GetObject",), ("arn:aws:s3:::" + "b" * 900,), ALWAYS, ("s3:GetObject",))
    assert split([wide], 600).oversize == (wide,)
    assert size(wide) > 600


@pytest.mark.parametrize("style", [Style.WORDS, Style.TIGHT, Style.EXACT])
@pytest.mark.parametrize("level", ["read", "write", "list"])
def test_patterns_match_the_wanted_actions_only(style: Style, level: str, catalog: Catalog) -> None:
    for service in ("s3", "lightsail", "cognito-idp", "ssm", "workspaces", "ecr"):
        wanted = tuple(sorted(a.qualified for a in catalog.actions(service) if a.level.value == level))
        (done,) = minimise([Statement("allow", wanted, ("*",), ALWAYS)], catalog, style, CoverCache())
        every = [a.qualified for a in catalog.actions(service)]
        assert tuple(sorted(n for n in every if any(matches(p, n) for p in done.patterns))) == wanted
