"""Building the syntax tree: one function for each rule of the grammar that makes a node.

A function takes the span of its rule and then the rule's children; an optional part that is absent is None.
"""

from __future__ import annotations

import re
from dataclasses import field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from iamdsl import syntax as s
from iamdsl.diagnostics import Diagnostic, Fix, Label, report
from iamdsl.source import Source, Span
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TEXTS = frozenset({"STRING", "ARN", "DURATION", "DATE", "ACCOUNT_ID", "INT", "BOOLEAN", "EMAIL", "PRINCIPAL"})
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_N = TypeVar("_N")


def unescape(literal: str) -> str:
    r"""The value of a quoted string; `\"`, `\\` and `\n` are its escapes."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda match: _ESCAPES[match[1]], inner)


@dataclass(slots=True)
class TreeBuilder:
    """Builds the nodes of one parse of `text`, whose offset 0 stands at `base` in `source`.

    `text` may differ from the source where the source was mended to carry on behind a mistake.
    """

    source: Source
    text: str
    base: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def leaf(self, terminal: str, start: int, end: int) -> s.Name | s.Text:
        """A `Text` for a literal, and a `Name` for any other token that the tree keeps."""
        written = self.text[start:end]
        span = Span(self.source, self.base + start, self.base + end)
        if terminal == "STRING":
            return s.Text(unescape(written), span)
        return s.Text(written, span) if terminal in _TEXTS else s.Name(written, span)

    def node(self, label: str, children: list[Any], start: int, end: int) -> object:
        """The node of rule `label`; fields that were given twice are reported."""
        span = Span(self.source, self.base + start, self.base + end)
        if label in {"access", "action_items"}:
            self.diagnostics += _bare_actions(children)
        once = _ONCE.get(label)
        if once:
            self.diagnostics += repeated(children, once)
        return _NODES[label](span, *children)


# fields of account, team and grant blocks, until their declaration takes them in ---------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    keyword: str
    value: Any
    span: Span


def _entry(keyword: str) -> Callable[[Span, object], _Entry]:
    return lambda span, value: _Entry(keyword, value, span)


def _value(entries: Iterable[_Entry], keyword: str) -> Any:
    """The value of the first entry of that keyword, or None."""
    return next((entry.value for entry in entries if entry.keyword == keyword), None)


_ONCE: dict[str, frozenset[str]] = {
    "account": frozenset({"alias", "class"}),
    "team": frozenset({"members", "group", "owner"}),
    "grant": frozenset({"until", "reason", "approval"}),
    "tier": frozenset({"describe", "session", "ceiling"}),
    "role": frozenset({"describe", "session", "boundary"}),
}


def repeated(children: Iterable[object], once: frozenset[str]) -> list[Diagnostic]:
    """IAM012 for each field that stands in its block a second time."""
    first: dict[str, Span] = {}
    found = []
    for child in children:
        keyword = child.keyword if isinstance(child, _Entry) else type(child).__name__.lower()
        if not isinstance(child, (_Entry, s.Describe, s.Session, s.Boundary, s.Ceiling)) or keyword not in once:
            continue
        if keyword not in first:
            first[keyword] = child.span
            continue
        label = Label(_keyword_span(first[keyword], keyword), "first given here")
        span = _keyword_span(child.span, keyword)
        message = f"`{keyword}` is given twice"
        found.append(report("IAM012", message, span, label="second time", help="keep one of them", labels=[label]))
    return found


def _bare_actions(items: list[Any]) -> Iterator[Diagnostic]:
    """IAM001 for `PutObject` in `s3:GetObject,PutObject`: capitals right behind a comma are no name of a set."""
    for before, item in pairwise(items):
        close = item.span.start == before.span.end + 1
        if isinstance(before, s.ActionAccess) and isinstance(item, s.Ref) and close and item.text[0].isupper():
            action = f"{before.pattern.partition(':')[0]}:{item.text}"
            fix = Fix(item.span, action, f"write `{action}`")
            message = f"`{item.text}` has no service prefix"
            yield report("IAM001", message, item.span, help=f"each action repeats it: `{action}`", fix=fix)


def _keyword_span(span: Span, keyword: str) -> Span:
    return span.part(0, len(keyword))


# atoms -----------------------------------------------------------------------------------------------------


def _ref(span: Span, *names: s.Name) -> s.Ref:
    return s.Ref(tuple([name.text for name in names]), span)


def _many(_: Span, *items: _N) -> tuple[_N, ...]:
    return items


def _only(_: Span, item: _N) -> _N:
    return item


# declarations ----------------------------------------------------------------------------------------------


def _file(span: Span, *declarations: s.Edition | s.Declaration) -> s.File:
    edition, rest = None, declarations
    if declarations and isinstance(declarations[0], s.Edition):
        edition, rest = declarations[0], declarations[1:]
    return s.File(span.path, edition, tuple(d for d in rest if not isinstance(d, s.Edition)), "iamdsl", span)


def _account(span: Span, name: s.Name, number: s.Text, *entries: _Entry) -> s.Account:
    return s.Account(name, number, _value(entries, "alias"), _value(entries, "class"), span)


def _team(span: Span, name: s.Name, *entries: _Entry) -> s.Team:
    members = _value(entries, "members") or ()
    return s.Team(name, members, _value(entries, "group"), _value(entries, "owner"), span)


def _grant(
    span: Span,
    roles: tuple[s.Ref, ...],
    to: tuple[s.Ref, ...],
    accounts: tuple[s.Ref, ...] | None,
    *entries: _Entry,
) -> s.Grant:
    until, reason, approval = (_value(entries, keyword) for keyword in ("until", "reason", "approval"))
    return s.Grant(roles, to, accounts or (), until, reason, approval, span)


def _resources(span: Span, name: s.Name, accounts: tuple[s.Ref, ...] | None, *items: s.Resource) -> s.Resources:
    return s.Resources(name, accounts or (), items, span)


def _resource(
    span: Span, name: s.Name, accounts: tuple[s.Ref, ...] | None, arns: tuple[s.ArnTarget, ...]
) -> s.Resource:
    return s.Resource(name, accounts or (), arns, span)


def _role(span: Span, name: s.Name, tier: s.Ref | None, glass: s.Name | None, *fields: s.Field) -> s.Role:
    return s.Role(name, tier, glass is not None, fields, span)


def _check(span: Span, title: s.Text, *items: s.Subject | s.ExpectAccess | s.ExpectSize) -> s.Check:
    subjects = tuple(item for item in items if isinstance(item, s.Subject))
    expectations = tuple(item for item in items if not isinstance(item, s.Subject))
    return s.Check(title, subjects, expectations, span)


def _subject(span: Span, roles: tuple[s.Ref, ...], accounts: tuple[s.Ref, ...] | None) -> s.Subject:
    return s.Subject(roles, accounts or (), span)


# statements ------------------------------------------------------------------------------------------------


def _statement(
    span: Span,
    effect: s.Name,
    access: tuple[s.AccessItem, ...],
    targets: tuple[s.Target, ...],
    dependents: bool | None,
    without: tuple[s.ActionAccess | s.Ref, ...] | None,
    when: tuple[s.Condition, ...] | None,
    until: s.Text | None,
) -> s.Statement:
    return s.Statement(effect.text, access, targets, bool(dependents), without or (), when or (), until, span)


def _pass(
    span: Span,
    roles: tuple[s.Target, ...],
    services: tuple[s.Text, ...],
    when: tuple[s.Condition, ...] | None,
    until: s.Text | None,
) -> s.Pass:
    return s.Pass(roles, services, when or (), until, span)


def _assume(
    span: Span, roles: tuple[s.Target, ...], when: tuple[s.Condition, ...] | None, until: s.Text | None
) -> s.Assume:
    return s.Assume(roles, when or (), until, span)


def _ceiling(span: Span, access: tuple[s.AccessItem, ...], exceptions: tuple[s.AccessItem, ...] | None) -> s.Ceiling:
    return s.Ceiling(access, exceptions or (), span)


def _expect_access(
    span: Span,
    effect: s.Name,
    actions: tuple[s.ActionAccess | s.Ref, ...],
    targets: tuple[s.Target, ...] | None,
    when: tuple[s.Condition, ...] | None,
) -> s.ExpectAccess:
    return s.ExpectAccess(effect.text, actions, targets or (), when or (), span)


def _service_targets(span: Span, services: tuple[s.Ref, ...], wildcard_only: s.Name | None) -> tuple[s.Target, ...]:
    return (s.ServiceTarget(services, wildcard_only is not None, span),)


# conditions ------------------------------------------------------------------------------------------------


def _listed(word: str) -> Callable[[Span, tuple[s.Text, ...]], s.Condition]:
    return lambda span, values: s.Condition(word, "", "", values, span)


def _single(word: str) -> Callable[[Span, s.Text], s.Condition]:
    return lambda span, value: s.Condition(word, "", "", (value,), span)


def _tagged(word: str) -> Callable[[Span, s.Text, tuple[s.Text, ...]], s.Condition]:
    return lambda span, key, values: s.Condition(word, key.text, "", values, span)


def _key(span: Span, key: s.Name, operator: s.Name, values: tuple[s.Text, ...] = ()) -> s.Condition:
    return s.Condition("key", key.text, operator.text, values, span)


_NODES: dict[str, Callable[..., object]] = {
    "start": _file,
    "edition": lambda span, number: s.Edition(number, span),
    "import_": lambda span, path, alias: s.Import(path, alias, span),
    "let": lambda span, name, value: s.Let(name, value, span),
    "account": _account,
    "account_alias": _entry("alias"),
    "account_class": _entry("class"),
    "people": lambda span, *persons: s.People(persons, span),
    "person": lambda span, name, email: s.Person(name, email, span),
    "team": _team,
    "team_members": _entry("members"),
    "team_group": _entry("group"),
    "team_owner": _entry("owner"),
    "resources": _resources,
    "resource": _resource,
    "action_set": lambda span, name, actions: s.Actions(name, actions, span),
    "service_set": lambda span, name, services: s.Services(name, services, span),
    "tier": lambda span, name, *fields: s.Tier(name, fields, span),
    "role": _role,
    "describe": lambda span, text: s.Describe(text, span),
    "session": lambda span, duration: s.Session(duration, span),
    "alert": lambda span, channel, destination: s.Alert(channel, destination, span),
    "require": lambda span, words: s.Require(words, span),
    "use": lambda span, roles: s.Use(roles, span),
    "managed": lambda span, policies: s.Managed(policies, span),
    "boundary": lambda span, policy: s.Boundary(policy, span),
    "exclude": lambda span, actions: s.Exclude(actions, span),
    "generalise": lambda span, arns: s.Generalise(arns, span),
    "acknowledge": lambda span, code, reason: s.Acknowledge(code, reason, span),
    "ceiling": _ceiling,
    "statement": _statement,
    "pass_": _pass,
    "assume": _assume,
    "dependents": lambda _: True,
    "without": _only,
    "when": _many,
    "until": _only,
    "access": _many,
    "level": lambda span, level: s.LevelAccess(level.text, span),
    "action": lambda span, pattern: s.ActionAccess(pattern.text, span),
    "action_items": _many,
    "targets": _many,
    "service_targets": _service_targets,
    "everything": lambda span, _star: s.EverythingTarget(span),
    "role_targets": _many,
    "arns": _many,
    "arn": lambda span, text: s.ArnTarget(text, span),
    "mfa": lambda span: s.Condition("mfa", "", "", (), span),
    "mfa_within": _single("mfa-within"),
    "tag": _tagged("tag"),
    "principal_tag": _tagged("principal-tag"),
    "request_tag": _tagged("request-tag"),
    "region": _listed("region"),
    "ip": _listed("ip"),
    "vpce": _listed("vpce"),
    "org": _listed("org"),
    "via": _listed("via"),
    "before": _single("before"),
    "after": _single("after"),
    "key": _key,
    "key_presence": _key,
    "grant": _grant,
    "grant_until": _entry("until"),
    "grant_reason": _entry("reason"),
    "grant_approval": _entry("approval"),
    "check": _check,
    "subject": _subject,
    "expect_access": _expect_access,
    "expect_size": lambda span, metric, limit: s.ExpectSize(metric.text, limit, span),
    "ref": _ref,
    "refs": _many,
    "names": _many,
    "strings": _many,
    "principals": _many,
    "values": _many,
}
