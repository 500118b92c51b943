"""YAML text: block style, short lists and mappings in flow style, and quotes where a reader could go wrong.

Our own reader takes every scalar as text. Others do not, so what YAML 1.1 or 1.2 reads as a number, a date, a
boolean or nothing is quoted for them. Only the key `on` goes without: it is a word of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from iamdsl.values import dataclass

WIDTH = 88
_LONGEST_SIMPLE_KEY = 1000  # YAML sets the limit at 1024 characters

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`.=~<")
_FLOW_INDICATORS = re.compile(r"[,\[\]{}?]")
_READ_OTHERWISE = re.compile(
    r"null|true|false|yes|no|on|off|y|n"
    r"|[+-]?[0-9][0-9_]*(\.[0-9_]*)?(e[+-]?[0-9]+)?"
    r"|[+-]?0(x[0-9a-f_]+|o[0-7_]+|b[01_]+)"
    r"|[+-]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[+-]?\.(inf|nan|[0-9_]+(e[+-]?[0-9]+)?)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*",
    re.IGNORECASE,
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, a boolean, or nothing at all: written without quotes."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list. `flow`: on one line where it fits."""

    items: tuple[Value, ...]
    flow: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping in order. `flow`: on one line where it fits."""

    entries: tuple[tuple[str, Value], ...]
    flow: bool = True


Value: TypeAlias = "str | Plain | Items | Keys"


def block(value: Items | Keys, indent: int = 0) -> list[str]:
    """The lines of a collection in block style, `indent` spaces deep."""
    if isinstance(value, Keys):
        return [line for key, each in value.entries for line in _entry(key, each, indent)]
    lines = []
    for item in value.items:
        text = _on_one_line(item, indent + 2)
        inner = [" " * (indent + 2) + text] if text is not None else _nested(item, indent + 2)
        lines += [" " * indent + "- " + inner[0][indent + 2 :], *inner[1:]]
    return lines


def scalar(text: str, *, flow: bool = False) -> str:
    """A text as YAML, in quotes if it needs them."""
    unsafe = (
        not text
        or text[0] in _INDICATORS
        or text != text.strip()
        or text[-1] == ":"
        or ": " in text
        or " #" in text
        or not (text.isascii() and text.isprintable())
        or _READ_OTHERWISE.fullmatch(text)
        or (flow and _FLOW_INDICATORS.search(text))
    )
    return f'"{"".join(map(_escaped, text))}"' if unsafe else text


def _key(key: str, *, flow: bool = False) -> str:
    return key if key == "on" else scalar(key, flow=flow)


def _entry(key: str, value: Value, indent: int) -> list[str]:
    head = " " * indent + _key(key) + ":"
    if len(head) > _LONGEST_SIMPLE_KEY:
        explicit = " " * indent + "? " + _key(key)
        return [explicit, *_behind(" " * indent + ":", value, indent)]
    return _behind(head, value, indent)


def _behind(head: str, value: Value, indent: int) -> list[str]:
    text = _on_one_line(value, len(head) + 1)
    return [head, *_nested(value, indent + 2)] if text is None else [f"{head} {text}".rstrip()]


def _nested(value: Value, indent: int) -> list[str]:
    assert isinstance(value, Items | Keys)  # noqa: S101 - a scalar always fits on one line
    return block(value, indent)


def _on_one_line(value: Value, column: int) -> str | None:
    """The value as it stands behind `column` characters, or None when it must be a block."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Plain):
        return value.text
    text = _flow(value)
    empty = not (value.items if isinstance(value, Items) else value.entries)
    return text if empty or (value.flow and column + len(text) <= WIDTH) else None


def _flow(value: Value) -> str:
    if isinstance(value, str):
        return scalar(value, flow=True)
    if isinstance(value, Plain):
        return value.text
    if isinstance(value, Items):
        return f"[{_commas(map(_flow, value.items))}]"
    return f"{{{_commas(f'{_key(key, flow=True)}: {_flow(each)}' for key, each in value.entries)}}}"


def _commas(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _escaped(character: str) -> str:
    if character in _ESCAPES or character.isprintable():
        return _ESCAPES.get(character, character)
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
