"""The outline of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from iamdsl import syntax
from iamdsl.source import Span
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declaration: `kind` is its keyword, `name_span` lies inside `span`."""

    kind: str
    name: str
    detail: str
    span: Span
    name_span: Span
    children: tuple[Symbol, ...] = ()


_KEYWORDS: dict[type, str] = {
    syntax.Let: "let",
    syntax.Account: "account",
    syntax.Team: "team",
    syntax.Resources: "resources",
    syntax.Actions: "actions",
    syntax.Services: "services",
    syntax.Tier: "tier",
    syntax.Role: "role",
}


def matching(query: str, found: Iterable[Symbol]) -> Iterator[tuple[Symbol, str]]:
    """The symbols whose names have all letters of a query in their order, with the name of what holds each."""
    pattern = re.compile(".*".join(map(re.escape, query)), re.IGNORECASE)
    for each in found:
        if each.kind not in ("grant", "import") and pattern.search(each.name):
            yield each, ""
        for part in each.children:
            if part.kind != "statement" and pattern.search(part.name):
                yield part, each.name


def symbols(file: syntax.File) -> tuple[Symbol, ...]:
    """The declarations of a file in order."""
    return tuple(symbol for node in file.declarations for symbol in _symbols(node))


def _symbols(node: syntax.Declaration) -> Iterator[Symbol]:
    if isinstance(node, syntax.People):
        people = tuple(Symbol("person", p.name.text, p.email.text, p.span, p.name.span) for p in node.persons)
        yield Symbol("people", "people", "", node.span, node.span, people)
    elif isinstance(node, syntax.Check):
        yield Symbol("check", node.title.text or "check", "", node.span, node.title.span)
    elif isinstance(node, syntax.Import):
        name = node.alias.text if node.alias else node.path.text
        yield Symbol("import", name, node.path.text, node.span, node.path.span)
    elif isinstance(node, syntax.Grant):
        yield Symbol("grant", _one_line(node.span.text.partition("{")[0]), "", node.span, node.span)
    else:
        yield Symbol(_KEYWORDS[type(node)], node.name.text, _detail(node), node.span, node.name.span, _parts(node))


def _parts(node: syntax.Declaration) -> tuple[Symbol, ...]:
    if isinstance(node, syntax.Resources):
        return tuple(Symbol("resource", r.name.text, "", r.span, r.name.span) for r in node.resources)
    if isinstance(node, (syntax.Role, syntax.Tier)):
        lines = (f for f in node.fields if isinstance(f, (syntax.Statement, syntax.Pass, syntax.Assume)))
        return tuple(Symbol("statement", _one_line(line.span.text), "", line.span, line.span) for line in lines)
    return ()


def _detail(node: syntax.Declaration) -> str:
    if isinstance(node, syntax.Account):
        return node.number.text
    if isinstance(node, syntax.Role) and node.tier:
        return node.tier.text
    return node.value.text if isinstance(node, syntax.Let) else ""


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:59] + "\u2026"
