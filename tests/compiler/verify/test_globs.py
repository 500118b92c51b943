"""Glob languages against Python's own matcher (fnmatch) and against z3's theory of strings."""

from __future__ import annotations

import itertools
import re
from fnmatch import translate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.verify.globs import Machine, covers, covers_by_name, fill, tokens, variables_in
from iamc.verify.search import Exhausted, Limits, Search
from iamc.verify.terms import Term

LIMITS = Limits(10_000, 10)
STRINGS = ["".join(letters) for length in range(5) for letters in itertools.product("abx", repeat=length)]

globs = st.text("ab*?", max_size=5)
unions = st.frozensets(globs, min_size=1, max_size=4)


def matches(glob: str, text: str) -> bool:
    return re.match(translate(glob), text, re.DOTALL) is not None


def difference(left: frozenset[str], right: frozenset[str]) -> str | None:
    """The shortest string of the left that is not one of the right."""
    sides = [frozenset({Term(False, frozenset(), side)}) for side in (left, right)]
    found = Search(Machine(), sides[0], sides[1]).run(LIMITS)
    return None if found is None else found.resource


@settings(derandomize=True, deadline=None)
@given(glob=globs)
def test_a_glob_covers_just_the_strings_that_it_matches(glob: str) -> None:
    assert [covers(tokens(glob), text) for text in STRINGS] == [matches(glob, text) for text in STRINGS]


@settings(derandomize=True, deadline=None)
@given(wide=globs, narrow=globs)
def test_a_covered_glob_has_no_string_of_its_own(wide: str, narrow: str) -> None:
    if covers(tokens(wide), tokens(narrow)):
        assert difference(frozenset({narrow}), frozenset({wide})) is None
    assert covers(tokens(narrow), tokens(narrow))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(left=unions, right=unions)
def test_differences_are_real_and_shortest(left: frozenset[str], right: frozenset[str]) -> None:
    def differs(text: str) -> bool:
        return any(matches(glob, text) for glob in left) and not any(matches(glob, text) for glob in right)

    found = difference(left, right)
    samples = [len(text) for text in STRINGS if differs(text)]
    if found is None:
        assert not samples
    else:
        assert differs(found)
        assert len(found) <= min(samples, default=len(found))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(left=st.frozensets(globs, min_size=1, max_size=3), right=st.frozensets(globs, min_size=1, max_size=3))
def test_z3_agrees(left: frozenset[str], right: frozenset[str]) -> None:
    z3 = pytest.importorskip("z3", reason="z3-solver is a development dependency")
    sort = z3.ReSort(z3.StringSort())
    pieces = {"*": z3.Full(sort), "?": z3.AllChar(sort), **{letter: z3.Re(letter) for letter in "ab"}}

    def language(side: frozenset[str]) -> object:
        options = [z3.Concat(z3.Re(""), z3.Re(""), *(pieces[token] for token in glob)) for glob in sorted(side)]
        return z3.Union(*options, z3.Empty(sort))

    text = z3.String("text")
    solver = z3.Solver()
    solver.set("timeout", 5_000)
    solver.add(z3.InRe(text, language(left)), z3.Not(z3.InRe(text, language(right))))
    answer = solver.check()
    assert answer != z3.unknown
    assert (answer == z3.sat) == (difference(left, right) is not None)


def test_escapes_are_characters_and_variables_are_not() -> None:
    assert tokens("a${*}${?}${$}") == ("a", "*", "?", "$")
    assert variables_in("a${*}/${aws:username}/${aws:userid, 'x'}") == ("aws:username", "aws:userid, 'x'")
    assert tokens("a${aws:username}b") == tokens("a*b")
    assert tokens("a${aws:username}b", full_variables=True) == tokens("a?*b")


def test_runs_of_wildcards_have_one_spelling() -> None:
    assert tokens("a*?**?") == tokens("a??*")


def test_many_stars_stay_small() -> None:
    """112 and 224 states; 2,835 without dropping what a reached star makes useless."""
    start = "*a????b*c????d*e????f"
    left, right = frozenset({f"{start}*g*"}), frozenset({f"{start}g*", f"{start}?*g*"})
    sides = [frozenset({Term(False, frozenset(), side)}) for side in (left, right)]
    for one, other in (sides, sides[::-1]):
        assert Search(Machine(), one, other).run(Limits(500, 10)) is None


def test_a_search_stops_at_its_budget() -> None:
    sides = [frozenset({Term(False, frozenset(), frozenset({glob}))}) for glob in ("a" * 50 + "*", "a" * 50 + "b*")]
    with pytest.raises(Exhausted, match="budget of 10 states"):
        Search(Machine(), sides[0], sides[1]).run(Limits(10, 10))


@settings(derandomize=True, deadline=None)
@given(glob=st.text("ab*", max_size=3), barred=st.sampled_from(":/"), rest=st.text("ab*", max_size=2))
def test_a_part_of_an_arn_has_no_separator(glob: str, barred: str, rest: str) -> None:
    pattern = f"{glob}${{{barred}}}{rest}"
    body = "".join({"*": ".*"}.get(char, char) for char in glob) + f"[^{barred}]*"
    expected = re.compile(body + "".join({"*": ".*"}.get(char, char) for char in rest), re.DOTALL)
    machine = Machine()
    for letters in itertools.chain.from_iterable(itertools.product("ab:/", repeat=n) for n in range(5)):
        state = machine.start([pattern])
        for letter in letters:
            step = machine.step(state)
            state = step.edges.get(letter, step.default)
        assert machine.accepts(state) == bool(expected.fullmatch("".join(letters))), letters


named = st.lists(st.sampled_from(["a", "b", "*", "?", "${aws:u}", "${aws:v}", "${*}"]), max_size=5).map("".join)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(wide=named, narrow=named, first=st.text("ab", max_size=2), second=st.text("ab", max_size=2))
def test_what_covers_by_name_covers_whatever_the_values(wide: str, narrow: str, first: str, second: str) -> None:
    values = {"aws:u": first, "aws:v": second}
    if covers_by_name(wide, narrow):
        sides = [frozenset({Term(False, frozenset(), frozenset({fill(g, values)}))}) for g in (narrow, wide)]
        assert Search(Machine(), sides[0], sides[1]).run(LIMITS) is None
