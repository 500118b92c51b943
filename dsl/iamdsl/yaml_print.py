"""Syntax tree to the organisation form in YAML; `iamdsl.yaml` reads it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from iamdsl import syntax as s
from iamdsl.diagnostics import errors
from iamdsl.parse import EDITIONS
from iamdsl.printing import as_written, on_one_line
from iamdsl.source import Source
from iamdsl.yaml_text import Items, Keys, Plain, Value, block

_Pair = tuple[str, Value]
_RUNS = frozenset({"import", "let", "account", "grant", "actions", "services"})
_TRUE = Plain("true")


def to_yaml(file: s.File) -> str:
    """YAML that says the same as `file`, whatever its origin; without an edition it gets the latest.

    ValueError for a tree that no text stands for: one with a reference to `read` among access items, say.
    """
    from iamdsl.yaml import parse_yaml

    edition = file.edition.number.text if file.edition else EDITIONS[-1]
    pairs = _declarations(file.declarations)
    if len(dict(pairs)) < len(pairs):
        pairs = [("declarations", _one_by_one(pairs))]
    text = _spaced([("edition", Plain(edition)), *pairs])
    again = parse_yaml(Source(file.path, text))
    if not errors(again.diagnostics) and again.file.declarations == file.declarations:
        return text
    raise ValueError(f"YAML cannot say what the tree of {file.path} says")


def _spaced(pairs: Sequence[_Pair]) -> str:
    """The top-level entries with blank lines between them, except within runs of one-line declarations."""
    blocks = [(key.partition(" ")[0], block(Keys((pair,)))) for pair in pairs for key in pair[:1]]
    lines = list(blocks[0][1]) if blocks else []
    for (word, above), (next_word, below) in pairwise(blocks):
        if word != next_word or word not in _RUNS or len(above) > 1 or len(below) > 1:
            lines.append("")
        lines += below
    return "".join(f"{line}\n" for line in lines)


# declarations --------------------------------------------------------------------------------------------


def _declarations(nodes: Iterable[s.Declaration]) -> list[_Pair]:
    """One entry for each declaration; plain imports that follow each other share one."""
    pairs: list[_Pair] = []
    for plain, group in groupby(nodes, lambda node: isinstance(node, s.Import) and node.alias is None):
        if plain:
            pairs.append(("import", _several([x.path.text for x in group if isinstance(x, s.Import)])))
        else:
            pairs += map(_declaration, group)
    return pairs


def _declaration(node: s.Declaration) -> _Pair:  # noqa: C901 - one case for each kind
    match node:
        case s.Import(path, alias):
            return f"import {alias.text if alias else ''}", path.text
        case s.Let(name, value):
            return f"let {name.text}", value.text
        case s.Account(name):
            return f"account {name.text}", _account(node)
        case s.People(persons):
            return "people", _named([(person.name.text, person.email.text) for person in persons])
        case s.Team(name):
            return f"team {name.text}", _team(node)
        case s.Resources():
            return _resources(node)
        case s.Actions(name, actions):
            return f"actions {name.text}", _several(map(_access, actions))
        case s.Services(name, services):
            return f"services {name.text}", _refs(services)
        case s.Tier(name, fields):
            return f"tier {name.text}", _fields([], fields)
        case s.Role(name):
            return f"role {name.text}", _role(node)
        case s.Grant():
            return _grant(node)
        case s.Check(title):
            return f"check {_title(title.text)}", _check(node)


def _account(node: s.Account) -> Value:
    if node.alias is None and node.klass is None:
        return node.number.text
    fields = (("id", node.number.text), *_given("alias", node.alias), *_given("class", node.klass))
    return Keys(fields, flow="\n" not in node.span.text)


def _team(node: s.Team) -> Value:
    fields: list[tuple[s.Ref | s.Text | None, list[_Pair]]] = [
        (node.group, _given("group", node.group)),
        (node.members[0] if node.members else None, [("members", _refs(node.members))]),
        (node.owner, _given("owner", node.owner)),
    ]
    return Keys(tuple(pair for pairs in as_written(fields) for pair in pairs), flow=on_one_line(node))


def _resources(node: s.Resources) -> _Pair:
    header = f"resources {node.name.text}"
    pairs = [_resource(each) for each in node.resources]
    body = _named(pairs)
    if isinstance(body, Items) or "for" in dict(pairs):
        accounts = ", ".join(account.text for account in node.accounts)
        return f"{header} for {accounts}" if accounts else header, _one_by_one(pairs)
    accounts_first = [("for", _refs(node.accounts))] if node.accounts else []
    return header, _body([*accounts_first, *pairs])


def _named(pairs: list[_Pair]) -> Keys | Items:
    """A mapping, or a list of mappings where a key stands twice."""
    return _body(pairs) if len(dict(pairs)) == len(pairs) else _one_by_one(pairs)


def _one_by_one(pairs: list[_Pair]) -> Items:
    return Items(tuple(Keys((pair,), flow=False) for pair in pairs), flow=False)


def _resource(node: s.Resource) -> _Pair:
    arns: Value = _several([each.arn.text for each in node.arns])
    if node.accounts:
        arns = Keys((("for", _refs(node.accounts)), ("arns", arns)))
    return node.name.text, arns


def _role(node: s.Role) -> Value:
    glass = [("break-glass", _TRUE)] if node.break_glass else []
    return _fields([*_given("tier", node.tier), *glass], node.fields)


def _grant(node: s.Grant) -> _Pair:
    roles, to, accounts = (", ".join(x.text for x in refs) for refs in (node.roles, node.to, node.accounts))
    fields: list[tuple[s.Ref | s.Text | None, list[_Pair]]] = [
        (node.until, _given("until", node.until)),
        (node.reason, _given("reason", node.reason)),
        (node.approval, _given("approval", node.approval)),
    ]
    given = [pair for pairs in as_written(fields) for pair in pairs]
    return f"grant {roles} to {to}{accounts and f' in {accounts}'}", Keys(
        tuple(given), flow=on_one_line(node)
    ) if given else Plain()


def _title(text: str) -> str:
    """In quotes where the reader would take spaces or quotes at its ends for something else."""
    needs_quotes = not text or text != text.strip() or (len(text) > 1 and text[0] == text[-1] == '"')
    return f'"{text}"' if needs_quotes else text


def _check(node: s.Check) -> Value:
    subjects = [_subject(subject) for subject in node.subjects]
    if len(subjects) == 1:
        about = subjects[0]
    else:
        items = Items(tuple(Keys(tuple(pairs)) for pairs in subjects), flow=False)
        about = [("subjects", items)] if subjects else []
    expected = Items(tuple(map(_expectation, node.expectations)), flow=False)
    return _body([*about, *([("expect", expected)] if node.expectations else [])])


def _subject(node: s.Subject) -> list[_Pair]:
    return [("role", _refs(node.roles)), *([("in", _refs(node.accounts))] if node.accounts else [])]


def _expectation(node: s.ExpectAccess | s.ExpectSize) -> Value:
    if isinstance(node, s.ExpectSize):
        return _body([(node.metric, Plain(node.limit.text))])
    on = [("on", _targets(node.targets))] if node.targets else []
    return _body([(node.effect, _several(map(_access, node.actions))), *on, *_when(node.when)])


# fields --------------------------------------------------------------------------------------------------


def _fields(head: list[_Pair], fields: Sequence[s.Field]) -> Value:
    """A mapping where that keeps the order of the fields, or else a list of mappings in that order."""
    pairs = [*head, *_merged([_field(field) for field in fields])]
    if len(dict(pairs)) == len(pairs):
        return _body(pairs)
    items: list[Value] = []
    for key, value in pairs:
        if key == "statements" and isinstance(value, Items):
            items += value.items
        else:
            items.append(_body([(key, value)]))
    return Items(tuple(items), flow=False)


def _merged(pairs: Iterable[_Pair]) -> list[_Pair]:
    """Neighbours of one key made one, where their values are statements or mappings with other keys."""
    merged: list[_Pair] = []
    for key, value in pairs:
        last_key, last = merged[-1] if merged else ("", Plain())
        if key == last_key == "statements" and isinstance(last, Items) and isinstance(value, Items):
            merged[-1] = key, Items(last.items + value.items, flow=False)
        elif key == last_key and isinstance(last, Keys) and isinstance(value, Keys) and _apart(last, value):
            merged[-1] = key, Keys(last.entries + value.entries)
        else:
            merged.append((key, value))
    return merged


def _apart(one: Keys, other: Keys) -> bool:
    return dict(one.entries).keys().isdisjoint(dict(other.entries))


def _field(node: s.Field) -> _Pair:  # noqa: C901 - one case for each kind
    match node:
        case s.Statement() | s.Pass() | s.Assume():
            return "statements", Items((_statement(node),), flow=False)
        case s.Describe(text):
            return "describe", text.text
        case s.Session(duration):
            return "session", duration.text
        case s.Alert(channel, destination):
            return "alert", Keys(((channel.text, destination.text),))
        case s.Require(words):
            return "require", _several([word.text for word in words])
        case s.Use(roles):
            return "use", _refs(roles)
        case s.Managed(policies):
            return "managed", _several([policy.text for policy in policies])
        case s.Boundary(policy):
            return "boundary", policy.text
        case s.Exclude(actions):
            return "exclude", _several(map(_access, actions))
        case s.Ceiling(access, exceptions):
            return "ceiling", _ceiling(access, exceptions)
        case s.Generalise(arns):
            return "generalise", _several([each.arn.text for each in arns])
        case s.Acknowledge(code, reason):
            return "acknowledge", Keys(((code.text, reason.text),))


def _ceiling(access: Iterable[s.AccessItem], exceptions: tuple[s.AccessItem, ...]) -> Value:
    allowed = _several(map(_access, access))
    if not exceptions:
        return allowed
    return Keys((("access", allowed), ("except", _several(map(_access, exceptions)))))


def _statement(node: s.Statement | s.Pass | s.Assume) -> Value:
    match node:
        case s.Statement(effect, access, targets, dependents, without):
            pairs: list[_Pair] = [(effect, _several(map(_access, access))), ("on", _targets(targets))]
            pairs += [("with", "dependents")] if dependents else []
            pairs += [("without", _several(map(_access, without)))] if without else []
        case s.Pass(roles, services):
            pairs = [("pass", _targets(roles)), ("to", _several([service.text for service in services]))]
        case s.Assume(roles):
            pairs = [("assume", _targets(roles))]
    return _body([*pairs, *_when(node.when), *_given("until", node.until)])


# conditions ----------------------------------------------------------------------------------------------


def _when(conditions: tuple[s.Condition, ...]) -> list[_Pair]:
    """A mapping where no word recurs, or else a list of mappings."""
    if not conditions:
        return []
    pairs = _merged(map(_condition, conditions))
    if len(dict(pairs)) == len(pairs):
        return [("when", Keys(tuple(pairs)))]
    return [("when", Items(tuple(Keys((pair,)) for pair in pairs)))]


def _condition(node: s.Condition) -> _Pair:
    values: Value = _several([value.text for value in node.values]) if node.values else _TRUE
    match node.word:
        case "tag" | "principal-tag" | "request-tag":
            return node.word, Keys(((node.key, values),))
        case "key":
            return node.key, Keys(((node.operator, values),))
        case word:
            return word, values


# atoms ---------------------------------------------------------------------------------------------------


def _access(item: s.AccessItem) -> str:
    match item:
        case s.LevelAccess(level):
            return level
        case s.ActionAccess(pattern):
            return pattern
        case s.Ref():
            return item.text


def _targets(targets: tuple[s.Target, ...]) -> Value:
    return _several(map(_target, targets))


def _target(target: s.Target) -> Value:
    match target:
        case s.Ref():
            return target.text
        case s.ArnTarget(arn):
            return arn.text if ":" in arn.text else Keys((("arn", arn.text),))
        case s.ServiceTarget(services, wildcard_only):
            only: list[_Pair] = [("wildcard-only", _TRUE)] if wildcard_only else []
            return Keys((("service", _refs(services)), *only))
        case s.EverythingTarget():
            return "*"


def _refs(refs: Iterable[s.Ref]) -> Value:
    return _several([ref.text for ref in refs])


def _several(values: Iterable[Value]) -> Value:
    """A list, or the one value by itself."""
    items = tuple(values)
    return items[0] if len(items) == 1 else Items(items)


def _given(key: str, node: s.Name | s.Ref | s.Text | None) -> list[_Pair]:
    return [] if node is None else [(key, node.text)]


def _body(pairs: Iterable[_Pair]) -> Keys:
    return Keys(tuple(pairs), flow=False)
