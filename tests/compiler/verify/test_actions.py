"""Action patterns: the quick way to match names agrees with the automaton's matcher, and with `re`."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from iamc.verify.actions import _matching
from iamc.verify.globs import covers, tokens

NAMES = st.lists(st.text("ab", max_size=7), max_size=12).map(lambda names: sorted(set(names)))


@given(st.text("ab*?", max_size=7), NAMES)
def test_matching_finds_what_the_glob_covers(pattern: str, names: list[str]) -> None:
    found = _matching(pattern, names)
    assert found == [name for name in names if covers(tokens(pattern), name)]
    regex = re.compile("".join({"*": ".*", "?": "."}.get(char, char) for char in pattern))
    assert found == [name for name in names if regex.fullmatch(name)]
