"""The parse tables: worked out from `grammar.lark` by lark once, then read from the cache.

Lark takes 45 ms to import and 180 ms to build the tables; reading them back takes 3 ms, without lark. The
tables depend on the grammar and on this module alone, so the digest of both is their key.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from operator import itemgetter
from pathlib import Path
from typing import Any

from iamdsl.cache import Cache, user_cache
from iamdsl.values import dataclass

_GRAMMAR = Path(__file__).with_name("grammar.lark")
_WORD_LIST = re.compile(r"\(\?:[a-z\\|-]+\)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the grammar.

    Attributes:
        origin: the symbol it derives.
        label: the name under which its node is built.
        size: how many symbols it takes from the stack.
        inline: its children become children of its parent.
        single: with one child it is that child.
        keep: its children in order, each by its position in the rule (-1 for an absent `[...]`) and whether
            that symbol is inline.

    """

    origin: str
    label: str
    size: int
    inline: bool
    single: bool
    keep: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """The LALR(1) automaton.

    Attributes:
        start: the first state.
        end: the state that accepts.
        states: per state, what each symbol does: n >= 0 goes to state n, n < 0 reduces by rule ~n.
        rules: see `Rule`.
        patterns: the terminals that are regular expressions, in the order in which they are tried.
        late: those patterns that are tried after the words, because keywords fit them too.
        words: the terminals that are fixed texts, each with those texts.
        leaves: the terminals that become leaves of the tree; the others only hold the text together.

    """

    start: int
    end: int
    states: tuple[dict[str, int], ...]
    rules: tuple[Rule, ...]
    patterns: dict[str, str]
    late: frozenset[str]
    words: dict[str, list[str]]
    leaves: frozenset[str]


def load_tables(cache: Cache | None = None) -> Tables:
    """The tables of this package's grammar, from `cache` (the user's, unless told) or else newly built."""
    cache = user_cache() if cache is None else cache
    grammar = _GRAMMAR.read_bytes()
    name = f"grammar/{hashlib.sha256(grammar + Path(__file__).read_bytes()).hexdigest()[:32]}"
    plain = cache.get(name)
    if plain is None:
        plain = build_tables(grammar.decode("utf-8"))
        cache.put(name, plain)
    return _tables(plain)


def build_tables(grammar: str, *, strict: bool = False) -> dict[str, Any]:
    """The tables of `grammar` as plain JSON values.

    `strict` also proves that no two terminals of a state collide, which needs the `interegular` package. A
    conflict in the grammar is a `lark.GrammarError` either way.
    """
    from lark import Lark
    from lark.grammar import Rule as LarkRule
    from lark.lexer import TerminalDef

    lark = Lark(grammar, parser="lalr", maybe_placeholders=True, strict=strict)
    data, memo = lark.memo_serialize([TerminalDef, LarkRule])
    automaton = data["parser"]["parser"]
    rules = [(key, _plain_rule(value)) for key, value in memo.items() if value["__type__"] == "Rule"]
    rules.sort(key=itemgetter(1))
    numbers = {key: number for number, (key, _) in enumerate(rules)}
    states, start, end = _states(automaton, numbers)
    ignored = set(lark.ignore_tokens)
    terminals = sorted(
        (t for t in lark.terminals if t.name not in ignored),
        key=lambda t: (-t.priority, -t.pattern.max_width, t.name),
    )
    words = {t.name: _fixed_texts(t) for t in terminals}
    return {
        "start": start,
        "end": end,
        "states": states,
        "rules": [rule for _, rule in rules],
        "patterns": {t.name: t.pattern.to_regexp() for t in terminals if not words[t.name]},
        "late": [t.name for t in terminals if not words[t.name] and not t.priority],
        "words": {name: texts for name, texts in words.items() if texts},
        "leaves": sorted(_leaves(memo.values())),
    }


def _states(automaton: Any, numbers: dict[int, int]) -> tuple[list[dict[str, int]], int, int]:
    """The states, the first and the accepting one, numbered in the order in which a walk from the first meets them.

    Lark's own numbers differ from run to run. It stores (0, state) for a shift or goto and (1, rule) for a reduction.
    """
    names, table = automaton["tokens"], automaton["states"]
    start, end = automaton["start_states"]["start"], automaton["end_states"]["start"]
    order = {start: 0}
    states: list[dict[str, int]] = []
    waiting = deque([start])
    while waiting:
        row: dict[str, int] = {}
        for name, reduces, to in sorted((names[token], *action) for token, action in table[waiting.popleft()].items()):
            if reduces:
                row[name] = ~numbers[to["@"]]
                continue
            if to not in order:
                order[to] = len(order)
                waiting.append(to)
            row[name] = order[to]
        states.append(row)
    return states, order[start], order[end]


def _plain_rule(rule: Any) -> list[Any]:
    origin, alias, options = rule["origin"]["name"], rule["alias"], rule["options"]
    symbols = rule["expansion"]
    keep: list[list[Any]] = []
    absent = _absent_before(options["empty_indices"], len(symbols))
    for index, symbol in enumerate(symbols):
        keep += [[-1, False]] * absent[index]
        if not symbol.get("filter_out"):
            keep.append([index, symbol["__type__"] == "NonTerminal" and symbol["name"].startswith("_")])
    keep += [[-1, False]] * absent[-1]
    single = bool(options["expand1"]) and alias is None
    return [str(origin), str(alias or origin), len(symbols), origin.startswith("_"), single, keep]


def _absent_before(marks: tuple[bool, ...], size: int) -> list[int]:
    """How many optional parts are absent before each symbol and at the end; each is a True in `marks`."""
    if not marks:
        return [0] * (size + 1)
    return [len(run) for run in "".join("x" if mark else " " for mark in marks).split(" ")]


def _fixed_texts(terminal: Any) -> list[str]:
    pattern = terminal.pattern
    if type(pattern).__name__ == "PatternStr":
        return [pattern.value]
    if _WORD_LIST.fullmatch(pattern.value):
        return str(pattern.value[3:-1].replace("\\", "")).split("|")
    return []


def _leaves(rules: Any) -> set[str]:
    return {
        symbol["name"]
        for rule in rules
        if rule["__type__"] == "Rule"
        for symbol in rule["expansion"]
        if symbol["__type__"] == "Terminal" and not symbol["filter_out"]
    }


def _tables(plain: dict[str, Any]) -> Tables:
    rules = tuple(
        Rule(origin, label, size, inline, single, tuple((index, spliced) for index, spliced in keep))
        for origin, label, size, inline, single, keep in plain["rules"]
    )
    return Tables(
        plain["start"],
        plain["end"],
        tuple(plain["states"]),
        rules,
        plain["patterns"],
        frozenset(plain["late"]),
        plain["words"],
        frozenset(plain["leaves"]),
    )
