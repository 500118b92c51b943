"""Policy Sentry templates, unchanged, as a role of the same syntax tree.

The keys are those of `policy_sentry.writing.validate` 0.15: `mode: crud` and `mode: actions`. A list that
`policy_sentry create-template` wrote and nobody filled in (`- ''`) counts as empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath

from iamdsl.source import Source, Span
from iamdsl.syntax import (
    AccessItem,
    ActionAccess,
    ArnTarget,
    EverythingTarget,
    Exclude,
    Field,
    LevelAccess,
    Name,
    Ref,
    Role,
    ServiceTarget,
    Statement,
    Target,
    Text,
)
from iamdsl.yaml.atoms import ACTION, NAME, fits
from iamdsl.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from iamdsl.yaml.walk import Walk

LEVELS = ("read", "write", "list", "tagging", "permissions-management")
"""The five access levels, in the order of Policy Sentry's own schema."""

STS = {
    "assume-role": "sts:AssumeRole",
    "assume-role-with-saml": "sts:AssumeRoleWithSAML",
    "assume-role-with-web-identity": "sts:AssumeRoleWithWebIdentity",
}
"""The keys of `sts` and the action that each one allows."""

_SERVICE_LEVELS = {f"service-{level}": level for level in LEVELS}
_WILDCARD_ONLY = ("single-actions", *_SERVICE_LEVELS)
_COMMON = ("mode", "name", "effect")
_CRUD = (*_COMMON, *LEVELS, "wildcard-only", "skip-resource-constraints", "exclude-actions", "sts")
_ACTIONS = (*_COMMON, "actions")
_NESTED = dict.fromkeys(_WILDCARD_ONLY, "wildcard-only") | dict.fromkeys(STS, "sts")
KEYS = frozenset(_CRUD) | frozenset(_ACTIONS)
"""Every top-level key of a template."""

_MODES = {"crud": _CRUD, "actions": _ACTIONS}


def read_template(root: Mapping, source: Source, walk: Walk) -> Role:
    """The role that a template describes; what is wrong with the template goes to `walk`."""
    mode = _mode(root, walk)
    entries = walk.keys(root, _MODES[mode], f"a template with `mode: {mode}`", _NESTED)
    effect = _effect(entries, walk)
    template = _Template(walk, effect)
    fields = tuple(template.actions(entries) if mode == "actions" else template.crud(entries))
    if mode == "actions" and "actions" not in entries and not walk.diagnostics:
        walk.report("IAM029", "the key `actions` is missing", root.entries[0].key.span)
    return Role(_name(entries, root, source, walk), None, False, fields, root.span)


def _mode(root: Mapping, walk: Walk) -> str:
    """The mode as written; where it is missing or misspelt, the one that the other keys suggest."""
    keys = {entry.key.text: entry for entry in root.entries}
    likely = "actions" if "actions" in keys else "crud"
    entry = keys.get("mode")
    if entry is not None:
        chosen = walk.choice(entry.value, _MODES, "mode")
        return chosen.text if chosen else likely
    if not any(_misspelt_mode(key) for key in keys):
        message = "the key `mode` is missing"
        help_ = f"begin the template with `mode: {likely}`; a file of declarations begins with `edition: 1`"
        walk.report("IAM029", message, root.entries[0].key.span, help_)
    return likely


def _misspelt_mode(key: str) -> bool:
    """Whether an unknown key is `mode` misspelt: the message about that key is enough."""
    from iamdsl.suggest import nearest

    return key not in KEYS and nearest(key, KEYS, 1) == ["mode"]


def _effect(entries: dict[str, Entry], walk: Walk) -> str:
    entry = entries.get("effect")
    chosen = walk.choice(entry.value, ("Allow", "Deny"), "effect") if entry else None
    return chosen.text.lower() if chosen else "allow"


def _name(entries: dict[str, Entry], root: Mapping, source: Source, walk: Walk) -> Name:
    """The template's name, made fit for a role; without one, the file's."""
    entry = entries.get("name")
    if entry is None:
        return Name(_slug(PurePath(source.path).stem), root.entries[0].key.span)
    if not isinstance(entry.value, Scalar):
        walk.wrong_shape(entry.value, "the name is one text")
        return Name("role", entry.key.span)
    if not entry.value.text:
        return Name(_slug(PurePath(source.path).stem), entry.key.span)
    return Name(_slug(entry.value.text), entry.value.span)


def _slug(text: str) -> str:
    """`text` as a name of the language: letters and digits, joined by single `-` or `_`."""
    if NAME.fullmatch(text):
        return text
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "-".join(words)
    return name if name[:1].isalpha() else "-".join(["role", *words])


class _Template:
    """Reads the lists of one template into statements of one effect."""

    def __init__(self, walk: Walk, effect: str) -> None:
        self.walk = walk
        self.effect = effect

    def crud(self, entries: dict[str, Entry]) -> Iterator[Field]:
        """The fields of `mode: crud`: levels, wildcard-only, unconstrained actions, sts, exclusions."""
        for level in LEVELS:
            yield from self._on_arns(entries.get(level), LevelAccess, level)
        wildcard_only = self._mapping(entries.get("wildcard-only"), _WILDCARD_ONLY)
        yield from self._single_actions(wildcard_only.get("single-actions"))
        for key, level in _SERVICE_LEVELS.items():
            yield from self._on_services(wildcard_only.get(key), level)
        yield from self._on_everything(entries.get("skip-resource-constraints"))
        sts = self._mapping(entries.get("sts"), tuple(STS))
        for key, action in STS.items():
            yield from self._on_arns(sts.get(key), ActionAccess, action)
        yield from self._exclude(entries.get("exclude-actions"))

    def actions(self, entries: dict[str, Entry]) -> Iterator[Field]:
        """The fields of `mode: actions`."""
        yield from self._on_everything(entries.get("actions"))

    def _on_arns(self, entry: Entry | None, kind: Callable[[str, Span], AccessItem], word: str) -> Iterator[Statement]:
        """One access on the ARNs of one list."""
        if entry is None:
            return
        targets = []
        for item in self._items(entry):
            if item.text == "*":
                self._bare_star(item, entry)
            else:
                targets.append(ArnTarget(Text(item.text, item.span), item.span))
        if targets:
            yield self._statement(entry, (kind(word, entry.key.span),), tuple(targets))

    def _on_everything(self, entry: Entry | None) -> Iterator[Statement]:
        """The actions of one list on `*`."""
        actions = self._action_items(entry)
        if entry is not None and actions:
            yield self._statement(entry, actions, (EverythingTarget(entry.value.span),))

    def _single_actions(self, entry: Entry | None) -> Iterator[Statement]:
        """The actions of one list, each of which no resource can restrict."""
        actions = self._action_items(entry)
        if entry is not None and actions:
            prefixes = dict.fromkeys(action.pattern.partition(":")[0].lower() for action in actions)
            services = tuple(Ref((prefix,), entry.value.span) for prefix in prefixes)
            yield self._statement(entry, actions, (ServiceTarget(services, True, entry.value.span),))

    def _on_services(self, entry: Entry | None, level: str) -> Iterator[Statement]:
        """One level of the services of one list, kept to the actions that cannot be restricted."""
        if entry is None:
            return
        services = []
        for item in self._items(entry):
            if NAME.fullmatch(item.text):
                services.append(Ref((item.text,), item.span))
            else:
                help_ = "write the prefix of its actions, such as `ec2`, or `all`"
                self.walk.report("IAM001", f"`{item.text}` is not the name of a service", item.span, help_)
        if services:
            target = ServiceTarget(tuple(services), True, entry.value.span)
            yield self._statement(entry, (LevelAccess(level, entry.key.span),), (target,))

    def _exclude(self, entry: Entry | None) -> Iterator[Exclude]:
        actions = self._action_items(entry)
        if entry is not None and actions:
            yield Exclude(actions, entry.span)

    def _action_items(self, entry: Entry | None) -> tuple[ActionAccess, ...]:
        if entry is None:
            return ()
        actions = []
        for item in self._items(entry):
            if item.text == "*":
                self._bare_star(item, entry)
            elif fits(self.walk, item, ACTION):
                actions.append(ActionAccess(item.text, item.span))
        return tuple(actions)

    def _statement(self, entry: Entry, access: tuple[AccessItem, ...], targets: tuple[Target, ...]) -> Statement:
        return Statement(self.effect, access, targets, False, (), (), None, entry.span)

    def _bare_star(self, item: Scalar, entry: Entry) -> None:
        key = entry.key.text
        if key in LEVELS:
            unrestricted = f"`wildcard-only: {{service-{key}: [...]}}`"
            help_ = f"name the ARNs; for actions that cannot be restricted to one write {unrestricted}"
        elif key in STS:
            help_ = "name the roles by ARN"
        else:
            help_ = "name the actions, such as `s3:Get*`"
        self.walk.report("IAM209", f"`*` is too wide for `{key}`", item.span, help_)

    def _mapping(self, entry: Entry | None, allowed: tuple[str, ...]) -> dict[str, Entry]:
        """The entries of a nested mapping; an empty one is only worth a warning."""
        if entry is None:
            return {}
        if isinstance(entry.value, Mapping) and entry.value.entries:
            return self.walk.keys(entry.value, allowed, f"`{entry.key.text}`")
        if isinstance(entry.value, Mapping) or (isinstance(entry.value, Scalar) and entry.value.null):
            self.walk.report("IAM028", f"`{entry.key.text}` is empty", entry.key.span)
        else:
            self.walk.wrong_shape(entry.value, f"`{entry.key.text}` is a mapping")
        return {}

    def _items(self, entry: Entry) -> Iterator[Scalar]:
        """The texts of a list; Policy Sentry takes no single text for a list, so neither do we."""
        what = f"`{entry.key.text}`"
        if _empty(entry.value):
            self.walk.report("IAM028", f"{what} is empty", entry.key.span, "fill it in or remove it")
        elif isinstance(entry.value, Sequence):
            yield from self.walk.texts(entry.value.items, what)
        else:
            self.walk.wrong_shape(entry.value, f"{what} is a list", "begin each item with `- `")


def _empty(node: Node) -> bool:
    """Nothing written, an empty list, or the one empty text that `create-template` leaves to be filled in."""
    if isinstance(node, Sequence):
        return not node.items or (len(node.items) == 1 and _empty_text(node.items[0]))
    return isinstance(node, Scalar) and node.null


def _empty_text(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text
