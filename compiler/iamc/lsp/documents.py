"""The texts of open documents, as an editor edits them.

Lines end as the protocol has it, with LF, CRLF or CR, and with nothing else that Unicode calls a line end: else one odd
character in a comment would put all further edits on wrong lines. pygls keeps texts that do not, so ours are not its.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method

from iamc.lsp.positions import index_of

_LINE_END = re.compile(r"\r\n|\n|\r")


class DocumentProtocol(LanguageServerProtocol):
    """The protocol as pygls has it, but for the edits of documents, which it leaves to the server as they came."""

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: types.DidChangeTextDocumentParams
    ) -> Iterator[tuple[Callable[..., Any], tuple[Any, ...], None]]:
        """Hand the edits on."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None


def edited(text: str, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: str) -> str:
    """The text after some changes, each of which counts in the text that the one before left."""
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = (_offset(text, place, encoding) for place in (change.range.start, change.range.end))
            text = text[:start] + change.text + text[max(start, end) :]
        else:
            text = change.text
    return text


def _offset(text: str, place: types.Position, encoding: str) -> int:
    """The offset of a place; what lies outside the text is brought inside."""
    start = 0
    if place.line > 0:
        before = next(islice(_LINE_END.finditer(text), place.line - 1, None), None)
        if before is None:
            return len(text)
        start = before.end()
    end = _LINE_END.search(text, start)
    line = text[start : end.start() if end else len(text)]
    return start + index_of(line, place.character, encoding)
