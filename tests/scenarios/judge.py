"""An independent, deliberately slow judge of compiled policies: is this request allowed?

Knows identity policies: Action and NotAction, Resource and NotResource, the condition operators below with IfExists,
ForAnyValue and ForAllValues, and policy variables. Shares no code with the compiler or its prover.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from ipaddress import ip_address, ip_network
from typing import Any

Context = Mapping[str, Any]


def allowed(documents: Iterable[Mapping[str, Any]], action: str, resource: str, context: Context) -> bool:
    """Whether the documents, attached to one role, allow the request; a Deny wins."""
    context = {key.lower(): value for key, value in context.items()}
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _list(document["Statement"])
        if _matches(statement, action, resource, context)
    }
    return effects == {"Allow"}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_LITERAL = {"*": "\ue000", "?": "\ue001"}
"""Signs that a policy variable brought: they match themselves only."""


def _like(pattern: str, text: str, ignore_case: bool = False) -> bool:
    signs = {"*": ".*", "?": ".", **{mark: re.escape(sign) for sign, mark in _LITERAL.items()}}
    body = "".join(signs.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(body, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _matches(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    named = any(_like(each, action, True) for each in _list(statement.get("Action", statement.get("NotAction"))))
    if named != ("Action" in statement):
        return False
    texts = [_filled(each, context) for each in _list(statement.get("Resource", statement.get("NotResource")))]
    covered = any(text is not None and _like(text, resource) for text in texts)
    return covered == ("Resource" in statement) and _holds(statement.get("Condition", {}), context)


def _filled(text: str, context: Context) -> str | None:
    """The text with its policy variables replaced; None when the request has no such value."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, _, default = match[1].partition(",")
        if name in ("*", "?", "$"):
            return _LITERAL.get(name, name)
        found = context.get(name.strip().lower(), default.strip().strip("'\"") or None)
        missing = missing or found is None
        return "".join(_LITERAL.get(sign, sign) for sign in str(found))

    filled = re.sub(r"\$\{([^}]+)\}", value, str(text))
    return None if missing else filled


def _plain(text: str) -> str:
    """The text as an operator that knows no wildcards reads it."""
    return "".join(next((sign for sign, mark in _LITERAL.items() if mark == each), each) for each in text)


def _moment(text: str) -> datetime:
    """A day, an instant or seconds since 1970."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), timezone.utc)
    return datetime.fromisoformat(text.replace("Z", "+00:00") if "T" in text else f"{text}T00:00:00+00:00")


def _within(address: str, network: str) -> bool:
    return ip_address(address) in ip_network(network, strict=False)


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda have, want: have == want,
    "StringNotEquals": lambda have, want: have != want,
    "StringEqualsIgnoreCase": lambda have, want: have.lower() == want.lower(),
    "StringLike": lambda have, want: _like(want, have),
    "StringNotLike": lambda have, want: not _like(want, have),
    "ArnLike": lambda have, want: _like(want, have),
    "ArnEquals": lambda have, want: _like(want, have),
    "Bool": lambda have, want: have.lower() == want.lower(),
    "DateLessThan": lambda have, want: _moment(have) < _moment(want),
    "DateLessThanEquals": lambda have, want: _moment(have) <= _moment(want),
    "DateGreaterThan": lambda have, want: _moment(have) > _moment(want),
    "DateGreaterThanEquals": lambda have, want: _moment(have) >= _moment(want),
    "NumericEquals": lambda have, want: float(have) == float(want),
    "NumericLessThan": lambda have, want: float(have) < float(want),
    "NumericLessThanEquals": lambda have, want: float(have) <= float(want),
    "NumericGreaterThan": lambda have, want: float(have) > float(want),
    "IpAddress": _within,
    "NotIpAddress": lambda have, want: not _within(have, want),
}
NEGATED = frozenset({"StringNotEquals", "StringNotLike", "NotIpAddress"})


def _holds(block: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    return all(
        _one_holds(operator, context.get(key.lower()), _list(wanted), context)
        for operator, pairs in block.items()
        for key, wanted in pairs.items()
    )


def _one_holds(operator: str, have: Any, wanted: list[Any], context: Context) -> bool:
    base = operator.removesuffix("IfExists")
    quantifier, _, base = base.rpartition(":")
    if base == "Null":
        return (str(wanted[0]).lower() == "true") == (have is None)
    if have is None:
        return operator.endswith("IfExists") or base in NEGATED or quantifier == "ForAllValues"
    test, join = OPERATORS[base], all if base in NEGATED else any
    wants = [text for text in (_filled(str(each), context) for each in wanted) if text is not None]
    if "Like" not in base and not base.startswith("Arn"):
        wants = [_plain(text) for text in wants]
    results = [join(test(str(value), want) for want in wants) for value in _list(have)]
    return any(results) if quantifier == "ForAnyValue" else all(results)
