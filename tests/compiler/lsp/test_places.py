from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamc.lsp.positions import offset_of, place_of
from iamdsl.pieces import common_ends
from iamdsl.source import Source

TEXTS = st.text(st.sampled_from("a\u00e9\u4e2d\U0001f600 \n"), max_size=40)


@given(TEXTS, st.data(), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_an_offset_survives_the_way_to_an_editor_and_back(text: str, data: st.DataObject, encoding: str) -> None:
    source = Source("x", text)
    offset = data.draw(st.integers(0, len(text)))
    place = place_of(source, offset, encoding)
    assert offset_of(source, place.line, place.column, encoding) == offset


@given(TEXTS, st.data())
def test_columns_are_utf_16(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    place = place_of(Source("x", text), offset)
    before = text[:offset].rpartition("\n")[2]
    assert place.column == len(before.encode("utf-16-le")) // 2


@given(TEXTS, st.integers(-3, 50), st.integers(-3, 50))
def test_places_outside_the_text_are_brought_inside(text: str, line: int, column: int) -> None:
    assert 0 <= offset_of(Source("x", text), line, column) <= len(text)


@pytest.mark.parametrize(
    ("one", "other", "ends"),
    [("", "", (0, 0)), ("abc", "abd", (2, 0)), ("ab", "abc", (2, 0)), ("xa", "ya", (0, 1)), ("aa", "aaa", (2, 0))],
)
def test_common_ends(one: str, other: str, ends: tuple[int, int]) -> None:
    assert common_ends(one, other) == ends
