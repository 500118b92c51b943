"""The rules that colour a text, as values: what a token looks like, and what may follow it where looks do not tell.

A declaration is one set of rules, from its first word to its closing brace or the next declaration; outside of all
declarations, where a document may show a few lines of one, the rules of all are tried. The rules of a set are tried
in the order of the parser's own lexer. Where a name or a condition key may follow a token, that token's rule says
what comes `next`: a word of the language is no keyword there unless the grammar has it just there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from iamdsl.highlight.kinds import kind_of
from iamdsl.highlight.neighbours import Neighbours, load_neighbours
from iamdsl.tables import load_tables
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from iamdsl.tables import Tables

SOFT = frozenset({"KEY", "NAME"})
"""What other terminals look like: a key like an action, a name like any word. What stands before them tells."""
PARTED = ("string", "arn", "key")
"""The kinds of tokens that have parts."""
COMMENT = r"#[^\n]*"
_BROKEN = r'"(?:\\.|[^"\\\n])*"?'
_OTHER = r"[A-Za-z0-9_-]+|[^ \n\r\t]"
CLOSE = "RBRACE"

_Following: TypeAlias = dict[str, list[str]]
_Looks: TypeAlias = "dict[str, Rule]"


@dataclass(frozen=True, slots=True)
class Next:
    """One thing that may come next; `kind` is empty for what the rules of the set know by themselves."""

    pattern: str
    kind: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of token: its look, and what may come next if that must be said."""

    pattern: str
    kind: str
    next: tuple[Next, ...] = ()
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The rules of one kind of declaration.

    Attributes:
        word: the word that begins it; empty for what is outside of all declarations.
        leaves: the words that begin another declaration, and therefore end this one.
        rules: in the order in which they are tried; one of them fits wherever a token may begin.
    """

    word: str
    leaves: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Inside:
    """A part of a token: `kinds` are those of the tokens that may have it, of `PARTED`."""

    pattern: str
    kind: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """All rules: those outside of declarations, those of each kind of declaration, and parts of tokens."""

    outside: Block
    blocks: tuple[Block, ...]
    insides: tuple[Inside, ...]


@lru_cache(maxsize=1)
def load_machine() -> Machine:
    """The machine of this package's grammar."""
    return machine_of(load_tables(), load_neighbours())


def machine_of(tables: Tables, neighbours: Neighbours) -> Machine:
    """The rules for a grammar: its terminals, and which of them may follow which."""
    looks = {name: _look(name, tables) for name in _in_order(tables)}
    starts = {terminal: tables.words[terminal][0] for terminal in neighbours.following if terminal}
    blocks = tuple(_block(terminal, starts, looks, neighbours) for terminal in starts)
    loose = _loose(neighbours.following[""], tables, starts)
    outside = _block("", starts, looks, Neighbours({"": loose}, []))
    name = looks["NAME"].pattern
    insides = (
        Inside(rf"\$\{{{name}(?:\.{name})*\}}", "variable", PARTED),
        Inside(r"\$\{[^{}\n]*\}", "policy variable", PARTED),
        Inside(r'\\["\\n]', "escape", ("string",)),
    )
    return Machine(outside, blocks, insides)


def word_pattern(texts: tuple[str, ...]) -> str:
    """One of some words, and not the beginning of a longer one."""
    found = "|".join(re.escape(text).replace(r"\-", "-") for text in texts)
    return rf"(?:{found})(?![A-Za-z0-9_-])" if texts[0][0].isalpha() else f"(?:{found})"


def _in_order(tables: Tables) -> list[str]:
    """The terminals as the lexer tries them: patterns, words, and the patterns that words fit as well."""
    first = [name for name in tables.patterns if name not in tables.late]
    return [*first, *tables.words, *(name for name in tables.patterns if name in tables.late)]


def _look(terminal: str, tables: Tables) -> Rule:
    texts = tuple(tables.words.get(terminal, ()))
    pattern = word_pattern(texts) if texts else _plain(tables.patterns[terminal])
    return Rule(pattern, kind_of(terminal, texts))


def _plain(pattern: str) -> str:
    """A pattern of the grammar without groups that catch, and meaning the same with and without Unicode.

    The grammar uses `\\d`, `\\w` and `\\s`, which are ASCII to the parser, in and outside of brackets.
    """
    meaning = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
    made, bracket = "", False
    for piece in re.findall(r"\\.|\(\?|.", pattern.replace("\n", r"\n")):
        if piece[0] == "\\" and piece[1] in meaning:
            made += meaning[piece[1]] if bracket else f"[{meaning[piece[1]]}]"
            continue
        made += "(?:" if piece == "(" and not bracket else piece
        bracket = piece == "[" or (bracket and piece != "]")
    return f"(?:{made})" if "|" in made else made


def _loose(following: _Following, tables: Tables, starts: dict[str, str]) -> _Following:
    """What may follow outside of declarations, where lines of any kind may stand: a name only if nothing else fits."""
    return {
        terminal: [*names, *tables.patterns] if "NAME" in names else names
        for terminal, names in following.items()
        if terminal not in starts
    }


def _block(begin: str, starts: dict[str, str], looks: _Looks, neighbours: Neighbours) -> Block:
    following = neighbours.following[begin]
    own = {name for terminal in following for name in (terminal, *following[terminal])}
    if not begin:
        own -= starts.keys()
    naming = {begin}.intersection(neighbours.naming)
    rules = [_rule(name, looks, following.get(name, []), declares=name in naming) for name in looks if name in own]
    rules += [Rule(_BROKEN, "string"), Rule(looks["NAME"].pattern, "name"), Rule(_OTHER, "other")]  # whatever else
    leaves = tuple(word for terminal, word in starts.items() if terminal not in own)
    return Block(starts.get(begin, ""), leaves, tuple(rules))


def _rule(terminal: str, looks: _Looks, following: list[str], *, declares: bool) -> Rule:
    look = looks[terminal]
    tried = [name for name in looks if name in following]
    while tried and tried[-1] not in SOFT:
        tried.pop()
    kinds = {"NAME": "declared" if declares else "name", "KEY": looks["KEY"].kind}
    expected = tuple(Next(looks[name].pattern, kinds.get(name, "")) for name in tried)
    return Rule(look.pattern, look.kind, expected, closes=terminal == CLOSE)
