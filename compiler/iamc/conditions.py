"""Condition keys: their types, the operators that fit, and which actions carry them.

`lower` turns one condition of the source into one line of an IAM Condition block. Types come from the action
database for a service's own keys and from `data/global-condition-keys.json` for the `aws:` ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from iamc.catalog import Action, Catalog
from iamc.data import table
from iamc.model import Atom
from iamc.moments import sortable
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Fix, report
from iamdsl.suggest import nearest

_WORDS: Mapping[str, tuple[str, str]] = {
    "mfa": ("Bool", "aws:MultiFactorAuthPresent"),
    "mfa-within": ("NumericLessThan", "aws:MultiFactorAuthAge"),
    "tag": ("StringEquals", "aws:ResourceTag/"),
    "principal-tag": ("StringEquals", "aws:PrincipalTag/"),
    "request-tag": ("StringEquals", "aws:RequestTag/"),
    "region": ("StringEquals", "aws:RequestedRegion"),
    "ip": ("IpAddress", "aws:SourceIp"),
    "vpce": ("StringEquals", "aws:SourceVpce"),
    "org": ("StringEquals", "aws:PrincipalOrgID"),
    "via": ("ForAnyValue:StringEquals", "aws:CalledVia"),
    "before": ("DateLessThan", "aws:CurrentTime"),
    "after": ("DateGreaterThan", "aws:CurrentTime"),
}
_SYMBOLS: Mapping[str, Mapping[str, str]] = {
    "==": {
        "String": "StringEquals",
        "ARN": "ArnEquals",
        "Bool": "Bool",
        "Numeric": "NumericEquals",
        "Date": "DateEquals",
        "IPAddress": "IpAddress",
    },
    "!=": {
        "String": "StringNotEquals",
        "ARN": "ArnNotEquals",
        "Numeric": "NumericNotEquals",
        "Date": "DateNotEquals",
        "IPAddress": "NotIpAddress",
    },
    "like": {"String": "StringLike", "ARN": "ArnLike"},
    "not-like": {"String": "StringNotLike", "ARN": "ArnNotLike"},
    "<": {"Numeric": "NumericLessThan", "Date": "DateLessThan"},
    "<=": {"Numeric": "NumericLessThanEquals", "Date": "DateLessThanEquals"},
    ">": {"Numeric": "NumericGreaterThan", "Date": "DateGreaterThan"},
    ">=": {"Numeric": "NumericGreaterThanEquals", "Date": "DateGreaterThanEquals"},
}
_FAMILIES: Mapping[str, frozenset[str]] = {
    "String": frozenset({"String", "ARN", "Bool"}),
    "Arn": frozenset({"ARN", "String"}),
    "Numeric": frozenset({"Numeric", "Date"}),
    "Date": frozenset({"Date"}),
    "Bool": frozenset({"Bool", "String"}),
    "Binary": frozenset({"Binary", "String"}),
    "Ip": frozenset({"IPAddress"}),
}
"""Key types that an operator family may be used on."""
_VALUES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "Numeric": (re.compile(r"-?\d+(\.\d+)?\Z"), "a number"),
    "Bool": (re.compile(r"(true|false)\Z"), "true or false"),
    "Date": (
        re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?\Z|\d{9,}\Z"),
        "a real date such as 2026-12-31",
    ),
    "Ip": (re.compile(r"[0-9a-fA-F.:]+(/\d{1,3})?\Z"), "an address range such as 203.0.113.0/24"),
}
_WORD_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "region": (re.compile(r"[a-z]{2}(-[a-z]+)+-\d"), "a region such as eu-west-1"),
    "org": (re.compile(r"o-[a-z0-9]+"), "an organisation's id such as o-a1b2c3d4e5"),
    "vpce": (re.compile(r"vpce-[0-9a-f]+"), "a VPC endpoint's id such as vpce-0a1b2c3d"),
    "mfa-within": (re.compile(r"[1-9]\d*"), "an age that a sign-in can have"),
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WILDCARD = re.compile(r"[*?]")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_NO_TAG = re.compile(r"\Z|.*[*?$]", re.DOTALL)
"""What no key of a tag is: empty, or with a character that tags may not have and IAM reads as itself."""
_ALWAYS_PRESENT = frozenset({"aws:requesttag/", "aws:resourcetag/", "aws:tagkeys"})


def seconds(duration: str) -> int:
    """The seconds of a duration such as `90s`, `15m`, `12h` or `30d`."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]


def instant(date: str, *, end_of_day: bool = False) -> str:
    """A date as the instant that IAM compares with: its start, or its last second; an instant stays itself."""
    if "T" in date:
        return date
    return f"{date}T23:59:59Z" if end_of_day else f"{date}T00:00:00Z"


def operators(kind: str) -> list[str]:
    """What may be written between a key of the type `kind` and its values, the plain symbols first."""
    element = kind.removeprefix("ArrayOf")
    fits = {name: iam for name, by_type in _SYMBOLS.items() if (iam := by_type.get(element))}
    if element == kind:
        return [*fits, *dict.fromkeys(fits.values()), *(f"{iam}IfExists" for iam in dict.fromkeys(fits.values()))]
    return [f"{group}:{iam}" for group in ("ForAnyValue", "ForAllValues") for iam in dict.fromkeys(fits.values())]


def compares(operator: str, kind: str) -> bool:
    """Whether an operator of IAM may be used on keys of the type `kind`; Null may on any."""
    base = operator.rpartition(":")[2].removesuffix("IfExists").removeprefix("Not")
    family = next((name for name in _FAMILIES if base.startswith(name)), "")
    return not family or kind.removeprefix("ArrayOf") in _FAMILIES[family]


@dataclass(frozen=True)
class ConditionKeys:
    """The condition keys of a catalogue, by their names' stems (the part before a tag's or context's own name)."""

    catalog: Catalog

    def type_of(self, key: str) -> str | None:
        """The catalogue's type for `key` (String, ARN, Bool, ArrayOfString ...), None for an unknown key."""
        prefix = key.partition(":")[0].lower()
        keys = self._global if prefix == "aws" else self._of_service(prefix)
        return keys.get(_stem(key)) or keys.get(key.lower())

    def nearest(self, key: str) -> list[str]:
        """Known keys that look like `key`."""
        prefix = key.partition(":")[0].lower()
        service = self.catalog.service(prefix)
        if prefix == "aws":
            names = [row["key"] for row in self._rows]
        else:
            names = list(service.condition_keys) if service else []
        return nearest(key, names, 1)

    def of(self, prefix: str) -> dict[str, str]:
        """The keys of a service, or of `aws`, with their types, as the documentation writes them."""
        if prefix == "aws":
            return {row["key"]: row["type"] for row in self._rows}
        service = self.catalog.service(prefix)
        return {name: key.type for name, key in service.condition_keys.items()} if service else {}

    def unsupported(self, key: str, actions: Iterable[Action]) -> tuple[Action, ...]:
        """Those of `actions` whose documentation does not list `key`, neither with them nor with what they act on.

        Empty for the global keys, and for a key that its service lists but ties to no action: there the database
        cannot tell.
        """
        stem = _stem(key)
        if stem.startswith("aws:") and stem not in _ALWAYS_PRESENT:
            return ()
        if not stem.startswith("aws:") and not self._tied(stem):
            return ()
        return tuple(
            action
            for action in actions
            if not any(_stem(name) == stem or name.lower() == key.lower() for name in self.catalog.keys_of(action))
        )

    def _tied(self, stem: str) -> bool:
        """Whether any action of the key's own service lists it."""
        actions = self.catalog.actions(stem.partition(":")[0])
        return any(_stem(name) == stem for action in actions for name in self.catalog.keys_of(action))

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = table("global-condition-keys")["keys"]
        return rows

    @cached_property
    def _global(self) -> dict[str, str]:
        return {_stem(row["key"]): row["type"] for row in self._rows}

    def _of_service(self, prefix: str) -> dict[str, str]:
        service = self.catalog.service(prefix)
        if service is None:
            return {}
        keys = {name.lower(): key.type for name, key in service.condition_keys.items()}
        return keys | {_stem(name): key.type for name, key in service.condition_keys.items()}


@lru_cache(maxsize=4096)
def _stem(key: str) -> str:
    """`aws:ResourceTag/team`, `aws:ResourceTag/${TagKey}` -> `aws:resourcetag/`; other keys in lower case."""
    lowered = key.lower()
    slash = lowered.find("/")
    if slash >= 0:
        return lowered[: slash + 1]
    if lowered.startswith("kms:encryptioncontext:"):
        return "kms:encryptioncontext:"
    return lowered.split("${", 1)[0]


def lower(condition: syntax.Condition, values: tuple[str, ...], keys: ConditionKeys) -> Atom | Diagnostic:
    """One line of a Condition block for one condition of the source, its `values` already free of our variables."""
    if condition.word == "key":
        return _lower_key(condition, values, keys)
    operator, key = _WORDS[condition.word]
    if condition.word == "mfa":
        values = ("true",)
    elif condition.word == "mfa-within":
        values = (str(seconds(values[0])),)
    elif condition.word in ("before", "after"):
        values = (instant(values[0]),)
    elif condition.word.endswith("tag"):
        key += condition.key
        if any("*" in value or "?" in value for value in values):
            operator = "StringLike"
    problem = _bad_tag(condition, key) or _bad_value(condition, operator, values) or _bad_word(condition, values)
    return problem or Atom(operator, key, tuple(sorted(set(values))))


def _bad_tag(condition: syntax.Condition, key: str) -> Diagnostic | None:
    """What is wrong with the part of a key that names a tag: the condition would never hold."""
    _, slash, tag = key.partition("/")
    if not slash or not _NO_TAG.match(tag):
        return None
    said = f"`{tag}` is the key of no tag" if tag else f"`{key}` names no tag"
    return report("IAM212", said, condition.span, help="write the tag's own key behind the slash, without wildcards")


def _bad_word(condition: syntax.Condition, values: tuple[str, ...]) -> Diagnostic | None:
    """What is wrong with a value of `region` or `org`."""
    form = _WORD_FORMS.get(condition.word)
    for value, written in zip(values, condition.values, strict=False):
        if form and "${" not in value and not form[0].fullmatch(value):
            return report("IAM212", f"`{value}` is not {form[1]}", written.span, label=f"expected {form[1]}")
    return None


def _lower_key(condition: syntax.Condition, values: tuple[str, ...], keys: ConditionKeys) -> Atom | Diagnostic:
    key = condition.key
    kind = keys.type_of(key)
    if kind is None:
        near = keys.nearest(key)
        return report(
            "IAM211",
            f"there is no condition key `{key}`",
            condition.span,
            help=f"did you mean `{near[0]}`?" if near else "keys are listed by `iamc query condition-keys SERVICE`",
            fix=Fix(condition.span, condition.span.text.replace(key, near[0], 1), f"write `{near[0]}`")
            if near
            else None,
        )
    if no_tag := _bad_tag(condition, key):
        return no_tag
    if condition.operator in ("exists", "absent"):
        return Atom("Null", key, ("false" if condition.operator == "exists" else "true",))
    chosen = _operator(condition, kind)
    if isinstance(chosen, Diagnostic):
        return chosen
    if chosen.startswith("Date"):
        values = tuple(instant(value) if value[:4].isdigit() and "-" in value else value for value in values)
    problem = _bad_value(condition, chosen, values)
    return problem or Atom(chosen, key, tuple(sorted(set(values))))


def _operator(condition: syntax.Condition, kind: str) -> str | Diagnostic:
    """The IAM operator for the one written, given the key's type."""
    written, key = condition.operator, condition.key
    element = kind.removeprefix("ArrayOf")
    if written in _SYMBOLS:
        if element != kind:
            inner = _SYMBOLS[written].get(element, "StringEquals")
            return report(
                "IAM212",
                f"`{key}` holds several values at once, so `{written}` is ambiguous",
                condition.span,
                help=f"write `ForAnyValue:{inner}` (one of them matches) or `ForAllValues:{inner}`",
            )
        operator = _SYMBOLS[written].get(kind)
        if operator is None:
            fits = " ".join(symbol for symbol, by_type in _SYMBOLS.items() if kind in by_type)
            return report(
                "IAM212",
                f"`{written}` does not compare keys of type {kind}",
                condition.span,
                help=f"`{key}` takes {fits}",
            )
        return operator
    base = written.rpartition(":")[2].removesuffix("IfExists")
    if base == "Null":
        return written if written == base else _plain_null(condition)
    if ":" in written and element == kind:
        return report(
            "IAM212",
            f"`{key}` has one value, so `{written}` cannot be used on it",
            condition.span,
            help=f"write `{written.rpartition(':')[2]}`",
            notes=["ForAllValues is also true when the key is absent"],
        )
    family = next(name for name in _FAMILIES if base.removeprefix("Not").startswith(name))
    if element not in _FAMILIES[family]:
        return report(
            "IAM212",
            f"`{written}` does not compare keys of type {element}",
            condition.span,
            help=f"`{key}` is of type {kind}",
        )
    return written


def _plain_null(condition: syntax.Condition) -> Diagnostic:
    """`Null` asks whether the key is there at all: AWS refuses it with `IfExists`, and a qualifier says nothing."""
    return report(
        "IAM212",
        f"`{condition.operator}` is no operator: `Null` stands alone",
        condition.span,
        help=f"write `{condition.key} exists` or `{condition.key} absent`",
    )


def _bad_value(condition: syntax.Condition, operator: str, values: tuple[str, ...]) -> Diagnostic | None:
    """What is wrong with a value for this operator: its form, or a wildcard that would be read literally."""
    base = operator.rpartition(":")[2].removesuffix("IfExists")
    family = next((name for name in _FAMILIES if base.removeprefix("Not").startswith(name)), "String")
    for value, written in zip(values, condition.values or condition_values(condition, values), strict=False):
        if "${" in value and family in ("Numeric", "Date", "Bool", "Ip"):
            return report("IAM212", f"a policy variable cannot stand in a {family} condition", written.span)
        form = _VALUES.get("Bool" if base == "Null" else family)
        if form and not (form[0].match(value) and _is_real(family, value)):
            return report("IAM212", f"`{value}` is not {form[1]}", written.span, label=f"{operator} needs {form[1]}")
        if family == "String" and "Like" not in base and _WILDCARD.search(_VARIABLE.sub("", value)):
            return report(
                "IAM212",
                f"`{operator}` reads the wildcard in `{value}` as a plain character",
                written.span,
                help="write `like` or `not-like` to match a pattern",
            )
    return None


def _is_real(family: str, value: str) -> bool:
    """Whether a well-formed address range or date exists."""
    try:
        if family == "Ip":
            import ipaddress

            ipaddress.ip_network(value, strict=False)
        elif family == "Date":
            date.fromisoformat(sortable(value)[:10])
    except ValueError:
        return False
    return True


def condition_values(condition: syntax.Condition, values: tuple[str, ...]) -> tuple[syntax.Text, ...]:
    """Values that the word itself implies, at the place of the condition."""
    return tuple(syntax.Text(value, condition.span) for value in values)
