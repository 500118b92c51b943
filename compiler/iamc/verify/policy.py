"""Read identity-policy documents into plain values, refusing whatever AWS would refuse or read differently.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Effect: TypeAlias = Literal["Allow", "Deny"]

MODERN = "2012-10-17"
_VERSIONS = (MODERN, "2008-10-17")
_ACTION = re.compile(r"\*+|[A-Za-z0-9*?-]+:[A-Za-z0-9*?_-]+")
# The characters that the IAM API accepts in a policy document.
_TEXT = re.compile(r"[\t\n\r\x20-\xff]+")
_OPERATOR = re.compile(r"(?:For(?:Any|All)Values?:)?[A-Za-z]+")
_SID = re.compile(r"[A-Za-z0-9]*")
_STATEMENT_KEYS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


class PolicyError(ValueError):
    """A document that is not a valid identity policy, or that AWS may read in more than one way."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One condition test; equal atoms mean the same test. The key is in lower case."""

    operator: str
    key: str
    values: frozenset[str]

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {json.dumps(sorted(self.values))}"


Conditions: TypeAlias = frozenset[Atom]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    actions: patterns in lower case. resources: patterns in the syntax of version 2012-10-17, whatever the
    version of the document was. `not_action` and `not_resource` say that the patterns are those of
    NotAction, NotResource.
    """

    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = frozenset()
    not_action: bool = False
    not_resource: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy document."""

    statements: tuple[Statement, ...]


def read_policy(text: str) -> Policy:
    """Parse one JSON policy document; raises PolicyError."""
    try:
        document = json.loads(
            text, object_pairs_hook=_unique_keys, parse_int=str, parse_float=str, parse_constant=_refuse
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise PolicyError(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise PolicyError("a policy must be a JSON object")
    if unknown := document.keys() - {"Version", "Id", "Statement"}:
        raise PolicyError(f"unknown policy element {min(unknown)!r}")
    version = document.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise PolicyError(f"unknown Version {version!r}")
    if "Statement" not in document:
        raise PolicyError("Statement is missing")
    statements = document["Statement"]
    items = statements if isinstance(statements, list) else [statements]
    sids = [item["Sid"] for item in items if isinstance(item, dict) and item.get("Sid")]
    if len(set(map(str, sids))) != len(sids):
        raise PolicyError("a Sid is used twice")
    return Policy(tuple(_numbered(number, item, version == MODERN) for number, item in enumerate(items, 1)))


def _numbered(number: int, item: object, modern: bool) -> Statement:
    try:
        return _statement(item, modern)
    except PolicyError as error:
        raise PolicyError(f"statement {number}: {error}") from error


def _statement(item: object, modern: bool) -> Statement:
    if not isinstance(item, dict):
        raise PolicyError("a statement must be a JSON object")
    if unknown := item.keys() - _STATEMENT_KEYS:
        raise PolicyError(f"unknown element {min(unknown)!r}")
    if not isinstance(sid := item.get("Sid", ""), str) or not _SID.fullmatch(sid):
        raise PolicyError(f"Sid {sid!r} must be letters and digits")
    effect = item.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PolicyError(f"Effect must be Allow or Deny, not {effect!r}")
    not_action = _one_of(item, "Action", "NotAction")
    not_resource = _one_of(item, "Resource", "NotResource")
    return Statement(
        effect,
        tuple(map(action_pattern, _strings(item["NotAction" if not_action else "Action"]))),
        tuple(
            resource_pattern(text, modern=modern)
            for text in _strings(item["NotResource" if not_resource else "Resource"])
        ),
        conditions_of(item.get("Condition", {}), modern=modern),
        not_action,
        not_resource,
    )


def _one_of(item: Mapping[str, object], plain: str, negated: str) -> bool:
    """Whether the negated element is the one present; exactly one of the two must be."""
    if (plain in item) == (negated in item):
        raise PolicyError(f"exactly one of {plain} and {negated} is needed")
    return negated in item


def action_pattern(text: str) -> str:
    """The pattern in lower case: AWS compares service prefixes and action names without case."""
    if not _ACTION.fullmatch(text):
        raise PolicyError(f"{text!r} is not an action")
    return text.lower()


def resource_pattern(text: str, *, modern: bool = True) -> str:
    """The pattern in 2012-10-17 syntax.

    An ARN with fewer than six fields and no `*` is refused: AWS may complete it to something wider.
    """
    text = _modernised(text, modern)
    if "*" not in text and not (text.startswith("arn:") and text.count(":") >= 5):
        raise PolicyError(f"{text!r} is neither an ARN of six fields nor a pattern with '*'")
    return text


def conditions_of(block: object, *, modern: bool = True) -> Conditions:
    """The atoms of a Condition block, all of which must hold."""
    if not isinstance(block, Mapping):
        raise PolicyError("Condition must be an object")
    atoms: set[Atom] = set()
    for operator, tests in block.items():
        if not isinstance(operator, str) or not _OPERATOR.fullmatch(operator):
            raise PolicyError(f"{operator!r} is not a condition operator")
        if not isinstance(tests, Mapping) or not tests:
            raise PolicyError(f"Condition {operator} must be an object that is not empty")
        if len({str(key).lower() for key in tests}) != len(tests):
            raise PolicyError(f"Condition {operator} names a key twice in different case")
        for key, values in tests.items():
            if not isinstance(key, str) or not _TEXT.fullmatch(key):
                raise PolicyError(f"{key!r} is not a condition key")
            texts = frozenset(_modernised(value, modern) for value in _strings(values, scalars=True))
            atoms.add(Atom(operator, key.lower(), texts))
    return frozenset(atoms)


def _modernised(text: str, modern: bool) -> str:
    """The text as version 2012-10-17 would write it; only there does `${` begin a policy variable."""
    if text and not _TEXT.fullmatch(text):
        raise PolicyError(f"{text!r} has a character that IAM does not accept")
    if not modern:
        return text.replace("${", "${$}{")
    if "${" in text and not re.fullmatch(r"(?:[^$]|\$(?!\{)|\$\{[^${}][^{}]*\}|\$\{\$\})*", text, re.DOTALL):
        raise PolicyError(f"{text!r} has a policy variable that is empty or not closed")
    return text


def _strings(value: object, *, scalars: bool = False) -> Sequence[str]:
    """A string or a list of strings, as a list; JSON booleans count as strings where `scalars` is true."""
    if value in ([], ()):
        raise PolicyError("a list is empty")
    texts: list[str] = []
    for item in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(item, str):
            texts.append(item)
        elif scalars and isinstance(item, bool):
            texts.append(str(item).lower())
        else:
            raise PolicyError(f"expected a string or a list of strings, not {item!r}")
    return texts


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise PolicyError(f"an element is written twice among {', '.join(key for key, _ in pairs)}")
    return result


def _refuse(name: str) -> object:
    raise PolicyError(f"{name} is not JSON")
