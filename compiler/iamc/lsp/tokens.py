"""Semantic tokens: what each word of a file is. Names are told apart by what they mean, the rest by its looks."""

from __future__ import annotations

import re
from functools import lru_cache

from iamc.lsp.occurrences import Occurrence
from iamdsl.source import Source
from iamdsl.values import dataclass

KINDS = ("keyword", "comment", "string", "number", "operator", "function", "property", "variable", "type", "class",
         "namespace", "enumMember")  # fmt: skip
"""The token types, by the names of the protocol."""
MODIFIERS = ("declaration",)

_NAMES = {
    "variable": "variable",
    "account": "namespace",
    "person": "variable",
    "team": "type",
    "resources": "class",
    "resource": "property",
    "actions": "function",
    "services": "class",
    "tier": "type",
    "role": "class",
    "import": "namespace",
}
_SCAN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<string>"(?:\\.|[^"\\\n])*"?|\barn:(?:\$\{[^}\s]*\}|[^\s,"\#{}\[\]])+|[\w.%+-]+@[\w.-]+)
    |(?P<number>\b\d[\w:-]*(?![\w-]))
    |(?P<function>[A-Za-z0-9*?][\w*?-]*:[A-Za-z*?$][^\s,"\#{}\[\]]*)
    |(?P<operator>==|!=|<=|>=|[<>*])
    |(?P<word>[A-Za-z][\w-]*)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """`[start, end)` of the text, within one line."""

    start: int
    end: int
    kind: str
    declares: bool = False


@lru_cache(maxsize=1)
def keywords() -> frozenset[str]:
    """Every fixed word of the grammar."""
    from iamdsl.parse import parser

    words = (word for words in parser().tables.words.values() for word in words)
    return frozenset(word for word in words if word[0].isalpha())


def tokens(source: Source, names: list[Occurrence]) -> list[Token]:
    """The tokens of a file in order; broken text has them too."""
    by_start = {each.span.start: each for each in names}
    found: list[Token] = []
    for match in _SCAN.finditer(source.text):
        if match.lastgroup == "word":
            found += _word(match, by_start)
        elif match.lastgroup in ("string", "function"):
            found += _with_variables(match, match.lastgroup, by_start)
        elif match.lastgroup:
            found.append(Token(match.start(), match.end(), match.lastgroup))
    return found


def _word(match: re.Match[str], names: dict[int, Occurrence]) -> list[Token]:
    name = names.get(match.start())
    if name is not None:
        return [_named(name)]
    return [Token(match.start(), match.end(), "keyword")] if match[0] in keywords() else []


def _named(name: Occurrence) -> Token:
    return Token(name.span.start, name.span.end, _NAMES[name.thing[1]], name.declares)


def _with_variables(match: re.Match[str], kind: str, names: dict[int, Occurrence]) -> list[Token]:
    """A text in pieces: the names of variables in it are tokens of their own."""
    found: list[Token] = []
    at = match.start()
    inside = [name for start in range(match.start(), match.end()) if (name := names.get(start))]
    for name in inside:
        if name.span.start > at:
            found.append(Token(at, name.span.start, kind))
        found.append(_named(name))
        at = name.span.end
    return [*found, Token(at, match.end(), kind)] if at < match.end() else found
