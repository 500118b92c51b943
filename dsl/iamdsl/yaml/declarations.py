"""The declarations of the organisation form, each the body of one header.

`HEADER: BODY`: the header is how the declaration begins in the language (`role x`, `grant a to b in c`), the
body what stands in its braces or behind its `=`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iamdsl import syntax
from iamdsl.syntax import Declaration, Name, Ref, Text
from iamdsl.yaml import atoms
from iamdsl.yaml.conditions import conditions
from iamdsl.yaml.fields import body
from iamdsl.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from iamdsl.yaml.statements import arn, targets
from iamdsl.yaml.walk import Walk

_GRANT = re.compile(r"\s*(?P<roles>.+?)\s+to\s+(?P<to>.+?)(?:\s+in\s+(?P<accounts>.+))?", re.DOTALL)
_RESOURCES = re.compile(r"\s*(?P<name>.*?)(?:\s+for\s+(?P<accounts>.+))?", re.DOTALL)
_LISTED = re.compile(r"(?:^|,)\s*([^,]*?)\s*(?=,|$)")


def declarations(walk: Walk, entry: Entry, rest: Scalar) -> Iterator[Declaration]:
    """What one entry declares; `rest` is its header behind the first word. The word must be one of WORDS."""
    word = entry.key.text[: len(entry.key.text) - len(rest.text)].strip()
    if word == "import":
        yield from _imports(walk, entry, rest)
    elif word == "people":
        yield from _people(walk, entry, rest)
    elif word == "grant":
        yield from _grant(walk, entry, rest)
    elif word == "check":
        yield from _check(walk, entry, rest)
    elif word == "resources":
        yield from _resources(walk, entry, rest)
    else:
        name = _header_name(walk, entry, rest, word)
        if name:
            yield from _NAMED[word](walk, entry, name)


def _header_name(walk: Walk, entry: Entry, rest: Scalar, word: str) -> Name | None:
    if not rest.text:
        walk.report("IAM029", f"`{word}` needs a name", entry.key.span, f"write `{word} NAME:`")
        return None
    return atoms.name(walk, rest, "a name")


def _empty(node: Node) -> bool:
    """Whether a body says nothing, which the language writes as `{}`."""
    return (isinstance(node, Mapping) and not node.entries) or (isinstance(node, Scalar) and node.null)


def _body(walk: Walk, node: Node, what: str) -> Mapping | None:
    """A body that is a mapping, or empty."""
    return None if _empty(node) else walk.mapping(node, what)


# with a name ---------------------------------------------------------------------------------------------


def _let(walk: Walk, entry: Entry, name: Name) -> Iterator[Declaration]:
    value = atoms.text(walk, entry.value, f"`let {name.text}`")
    if value:
        yield syntax.Let(name, value, entry.span)


def _account(walk: Walk, entry: Entry, name: Name) -> Iterator[Declaration]:
    """`account prod: {id: "111122223333", alias: acme-prod, class: production}`, or the id alone."""
    alias = klass = None
    value = entry.value
    if isinstance(value, Mapping):
        found = walk.keys(value, ("id", "alias", "class"), "an account")
        if "alias" in found:
            alias = atoms.text(walk, found["alias"].value, "`alias`")
        if "class" in found:
            klass = atoms.name(walk, found["class"].value, "`class`")
        number_entry = walk.needed(found, "id", entry, "write `id` with the twelve digits")
        if number_entry is None:
            return
        value = number_entry.value
    number = atoms.text(walk, value, "`id`", atoms.ACCOUNT_ID)
    if number:
        yield syntax.Account(name, number, alias, klass, entry.span)


def _team(walk: Walk, entry: Entry, name: Name) -> Iterator[Declaration]:
    mapping = _body(walk, entry.value, "a team")
    found = walk.keys(mapping, ("members", "group", "owner"), "a team") if mapping else {}
    members = atoms.refs(walk, found["members"].value, "`members`") if "members" in found else ()
    group = atoms.text(walk, found["group"].value, "`group`") if "group" in found else None
    owner = atoms.ref(walk, found["owner"].value, "`owner`") if "owner" in found else None
    yield syntax.Team(name, members, group, owner, entry.span)


def _resources(walk: Walk, entry: Entry, rest: Scalar) -> Iterator[Declaration]:
    """`resources orders: {for: [prod], bucket: ARN, table: [ARN, ARN]}`.

    With the accounts in the header and the resources in a list, `resources orders for prod: [{table: ARN}, ...]`, a
    name may stand twice, and any name at all.
    """
    header = _RESOURCES.fullmatch(rest.text)
    assert header is not None  # noqa: S101 - the pattern matches every text
    name = _header_name(walk, entry, rest.part(*header.span("name")), "resources")
    in_header = header["accounts"] is not None
    accounts = _header_refs(walk, rest.part(*header.span("accounts"))) if in_header else ()
    found: list[syntax.Resource] = []
    for each in _listed_entries(walk, entry.value, "a block of resources"):
        if each.key.text != "for" or isinstance(entry.value, Sequence):
            found += _resource(walk, each)
        elif in_header:
            walk.report("IAM012", "the header names the accounts already", each.key.span, "remove one of the two")
        else:
            accounts = atoms.refs(walk, each.value, "`for`")
    if name:
        yield syntax.Resources(name, accounts, tuple(found), entry.span)


def _listed_entries(walk: Walk, node: Node, what: str) -> Iterator[Entry]:
    """The entries of a body; a list of mappings has all of theirs, so that a key may stand twice."""
    for each in walk.parts(node, what) if isinstance(node, Sequence) else (node,):
        item = isinstance(node, Sequence)
        mapping = walk.mapping(each, f"an item of {what}") if item else _body(walk, each, what)
        yield from mapping.entries if mapping else ()


def _resource(walk: Walk, entry: Entry) -> Iterator[syntax.Resource]:
    """`bucket: ARN`, or `bucket: {for: [prod], arns: [ARN]}` where the accounts differ from the block's."""
    name = atoms.name(walk, entry.key, "the name of a resource")
    value = entry.value
    accounts: tuple[Ref, ...] = ()
    if isinstance(value, Mapping) and any(each.key.text in {"for", "arns"} for each in value.entries):
        found = walk.keys(value, ("for", "arns"), "a resource")
        if "for" in found:
            accounts = atoms.refs(walk, found["for"].value, "`for`")
        arns_entry = walk.needed(found, "arns", entry, "name the ARNs")
        if arns_entry is None:
            return
        value = arns_entry.value
    arns = atoms.several(walk, value, f"`{entry.key.text}`", arn)
    if name and arns:
        yield syntax.Resource(name, accounts, arns, entry.span)


def _actions(walk: Walk, entry: Entry, name: Name) -> Iterator[Declaration]:
    actions = atoms.actions(walk, entry.value, f"`actions {name.text}`")
    if actions:
        yield syntax.Actions(name, actions, entry.span)


def _services(walk: Walk, entry: Entry, name: Name) -> Iterator[Declaration]:
    services = atoms.refs(walk, entry.value, f"`services {name.text}`")
    if services:
        yield syntax.Services(name, services, entry.span)


def _tier(walk: Walk, entry: Entry, name: Name) -> Iterator[Declaration]:
    yield syntax.Tier(name, tuple(body(walk, entry.value, "tier").fields), entry.span)


def _role(walk: Walk, entry: Entry, name: Name) -> Iterator[Declaration]:
    found = body(walk, entry.value, "role")
    yield syntax.Role(name, found.tier, found.break_glass, tuple(found.fields), entry.span)


_NAMED: dict[str, Callable[[Walk, Entry, Name], Iterator[Declaration]]] = {
    "let": _let,
    "account": _account,
    "team": _team,
    "actions": _actions,
    "services": _services,
    "tier": _tier,
    "role": _role,
}

WORDS = ("import", "let", "account", "people", "team", "resources", *list(_NAMED)[3:], "grant", "check")
"""The first words of headers, in the order of the grammar."""


# without one ---------------------------------------------------------------------------------------------


def _imports(walk: Walk, entry: Entry, rest: Scalar) -> Iterator[Declaration]:
    """`import org: org.yaml`, or `import: [a.yaml, b.yaml]` without a name of our own."""
    if rest.text:
        alias, path = atoms.name(walk, rest, "a name"), atoms.text(walk, entry.value, "the path")
        if alias and path:
            yield syntax.Import(path, alias, entry.span)
        return
    for path in atoms.texts(walk, entry.value, "`import`"):
        yield syntax.Import(path, None, path.span)


def _people(walk: Walk, entry: Entry, rest: Scalar) -> Iterator[Declaration]:
    """`people: {ana: ana@acme.example}`, or a list of such mappings, in which a name may stand twice."""
    if rest.text:
        walk.report("IAM026", "`people` takes no name", rest.span, "write `people:`")
        return
    found: list[syntax.Person] = []
    for each in _listed_entries(walk, entry.value, "`people`"):
        name = atoms.name(walk, each.key, "the name of a person")
        email = atoms.text(walk, each.value, "an e-mail address", atoms.EMAIL)
        if name and email:
            found.append(syntax.Person(name, email, each.span))
    yield syntax.People(tuple(found), entry.span)


def _grant(walk: Walk, entry: Entry, rest: Scalar) -> Iterator[Declaration]:
    """`grant ROLES to WHO in ACCOUNTS: {until: ..., reason: ..., approval: ...}`."""
    match = _GRANT.fullmatch(rest.text)
    if match is None:
        help_ = "write `grant ROLES to PEOPLE-OR-TEAMS in ACCOUNTS:`"
        walk.report("IAM001", "this grant does not say what goes to whom", entry.key.span, help_)
        return
    parts = {
        name: _header_refs(walk, rest.part(*match.span(name))) if match[name] is not None else ()
        for name in ("roles", "to", "accounts")
    }
    mapping = _body(walk, entry.value, "a grant")
    found = walk.keys(mapping, ("until", "reason", "approval"), "a grant") if mapping else {}
    until = atoms.text(walk, found["until"].value, "`until`", atoms.DATE) if "until" in found else None
    reason = atoms.text(walk, found["reason"].value, "`reason`") if "reason" in found else None
    approval = atoms.ref(walk, found["approval"].value, "`approval`") if "approval" in found else None
    yield syntax.Grant(parts["roles"], parts["to"], parts["accounts"], until, reason, approval, entry.span)


def _header_refs(walk: Walk, scalar: Scalar) -> tuple[Ref, ...]:
    """The names of `a, b.c`."""
    pieces = [scalar.part(*match.span(1)) for match in _LISTED.finditer(scalar.text)]
    return tuple(atoms.as_ref(piece) for piece in pieces if atoms.fits(walk, piece, atoms.REF))


def _check(walk: Walk, entry: Entry, rest: Scalar) -> Iterator[Declaration]:
    """`check TITLE: {role: ..., in: ..., expect: [...]}`."""
    title = rest.text[1:-1] if len(rest.text) > 1 and rest.text[0] == rest.text[-1] == '"' else rest.text
    if not rest.text:
        walk.report("IAM029", "`check` needs a title", entry.key.span, "write `check WHAT IT SAYS:`")
        return
    mapping = _body(walk, entry.value, "a check")
    found = walk.keys(mapping, ("role", "in", "subjects", "expect"), "a check") if mapping else {}
    subjects: list[syntax.Subject] = []
    if mapping and ("role" in found or "in" in found):
        subjects += _subject(walk, mapping, found)
    for node in walk.parts(found["subjects"].value, "`subjects`") if "subjects" in found else ():
        subject = walk.mapping(node, "an item of `subjects`")
        if subject:
            subjects += _subject(walk, subject, walk.keys(subject, ("role", "in"), "`subjects`"))
    expectations: list[syntax.ExpectAccess | syntax.ExpectSize] = []
    for node in walk.parts(found["expect"].value, "`expect`") if "expect" in found else ():
        expectations += _expectation(walk, node)
    yield syntax.Check(Text(title, rest.span), tuple(subjects), tuple(expectations), entry.span)


def _subject(walk: Walk, mapping: Mapping, found: dict[str, Entry]) -> Iterator[syntax.Subject]:
    role = walk.needed(found, "role", mapping, "name the roles that the check is about")
    if role is None:
        return
    accounts = atoms.refs(walk, found["in"].value, "`in`") if "in" in found else ()
    yield syntax.Subject(atoms.refs(walk, role.value, "`role`"), accounts, role.span)


def _expectation(walk: Walk, node: Node) -> Iterator[syntax.ExpectAccess | syntax.ExpectSize]:
    """`{deny: [...], on: ..., when: ...}`, `{characters: 6144}` or `{policies: 2}`."""
    mapping = walk.mapping(node, "an item of `expect`")
    if mapping is None:
        return
    words = {entry.key.text for entry in mapping.entries}
    effect = "deny" if "deny" in words else "allow"
    if effect in words:
        found = walk.keys(mapping, (effect, "on", "when"), f"an expectation with `{effect}`")
        on = targets(walk, found["on"].value, "`on`") if "on" in found else ()
        when = conditions(walk, found["when"].value) if "when" in found else ()
        actions = atoms.actions(walk, found[effect].value, f"`{effect}`")
        # A target that was refused must not turn into no target, which means anything in scope.
        if actions and (on or "on" not in found):
            yield syntax.ExpectAccess(effect, actions, on, when, mapping.span)
        return
    found = walk.keys(mapping, ("allow", "deny", *atoms.METRICS), "`expect`")
    for entry in found.values():
        limit = atoms.text(walk, entry.value, f"`{entry.key.text}`", atoms.INT)
        if limit:
            yield syntax.ExpectSize(entry.key.text, limit, entry.span)
