"""Globs against `re`, and inclusion and intersection against every short text."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamc.glob import includes, intersects, is_literal, match

ALPHABET = "abc"  # no pattern below uses `c`: it stands for every other character
USER = "${aws:username}"
TEAM = "${aws:PrincipalTag/team}"

globs = st.text("ab*?", max_size=6)
units = st.lists(st.sampled_from(["a", "b", "*", "?", USER, TEAM, "${*}", "/"]), max_size=6).map("".join)


def as_regex(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), re.DOTALL)


@lru_cache
def language(pattern: str, longest: int) -> frozenset[str]:
    regex = as_regex(pattern)
    texts = ("".join(t) for n in range(longest + 1) for t in product(ALPHABET, repeat=n))
    return frozenset(text for text in texts if regex.fullmatch(text))


@given(st.text("ab*?.\n", max_size=10), st.text("ab.\n", max_size=14))
def test_match_agrees_with_a_regular_expression(pattern: str, text: str) -> None:
    assert match(pattern, text) == bool(as_regex(pattern).fullmatch(text))


@given(globs, globs)
def test_inclusion_agrees_with_every_text_of_up_to_seven_characters(outer: str, inner: str) -> None:
    assert includes(outer, inner) == (language(inner, 7) <= language(outer, 7))


@given(globs, globs)
def test_intersection_agrees_with_every_text_of_up_to_seven_characters(first: str, second: str) -> None:
    # The shortest common text of two globs is no longer than both together; seven is enough for six units
    # because one of the two patterns can always take its stars as empty where the other has characters.
    shared = language(first, 7) & language(second, 7)
    if len(first.replace("*", "")) + len(second.replace("*", "")) <= 7:
        assert intersects(first, second) == bool(shared)
    elif shared:
        assert intersects(first, second)


@given(units, units, st.text("ab/", max_size=3), st.text("ab/", max_size=3))
def test_inclusion_holds_for_all_values_of_the_variables(outer: str, inner: str, user: str, team: str) -> None:
    if includes(outer, inner):
        known = [p.replace(USER, user).replace(TEAM, team) for p in (outer, inner)]
        assert includes(*known)


@given(units, units, st.text("ab/", max_size=3), st.text("ab/", max_size=3))
def test_intersection_misses_no_value_of_the_variables(first: str, second: str, user: str, team: str) -> None:
    known = [p.replace(USER, user).replace(TEAM, team) for p in (first, second)]
    if intersects(*known):
        assert intersects(first, second)


@given(units)
def test_every_glob_includes_and_meets_itself(pattern: str) -> None:
    assert includes(pattern, pattern)
    assert intersects(pattern, pattern)
    assert includes("*", pattern)


@given(units, units)
def test_intersection_is_symmetric_and_follows_from_inclusion(first: str, second: str) -> None:
    assert intersects(first, second) == intersects(second, first)
    if includes(first, second):
        assert intersects(first, second)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("?*", "*?", True),
        ("*?*", "?*", True),
        ("??*", "?*", False),
        ("home/*", f"home/{USER}/*", True),
        (f"home/{USER}/*", "home/*", False),
        (f"home/{USER}/*", f"home/{USER}/notes", True),
        (f"home/{USER}/*", f"home/{TEAM}/notes", False),
        ("home/?*", f"home/{USER}", False),  # the user name might be empty
        ("home/?*", f"home/{USER}/x", True),
        ("home/bob/*", f"home/{USER}/*", False),
        ("a${*}b", "a${*}b", True),
        ("a*b", "a${*}b", True),
        ("a${*}b", "a*b", False),
        ("a$b", "a${$}b", True),
        ("Table/*", "table/*", False),
    ],
)
def test_inclusion_with_variables_and_escapes(outer: str, inner: str, *, expected: bool) -> None:
    assert includes(outer, inner) is expected


def test_a_star_in_a_text_is_a_character() -> None:
    assert match("a${*}", "a*")
    assert not match("a${*}", "ab")
    assert match("a?", "a*")


def test_a_variable_may_turn_out_to_be_anything() -> None:
    assert intersects(f"home/{USER}", "home/bob")
    assert intersects(f"{TEAM}-data", "orders-*")
    assert not intersects(f"home/{USER}", "work/*")
    assert not intersects("a${*}", "ab")


def test_literal_means_one_text() -> None:
    assert is_literal("table/orders")
    assert not any(map(is_literal, ("a*", "a?", USER)))


@pytest.mark.parametrize("stars", [8, 200])
def test_many_stars_stay_cheap(stars: int) -> None:
    assert not match("*a" * stars + "b", "a" * 2000)
    assert not includes("*a" * stars + "*b", "*a" * 400)
    assert intersects("*a" * stars + "*", "a*" * stars)
