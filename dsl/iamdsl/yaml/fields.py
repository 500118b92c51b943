"""The bodies of tiers and roles in the organisation form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from iamdsl import syntax
from iamdsl.diagnostics import Label, report
from iamdsl.syntax import Field, Ref
from iamdsl.yaml import atoms
from iamdsl.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from iamdsl.yaml.statements import STATEMENTS, access, arn, statement, verb_of
from iamdsl.yaml.walk import Walk, one_or_more

_BOTH = ("describe", "session", "alert", "require", "statements")
KEYS = {
    "tier": (*_BOTH, "ceiling"),
    "role": (
        "tier",
        "break-glass",
        *_BOTH,
        "use",
        "managed",
        "boundary",
        "exclude",
        "generalise",
        "acknowledge",
    ),
}
"""The keys of a tier's and of a role's body."""

_ONCE = frozenset({"tier", "break-glass", "describe", "session", "boundary", "ceiling"})


@dataclass(slots=True)
class Body:
    """What the body of a tier or role says."""

    fields: list[Field] = field(default_factory=list)
    tier: Ref | None = None
    break_glass: bool = False


def body(walk: Walk, node: Node, kind: str) -> Body:
    """The body of a `tier` or `role`: a mapping, or a list of mappings where the order of fields matters."""
    found = Body()
    if isinstance(node, Scalar) and node.null:
        return found
    once: dict[str, Entry] = {}
    for each in one_or_more(node):
        if not isinstance(each, Mapping):
            walk.wrong_shape(each, f"the body of a {kind} is a mapping, or a list of mappings")
        elif isinstance(node, Sequence) and verb_of(each):
            found.fields += _present(statement(walk, each))
        else:
            _entries(walk, each, kind, found, once)
    return found


def _entries(walk: Walk, mapping: Mapping, kind: str, found: Body, once: dict[str, Entry]) -> None:
    for entry in mapping.entries:
        key = entry.key.text
        first = once.setdefault(key, entry)
        if key not in KEYS[kind]:
            _unknown(walk, entry.key, kind)
        elif key in _ONCE and first is not entry:
            labels = [Label(first.key.span, "first given here")]
            message = f"`{key}` is given twice"
            walk.diagnostics.append(report("IAM012", message, entry.key.span, help="keep one of them", labels=labels))
        elif key == "tier":
            found.tier = atoms.ref(walk, entry.value, "`tier`")
        elif key == "break-glass":
            found.break_glass = walk.boolean(entry.value, "`break-glass`")
        else:
            found.fields += _FIELDS[key](walk, entry)


def _unknown(walk: Walk, key: Scalar, kind: str) -> None:
    if key.text in STATEMENTS:
        help_ = f"write it as an item of `statements`: `- {key.text}: ...`"
        walk.report("IAM026", f"`{key.text}` stands outside `statements`", key.span, help_)
    else:
        walk.unknown_key(key, KEYS[kind], f"a {kind}")


def _present(value: Field | None) -> tuple[Field, ...]:
    return () if value is None else (value,)


# one reader for each key ---------------------------------------------------------------------------------


def _describe(walk: Walk, entry: Entry) -> Iterator[Field]:
    text = atoms.text(walk, entry.value, "`describe`")
    if text:
        yield syntax.Describe(text, entry.span)


def _session(walk: Walk, entry: Entry) -> Iterator[Field]:
    duration = atoms.text(walk, entry.value, "`session`", atoms.DURATION)
    if duration:
        yield syntax.Session(duration, entry.span)


def _alert(walk: Walk, entry: Entry) -> Iterator[Field]:
    """`alert: {page: "pagerduty:security"}`."""
    mapping = walk.mapping(entry.value, "`alert`")
    for each in mapping.entries if mapping else ():
        channel = atoms.name(walk, each.key, "a channel")
        destination = atoms.text(walk, each.value, "a destination")
        if channel and destination:
            yield syntax.Alert(channel, destination, each.span)


def _require(walk: Walk, entry: Entry) -> Iterator[Field]:
    words = atoms.several(walk, entry.value, "`require`", atoms.name)
    if words:
        yield syntax.Require(words, entry.span)


def _use(walk: Walk, entry: Entry) -> Iterator[Field]:
    roles = atoms.refs(walk, entry.value, "`use`")
    if roles:
        yield syntax.Use(roles, entry.span)


def _managed(walk: Walk, entry: Entry) -> Iterator[Field]:
    policies = atoms.texts(walk, entry.value, "`managed`")
    if policies:
        yield syntax.Managed(policies, entry.span)


def _boundary(walk: Walk, entry: Entry) -> Iterator[Field]:
    policy = atoms.text(walk, entry.value, "`boundary`")
    if policy:
        yield syntax.Boundary(policy, entry.span)


def _exclude(walk: Walk, entry: Entry) -> Iterator[Field]:
    actions = atoms.actions(walk, entry.value, "`exclude`")
    if actions:
        yield syntax.Exclude(actions, entry.span)


def _generalise(walk: Walk, entry: Entry) -> Iterator[Field]:
    arns = atoms.several(walk, entry.value, "`generalise`", arn)
    if arns:
        yield syntax.Generalise(arns, entry.span)


def _acknowledge(walk: Walk, entry: Entry) -> Iterator[Field]:
    """`acknowledge: {IAM601: "the reason"}`."""
    mapping = walk.mapping(entry.value, "`acknowledge`")
    for each in mapping.entries if mapping else ():
        code = atoms.name(walk, each.key, "a code", atoms.CODE)
        reason = atoms.text(walk, each.value, "a reason")
        if code and reason:
            yield syntax.Acknowledge(code, reason, each.span)


def _ceiling(walk: Walk, entry: Entry) -> Iterator[Field]:
    """`ceiling: [list, read]`, or `{access: [...], except: [...]}`."""
    value = entry.value
    exceptions: tuple[syntax.AccessItem, ...] = ()
    if isinstance(value, Mapping):
        found = walk.keys(value, ("access", "except"), "`ceiling`")
        if "except" in found:
            exceptions = access(walk, found["except"].value, "`except`")
        allowed = walk.needed(found, "access", value, "say what the tier may have at most")
        if allowed is None:
            return
        value = allowed.value
    yield syntax.Ceiling(access(walk, value, "`ceiling`"), exceptions, entry.span)


def _statements(walk: Walk, entry: Entry) -> Iterator[Field]:
    for node in walk.parts(entry.value, "`statements`"):
        yield from _present(statement(walk, node))


_FIELDS: dict[str, Callable[[Walk, Entry], Iterator[Field]]] = {
    "describe": _describe,
    "session": _session,
    "alert": _alert,
    "require": _require,
    "use": _use,
    "managed": _managed,
    "boundary": _boundary,
    "exclude": _exclude,
    "generalise": _generalise,
    "acknowledge": _acknowledge,
    "ceiling": _ceiling,
    "statements": _statements,
}
