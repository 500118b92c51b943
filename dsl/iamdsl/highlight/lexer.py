"""The scanner as a lexer of Pygments, for documentation: Sphinx, MkDocs and `pygmentize` find it as `iamdsl`.

Pygments is loaded by whoever looks for this module; nothing in the compiler does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import Lexer
from pygments.token import Whitespace, string_to_tokentype

from iamdsl.highlight.kinds import KINDS
from iamdsl.highlight.scan import parts, scan


class IamdslLexer(Lexer):
    """Access declarations as iamc compiles them."""

    name = "iamdsl"
    aliases: ClassVar[list[str]] = ["iamdsl"]
    filenames: ClassVar[list[str]] = ["*.iamdsl"]
    mimetypes: ClassVar[list[str]] = ["text/x-iamdsl"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Every part of the text in order, with its token type."""
        at = 0
        for token in scan(text):
            if at < token.start:
                yield at, Whitespace, text[at : token.start]
            for part in parts(text, token):
                yield part.start, string_to_tokentype(KINDS[part.kind].token), text[part.start : part.end]
            at = token.end
        if at < len(text):
            yield at, Whitespace, text[at:]
