"""Syntax tree to text: what `iamc convert` and `iamc usage draft` write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from iamdsl import syntax as s
from iamdsl.format import format_source
from iamdsl.formatting.lexemes import BARE_ARN
from iamdsl.parse import EDITIONS, parse
from iamdsl.source import Source

_T = TypeVar("_T")
_BARE = re.compile(
    rf"{BARE_ARN.pattern}|[0-9]+[smhd]?|true|false"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?"
)
_PRINCIPAL = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")


def to_iamdsl(file: s.File) -> str:
    """Canonical text that says the same as `file`, whatever its origin; the latest edition if it has none.

    ValueError for a tree that no text stands for: one with a reference to `read` among access items, say.
    """
    edition = file.edition.number.text if file.edition else EDITIONS[-1]
    draft = "\n".join([f"edition {edition}", *map(_declaration, file.declarations)])
    text = format_source(Source(file.path, draft)).text
    if text is not None and parse(Source(file.path, text)).file.declarations == file.declarations:
        return text
    raise ValueError(f"no text stands for the tree of {file.path}")


def _declaration(node: s.Declaration) -> str:  # noqa: C901 - one case for each kind
    match node:
        case s.Import(path, alias):
            return f"import {quoted(path)}{_part('as', alias)}"
        case s.Let(name, value):
            return f"let {name.text} = {_literal(value)}"
        case s.Account():
            return _account(node)
        case s.People(persons):
            return _block("people", [f"{person.name.text} {person.email.text}" for person in persons], node)
        case s.Team():
            return _team(node)
        case s.Resources(name, accounts, resources):
            return _block(
                f"resources {name.text}{_part('for', _refs(accounts))}",
                [_resource(resource) for resource in resources],
            )
        case s.Actions(name, actions):
            return f"actions {name.text} = {_access(actions)}"
        case s.Services(name, services):
            return f"services {name.text} = {_refs(services)}"
        case s.Tier(name, fields):
            return _block(f"tier {name.text}", map(_field, fields))
        case s.Role(name, tier, break_glass, fields):
            glass = " break-glass" if break_glass else ""
            return _block(f"role {name.text}{_part(':', tier)}{glass}", map(_field, fields))
        case s.Grant():
            return _grant(node)
        case s.Check(title, subjects, expectations):
            lines = [f"role {_refs(x.roles)}{_part('in', _refs(x.accounts))}" for x in subjects]
            return _block(f"check {quoted(title)}", lines + [_expectation(x) for x in expectations])


def _account(node: s.Account) -> str:
    fields = [_part("alias", node.alias and quoted(node.alias)), _part("class", node.klass and node.klass.text)]
    head = f"account {node.name.text} {node.number.text}"
    if "\n" in node.span.text:
        return _block(head, filter(None, fields))
    return f"{head} {{{''.join(fields)} }}" if any(fields) else head


def _team(node: s.Team) -> str:
    lines = [
        (node.group, _string("group", node.group)),
        (node.members[0] if node.members else None, _part("members", _refs(node.members))),
        (node.owner, _part("owner", node.owner)),
    ]
    return _block(f"team {node.name.text}", as_written(lines), node)


def _resource(node: s.Resource) -> str:
    return f"{node.name.text}{_part('for', _refs(node.accounts))} {_targets(node.arns)}"


def _grant(node: s.Grant) -> str:
    head = f"grant {_refs(node.roles)} to {_refs(node.to)}{_part('in', _refs(node.accounts))}"
    lines = as_written(
        [
            (node.until, _part("until", node.until)),
            (node.reason, _string("reason", node.reason)),
            (node.approval, _part("approval by", node.approval)),
        ]
    )
    return _block(head, lines, node) if lines else head


def _expectation(node: s.ExpectAccess | s.ExpectSize) -> str:
    if isinstance(node, s.ExpectSize):
        return f"expect {node.metric} <= {node.limit.text}"
    on = _part("on", _targets(node.targets))
    return f"expect {node.effect} {_access(node.actions)}{on}{_when(node.when)}"


def _field(node: s.Field) -> str:  # noqa: C901, PLR0912 - one case for each kind
    match node:
        case s.Statement():
            return _statement(node)
        case s.Pass(roles, services):
            return f"pass {_targets(roles)} to {_principals(services)}{_clauses(node)}"
        case s.Assume(roles):
            return f"assume {_targets(roles)}{_clauses(node)}"
        case s.Describe(text):
            return f"describe {quoted(text)}"
        case s.Session(duration):
            return f"session {duration.text}"
        case s.Alert(channel, destination):
            return f"alert {channel.text} {quoted(destination)}"
        case s.Require(words):
            return "require " + ", ".join(word.text for word in words)
        case s.Use(roles):
            return f"use {_refs(roles)}"
        case s.Managed(policies):
            return "managed " + ", ".join(map(quoted, policies))
        case s.Boundary(policy):
            return f"boundary {quoted(policy)}"
        case s.Exclude(actions):
            return f"exclude {_access(actions)}"
        case s.Ceiling(access, exceptions):
            return f"ceiling {_access(access)}{_part('except', _access(exceptions))}"
        case s.Generalise(arns):
            return f"generalise {_targets(arns)}"
        case s.Acknowledge(code, reason):
            return f"acknowledge {code.text} {quoted(reason)}"


def _statement(node: s.Statement) -> str:
    dependents = " with dependents" if node.dependents else ""
    without = _part("without", _access(node.without))
    head = f"{node.effect} {_access(node.access)} on {_targets(node.targets)}"
    return f"{head}{dependents}{without}{_clauses(node)}"


def _clauses(node: s.Statement | s.Pass | s.Assume) -> str:
    return _when(node.when) + _part("until", node.until)


def _when(conditions: tuple[s.Condition, ...]) -> str:
    return _part("when", " and ".join(map(_condition, conditions)))


def _condition(node: s.Condition) -> str:
    values = ", ".join(map(_literal, node.values))
    match node.word:
        case "tag" | "principal-tag" | "request-tag":
            return f"{node.word.replace('-', ' ')} {quote(node.key)} = {values}"
        case "key":
            return f"{node.key} {node.operator} {values}".rstrip()
        case "via":
            return f"via {_principals(node.values)}"
        case "mfa-within":
            return f"mfa within {values}"
        case word:
            return f"{word} {values}".rstrip()


def _access(items: Iterable[s.AccessItem]) -> str:
    return ", ".join(_access_item(item) for item in items)


def _access_item(item: s.AccessItem) -> str:
    match item:
        case s.LevelAccess(level):
            return level
        case s.ActionAccess(pattern):
            return pattern
        case s.Ref():
            return item.text


def _targets(targets: Iterable[s.Target]) -> str:
    return ", ".join(map(_target, targets))


def _target(target: s.Target) -> str:
    match target:
        case s.Ref():
            return target.text
        case s.ArnTarget(arn):
            return arn.text if BARE_ARN.fullmatch(arn.text) else quoted(arn)
        case s.ServiceTarget(services, wildcard_only):
            return f"service {_refs(services)}" + (" wildcard-only" if wildcard_only else "")
        case s.EverythingTarget():
            return "*"


def _refs(refs: Iterable[s.Ref]) -> str:
    return ", ".join(ref.text for ref in refs)


def _principals(texts: Iterable[s.Text]) -> str:
    return ", ".join(text.text if _PRINCIPAL.fullmatch(text.text) else quoted(text) for text in texts)


def _literal(text: s.Text) -> str:
    return literal(text.text)


def literal(text: str) -> str:
    """Bare where the grammar has a bare form for it, else a string."""
    return text if _BARE.fullmatch(text) else quote(text)


def quoted(text: s.Text) -> str:
    """A string literal of this text."""
    return quote(text.text)


def quote(text: str) -> str:
    r"""A string literal; `\"`, `\\` and `\n` are its escapes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def as_written(fields: Iterable[tuple[s.Ref | s.Text | None, _T]]) -> list[_T]:
    """What stands beside the nodes that there are, in the order of the source that the nodes were read from."""
    given = [(node.span.start, value) for node, value in fields if node is not None]
    return [value for _, value in sorted(given, key=lambda pair: pair[0])]


def _part(word: str, value: str | s.Name | s.Ref | s.Text | None) -> str:
    """` word value`, or nothing where there is no value."""
    text = value if isinstance(value, str | None) else value.text
    return f" {word} {text}" if text else ""


def _string(word: str, value: s.Text | None) -> str:
    return f" {word} {quoted(value)}" if value else ""


def _block(head: str, lines: Iterable[str], node: s.Declaration | None = None) -> str:
    """A block with its lines below each other, or on one line where `node` was read from one line."""
    if node and on_one_line(node):
        return f"{head} {{ {' '.join(line.strip() for line in lines)} }}"
    body = "".join(f"\n{line}" for line in lines)
    return f"{head} {{{body}\n}}"


def on_one_line(node: s.Declaration) -> bool:
    """Whether the source that a node was read from has it on one line; not for a tree without a source."""
    written = node.span.text
    return bool(written) and "\n" not in written
