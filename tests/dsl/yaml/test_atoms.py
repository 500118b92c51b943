"""The words of the YAML form have the shapes that the grammar gives them."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from iamdsl.yaml import atoms, conditions, declarations, fields

GRAMMAR = files("iamdsl").joinpath("grammar.lark").read_text(encoding="utf-8")


def terminal(name: str) -> str:
    """The definition of a terminal, without its priority."""
    (found,) = re.findall(rf"^{name}(?:\.\d+)?: (.*(?:\n +\|.*)*)", GRAMMAR, re.MULTILINE)
    return str(found)


def pattern(definition: str) -> str:
    """A terminal's regular expression, without the look-ahead that only a scanner needs."""
    return re.sub(r"\(\?!\[?[^)]*\)$", "", definition.strip().strip("/"))


@pytest.mark.parametrize("name", ["NAME", "ACTION", "KEY", "EMAIL", "DATE", "ACCOUNT_ID", "DURATION", "CODE", "INT"])
def test_patterns_are_those_of_the_grammar(name: str) -> None:
    assert getattr(atoms, name).pattern == pattern(terminal(name))


def test_operators_are_those_of_the_grammar() -> None:
    *words, regular = re.split(r"\s+\|\s+", terminal("OPERATOR"))
    written = [word.strip('"') for alternatives in words for word in alternatives.split(" | ")]
    assert atoms.OPERATOR.pattern == "|".join([*written, pattern(regular)])


def test_fixed_words_are_those_of_the_grammar() -> None:
    def words(name: str) -> tuple[str, ...]:
        return tuple(re.findall(r'"([^"]+)"', terminal(name)))

    assert set(atoms.LEVELS) == set(words("LEVEL"))
    assert set(atoms.METRICS) == set(words("METRIC"))
    assert set(atoms.PRESENCE) == set(words("PRESENCE"))


def test_headers_and_fields_are_those_of_the_grammar() -> None:
    declared = set(re.findall(r'^\w+: "(\w+)"', GRAMMAR, re.MULTILINE))
    assert set(declarations.WORDS) <= declared
    for kind, keys in fields.KEYS.items():
        (rule,) = re.findall(rf"^{kind}: .*\{{\" \((.*)\)\*", GRAMMAR, re.MULTILINE)
        (common,) = re.findall(r"^_field: (.*)", GRAMMAR, re.MULTILINE)
        wanted = set(re.findall(r"\w+", f"{rule} {common}")) - {"_field", "statement", "pass_", "assume"}
        assert set(keys) - {"tier", "break-glass", "statements"} == wanted


def test_condition_words_are_those_of_the_grammar() -> None:
    (rule,) = re.findall(r"^\?condition: (.*(?:\n +\|.*)*)", GRAMMAR, re.MULTILINE)
    aliases = {alias.replace("_", "-") for alias in re.findall(r"-> (\w+)", rule)}
    assert set(conditions.WORDS) == aliases - {"key", "key-presence"}
