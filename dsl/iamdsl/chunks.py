"""Cutting a text that does not parse into declarations, so that each mistake stays in its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 32
"""How deep brackets may nest before the text is given up; the language itself nests one deep."""

_QUIET = re.compile(r'"(?:\\.|[^"\\])*"?|#.*|(?<!\S)//.*|\$\{[^{}"]*\}?')
_LOUD = re.compile(r"[\"#$/]")  # without one of these a line has nothing to silence
_BRACE = re.compile(r'"(?:\\.|[^"\\\n])*"?|#[^\n]*|\$\{[^{}"\n]*\}?|(\{)')
_BRACKET = re.compile(r"[{}()\[\]]")
_FIRST_WORD = re.compile(r"[A-Za-z][\w-]{0,80}")
# A line that begins with one of these goes on with the declaration above it, even in the first column.
_GOES_ON = re.compile(r"(?:to|in|as|for|on|with|without|when|until|except|and|break-glass)\b|[,:={\"]|arn:")


def first_word(text: str) -> str:
    """The word that the text begins with; empty when it begins otherwise."""
    match = _FIRST_WORD.match(text)
    return match[0] if match else ""


def opening_brace(text: str, end: int) -> int:
    """Offset of the brace that opens the block of a declaration, before `end`; -1 when there is none."""
    return next((match.start() for match in _BRACE.finditer(text, 0, end) if match[1]), -1)


class TooDeepError(Exception):
    """Brackets nest too deep at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def starts(text: str, declarations: frozenset[str], at: int = 0) -> Iterator[int]:
    """Where the declarations of `text` begin, from the line at `at` on; raises `TooDeepError`.

    A declaration begins at a line that starts with one of the words `declarations` while no block is open, or no
    deeper than the line that opened the block: then the block was never closed. Any other text in the first
    column outside a block begins one too: it is a declaration that nobody knows. Nothing before a beginning has a
    say in what follows it, so that reading may set in at any of them.
    """
    state: _Open | None = None
    while at <= len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        content = _QUIET.sub(lambda match: match[0][0] * len(match[0]), line) if _LOUD.search(line) else line
        code = content.strip(" \t\r")
        if code and code[0] != "#" and (state is None or state.begins(line, content, declarations)):
            yield at + len(line) - len(line.lstrip())
            state = _Open(first_word(code))
        deep = state.feed(content) if state else None
        if deep is not None:
            raise TooDeepError(at + deep)
        at = end + 1


class _Open:
    """The declaration that is being read: its brackets so far."""

    def __init__(self, keyword: str = "") -> None:
        self._keyword = keyword
        self._depth = 0
        self._opened = False
        self._indent = 0
        self._unfinished = False

    def begins(self, line: str, content: str, declarations: frozenset[str]) -> bool:
        """Whether this line begins another declaration."""
        indent = len(line) - len(line.lstrip())
        code = content.strip()
        known = first_word(code) in declarations
        if self._depth:
            subject = self._keyword == "check" and first_word(code) == "role" and "{" not in content
            return known and indent <= self._indent and not subject
        if code[0] == "}":
            return self._opened
        return known or (indent == 0 and not self._unfinished and not _GOES_ON.match(code))

    def feed(self, content: str) -> int | None:
        """Count the brackets of a line; the answer is where they nest too deep."""
        for match in _BRACKET.finditer(content):
            if match[0] in "{([":
                if not self._depth:
                    self._indent = len(content) - len(content.lstrip())
                self._opened = True
                self._depth += 1
                if self._depth > DEEPEST:
                    return match.start()
            else:
                self._depth = max(0, self._depth - 1)
        if content.strip():
            self._unfinished = content.rstrip().endswith((",", "=", ":"))
        return None
