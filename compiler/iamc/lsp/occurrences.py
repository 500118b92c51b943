"""Where names stand: every declaration of a project and every use of it, for definition, references and rename."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from iamc.lsp.analysis import Analysis
from iamc.passes.resolve.names import KINDS, Names
from iamdsl import syntax
from iamdsl.source import Span
from iamdsl.values import dataclass

Thing: TypeAlias = tuple[str, str, str]
"""What a name means: the file that declares it, the kind, the name; a resource's is `block.resource`."""

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
_VARIABLE = re.compile(r"\$\{\s*([A-Za-z][\w.-]*)\s*\}")
_PRINCIPALS = ("person", "team")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place of a name; `span` covers this name alone, not the rest of a dotted reference."""

    thing: Thing
    span: Span
    declares: bool = False


def occurrences(analysis: Analysis, path: str, start: int = 0, end: int | None = None) -> Iterator[Occurrence]:
    """Every name that means something in the declarations of `[start, end)`, in order; `span` is in the file."""
    for node in _declarations(analysis, path):
        place = analysis.place(node.span)
        if place and start <= place.end and (end is None or place.start <= end):
            yield from _placed(analysis, occurrences_in(analysis.names, path, [node]))


def declared(analysis: Analysis, path: str) -> Iterator[Occurrence]:
    """Every name that a file declares, likewise."""
    walker = _Walker(analysis.names, path)
    for node in _declarations(analysis, path):
        yield from _placed(analysis, walker.declared(node))


def at(analysis: Analysis, path: str, offset: int) -> Occurrence | None:
    """The name at an offset of a file, also when it stands just behind the name."""
    nodes, inside = analysis.around(path, offset)
    found = occurrences_in(analysis.names, path, nodes if _declarations(analysis, path) else ())
    return next(_placed(analysis, (each for each in found if each.span.start <= inside <= each.span.end)), None)


def everywhere(analysis: Analysis, thing: Thing) -> Iterator[Occurrence]:
    """Every place of one name in all files."""
    for path in analysis.project.files:
        yield from (each for each in occurrences(analysis, path) if each.thing == thing)


def occurrences_in(names: Names, path: str, nodes: Iterable[syntax.Declaration]) -> list[Occurrence]:
    """The names in some declarations of a file, in order; `span` is as the declarations have it."""
    walker = _Walker(names, path)
    found = [each for node in nodes for each in (*walker.declared(node), *walker.used(node))]
    return sorted(dict.fromkeys(found), key=lambda each: each.span.start)


def _declarations(analysis: Analysis, path: str) -> tuple[syntax.Declaration, ...]:
    file = analysis.project.files.get(path)
    return file.declarations if file and file.origin == "iamdsl" else ()


def _placed(analysis: Analysis, found: Iterable[Occurrence]) -> Iterator[Occurrence]:
    for each in found:
        place = analysis.place(each.span)
        if place is not None:
            yield replace(each, span=place)


class _Walker:
    """Goes through the declarations of one file."""

    def __init__(self, names: Names, path: str) -> None:
        self.names, self.path = names, path

    def declared(self, node: Any) -> Iterator[Occurrence]:
        """The names that a declaration brings in."""
        if isinstance(node, syntax.People):
            for person in node.persons:
                yield Occurrence((self.path, "person", person.name.text), person.name.span, True)
        elif isinstance(node, syntax.Import):
            if node.alias:
                yield Occurrence((self.path, "import", node.alias.text), node.alias.span, True)
        elif type(node) in KINDS:
            yield Occurrence((self.path, KINDS[type(node)], node.name.text), node.name.span, True)
        if isinstance(node, syntax.Resources):
            for resource in node.resources:
                name = f"{node.name.text}.{resource.name.text}"
                yield Occurrence((self.path, "resource", name), resource.name.span, True)

    def used(self, node: Any) -> Iterator[Occurrence]:
        """The names that a declaration or a part of one uses."""
        if isinstance(node, syntax.Import):
            return
        if isinstance(node, syntax.Grant):
            yield from self._refs(node.roles, "role")
            yield from self._refs(node.to, *_PRINCIPALS)
            yield from self._refs(node.accounts, "account")
            yield from self._refs((node.approval,), *_PRINCIPALS)
        elif isinstance(node, syntax.Subject):
            yield from self._refs(node.roles, "role")
            yield from self._refs(node.accounts, "account")
        elif isinstance(node, syntax.Team):
            yield from self._refs(node.members, "person")
            yield from self._refs((node.owner,), *_PRINCIPALS)
        elif isinstance(node, (syntax.Resources, syntax.Resource)):
            yield from self._refs(node.accounts, "account")
        elif isinstance(node, (syntax.Services, syntax.ServiceTarget)):
            yield from self._refs(node.services, "services")
        elif isinstance(node, (syntax.Pass, syntax.Assume)):
            yield from self._refs((role for role in node.roles if isinstance(role, syntax.Ref)), "resources")
        elif isinstance(node, syntax.Use):
            yield from self._refs(node.roles, "role")
        elif isinstance(node, syntax.Role):
            yield from self._refs((node.tier,), "tier")
        for name, kinds in _FIELDS:
            part = getattr(node, name, ())
            yield from self._refs((p for p in part if isinstance(p, syntax.Ref)), *kinds)
        yield from self._inside(node)

    def _inside(self, node: Any) -> Iterator[Occurrence]:
        for name in _PARTS:
            for part in getattr(node, name, ()):
                if not isinstance(part, syntax.Ref):
                    yield from self.used(part)
        for name in _TEXTS:
            value = getattr(node, name, None)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, syntax.Text):
                    yield from self._variables(text.span)

    def _variables(self, span: Span) -> Iterator[Occurrence]:
        for match in _VARIABLE.finditer(span.text):
            ref = syntax.Ref(tuple(match[1].split(".")), span.part(*match.span(1)))
            yield from self._refs((ref,), "variable")

    def _refs(self, refs: Any, *kinds: str) -> Iterator[Occurrence]:
        for ref in refs:
            if ref is not None:
                yield from self._ref(ref, kinds)

    def _ref(self, ref: syntax.Ref, kinds: tuple[str, ...]) -> Iterator[Occurrence]:
        parts = _parts(ref)
        if not parts:
            return
        alias = self.names.aliases.get(self.path, {}).get(ref.parts[0])
        if alias and len(parts) > 1:
            yield Occurrence((self.path, "import", ref.parts[0]), parts[0])
            scopes, parts, words = [alias[0]], parts[1:], ref.parts[1:]
        else:
            scopes, words = [self.path, *self.names.open_imports.get(self.path, ())], ref.parts
        for scope in scopes:
            for kind in kinds:
                if self.names.own.get(scope, {}).get((kind, words[0])):
                    yield Occurrence((scope, kind, words[0]), parts[0])
                    if kind == "resources" and len(parts) == 2:
                        yield Occurrence((scope, "resource", f"{words[0]}.{words[1]}"), parts[1])
                    return


_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("access", ("actions",)),
    ("exceptions", ("actions",)),
    ("actions", ("actions",)),
    ("without", ("actions",)),
    ("targets", ("resources",)),
)
_PARTS = ("fields", "resources", "subjects", "expectations", "targets", "arns", "when", "roles", "persons")
_TEXTS = ("value", "arn", "text", "destination", "policies", "policy", "values", "group", "reason")


def _parts(ref: syntax.Ref) -> list[Span]:
    """The spans of the names of a dotted reference; none where they do not stand as they read."""
    spans: list[Span] = []
    at = 0
    for part in ref.parts:
        start = ref.span.text.find(part, at)
        if start < 0:
            return []
        spans.append(ref.span.part(start, start + len(part)))
        at = start + len(part)
    return spans
