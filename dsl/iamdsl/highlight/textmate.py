"""The machine as a TextMate grammar, for editors that run such rules themselves.

A block begins before its first word and ends behind its brace, or before the word of another declaration. A rule with
something to come `next` stays open over white space and comments; its end takes the name or the key that follows, or
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, TypeAlias

from iamdsl.highlight.kinds import KINDS
from iamdsl.highlight.machine import COMMENT, PARTED, Block, Inside, Machine, Next, Rule, word_pattern

LANGUAGE = "iamdsl"
_BOUNDARY = r"(?<![A-Za-z0-9_-])"
_Json: TypeAlias = dict[str, Any]


def textmate_text(machine: Machine) -> str:
    """The grammar as the text of its file."""
    return json.dumps(textmate(machine), indent=2) + "\n"


def textmate(machine: Machine) -> _Json:
    """The grammar as a JSON value."""
    blocks = {block.word: _block(block) for block in machine.blocks}
    outside = [_rule(rule) for rule in _joined(machine.outside.rules)]
    insides = {f"inside-{kind}": {"patterns": _parts(kind, machine.insides)} for kind in PARTED}
    return {
        "comment": "Made from dsl/iamdsl/grammar.lark by `python -m iamdsl.highlight`. Do not edit.",
        "name": LANGUAGE,
        "scopeName": f"source.{LANGUAGE}",
        "fileTypes": [LANGUAGE],
        "patterns": [{"include": f"#{name}"} for name in ("comment", *blocks, "outside")],
        "repository": {"comment": _match(COMMENT, "comment"), **blocks, "outside": {"patterns": outside}, **insides},
    }


def scope_of(kind: str) -> str:
    """The scope of a kind of token; empty where there is none."""
    scope = KINDS[kind].scope
    return f"{scope}.{LANGUAGE}" if scope else ""


def _block(block: Block) -> _Json:
    close = "".join(f"({rule.pattern})|" for rule in block.rules if rule.closes)
    captures = {"endCaptures": {"1": _named("punctuation")}} if close else {}
    return {
        "begin": f"{_BOUNDARY}(?={word_pattern((block.word,))})",
        "end": f"{close}{_BOUNDARY}(?={word_pattern(block.leaves)})",
        **captures,
        "patterns": [{"include": "#comment"}, *(_rule(rule) for rule in _joined(block.rules) if not rule.closes)],
    }


def _joined(rules: tuple[Rule, ...]) -> list[Rule]:
    """The rules with the plain keywords, which no other keyword fits, in one."""
    plain = [rule.pattern for rule in rules if rule.kind == "keyword" and not rule.next]
    others = [rule for rule in rules if rule.pattern not in plain]
    at = next(index for index, rule in enumerate(rules) if rule.kind == "keyword")
    return [*others[:at], *([Rule("|".join(plain), "keyword")] if plain else []), *others[at:]]


def _rule(rule: Rule) -> _Json:
    if not rule.next:
        return _match(rule.pattern, rule.kind)
    taken = [kind for kind, _ in groupby(each.kind for each in rule.next) if kind]
    return {
        "begin": rule.pattern,
        "beginCaptures": {"0": _named(rule.kind)},
        "end": "|".join([*_alternatives(rule.next), r"(?=[^\s#])"]),
        "endCaptures": {str(number): _named(kind) for number, kind in enumerate(taken, 1)},
        "patterns": [{"include": "#comment"}],
    }


def _alternatives(expected: tuple[Next, ...]) -> Iterator[str]:
    for kind, run in groupby(expected, lambda each: each.kind):
        patterns = "|".join(each.pattern for each in run)
        yield f"({patterns})" if kind else f"(?={patterns})"


def _match(pattern: str, kind: str) -> _Json:
    named = _named(kind)
    return {"match": pattern, "captures": {"0": named}} if "patterns" in named else {"match": pattern, **named}


def _named(kind: str) -> _Json:
    """What a text of this kind is called, and where its parts are."""
    name = {"name": scope_of(kind)} if scope_of(kind) else {}
    return {**name, "patterns": [{"include": f"#inside-{kind}"}]} if kind in PARTED else name


def _parts(kind: str, insides: tuple[Inside, ...]) -> list[_Json]:
    return [_match(inside.pattern, inside.kind) for inside in insides if kind in inside.kinds]
