from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from iamc.lsp.documents import edited

SIGNS = st.sampled_from("ab\u00e9\U0001f600 \x0c\u2028\x85\n\r")
TEXTS = st.text(SIGNS, max_size=30)


def place(text: str, offset: int) -> types.Position:
    """Where an editor sees an offset: it counts UTF-16 units, and lines that end with LF, CRLF or CR."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return types.Position(before.count("\n"), len(before.rpartition("\n")[2].encode("utf-16-le")) // 2)


@given(TEXTS, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), TEXTS), max_size=4))
def test_the_text_is_the_editors(text: str, edits: list[tuple[float, int, str]]) -> None:
    ours = text
    for share, cut, typed in edits:
        start = round(share * len(text))
        end = min(len(text), start + cut)
        while start < len(text) and text[start - 1 : start + 1] == "\r\n":
            start -= 1  # no editor puts its cursor between CR and LF
        while text[end - 1 : end + 1] == "\r\n":
            end += 1
        change = types.TextDocumentContentChangePartial(types.Range(place(text, start), place(text, end)), typed)
        text = text[:start] + typed + text[end:]
        ours = edited(ours, [change], "utf-16")
        assert ours == text


def test_a_change_of_the_whole_and_places_outside() -> None:
    assert edited("abc", [types.TextDocumentContentChangeWholeDocument("x\ny")], "utf-16") == "x\ny"
    far = types.Range(types.Position(7, 3), types.Position(9, 0))
    assert edited("abc", [types.TextDocumentContentChangePartial(far, "d")], "utf-16") == "abcd"
