"""YAML files of settings: read strictly, held to their JSON Schema, every fault with its place.

Every scalar is text, as in declarations: an account number keeps its leading zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import iamc_schemas
from iamc.project import display
from iamdsl.diagnostics import Diagnostic, errors, report
from iamdsl.reading import YAML_LIMIT, read
from iamdsl.source import Span
from iamdsl.values import dataclass

Way: TypeAlias = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""


@dataclass(frozen=True, slots=True)
class LocatedFile:
    """A file's content as plain values, and where each of them stands; the empty way leads to the whole file."""

    content: Any
    spans: Mapping[Way, Span]

    def span(self, *way: str | int) -> Span:
        """The place of a value, or of the nearest value around it."""
        while way not in self.spans:
            way = way[:-1]
        return self.spans[way]


def read_located(path: Path, schema: str) -> tuple[LocatedFile | None, tuple[Diagnostic, ...]]:
    """The file at `path` if it obeys `iamc_schemas/SCHEMA.schema.json`, else None and what is wrong with it."""
    from iamdsl.yaml.nodes import locate

    source, problems = read(path, display(path), YAML_LIMIT)
    if source is None:
        return None, problems
    found = locate(source)
    if found.root is None or errors(found.diagnostics):
        nothing = report(
            "IAM010", "nothing is declared", source.span(0, 0), help="write the settings, or drop the file"
        )
        return None, found.diagnostics or (nothing,)
    spans: dict[Way, Span] = {}
    content = _plain(found.root, (), spans)
    located = LocatedFile(content, spans)
    faults = tuple(_faults(located, iamc_schemas.load(schema)))
    return (None if faults else located), (*found.diagnostics, *faults)


def _plain(node: Any, way: Way, spans: dict[Way, Span]) -> Any:
    """The node as text, list or dict; nesting is bounded by what `locate` accepts."""
    from iamdsl.yaml.nodes import Scalar, Sequence

    spans[way] = node.span
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_plain(item, (*way, number), spans) for number, item in enumerate(node.items)]
    return {entry.key.text: _plain(entry.value, (*way, entry.key.text), spans) for entry in node.entries}


def _faults(file: LocatedFile, schema: Mapping[str, Any]) -> Iterator[Diagnostic]:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema).iter_errors(file.content):
        yield _fault(error, file.span(*error.absolute_path))


_SHAPES = {"object": "a mapping", "array": "a list", "string": "a text"}


def _fault(error: Any, span: Span) -> Diagnostic:
    """One fault in the schema's words."""
    expected, value = error.validator_value, error.instance
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        unknown = next(key for key in value if key not in known)
        return report("IAM026", f"unknown key `{unknown}`", span, help=_suggestion(unknown, known))
    if error.validator == "required":
        missing = next(key for key in expected if key not in value)
        return report("IAM029", f"`{missing}` is missing", span, help=_example(error.schema, missing))
    if error.validator == "enum":
        return report("IAM030", f"`{value}` is not one of those allowed", span, help=f"one of {', '.join(expected)}")
    if error.validator == "pattern":
        title, examples = error.schema.get("title", "the form"), error.schema.get("examples", [""])
        return report("IAM030", f"`{value}` is not {title}", span, help=f"for example `{examples[0]}`")
    if error.validator == "type":
        return report("IAM025", f"this must be {_SHAPES[expected]}", span)
    if error.validator == "oneOf":
        names = list(error.schema.get("properties", {}))
        return report("IAM025", f"one of {', '.join(f'`{n}`' for n in names)} must be given, and only one", span)
    return report("IAM025", error.message, span)


def _suggestion(unknown: str, known: list[str]) -> str:
    from iamdsl.suggest import did_you_mean

    return did_you_mean(unknown, known) or f"one of {', '.join(known)}"


def _example(schema: Mapping[str, Any], key: str) -> str:
    examples = schema.get("properties", {}).get(key, {}).get("examples")
    return f"for example `{key}: {examples[0]}`" if examples else ""
