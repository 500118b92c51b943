"""The machine run over a text, whatever the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from iamdsl.highlight.machine import COMMENT, Next, Rule, load_machine, word_pattern
from iamdsl.values import dataclass

_QUIET = re.compile(rf"[ \n\r\t]+|({COMMENT})")
_Match: TypeAlias = Callable[[str, int], "re.Match[str] | None"]


@dataclass(frozen=True, slots=True)
class Token:
    """`[start, end)` of the text, within one line."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Lexer:
    """The rules of one block, compiled."""

    leave: _Match
    match: _Match
    rules: tuple[tuple[Rule, _Match | None], ...]


def scan(text: str) -> Iterator[Token]:
    """The tokens of a text in order, without white space."""
    lexers = _lexers()
    lexer, expected, at = lexers[""], None, 0
    following: tuple[Next, ...] = ()
    while at < len(text):
        if quiet := _QUIET.match(text, at):
            if quiet[1]:
                yield Token(at, quiet.end(), "comment")
            at = quiet.end()
            continue
        found = expected(text, at) if expected else None
        expected = None
        if found and following[_index(found)].kind:
            yield Token(at, found.end(), following[_index(found)].kind)
            at = found.end()
            continue
        if left := lexer.leave(text, at):
            lexer = lexers[left[0]]
        found = lexer.match(text, at)
        assert found  # noqa: S101 - the last rule of every block fits anything
        rule, expected = lexer.rules[_index(found)]
        yield Token(at, found.end(), rule.kind)
        following, at = rule.next, found.end()
        lexer = lexers[""] if rule.closes else lexer


def parts(text: str, token: Token) -> Iterator[Token]:
    """A token in pieces: variables and escapes in it are tokens of their own."""
    insides = [inside for inside in load_machine().insides if token.kind in inside.kinds]
    at = token.start
    for match in _one_of([inside.pattern for inside in insides]).finditer(text, at, token.end) if insides else ():
        if match.start() > at:
            yield Token(at, match.start(), token.kind)
        at = match.end()
        yield Token(match.start(), at, insides[_index(match)].kind)
    if at < token.end:
        yield Token(at, token.end, token.kind)


@lru_cache(maxsize=1)
def _lexers() -> dict[str, _Lexer]:
    machine = load_machine()
    compiled: dict[tuple[Next, ...], _Match | None] = {(): None}
    lexers = {}
    for block in (machine.outside, *machine.blocks):
        for rule in block.rules:
            if rule.next not in compiled:
                compiled[rule.next] = _one_of([each.pattern for each in rule.next]).match
        rules = tuple((rule, compiled[rule.next]) for rule in block.rules)
        leave = re.compile(word_pattern(block.leaves)).match
        lexers[block.word] = _Lexer(leave, _one_of([rule.pattern for rule in block.rules]).match, rules)
    return lexers


def _one_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"({pattern})" for pattern in patterns))


def _index(match: re.Match[str]) -> int:
    """Which of the patterns fitted."""
    return (match.lastindex or 0) - 1
