"""Which terminals may stand next to each other, in each kind of declaration.

The words of the language are soft: `list` is an access level in one place and somebody's role in another. The parser
knows by its state. Who colours a text has no parser, but what stands before a word nearly always tells, and that can
be read off the grammar.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from iamdsl.cache import Cache, user_cache
from iamdsl.values import dataclass

GRAMMAR = Path(__file__).parents[1] / "grammar.lark"

_Rules: TypeAlias = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the grammar says about neighbours.

    Attributes:
        following: by the terminal that begins a declaration (empty for a whole file), by terminal: those that may
            come next.
        naming: the terminals that begin a declaration of the name behind them.
    """

    following: dict[str, dict[str, list[str]]]
    naming: list[str]


def load_neighbours(cache: Cache | None = None) -> Neighbours:
    """The neighbours in this package's grammar, from `cache` (the user's, unless told) or else found anew."""
    cache = user_cache() if cache is None else cache
    grammar = GRAMMAR.read_bytes()
    name = f"neighbours/{hashlib.sha256(grammar + Path(__file__).read_bytes()).hexdigest()[:32]}"
    plain = cache.get(name)
    if plain is not None:
        return Neighbours(*plain)
    found = find_neighbours(grammar.decode("utf-8"))
    cache.put(name, [found.following, found.naming])
    return found


def find_neighbours(grammar: str) -> Neighbours:
    """The neighbours in `grammar`, whose declarations are the alternatives of its rule `declaration`."""
    rules = _rules(grammar)
    first, last = _ends(rules, 0), _ends(rules, -1)
    following = {"": _pairs(rules, "start", first, last)}
    naming = []
    for (declaration,) in rules["declaration"]:
        (begin,) = first[declaration]
        following[begin] = _pairs(rules, declaration, first, last)
        if all(symbols[1] == "NAME" for symbols in rules[declaration]):
            naming.append(begin)
    return Neighbours(following, naming)


def _rules(grammar: str) -> _Rules:
    """The expansions of every rule, as lark has them: options and repetitions are rules and alternatives too."""
    from lark import Lark

    rules: _Rules = defaultdict(list)
    for rule in Lark(grammar, parser="lalr", maybe_placeholders=True).rules:
        if rule.expansion:  # lark leaves nothing empty but a whole file
            rules[rule.origin.name].append([symbol.name for symbol in rule.expansion])
    return rules


def _ends(rules: _Rules, at: int) -> dict[str, set[str]]:
    """The terminals that each rule may begin with, or end with where `at` is -1."""
    found: dict[str, set[str]] = {name: set() for name in rules}
    size = -1
    while size < (size := sum(map(len, found.values()))):  # until a round adds nothing
        for name, expansions in rules.items():
            for symbols in expansions:
                found[name] |= found.get(symbols[at], {symbols[at]})
    return found


def _pairs(rules: _Rules, root: str, first: dict[str, set[str]], last: dict[str, set[str]]) -> dict[str, list[str]]:
    """What may follow each terminal below `root`."""
    found: dict[str, set[str]] = defaultdict(set)
    waiting, seen = [root], {root}
    while waiting:
        for symbols in rules[waiting.pop()]:
            for one, other in pairwise(symbols):
                for terminal in last.get(one, {one}):
                    found[terminal] |= first.get(other, {other})
            inner = [symbol for symbol in symbols if symbol in rules and symbol not in seen]
            seen.update(inner)
            waiting += inner
    return {terminal: sorted(found[terminal]) for terminal in sorted(found)}
