"""A policy in JSON as located values; what is no policy at all ends here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Source, Span
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One statement as JSON, and where it stands."""

    content: Mapping[str, Any]
    span: Span

    def at(self, value: object) -> Span:
        """Where a text of the statement stands; the whole statement when it is written in another way."""
        start = self.span.text.find(json.dumps(value, ensure_ascii=False))
        return self.span if start < 0 else self.span.part(start, start + len(json.dumps(value, ensure_ascii=False)))

    def texts(self, element: str) -> list[str]:
        """The texts of an element that holds one or a list of them."""
        return texts(self.content.get(element))

    def conditions(self) -> Iterator[tuple[str, str, list[str]]]:
        """Operator, key and values of each test, as far as they have the right shape."""
        block = self.content.get("Condition")
        for operator, tests in block.items() if isinstance(block, dict) else ():
            for key, values in tests.items() if isinstance(tests, dict) else ():
                yield operator, key, texts(values)


@dataclass(frozen=True, slots=True)
class Document:
    """A policy: its top-level elements without the statements, and the statements."""

    source: Source
    content: Mapping[str, Any]
    items: tuple[Item, ...]

    @property
    def whole(self) -> Span:
        """The first line of the file: the place of what concerns all of it."""
        return self.source.span(0, min(1, len(self.source.text)))


def texts(value: object) -> list[str]:
    """The texts of one value or a list; booleans and numbers as IAM reads them."""
    every = value if isinstance(value, list) else [] if value is None else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in every]


def read(source: Source) -> Document | Diagnostic:
    """The policy of a file, or why there is none (IAM650, IAM651, IAM653, IAM654)."""
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [key.lower() for key, _ in pairs]
        twice.extend(key for n, (key, _) in enumerate(pairs) if key.lower() in names[:n])
        return dict(pairs)

    try:
        content = json.loads(source.text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        return report("IAM650", f"the policy is not JSON: {error.msg}", source.span(error.pos, error.pos + 1))
    except RecursionError:
        return report("IAM650", "the policy is nested too deep", source.span(0, 1))
    if twice:
        at = source.text.rfind(f'"{twice[0]}"')
        return report("IAM653", f"`{twice[0]}` is written twice", source.span(at, at + len(twice[0]) + 2))
    first = source.span(0, 1)
    if not isinstance(content, dict):
        return report("IAM654", "a policy is a JSON object", first)
    if "Statement" not in content:
        return report("IAM651", "the policy has no `Statement`", first)
    statements = content["Statement"]
    items = statements if isinstance(statements, list) else [statements]
    if not all(isinstance(item, dict) for item in items):
        return report("IAM654", "`Statement` holds something that is no object", first)
    spans = list(_spans(source, content["Statement"])) or [first] * len(items)
    return Document(source, content, tuple(map(Item, items, spans)))


def _spans(source: Source, statements: object) -> Iterator[Span]:
    """Where each statement stands."""
    decoder = json.JSONDecoder()
    for found in re.finditer(r'"Statement"\s*:\s*', source.text):
        value, _ = decoder.raw_decode(source.text, found.end())
        if value != statements:
            continue
        at = source.text.index("{", found.end()) if statements else len(source.text)
        while at < len(source.text) and source.text[at] == "{":
            _, end = decoder.raw_decode(source.text, at)
            yield source.span(at, end)
            behind = re.compile(r"\s*,\s*").match(source.text, end)
            at = behind.end() if behind and isinstance(statements, list) else len(source.text)
        return
