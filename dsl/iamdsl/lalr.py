"""Running the parse tables over a text.

The lexer looks, state by state, only for the terminals that may come next, so words like `list` or `group`
are keywords where the grammar has them and plain names elsewhere. A keyword is matched as a whole word only:
`reader` is never `read` and `er`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from iamdsl.values import dataclass

if TYPE_CHECKING:
    from iamdsl.tables import Rule, Tables

END = "$END"

_SKIP = re.compile(r"(?:[ \n\r\t]+|#[^\n]*)*").match
_WORD = re.compile(r"[A-Za-z0-9_-]+|<=|[^\w\s]").match
_Match: TypeAlias = Callable[[str, int, int], "re.Match[str] | None"]
_Symbol: TypeAlias = tuple[Any, int, int]  # what was built, and from where to where


class Builder(Protocol):
    """What makes a tree of the parse. Offsets are those of the text that is parsed."""

    def leaf(self, terminal: str, start: int, end: int) -> object:
        """The leaf for one token."""

    def node(self, label: str, children: list[object], start: int, end: int) -> object:
        """The node for one rule; None among the children stands for an optional part that is absent."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the text stops to fit the grammar.

    Attributes:
        start: offset of the first text that does not fit.
        previous: offset just behind the last text that does, or where the parse began.
        expected: the terminals that would fit, with `END` for the end of the text.

    """

    start: int
    previous: int
    expected: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Lexer:
    """The terminals that one state accepts: patterns with a priority, fixed texts, other patterns."""

    first: tuple[tuple[str, _Match], ...]
    words: dict[str, str]
    last: tuple[tuple[str, _Match], ...]

    def token(self, text: str, start: int, end: int) -> tuple[str, int]:
        """The terminal at `start` and where it ends; the terminal is empty when none fits."""
        for terminal, match in self.first:
            if found := match(text, start, end):
                return terminal, found.end()
        if (word := _WORD(text, start, end)) and word.group() in self.words:
            return self.words[word.group()], word.end()
        for terminal, match in self.last:
            if found := match(text, start, end):
                return terminal, found.end()
        return "", start


class Parser:
    """The parser that a set of tables describes."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._lexers = _lexers(tables)

    def parse(self, text: str, start: int, end: int, builder: Builder) -> object:
        """The tree of `text[start:end]`, or the `Failure` that stopped it. Takes linear time."""
        tables, lexers, leaf = self.tables, self._lexers, builder.leaf
        states = [tables.start]
        symbols: list[_Symbol] = []
        previous = start
        while True:
            at = _SKIP(text, previous, end).end()  # type: ignore[union-attr]  # it also matches nothing at all
            terminal, stop = lexers[states[-1]].token(text, at, end) if at < end else (END, at)
            while (action := tables.states[states[-1]].get(terminal)) is not None and action < 0:
                self._reduce(tables.rules[~action], states, symbols, builder, at)
                if terminal == END and states[-1] == tables.end:
                    return symbols[0][0]
            if action is None and at < end and lexers[states[-1]].token(text, at, end)[0] not in (terminal, ""):
                # A reduction led to a state where the same text is another word: keywords are soft.
                continue
            if action is None:
                return Failure(at, previous, self._expected(states))
            states.append(action)
            symbols.append((leaf(terminal, at, stop) if terminal in tables.leaves else None, at, stop))
            previous = stop

    def _reduce(self, rule: Rule, states: list[int], symbols: list[_Symbol], builder: Builder, at: int) -> None:
        """Replace the symbols of `rule` on top of the stacks by the node that they make."""
        cut = len(symbols) - rule.size
        taken = symbols[cut:]
        first, last = (taken[0][1], taken[-1][2]) if taken else (at, at)
        children = _children(rule, taken)
        del states[cut + 1 :], symbols[cut:]
        states.append(self.tables.states[states[-1]][rule.origin])
        if rule.inline:
            symbols.append((children, first, last))
        elif rule.single and len(children) == 1:
            symbols.append((children[0], first, last))
        else:
            symbols.append((builder.node(rule.label, children, first, last), first, last))

    def _expected(self, states: list[int]) -> frozenset[str]:
        return frozenset(name for name in self.tables.states[states[-1]] if self._accepts(states, name))

    def _accepts(self, states: list[int], terminal: str) -> bool:
        """Whether `terminal` can follow: the reductions that it asks for must end in a shift."""
        if not terminal.isupper():
            return False
        stack = list(states)
        while (action := self.tables.states[stack[-1]].get(terminal)) is not None:
            if action >= 0:
                return True
            rule = self.tables.rules[~action]
            del stack[len(stack) - rule.size :]
            stack.append(self.tables.states[stack[-1]][rule.origin])
            if terminal == END and stack[-1] == self.tables.end:
                return True
        return False


def _children(rule: Rule, symbols: list[_Symbol]) -> list[Any]:
    children: list[Any] = []
    for index, inline in rule.keep:
        if index < 0:
            children.append(None)
        elif not inline:
            children.append(symbols[index][0])
        elif children:
            children += symbols[index][0]
        else:
            # The list of a repetition belongs to nobody else, so it may grow in place; copies are quadratic.
            children = symbols[index][0]
    return children


def _lexers(tables: Tables) -> list[_Lexer]:
    matchers: dict[str, _Match] = {
        name: re.compile(pattern, re.ASCII).match for name, pattern in tables.patterns.items()
    }
    known: dict[frozenset[str], _Lexer] = {}
    lexers = []
    for actions in tables.states:
        accepted = frozenset(name for name in actions if name in tables.words or name in matchers)
        if accepted not in known:
            known[accepted] = _lexer(tables, matchers, accepted)
        lexers.append(known[accepted])
    return lexers


def _lexer(tables: Tables, matchers: dict[str, _Match], accepted: frozenset[str]) -> _Lexer:
    patterns = [(name, match) for name, match in matchers.items() if name in accepted]
    words = {text: name for name in accepted for text in tables.words.get(name, ())}
    first = tuple(pair for pair in patterns if pair[0] not in tables.late)
    return _Lexer(first, words, tuple(pair for pair in patterns if pair[0] in tables.late))
