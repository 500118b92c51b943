"""Semantic tokens: what each word of a file is. Names are told apart by what they mean, the rest by its looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.lsp.occurrences import Occurrence
from iamdsl.highlight import scan
from iamdsl.highlight.kinds import KINDS as LOOKS
from iamdsl.source import Source
from iamdsl.values import dataclass

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
KINDS = tuple(dict.fromkeys([*(kind.semantic for kind in LOOKS.values() if kind.semantic), *_NAMES.values()]))
"""The token types, by the names of the protocol."""
MODIFIERS = ("declaration",)


@dataclass(frozen=True, slots=True)
class Token:
    """`[start, end)` of the text, within one line."""

    start: int
    end: int
    kind: str
    declares: bool = False


def tokens(source: Source, names: Iterable[Occurrence], start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `[start, end)` in order, also of broken text; `start` is where a declaration begins."""
    waiting = sorted(names, key=lambda name: name.span.start, reverse=True)
    found: list[Token] = []
    for each in scan.scan(source.text[start:end]):
        token = scan.Token(start + each.start, start + each.end, each.kind)
        inside: list[Occurrence] = []
        while waiting and waiting[-1].span.start < token.end:
            inside.append(waiting.pop())
        found += _with_names(token, [name for name in inside if name.span.start >= token.start])
    return found


def _with_names(token: scan.Token, names: list[Occurrence]) -> Iterator[Token]:
    """A token in pieces: the names in it are tokens of their own."""
    kind, at = LOOKS[token.kind].semantic, token.start
    for name in names:
        if kind and at < name.span.start:
            yield Token(at, name.span.start, kind)
        yield Token(name.span.start, name.span.end, _NAMES[name.thing[1]], name.declares)
        at = name.span.end
    if kind and at < token.end:
        yield Token(at, token.end, kind)
