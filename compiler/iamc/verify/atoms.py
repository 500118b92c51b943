"""What one condition test says of another on the same key: that it holds too, or that it cannot hold.

Only what follows from the texts alone. A value with a policy variable may equal any other value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

_EQUAL, _UNEQUAL = "StringEquals", "StringNotEquals"
# Operators of which a request meets at most one of two disjoint lists: its key has one value, compared exactly.
_EXACT = (_EQUAL, "Bool", "Null", "ArnEquals", "NumericEquals")


class Test(Protocol):
    """One operator, key and list of values of a Condition block."""

    @property
    def operator(self) -> str:
        """As IAM writes it, with its qualifier and `IfExists`."""

    @property
    def key(self) -> str:
        """The condition key; case does not count."""

    @property
    def values(self) -> Collection[str]:
        """The values, of which one must match; for a negated operator none may."""


def implies(known: Test, test: Test) -> bool:
    """Whether a request that meets `known` meets `test` in any case."""
    if known.key.lower() != test.key.lower():
        return False
    had, wanted = set(known.values), set(test.values)
    operator = test.operator
    if known.operator != operator:
        operator = operator.removesuffix("IfExists")
    if known.operator == operator:
        return had >= wanted if "Not" in operator else had <= wanted
    return (known.operator, operator) == (_EQUAL, _UNEQUAL) and _differ(had, wanted)


def rules_out(known: Test, test: Test) -> bool:
    """Whether no request that meets `known` meets `test`."""
    if known.key.lower() != test.key.lower():
        return False
    had, wanted = set(known.values), set(test.values)
    match known.operator, test.operator.removesuffix("IfExists"):
        case "Null", operator if had == {"true"} and operator == test.operator != "Null":
            return not ("Not" in operator or operator.startswith("ForAllValues"))
        case operator, "Null" if wanted == {"true"}:
            # What compares a value needs the key, unless its absence satisfies it too.
            return had == {"false"} if operator == "Null" else operator in (_EQUAL, "Bool", "StringLike", "ArnLike")
        case operator, same if operator == same and operator in _EXACT:
            return _differ(*(_spelt(operator, values) for values in (had, wanted)))
        case ("StringEquals", "StringNotEquals"):
            return had <= wanted
        case ("StringNotEquals", "StringEquals"):
            # The key may be absent, which `IfExists` would accept.
            return wanted <= had and test.operator == _EQUAL
    return False


def _spelt(operator: str, values: set[str]) -> set[str]:
    """The values in one spelling; a wildcard of an ARN is as open as a variable."""
    if operator == "NumericEquals":
        return {str(float(value)) if value.replace(".", "", 1).isdecimal() else f"${{{value}}}" for value in values}
    if operator == "ArnEquals":
        return {f"${{{value}}}" if "*" in value or "?" in value else value for value in values}
    return values


def _differ(some: set[str], others: set[str]) -> bool:
    """Whether no value of the one can be a value of the other."""
    return some.isdisjoint(others) and not any("${" in value for value in (*some, *others))
