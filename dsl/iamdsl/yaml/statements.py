"""Statements of the organisation form: who may do what on which resources."""

from __future__ import annotations

from iamdsl.syntax import (
    AccessItem,
    ActionAccess,
    ArnTarget,
    Assume,
    Condition,
    EverythingTarget,
    LevelAccess,
    Pass,
    ServiceTarget,
    Statement,
    Target,
    Text,
)
from iamdsl.yaml import atoms
from iamdsl.yaml.conditions import conditions
from iamdsl.yaml.nodes import Entry, Mapping, Node, Scalar
from iamdsl.yaml.walk import Walk

STATEMENTS = {
    "allow": ("allow", "on", "with", "without", "when", "until"),
    "deny": ("deny", "on", "with", "without", "when", "until"),
    "pass": ("pass", "to", "when", "until"),
    "assume": ("assume", "when", "until"),
}
"""The words that make a statement, each with the keys that may stand beside it."""


def statement(walk: Walk, node: Node) -> Statement | Pass | Assume | None:
    """One statement; `node` is one item of `statements`."""
    mapping = walk.mapping(node, "a statement")
    if mapping is None:
        return None
    verb = verb_of(mapping)
    if verb is None:
        help_ = "begin it with `allow`, `deny`, `pass` or `assume`"
        walk.report("IAM029", "this statement neither allows nor denies", mapping.entries[0].span, help_)
        return None
    found = walk.keys(mapping, STATEMENTS[verb], f"a statement with `{verb}`")
    when = conditions(walk, found["when"].value) if "when" in found else ()
    until = _until(walk, found)
    if verb == "pass":
        return _pass(walk, mapping, found, when, until)
    if verb == "assume":
        roles = role_targets(walk, found["assume"].value, "`assume`")
        return Assume(roles, when, until, mapping.span) if roles else None
    return _statement(walk, verb, mapping, found, when, until)


def verb_of(mapping: Mapping) -> str | None:
    """The first word that makes a statement of the mapping."""
    return next((entry.key.text for entry in mapping.entries if entry.key.text in STATEMENTS), None)


def access(walk: Walk, node: Node, what: str) -> tuple[AccessItem, ...]:
    """One level, action or name, or a list of them."""
    return atoms.several(walk, node, what, _access_item)


def targets(walk: Walk, node: Node, what: str) -> tuple[Target, ...]:
    """Resources, ARNs or `*`, one or a list; or `{service: ..., wildcard-only: true}`."""
    if isinstance(node, Mapping) and any(entry.key.text != "arn" for entry in node.entries):
        if any(entry.key.text in {"service", "wildcard-only"} for entry in node.entries):
            service = _service_target(walk, node)
            return () if service is None else (service,)
        walk.wrong_shape(node, f"{what} names resources, ARNs or `{{service: ...}}`")
        return ()
    return atoms.several(walk, node, what, _target)


def role_targets(walk: Walk, node: Node, what: str) -> tuple[Target, ...]:
    """Role ARNs or names of resources."""
    return atoms.several(walk, node, what, _role_target)


def arn(walk: Walk, node: Node, what: str) -> ArnTarget | None:
    """An ARN where nothing else can stand."""
    scalar = walk.scalar(node, what)
    return ArnTarget(Text(scalar.text, scalar.span), scalar.span) if scalar else None


def _statement(
    walk: Walk,
    effect: str,
    mapping: Mapping,
    found: dict[str, Entry],
    when: tuple[Condition, ...],
    until: Text | None,
) -> Statement | None:
    on = walk.needed(found, "on", mapping, 'say on which resources, or write `on: "*"`')
    if on is None:
        return None
    dependents = "with" in found and walk.choice(found["with"].value, ("dependents",), "word for `with`")
    without = atoms.actions(walk, found["without"].value, "`without`") if "without" in found else ()
    items = access(walk, found[effect].value, f"`{effect}`")
    what = targets(walk, on.value, "`on`")
    if not items or not what:
        return None
    return Statement(effect, items, what, bool(dependents), without, when, until, mapping.span)


def _pass(
    walk: Walk, mapping: Mapping, found: dict[str, Entry], when: tuple[Condition, ...], until: Text | None
) -> Pass | None:
    to = walk.needed(found, "to", mapping, "name the services that may receive the role")
    if to is None:
        return None
    roles = role_targets(walk, found["pass"].value, "`pass`")
    services = atoms.texts(walk, to.value, "`to`")
    return Pass(roles, services, when, until, mapping.span) if roles and services else None


def _until(walk: Walk, found: dict[str, Entry]) -> Text | None:
    return atoms.text(walk, found["until"].value, "`until`", atoms.DATE) if "until" in found else None


def _access_item(walk: Walk, node: Node, what: str) -> AccessItem | None:
    scalar = walk.scalar(node, what)
    if scalar is None:
        return None
    if scalar.text in atoms.LEVELS:
        return LevelAccess(scalar.text, scalar.span)
    if scalar.text == "*":
        return ActionAccess("*", scalar.span)
    return atoms.action(walk, scalar, what)


def _target(walk: Walk, node: Node, what: str) -> Target | None:
    if isinstance(node, Scalar) and node.text == "*":
        return EverythingTarget(node.span)
    return _role_target(walk, node, what)


def _role_target(walk: Walk, node: Node, what: str) -> Target | None:
    """A name or an ARN; `{arn: TEXT}` is an ARN even where the text looks like a name."""
    if isinstance(node, Mapping) and [entry.key.text for entry in node.entries] == ["arn"]:
        return arn(walk, node.entries[0].value, "`arn`")
    scalar = walk.scalar(node, what)
    if scalar is None:
        return None
    if scalar.text == "*":
        walk.report("IAM209", "`*` is too wide here", scalar.span, "name the roles by ARN")
        return None
    if atoms.REF.fullmatch(scalar.text):
        return atoms.as_ref(scalar)
    return ArnTarget(Text(scalar.text, scalar.span), scalar.span)


def _service_target(walk: Walk, mapping: Mapping) -> ServiceTarget | None:
    found = walk.keys(mapping, ("service", "wildcard-only"), "`on`")
    service = walk.needed(found, "service", mapping, "name the services")
    if service is None:
        return None
    only = False
    if "wildcard-only" in found:
        only = walk.boolean(found["wildcard-only"].value, "`wildcard-only`")
    return ServiceTarget(atoms.refs(walk, service.value, "`service`"), only, mapping.span)
