"""Hover: what the word under the pointer is, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamc.catalog import Action, Level
from iamc.conditions import ConditionKeys
from iamc.explain import Expansion
from iamc.lsp.analysis import Analysis
from iamc.lsp.lines import at_line, plural
from iamc.lsp.names import definition
from iamc.lsp.occurrences import Occurrence, at
from iamdsl.source import Source, Span
from iamdsl.values import dataclass

_COLON = re.compile(r"[A-Za-z0-9*?][A-Za-z0-9*?-]*:[\w.:/*?+=@$-]+")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_MOST = 12
_LEVELS = {
    "list": "sees that resources exist, and their names",
    "read": "reads configuration and data",
    "read-config": "how resources are set up, not what is in them",
    "read-data": "what is in resources: objects, rows, secrets, log lines",
    "write": "creates, changes and deletes",
    "tagging": "changes tags only",
    "permissions-management": "changes who may do what",
}


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about `span`."""

    text: str
    span: Span


def hover(analysis: Analysis, path: str, offset: int) -> Hover | None:
    """What stands at an offset: an action, a condition key, a name, a level, a service; else the whole line."""
    found, source = at(analysis, path, offset), analysis.source(path)
    if source is None:
        return None
    if found is not None:
        return Hover(_name(analysis, found), found.span)
    for pattern, tell in ((_COLON, _action_or_key), (_WORD, _word)):
        match = _at(pattern, source, offset)
        text = tell(analysis, match[0]) if match else ""
        if match and text:
            return Hover(text, source.span(*match.span()))
    line = at_line(analysis, path, offset)
    return Hover("\n".join(_line(line[1])), line[0]) if line else None


def _at(pattern: re.Pattern[str], source: Source, offset: int) -> re.Match[str] | None:
    line = source.position(offset)[0]
    start = source.line_starts[line - 1]
    matches = pattern.finditer(source.text, start, start + len(source.line(line)))
    return next((match for match in matches if match.start() <= offset < match.end()), None)


def _action_or_key(analysis: Analysis, word: str) -> str:
    if word.startswith("arn:"):
        return ""
    action = analysis.context.catalog.action(word)
    if action is not None:
        return "\n".join(_action(analysis, action))
    kind = ConditionKeys(analysis.context.catalog).type_of(word)
    if kind is not None:
        service = analysis.context.catalog.service(word.partition(":")[0].lower())
        known = service.condition_keys.get(word) if service else None
        return f"**{word}** condition key, {kind}" + (f"\n\n{known.description}" if known and known.description else "")
    names = [each.qualified for each in analysis.context.vocabulary.matching(word)]
    return f"`{word}` matches {plural(len(names), 'action')}\n\n{_listed(names)}" if names else ""


def _action(analysis: Analysis, action: Action) -> Iterator[str]:
    verdict = analysis.context.vocabulary.sensitivity.verdict(action)
    reads = f", reads {verdict.kind}" if action.level in (Level.READ, Level.LIST) else ""
    yield f"**{action.qualified}** {action.level.value}{reads}\n"
    yield f"{action.description}\n" if action.description else ""
    yield f"- resource types: {_listed(action.types) or '`*` only'}"
    keys = analysis.context.catalog.keys_of(action)
    if keys:
        yield f"- condition keys: {_listed(keys)}"
    if action.dependent_actions:
        yield f"- dependents: {_listed(action.dependent_actions)}"
    if reads:
        yield f"- {verdict.kind}: {verdict.reason} ({verdict.source})"
    if action.documentation.startswith("https://"):
        yield f"\n[AWS documentation]({action.documentation})"


def _word(analysis: Analysis, word: str) -> str:
    if word in _LEVELS:
        return f"**{word}** access level: {_LEVELS[word]}"
    service = analysis.context.catalog.service(word)
    if service is None:
        return ""
    return f"**{word}** {service.name}, {plural(len(service.actions), 'action')}"


def _name(analysis: Analysis, found: Occurrence) -> str:
    """The declaration of a name as it is written."""
    owner, kind, name = found.thing
    shown = []
    for span in definition(analysis, found.span.path, found.span.start):
        nodes, inside = analysis.around(owner, span.start)
        node = next((n for n in nodes if n.span.start <= inside < n.span.end), None)
        text = span.source.line(span.line) if kind in ("person", "resource") or node is None else node.span.text
        shown.append(_cut(text))
    code = "\n".join(shown)
    return f"{kind} **{name}** in `{owner}`\n\n```iamdsl\n{code}\n```"


def _cut(text: str) -> str:
    lines = text.strip("\n").split("\n")
    return "\n".join(lines if len(lines) <= _MOST else [*lines[: _MOST - 1], "  ..."])


def _line(found: list[Expansion]) -> Iterator[str]:
    """What a line of a role stands for."""
    if not found:
        yield "no role with this line compiles yet"
        return
    for one in found[:4]:
        names = sorted({action for permission in one.permissions for action in permission.actions})
        resources = list(dict.fromkeys(permission.resource for permission in one.permissions))
        size = plural(len(names), "action")
        yield f"**{one.unit}**: {size}, about {one.characters:,} characters by itself\n"
        yield f"- {_listed(names)}"
        yield f"- on {_listed(resources)}\n"
    if len(found) > 4:
        yield f"and in {len(found) - 4} more roles and accounts"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    some = ", ".join(f"`{name}`" for name in names[:_MOST])
    return f"{some} and {len(names) - _MOST} more" if len(names) > _MOST else some
