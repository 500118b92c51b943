"""The checks of conditions: operators, keys and values that do not fit, guard less than they seem, or say nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from iamc.arn import PARTITIONS
from iamc.catalog import Action
from iamc.conditions import compares
from iamc.lint.document import Item
from iamc.lint.kinds import TRUST, Facts, Found
from iamc.lint.principals import SERVICE
from iamdsl.diagnostics import report
from iamdsl.suggest import nearest

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
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?\Z|\d+\Z")
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
_FORMS = {
    "aws:sourcevpc": (re.compile(r"vpc-([0-9a-z]{8}|[0-9a-z]{17})"), "a VPC's id: `vpc-` and 8 or 17 signs"),
    "aws:sourcevpce": (re.compile(r"vpce-([0-9a-z]{8}|[0-9a-z]{17})"), "an endpoint's id: `vpce-` and 8 or 17 signs"),
    "aws:requestedregion": (re.compile("|".join(regions.pattern for regions in PARTITIONS.values())), "a region"),
    "iam:passedtoservice": (SERVICE, "a service such as `ec2.amazonaws.com`"),
    "iam:awsservicename": (SERVICE, "a service such as `ec2.amazonaws.com`"),
    "aws:principalservicename": (SERVICE, "a service such as `ec2.amazonaws.com`"),
    "kms:viaservice": (SERVICE, "a service such as `ec2.eu-west-1.amazonaws.com`"),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": (
        re.compile(r"arn:aws[a-z-]*:kms:[^:]+:[^:]+:key/.+"),
        "the ARN of a KMS key",
    ),
}  # fmt: skip
"""Keys whose values have a form: Access Analyzer's checks of VPC, endpoint, region, service principal and KMS key."""
_SPOOFED = {"aws:referer": "the Referer header", "aws:useragent": "the User-Agent header"}
"""Keys whose value the caller chooses: IAM user guide, global condition keys."""
_PAIRS = {"aws:vpcsourceip": ("aws:sourcevpc", "aws:sourcevpce")}
"""Keys that are safe beside one of others only: IAM user guide, aws:VpcSourceIp. The whole list is not published."""


def base_of(operator: str) -> str:
    """The operator without qualifier and `IfExists`."""
    found = _QUALIFIER.match(operator)
    return found[1] if found else ""


def _allows(item: Item) -> bool:
    return item.content.get("Effect") == "Allow"


# what does not fit --------------------------------------------------------------------------------------------


def operators(item: Item, facts: Facts) -> Found:
    """Unknown operators."""
    for operator, _, _ in item.conditions():
        base = base_of(operator)
        if base not in OPERATORS or (base == "Null" and operator.endswith("IfExists")):
            near = nearest(operator, OPERATORS, 1)
            help_ = f"did you mean `{near[0]}`?" if near else ""
            yield report("IAM660", f"there is no condition operator `{operator}`", item.at(operator), help=help_)


def condition_keys(item: Item, facts: Facts) -> Found:
    """Keys that neither AWS nor a service has, and tag keys without a tag.

    An identity provider has keys of its own, behind its domain, and SAML and Cognito sign-ins have theirs.
    """
    for _, key, _ in item.conditions():
        prefix, colon, _ = key.partition(":")
        provider = colon and ("." in prefix or prefix.lower() == "saml")
        if facts.keys.type_of(key) is None and not provider:
            near = facts.keys.nearest(key)
            help_ = f"did you mean `{near[0]}`?" if near else "" if colon else "a key is SERVICE:NAME"
            yield report("IAM211", f"there is no condition key `{key}`", item.at(key), help=help_)
        elif key.endswith("/"):
            said = f"`{key}` names no tag"
            yield report("IAM661", said, item.at(key), help=f"write {key}TAG")


def key_types(item: Item, facts: Facts) -> Found:
    """Operators that do not compare keys of this type, where the database tells the type."""
    for operator, key, values in item.conditions():
        kind, base = facts.keys.type_of(key), base_of(operator)
        if kind is None:
            continue
        if not compares(operator, kind):
            yield report("IAM672", f"`{operator}` does not compare `{key}`, which is of type {kind}", item.at(operator))
        elif kind.startswith("ArrayOf") and ":" not in operator and base != "Null":
            said = f"`{key}` has several values, which `{operator}` does not compare"
            yield report("IAM672", said, item.at(operator), help=f"write ForAnyValue:{base} or ForAllValues:{base}")
        elif kind == "ARN" and "*" in "".join(values) and base in ("StringLike", "StringNotLike"):
            said = f"`{operator}` compares the ARN `{key}` as a text, across its fields"
            yield report("IAM672", said, item.at(operator), help=f"write {operator.replace('String', 'Arn')}")


def unsupported_keys(item: Item, facts: Facts) -> Found:
    """Keys that the documentation of an action, written out, does not list: such a condition does not hold for it."""
    for operator, key, values in item.conditions():
        lax = operator.endswith("IfExists") or operator.startswith("ForAllValues") or "Not" in operator
        if lax or (base_of(operator) == "Null" and "true" in values) or facts.keys.type_of(key) is None:
            continue
        effect = "never allowed" if _allows(item) else "not denied"
        if "NotAction" in item.content and not _allows(item) and key.lower().startswith("aws:resourcetag/"):
            said = f"actions that do not know `{key}` are {effect}"
            yield report("IAM218", said, item.at(key), help="list the actions that do")
        names = [action.qualified for action in facts.keys.unsupported(key, _written(item, facts))]
        if names:
            more = f" and {len(names) - 2} more" if len(names) > 2 else ""
            listed = ", ".join(f"`{name}`" for name in names[:2])
            said = f"`{key}` is not documented for {listed}{more}: with it they are {effect}"
            yield report("IAM218", said, item.at(key), help="give them a statement of their own")


def _written(item: Item, facts: Facts) -> list[Action]:
    """The actions of the statement, if all of them are written out."""
    found = [facts.vocabulary.catalog.action(name) for name in item.texts("Action")]
    known = [action for action in found if action is not None]
    return known if len(known) == len(found) else []


def condition_values(item: Item, facts: Facts) -> Found:
    """Values that the operator cannot read, or that the key never has."""
    for operator, key, values in item.conditions():
        base = base_of(operator)
        if base == "Bool" and len(set(values)) > 1:
            yield report("IAM661", f"`{key}` is true or false, not both", item.at(key))
        for value in values:
            if "${" in value:
                if not base.startswith(("String", "Arn")) and base in OPERATORS:
                    said = f"`{operator}` reads no policy variable: `{value}`"
                    yield report("IAM661", said, item.at(value))
            elif not _fits(base, value):
                yield report("IAM661", f"`{value}` does not fit `{operator}`", item.at(value))
            elif problem := _no_form(key.lower(), base, value):
                yield report("IAM661", f"`{value}` is not {problem}", item.at(value))


def _fits(base: str, value: str) -> bool:
    if base in ("Bool", "Null"):
        return value.lower() in ("true", "false")
    if base.startswith("Numeric"):
        return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
    if base.startswith("Date"):
        return _DATE.match(value) is not None
    if base.endswith("IpAddress"):
        return _network(value) is not None
    if base == "BinaryEquals":
        return re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", value) is not None
    return True


def _no_form(key: str, base: str, value: str) -> str:
    """What the key's values are, where this is none; wildcards may stand for any part."""
    form = _FORMS.get(key)
    wild = ("Like" in base or base.startswith("Arn")) and ("*" in value or "?" in value)
    plain = base.startswith(("StringEquals", "StringNotEquals", "StringLike", "Arn")) and not wild
    return form[1] if form and plain and not form[0].fullmatch(value) else ""


def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def unread_wildcards(item: Item, facts: Facts) -> Found:
    """A wildcard in a value whose operator compares exactly."""
    for operator, _, values in item.conditions():
        if "String" in operator and "Like" not in operator:
            for value in (v for v in values if "*" in v.replace("${*}", "") or "?" in v.replace("${?}", "")):
                yield report("IAM663", f"`{operator}` does not read the wildcard of `{value}`", item.at(value))


# what guards less than it seems -------------------------------------------------------------------------------


def private_address(item: Item, facts: Facts) -> Found:
    """aws:SourceIp never holds a private address."""
    for _, key, values in item.conditions():
        for value in values if key.lower() == "aws:sourceip" else ():
            network = _network(value)
            # Networks for documentation are "private" to the standard library; examples are written with them.
            if network is not None and any(network.version == 4 and _inside(network, each) for each in _PRIVATE):
                yield report("IAM670", f"`{value}` is private; `aws:SourceIp` is a public address", item.at(value))


def _inside(network: ipaddress.IPv4Network | ipaddress.IPv6Network, private: str) -> bool:
    outer = ipaddress.IPv4Network(private)
    return isinstance(network, ipaddress.IPv4Network) and network.subnet_of(outer)


def all_values(item: Item, facts: Facts) -> Found:
    """ForAllValues, which holds when the request has no such key: alone in an Allow, or where one value is all."""
    nulls = item.content.get("Condition", {}).get("Null", {})
    guarded = {key.lower() for key in nulls} if isinstance(nulls, dict) else set()
    for operator, key, values in item.conditions():
        if not operator.startswith("ForAllValues:") or base_of(operator) == "Null" or not values:
            continue
        kind = facts.keys.type_of(key) if key.lower().startswith("aws:") else None
        if kind is not None and not kind.startswith("ArrayOf"):
            said = f"`{key}` has one value, and `{operator}` also holds without it"
            yield report("IAM671", said, item.at(operator), help=f"write {operator.partition(':')[2]}")
        elif _allows(item) and key.lower() not in guarded:
            yield report(
                "IAM671",
                f"`{operator}` also holds when the request has no `{key}`",
                item.at(operator),
                help=f'add "Null": {{"{key}": "false"}}',
            )


def weak_keys(item: Item, facts: Facts) -> Found:
    """Keys whose value the caller chooses, or that need another key beside them."""
    tests = list(item.conditions())
    keys = {key.lower() for _, key, _ in tests}
    for operator, key, values in tests:
        name = key.lower()
        if name in _SPOOFED:
            yield report("IAM677", f"`{key}` is {_SPOOFED[name]}, which the caller chooses", item.at(key))
        for pair in (_PAIRS[name],) if name in _PAIRS and keys.isdisjoint(_PAIRS[name]) else ():
            said = f"`{key}` is an address of any VPC"
            yield report("IAM677", said, item.at(key), help=f"add {' or '.join(pair)}")
        if name == "s3:prefix" and base_of(operator).startswith("String") and ("Not" in operator) == _allows(item):
            said = f"a shorter `{key}` lists the same objects, and is not {'kept out' if _allows(item) else 'denied'}"
            help_ = "allow by StringLike, or deny by StringNotLike"
            yield report("IAM677", said, item.at(key), help=help_)
        if name == "dynamodb:attributes" and _allows(item) and "dynamodb:select" not in keys:
            said = "a read that names no attribute returns all of them"
            help_ = 'add "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}'
            yield report("IAM677", said, item.at(key), help=help_)
        if facts.kind == TRUST and name.endswith(":aud") and ":" in operator and values:
            said = f"`{key}` is the audience, one value: `{operator}` also holds for others beside it"
            yield report("IAM677", said, item.at(operator), help=f"write {operator.partition(':')[2]}")


# what says nothing --------------------------------------------------------------------------------------------


def idle(item: Item, facts: Facts) -> Found:
    """Conditions that always hold, that never do, or that another way says better."""
    block = item.content.get("Condition")
    empty = block == {} or (isinstance(block, dict) and {} in block.values())
    if empty:
        yield report("IAM678", "an empty condition has no effect", item.at("Condition"), help="remove it")
    for operator, key, values in item.conditions():
        yield from (
            report("IAM678", said, item.at(key), help=help_) for said, help_ in _says_nothing(operator, key, values)
        )


def _says_nothing(operator: str, key: str, values: list[str]) -> Iterator[tuple[str, str]]:
    base = base_of(operator)
    if not values:
        means = "holds only without the key" if "IfExists" in operator or "ForAll" in operator else "never holds"
        yield (
            f"`{operator}` on `{key}` has no value, and {means}",
            f'write "Null": {{"{key}": "true"}}, or give a value',
        )
    elif base == "Null" and ":" in operator:
        always = "always" if operator.startswith("ForAll") else "never"
        yield f"`{operator}` {always} holds", "write Null"
    elif base in ("StringLike", "StringNotLike", "ArnLike", "ArnNotLike") and "*" in values:
        yield from _any_value(operator, key, negated="Not" in base)
    elif base.startswith("Numeric") and "Than" in base and len(values) > 1 and all(_fits(base, v) for v in values):
        kept = (max if "Less" in base else min)(values, key=float)
        yield f"of several values for `{operator}` only {kept} counts", f"write {kept}"
    for value in values if base.endswith("IpAddress") else ():
        network = _network(value)
        if network is not None and "/" in value and str(network.network_address) != value.partition("/")[0].lower():
            yield f"`{value}` is the network {network}", f"write {network}"


def _any_value(operator: str, key: str, *, negated: bool) -> Iterator[tuple[str, str]]:
    """What a test against `*` comes to."""
    if negated and operator.startswith("ForAnyValue:"):
        yield f"`{operator}` on `{key}` never holds: `*` is any value", "give a value"
    elif not negated and (operator.endswith("IfExists") or operator.startswith("ForAllValues:")):
        yield f"`{operator}` on `{key}` always holds: `*` is any value", "remove it"
    else:
        truth = "true" if negated else "false"
        yield f"`{operator}` on `{key}` says only whether the key is there", f'write "Null": {{"{key}": "{truth}"}}'


CONDITIONS: tuple[Callable[[Item, Facts], Found], ...] = (
    operators,
    condition_keys,
    key_types,
    unsupported_keys,
    condition_values,
    unread_wildcards,
    private_address,
    all_values,
    weak_keys,
    idle,
)
