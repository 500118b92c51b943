"""The words and comments of a file in order, with the line breaks that its author put between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from iamdsl.lalr import Failure, Parser
from iamdsl.values import dataclass

COMMENT = "COMMENT"
COMMA = "COMMA"
DOT = "DOT"
LBRACE = "LBRACE"
RBRACE = "RBRACE"

BARE_ARN = re.compile(r'arn:(?:\$\{[^}\s\\]*\}|[^\s,"#{}\[\]\\])+(?<!;)')
"""An ARN that needs no quotes. The grammar would also take a backslash, which quotes would have to escape."""

_PRAGMA = re.compile(r"#\s*iamc:\s*ignore\b")
_COMMENT = re.compile(r"#[^\n]*")
_TAKES_ARN = frozenset({"arn", "values", "let"})
_NO_SPACE_BEFORE = frozenset({COMMA, DOT})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One word as the grammar names it. `breaks` counts the line ends between it and the lexeme before."""

    kind: str
    text: str
    breaks: int

    @property
    def own_line(self) -> bool:
        """Whether this is a comment with a line of its own."""
        return self.kind == COMMENT and self.breaks > 0

    @property
    def silences(self) -> bool:
        """Whether this comment silences findings on its line, so that the line must stay together."""
        return self.kind == COMMENT and _PRAGMA.match(self.text) is not None


def join(lexemes: Iterable[Lexeme]) -> str:
    """The lexemes on one line, spaced canonically."""
    parts: list[str] = []
    previous = ""
    for lexeme in lexemes:
        if previous:
            parts.append(_space(previous, lexeme.kind))
        parts.append(lexeme.text)
        previous = lexeme.kind
    return "".join(parts)


def width(lexemes: Sequence[Lexeme]) -> int:
    """The characters that count: a comment at the end cannot be broken, so it does not."""
    if lexemes[-1].kind != COMMENT:
        return len(join(lexemes))
    return 0 if lexemes[-1].silences else len(join(lexemes[:-1]))


def lexemes_of(parser: Parser, text: str) -> list[Lexeme] | None:
    """The lexemes of a text, None if it does not parse; ARNs are bare where that means the same."""
    every_word = frozenset([*parser.tables.patterns, *parser.tables.words])
    recorder = _Recorder(text)
    failed = Parser(replace(parser.tables, leaves=every_word)).parse(text, 0, len(text), recorder)
    if isinstance(failed, Failure):
        return None
    found: list[Lexeme] = []
    behind = 0
    for kind, start, end in [*recorder.words, ("", len(text), len(text))]:
        for comment in _COMMENT.finditer(text, behind, start):
            found.append(Lexeme(COMMENT, comment[0].rstrip(), _breaks(text, behind, comment.start())))
            behind = comment.end()
        if start in recorder.arns:
            found.append(Lexeme("ARN", text[start + 1 : end - 1], _breaks(text, behind, start)))
        elif kind:
            found.append(Lexeme(kind, text[start:end], _breaks(text, behind, start)))
        behind = end
    return found


def _breaks(text: str, behind: int, start: int) -> int:
    """The line ends between two lexemes; the first of a file counts as standing on a new line."""
    return text.count("\n", behind, start) if behind else 1


@dataclass(slots=True)
class _Recorder:
    """Takes down every word of a parse, and the starts of those quoted ARNs that could as well be bare."""

    text: str
    words: list[tuple[str, int, int]] = field(default_factory=list)
    arns: set[int] = field(default_factory=set)

    def leaf(self, terminal: str, start: int, end: int) -> int | None:
        """The start of a quoted ARN; None for any other word."""
        self.words.append((terminal, start, end))
        quoted_arn = terminal == "STRING" and BARE_ARN.fullmatch(self.text, start + 1, end - 1)
        return start if quoted_arn else None

    def node(self, label: str, children: list[object], start: int, end: int) -> None:
        """Note the quoted ARNs of a rule that also takes bare ones."""
        if label in _TAKES_ARN:
            self.arns.update(child for child in children if isinstance(child, int))


def _space(previous: str, kind: str) -> str:
    if kind == COMMENT:
        return "  "
    if kind in _NO_SPACE_BEFORE or previous == DOT or (previous, kind) == (LBRACE, RBRACE):
        return ""
    return " "
