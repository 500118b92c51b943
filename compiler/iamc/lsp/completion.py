"""Completion: the words that fit at a place, by the grammar, and the names, actions, keys and ARNs behind them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from iamc.conditions import ConditionKeys, operators
from iamc.lsp.analysis import Analysis
from iamc.lsp.context import Context, context_at, vocabulary
from iamc.passes.resolve.roles import REQUIREMENTS
from iamc.project import sources_in
from iamdsl import syntax
from iamdsl.source import Source
from iamdsl.values import dataclass

_ACCOUNT = ("account.id", "account.name", "account.alias", "account.class")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_SERVICE = re.compile(r"\barn:[\w${}.-]*:([a-z0-9-]+):|(?<![\w:.-])([a-z0-9-]+):[A-Za-z*?]")
_LAST = re.compile(r"[A-Za-z][\w-]*|[:=]")
_STRINGS = re.compile(r'"[^"\n]*"?|\S*:\S+')
_KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "grant": {"grant": ("role",), "to": ("team", "person"), "in": ("account",), "by": ("team", "person")},
    "team": {"members": ("person",), "owner": ("person", "team")},
    "resources": {"for": ("account",)},
    "actions": {"=": ("actions",)},
    "services": {"=": ("services",)},
    "check": {"role": ("role",), "in": ("account",), "on": ("resources",)}
    | dict.fromkeys(("allow", "deny"), ("actions",)),
    "role": {"on": ("resources",), "pass": ("resources",), "assume": ("resources",), "use": ("role",)}
    | {":": ("tier",), "service": ("services",), "require": ("requirement",)}
    | dict.fromkeys(("allow", "deny", "without", "exclude", "except", "ceiling"), ("actions",)),
}
"""Which kind of name is meant behind a word of a declaration."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to write in place of the word that stands from `start`.

    `kind` is `keyword`, `level`, `service`, `action`, `key`, `operator`, `arn`, `file`, `value` or the kind of a name.
    Where `snippet` is set, an editor may let the author fill in its `${1:placeholders}`.
    """

    label: str
    kind: str
    start: int
    detail: str = ""
    snippet: str = ""


def complete(analysis: Analysis, source: Source, offset: int) -> list[Item]:
    """What may be written at an offset, the likeliest first."""
    context = context_at(source, offset)
    if context is None:
        return []
    opened = context.typed.rfind("${")
    if opened >= 0 and "}" not in context.typed[opened:]:
        return _variables(analysis, source, context.start + opened + 2)
    if context.in_text:
        return list(_texts(analysis, source, context))
    typed = context.typed.lower()
    found = (item for part in _PARTS for item in part(analysis, source, context))
    return [item for item in dict.fromkeys(found) if typed in item.label.lower()]


def _variables(analysis: Analysis, source: Source, start: int) -> list[Item]:
    names = analysis.names.visible(source.path, ("variable",))
    return [Item(name, "variable", start) for name in (*names, *_ACCOUNT)]


def _texts(analysis: Analysis, source: Source, context: Context) -> Iterator[Item]:
    """What is written in quotes: the files to import, and ARNs."""
    if context.head == "import" and not context.in_block:
        folder = Path(source.path).resolve().parent
        yield Item("iamc:tiers", "file", context.start, "tiers to start from")
        for path in sources_in(analysis.root):
            if path.resolve() != Path(source.path).resolve() and path.resolve().is_relative_to(folder):
                yield Item(PurePosixPath(path.resolve().relative_to(folder)).as_posix(), "file", context.start)
    elif "ARN" in context.expected:
        yield from _arns(analysis, source, context)


def _words(_: Analysis, __: Source, context: Context) -> Iterator[Item]:
    for terminal in sorted(context.expected):
        kind = {"LEVEL": "level", "OPERATOR": "operator"}.get(terminal, "keyword")
        for word in vocabulary().words.get(terminal, ()):
            if word[0].isalpha():
                yield Item(word, kind, context.start)
    if "DURATION" in context.expected:
        yield from (Item(text, "value", context.start) for text in ("1h", "4h", "8h", "12h"))


def _names(analysis: Analysis, source: Source, context: Context) -> Iterator[Item]:
    kinds = _wanted(context) if "NAME" in context.expected else ()
    if kinds == ("requirement",):
        yield from (Item(word, "value", context.start) for word in REQUIREMENTS)
    for kind in kinds:
        for name in sorted(set(analysis.names.visible(source.path, (kind,)))):
            yield Item(name, kind, context.start)
    if kinds == ("resources",):
        yield from (Item(name, "resource", context.start, arn) for name, arn in _resources(analysis, source.path))
    if kinds == ("services",):
        yield from (Item(prefix, "service", context.start) for prefix in analysis.context.catalog.prefixes)


def _wanted(context: Context) -> tuple[str, ...]:
    """The kinds of names that are meant behind the last word that says so."""
    by_word = _KINDS.get("role" if context.head == "tier" else context.head, {})
    words = [word for word in _LAST.findall(_STRINGS.sub(" ", context.field)) if word in by_word]
    return by_word[words[-1]] if words else ()


def _resources(analysis: Analysis, path: str) -> Iterator[tuple[str, str]]:
    """The resources that a file sees as `block.name`, with their ARNs."""
    names = analysis.names
    for block in set(names.visible(path, ("resources",))):
        ref = syntax.Ref(tuple(block.split(".")), Source(path, "").span(0, 0))
        for declared in names.lookup(path, ("resources",), ref) or ():
            for resource in declared.node.resources:
                yield f"{block}.{resource.name.text}", ", ".join(arn.arn.text for arn in resource.arns[:2])


def _actions(analysis: Analysis, _: Source, context: Context) -> Iterator[Item]:
    if "ACTION" not in context.expected:
        return
    catalog = analysis.context.catalog
    prefix, colon, _name = context.typed.partition(":")
    if colon:
        for action in catalog.actions(prefix.lower()):
            yield Item(action.qualified, "action", context.start, f"{action.level.value}: {action.description}")
    else:
        yield from (Item(f"{each}:", "service", context.start) for each in catalog.prefixes)


def _keys(analysis: Analysis, source: Source, context: Context) -> Iterator[Item]:
    keys = ConditionKeys(analysis.context.catalog)
    if "KEY" in context.expected:
        prefix, colon, _ = context.typed.partition(":")
        services = [prefix] if colon else [*_services(analysis, source, context), "aws"]
        for service in services:
            for key, kind in keys.of(service.lower()).items():
                yield Item(key.split("${", 1)[0], "key", context.start, kind)
    if "OPERATOR" in context.expected:
        key = context.field.split()[-1] if context.field.split() else ""
        for operator in operators(keys.type_of(key) or "String"):
            yield Item(operator, "operator", context.start, key)


def _services(analysis: Analysis, source: Source, context: Context) -> list[str]:
    """The services that a field speaks of: by its actions, its ARNs, and those of the resources that it names."""
    text = context.field
    named = set(re.findall(r"[A-Za-z][\w.-]*", text))
    arns = [arn for name, arn in _resources(analysis, source.path) if named & {name, name.rpartition(".")[0]}]
    found = _SERVICE.findall(" ".join((text, *arns)))
    return [s for s in dict.fromkeys(a or b for a, b in found) if s in analysis.context.catalog.prefixes]


def _arns(analysis: Analysis, source: Source, context: Context) -> Iterator[Item]:
    if "ARN" not in context.expected or _wanted(context) == ("services",):
        return
    catalog = analysis.context.catalog
    parts = context.typed.split(":")
    services = parts[2:3] if len(parts) > 3 else _services(analysis, source, context)
    for prefix in services:
        service = catalog.service(prefix)
        for kind in service.resource_types.values() if service else ():
            yield _arn(kind.arn, kind.name, context.start)
    if not services and context.typed.startswith("arn:"):
        yield from (Item(f"arn:aws:{prefix}:", "service", context.start) for prefix in catalog.prefixes)


def _arn(template: str, name: str, start: int) -> Item:
    """An ARN with the account filled in, and the rest for the author."""
    ours = {"Partition": "aws", "Account": "${account.id}"}
    shown = _PLACEHOLDER.sub(lambda m: ours.get(m[1], f"<{m[1]}>"), template)
    numbers: dict[str, int] = {}

    def fill(match: re.Match[str]) -> str:
        if match[1] in ours:
            return ours[match[1]].replace("$", "\\$").replace("}", "\\}")
        return f"${{{numbers.setdefault(match[1], len(numbers) + 1)}:{match[1]}}}"

    return Item(shown, "arn", start, name, _PLACEHOLDER.sub(fill, template))


_PARTS: tuple[Callable[[Analysis, Source, Context], Iterator[Item]], ...] = (_names, _words, _keys, _arns, _actions)
