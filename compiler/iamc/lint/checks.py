"""The checks of a policy in JSON, one a function. `SHAPE` comes first; where it finds errors, `MEANING` is not asked.

They follow the names of AWS's reference of Access Analyzer's policy checks; `docs/lint.md` has the table.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator

from iamc.arn import ArnProblem, parse_arn
from iamc.conditions import ConditionKeys, compares
from iamc.glob import includes, match
from iamc.lint.document import Document, Item
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.quotas import Quota
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.suggest import did_you_mean, nearest
from iamdsl.values import dataclass

_ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
_VERSIONS = ("2012-10-17", "2008-10-17")
_FAMILIES = {
    "String": ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"),
    "Numeric": ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"),
    "Date": ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"),
    "Arn": ("Equals", "NotEquals", "Like", "NotLike"),
}
_ALONE = ("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null")
OPERATORS = frozenset({*_ALONE, *(family + test for family, tests in _FAMILIES.items() for test in tests)})
"""IAM's condition operators, without set qualifiers and `IfExists`: IAM user guide, condition operators."""
_QUALIFIER = re.compile(r"(?:ForAnyValue:|ForAllValues:)?([A-Za-z]+?)(?:IfExists)?\Z")
_VARIABLE = re.compile(r"\$\{(?:[*?$]|[A-Za-z][^${}\s]*(?:, '[^']*')?)\}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?\Z|\d+\Z")
Found = Iterator[Diagnostic]


@dataclass(frozen=True, slots=True)
class Facts:
    """What checks may ask: the actions, the condition keys and the kind of policy."""

    vocabulary: Vocabulary
    keys: ConditionKeys
    quota: Quota


# the shape ----------------------------------------------------------------------------------------------------


def missing(item: Item) -> Found:
    """Missing Effect, Action or Resource."""
    for names in (("Effect",), ("Action", "NotAction"), ("Resource", "NotResource")):
        if not any(name in item.content for name in names) and "Principal" not in item.content:
            yield report("IAM651", f"the statement has no `{names[0]}`", item.span)


def unknown_element(item: Item) -> Found:
    """Elements that a statement of an identity policy does not have."""
    for name in item.content:
        if name in ("Principal", "NotPrincipal"):
            yield report("IAM658", f"`{name}` is for resource policies", item.at(name), help=f"remove `{name}`")
        elif name not in _ELEMENTS:
            yield report("IAM652", f"unknown element `{name}`", item.at(name), help=did_you_mean(name, _ELEMENTS))


def types(item: Item) -> Found:
    """Elements whose value is of another type."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        value = item.content.get(name, [])
        if not all(isinstance(each, str) for each in (value if isinstance(value, list) else [value])):
            yield report("IAM654", f"`{name}` is a text or a list of texts", item.at(name))
    block = item.content.get("Condition", {})
    if not isinstance(block, dict) or not all(isinstance(tests, dict) for tests in block.values()):
        yield report("IAM654", "`Condition` is an object of operators, each an object of keys", item.at("Condition"))


def effect(item: Item) -> Found:
    """An Effect that is neither Allow nor Deny."""
    value = item.content.get("Effect", "Allow")
    if value not in ("Allow", "Deny"):
        yield report("IAM655", f"`Effect` is `Allow` or `Deny`, not `{value}`", item.at(value))


def combination(item: Item) -> Found:
    """Action with NotAction, Resource with NotResource."""
    for name in ("Action", "Resource"):
        if name in item.content and f"Not{name}" in item.content:
            yield report("IAM656", f"`{name}` and `Not{name}` in one statement", item.at(f"Not{name}"))


def sid(item: Item) -> Found:
    """A Sid with other characters than letters and digits."""
    value = item.content.get("Sid", "")
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z0-9]*", value):
        yield report("IAM657", f"the Sid `{value}` has more than letters and digits", item.at(value))


def empty(item: Item) -> Found:
    """Empty lists, which match nothing."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if item.content.get(name) == []:
            yield report("IAM668", f"`{name}` is an empty list", item.at(name))


# the meaning --------------------------------------------------------------------------------------------------


def actions(item: Item, facts: Facts) -> Found:
    """Actions and services that do not exist, patterns that match nothing."""
    for pattern in [*item.texts("Action"), *item.texts("NotAction")]:
        prefix, colon, name = pattern.partition(":")
        if pattern == "*" or facts.vocabulary.names(pattern):
            continue
        where = item.at(pattern)
        if not colon or ("*" not in prefix and facts.vocabulary.catalog.service(prefix.lower()) is None):
            yield report("IAM201", f"there is no service `{prefix}`", where)
        elif "*" in name or "?" in name:
            yield report("IAM214", f"`{pattern}` matches no action", where)
        else:
            near = ", ".join(f"`{each}`" for each in facts.vocabulary.nearest_actions(pattern)[:2])
            yield report("IAM202", f"there is no action `{pattern}`", where, help=f"near: {near}" if near else "")


def arns(item: Item, facts: Facts) -> Found:
    """Resources that are no ARN, of an unknown partition or region."""
    for text in [*item.texts("Resource"), *item.texts("NotResource")]:
        problem = None if re.fullmatch(r"\*+|arn:\*", text) else parse_arn(text)
        # IAM takes a variable in any field behind the service; the language does not, and says so by IAM209.
        variable = "${" in text and text.count(":") >= 5
        if isinstance(problem, ArnProblem) and problem.code != "IAM209" and not variable:
            yield report(problem.code, problem.message, item.at(text), help=problem.help)


def variables(item: Item, facts: Facts) -> Found:
    """Policy variables that are empty, not closed or hold white space."""
    every = [*item.texts("Resource"), *item.texts("NotResource")]
    every += [value for _, _, values in item.conditions() for value in values]
    for text in every:
        if "${" in _VARIABLE.sub("", text):
            yield report("IAM659", f"`{text}` holds a policy variable that is malformed", item.at(text))


def operators(item: Item, facts: Facts) -> Found:
    """Unknown operators."""
    for operator, _, _ in item.conditions():
        found = _QUALIFIER.match(operator)
        if found is None or found[1] not in OPERATORS or (found[1] == "Null" and operator != "Null"):
            near = nearest(operator, OPERATORS, 1)
            help_ = f"did you mean `{near[0]}`?" if near else ""
            yield report("IAM660", f"there is no condition operator `{operator}`", item.at(operator), help=help_)


def condition_keys(item: Item, facts: Facts) -> Found:
    """Keys that neither AWS nor a service has."""
    for _, key, _ in item.conditions():
        if facts.keys.type_of(key) is None:
            near = facts.keys.nearest(key)
            help_ = f"did you mean `{near[0]}`?" if near else ""
            yield report("IAM211", f"there is no condition key `{key}`", item.at(key), help=help_)


def key_types(item: Item, facts: Facts) -> Found:
    """Operators that do not compare keys of this type, where the database tells the type."""
    for operator, key, _ in item.conditions():
        kind = facts.keys.type_of(key)
        if kind is not None and not compares(operator, kind):
            yield report("IAM672", f"`{operator}` does not compare `{key}`, which is of type {kind}", item.at(operator))


def condition_values(item: Item, facts: Facts) -> Found:
    """Values that the operator cannot read."""
    for operator, _, values in item.conditions():
        found = _QUALIFIER.match(operator)
        name = found[1] if found else ""
        for value in values:
            if "${" not in value and not _fits(name, value):
                yield report("IAM661", f"`{value}` does not fit `{operator}`", item.at(value))


def _fits(operator: str, value: str) -> bool:
    if operator in ("Bool", "Null"):
        return value.lower() in ("true", "false")
    if operator.startswith("Numeric"):
        return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
    if operator.startswith("Date"):
        return _DATE.match(value) is not None
    if operator.endswith("IpAddress"):
        return _network(value) is not None
    return True


def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def unread_wildcards(item: Item, facts: Facts) -> Found:
    """A wildcard in a value whose operator compares exactly."""
    for operator, _, values in item.conditions():
        if "String" in operator and "Like" not in operator:
            for value in (v for v in values if "*" in v or "?" in v):
                yield report("IAM663", f"`{operator}` does not read the wildcard of `{value}`", item.at(value))


def private_address(item: Item, facts: Facts) -> Found:
    """aws:SourceIp never holds a private address."""
    for _, key, values in item.conditions():
        for value in values if key.lower() == "aws:sourceip" else ():
            network = _network(value)
            # Networks for documentation are "private" to the standard library; examples are written with them.
            if network is not None and any(network.version == 4 and _inside(network, each) for each in _PRIVATE):
                yield report("IAM670", f"`{value}` is private; `aws:SourceIp` is a public address", item.at(value))


_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def _inside(network: ipaddress.IPv4Network | ipaddress.IPv6Network, private: str) -> bool:
    outer = ipaddress.IPv4Network(private)
    return isinstance(network, ipaddress.IPv4Network) and network.subnet_of(outer)


def all_values(item: Item, facts: Facts) -> Found:
    """Allow under ForAllValues alone, which holds when the request has no such key."""
    block = item.content.get("Condition", {})
    guarded = {key.lower() for key in block.get("Null", {})}
    for operator, key, _ in item.conditions():
        if operator.startswith("ForAllValues:") and item.content["Effect"] == "Allow" and key.lower() not in guarded:
            yield report(
                "IAM671",
                f"`{operator}` also holds when the request has no `{key}`",
                item.at(operator),
                help=f'add "Null": {{"{key}": "false"}}',
            )


def everything(item: Item, facts: Facts) -> Found:
    """Allow of every action on every resource."""
    if _allows(item) and "*" in item.texts("Action") and "*" in item.texts("Resource"):
        yield report("IAM667", "every action on every resource is allowed", item.span)


def negated_allow(item: Item, facts: Facts) -> Found:
    """Allow of all but something: what AWS adds later is in it."""
    for name in ("NotAction", "NotResource"):
        if _allows(item) and name in item.content:
            yield report("IAM666", f"`Allow` with `{name}` also allows what AWS adds later", item.at(name))


def pass_role(item: Item, facts: Facts) -> Found:
    """iam:PassRole of any role."""
    yield from _on_everything(item, "iam:PassRole", "iam:passedtoservice", "IAM664", "any role may be passed")


def linked_role(item: Item, facts: Facts) -> Found:
    """iam:CreateServiceLinkedRole for any service."""
    said = "a service-linked role may be made for any service"
    yield from _on_everything(item, "iam:CreateServiceLinkedRole", "iam:awsservicename", "IAM665", said)


def _on_everything(item: Item, action: str, key: str, code: str, said: str) -> Found:
    """The action on a wildcard resource without the key that narrows it; `*` on `*` is told by IAM667."""
    named = next((p for p in item.texts("Action") if p != "*" and match(p.lower(), action.lower())), None)
    wide = next((r for r in item.texts("Resource") if includes(r, "arn:aws:iam::111122223333:role/*")), None)
    guarded = any(k.lower() == key for _, k, _ in item.conditions())
    if _allows(item) and named and wide and not guarded:
        yield report(code, f"{said}: `{action}` on `{wide}`", item.at(named))


def _allows(item: Item) -> bool:
    return item.content.get("Effect") == "Allow"


def redundant(item: Item, facts: Facts) -> Found:
    """A name or ARN that another of the same list includes."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        written = item.texts(name)
        shapes = [text.lower() if "Action" in name else text for text in written]
        for n, text in enumerate(shapes):
            other = next((m for m, o in enumerate(shapes) if m != n and includes(o, text) and (o != text or m < n)), -1)
            if other >= 0:
                said = f"`{written[n]}` adds nothing to `{written[other]}`"
                yield report("IAM669", said, item.at(written[n]))


# the whole document -------------------------------------------------------------------------------------------


def top(document: Document, facts: Facts) -> Found:
    """The elements beside the statements."""
    for name in document.content:
        if name not in ("Version", "Id", "Statement"):
            yield report("IAM652", f"unknown element `{name}`", document.whole)
    version = document.content.get("Version")
    if version is not None and version not in _VERSIONS:
        yield report("IAM655", f"there is no version `{version}`", document.whole, help='write "2012-10-17"')
    elif version != _VERSIONS[0]:
        said = "without version 2012-10-17 policy variables are plain text"
        yield report("IAM662", said, document.whole, help='add "Version": "2012-10-17"')
    if not document.items:
        yield report("IAM668", "the policy has no statement", document.whole)


def sids(document: Document, facts: Facts) -> Found:
    """A Sid used twice."""
    seen: set[str] = set()
    for item in document.items:
        name = item.content.get("Sid")
        if isinstance(name, str) and name and name in seen:
            yield report("IAM657", f"the Sid `{name}` is used twice", item.at(name))
        seen.add(str(name))


def size(document: Document, facts: Facts) -> Found:
    """More characters than this kind of policy may have."""
    text = json.dumps(json.loads(document.source.text), separators=(",", ":"), ensure_ascii=False)
    # Blanks inside strings are white space too: IAM counts none, so this is the most that it can count.
    if len(text) > facts.quota.characters:
        said = f"the policy has {len(text):,} characters; a {facts.quota.name} may have {facts.quota.characters:,}"
        yield report("IAM401", said, document.whole)


SHAPE: tuple[Callable[[Item], Found], ...] = (missing, unknown_element, types, effect, combination, sid, empty)
MEANING: tuple[Callable[[Item, Facts], Found], ...] = (
    actions,
    arns,
    variables,
    operators,
    condition_keys,
    key_types,
    condition_values,
    unread_wildcards,
    private_address,
    all_values,
    everything,
    negated_allow,
    pass_role,
    linked_role,
    redundant,
)
WHOLE: tuple[Callable[[Document, Facts], Found], ...] = (top, sids, size)
