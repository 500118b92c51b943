"""Cutting a text that does not parse into declarations, so that each mistake stays in its own."""

from __future__ import annotations

import re

from iamdsl.values import dataclass

DEEPEST = 32
"""How deep brackets may nest before the text is given up; the language itself nests one deep."""

_QUIET = re.compile(r'"(?:\\.|[^"\\])*"?|#.*|(?<!\S)//.*|\$\{[^{}"]*\}?')
_BRACE = re.compile(r'"(?:\\.|[^"\\\n])*"?|#[^\n]*|\$\{[^{}"\n]*\}?|(\{)')
_BRACKET = re.compile(r"[{}()\[\]]")
_FIRST_WORD = re.compile(r"[A-Za-z][\w-]{0,80}")
# A line that begins with one of these goes on with the declaration above it, even in the first column.
_GOES_ON = re.compile(r"(?:to|in|as|for|on|with|without|when|until|except|and|break-glass)\b|[,:={\"]|arn:")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The range [start, end) of one declaration, with the comments and blank lines behind it."""

    start: int
    end: int


def first_word(text: str) -> str:
    """The word that the text begins with; empty when it begins otherwise."""
    match = _FIRST_WORD.match(text)
    return match[0] if match else ""


def opening_brace(text: str, end: int) -> int:
    """Offset of the brace that opens the block of a declaration, before `end`; -1 when there is none."""
    return next((match.start() for match in _BRACE.finditer(text, 0, end) if match[1]), -1)


def split(text: str, declarations: frozenset[str]) -> tuple[list[Chunk], int | None]:
    """The declarations of `text`; and where brackets nest too deep, or None.

    A declaration begins at a line that starts with one of the words `declarations` while no block is open, or no
    deeper than the line that opened the block: then the block was never closed. Any other text in the first
    column outside a block begins one too: it is a declaration that nobody knows.
    """
    starts: list[int] = []
    state = _Open()
    at = 0
    for line in text.split("\n"):
        content = _QUIET.sub(lambda match: match[0][0] * len(match[0]), line)
        code = content.strip(" \t\r")
        if code and code[0] != "#" and (not starts or state.begins(line, content, declarations)):
            starts.append(at + len(line) - len(line.lstrip()))
            state = _Open(first_word(code))
        deep = state.feed(content)
        if deep is not None:
            return [], at + deep
        at += len(line) + 1
    return [Chunk(a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)], None


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
