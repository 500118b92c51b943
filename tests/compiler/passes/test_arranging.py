"""Laws of merging, minimising and splitting."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import Catalog
from iamc.cover import CoverCache, Style, matches
from iamc.model import ALWAYS, Atom, Condition, Permission, Statement
from iamc.passes.document import size, text_of
from iamc.passes.merge import merge
from iamc.passes.minimise import minimise
from iamc.passes.split import _next_fit, split
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
    pieces = [piece for held in packed.bins for piece in held]
    assert packed.lower_bound <= max(1, len(packed.bins)) <= max(1, len(_next_fit(pieces, quota - 38)))


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
