"""Single words: their lexical shape, as `grammar.lark` has it, and how they are read from located YAML.

A test keeps the patterns equal to the terminals of the grammar. Each reader gives None, or leaves the item
out, after it has reported what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from iamdsl.syntax import ActionAccess, Name, Ref, Text
from iamdsl.yaml.nodes import Node, Scalar, Sequence
from iamdsl.yaml.walk import Walk

_T = TypeVar("_T")

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
REF = re.compile(rf"{NAME.pattern}(\.{NAME.pattern})*")
ACTION = re.compile(r"[A-Za-z0-9*?][A-Za-z0-9*?-]*:[A-Za-z*?][A-Za-z0-9*?]*")
KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]*:(\$\{[^}\s]*\}|[A-Za-z0-9_.:\/+=@-])+")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?")
ACCOUNT_ID = re.compile(r"\d{12}")
DURATION = re.compile(r"\d+(s|m|h|d)")
CODE = re.compile(r"IAM\d{3}")
INT = re.compile(r"\d+")
OPERATOR = re.compile(
    r"==|!=|<=|>=|<|>|like|not-like|"
    r"(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals"
    r"|Numeric(LessThan|GreaterThan)(Equals)?|Date(Not)?Equals|Date(LessThan|GreaterThan)(Equals)?"
    r"|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?"
)
LEVELS = ("permissions-management", "tagging", "write", "list", "read-config", "read-data", "read")
METRICS = ("characters", "policies")
PRESENCE = ("exists", "absent")

_EXAMPLES = {
    NAME: ("a name", "letters and digits, joined by single `-` or `_`"),
    REF: ("a name", "letters and digits, joined by `-` or `_`; a dot leads into an import or a block"),
    ACTION: ("an action", "write one in each item, such as `s3:GetObject` or `s3:Get*`"),
    KEY: ("a condition key", "such as `aws:SourceIp`"),
    EMAIL: ("an e-mail address", "such as `ana@acme.example`"),
    DATE: ("a date", "such as `2026-12-31` or `2026-12-31T18:00:00Z`"),
    ACCOUNT_ID: ("an account id", "it has twelve digits"),
    DURATION: ("a duration", "such as `15m`, `1h` or `30d`"),
    CODE: ("the code of a finding", "such as `IAM601`"),
    INT: ("a whole number", "such as `6144`"),
    OPERATOR: ("an operator", "such as `==`, `like`, `exists` or `StringEquals`"),
}


def fits(walk: Walk, scalar: Scalar, pattern: re.Pattern[str]) -> bool:
    """Whether the text has the shape of `pattern`; when not, that is reported."""
    if pattern.fullmatch(scalar.text):
        return True
    what, help_ = _EXAMPLES[pattern]
    if "," in scalar.text and pattern in {NAME, REF, ACTION}:
        items = [piece.strip() for piece in scalar.text.split(",")]
        help_ = f"several of them make a list: [{', '.join(items)}]"
    walk.report("IAM001", f"`{scalar.text}` is not {what}", scalar.span, help_)
    return False


def text(walk: Walk, node: Node, what: str, pattern: re.Pattern[str] | None = None) -> Text | None:
    """A literal, of that shape if one is given."""
    scalar = walk.scalar(node, what)
    if scalar is None or (pattern is not None and not fits(walk, scalar, pattern)):
        return None
    return Text(scalar.text, scalar.span)


def name(walk: Walk, node: Node, what: str, pattern: re.Pattern[str] = NAME) -> Name | None:
    """A plain name, or a code."""
    scalar = walk.scalar(node, what)
    return Name(scalar.text, scalar.span) if scalar and fits(walk, scalar, pattern) else None


def ref(walk: Walk, node: Node, what: str) -> Ref | None:
    """The use of a name."""
    scalar = walk.scalar(node, what)
    return as_ref(scalar) if scalar and fits(walk, scalar, REF) else None


def as_ref(scalar: Scalar) -> Ref:
    """A text that has the shape of a name, as the use of that name."""
    return Ref(tuple(scalar.text.split(".")), scalar.span)


def several(walk: Walk, node: Node, what: str, read: Callable[[Walk, Node, str], _T | None]) -> tuple[_T, ...]:
    """What `read` makes of each item of a list, or of the one item; an empty list is reported."""
    item = f"an item of {what}" if isinstance(node, Sequence) else what
    return tuple(found for each in walk.parts(node, what) if (found := read(walk, each, item)) is not None)


def refs(walk: Walk, node: Node, what: str) -> tuple[Ref, ...]:
    """One use of a name, or a list of them."""
    return several(walk, node, what, ref)


def texts(walk: Walk, node: Node, what: str) -> tuple[Text, ...]:
    """One literal, or a list of them."""
    return several(walk, node, what, text)


def actions(walk: Walk, node: Node, what: str) -> tuple[ActionAccess | Ref, ...]:
    """One action or name of an `actions` declaration, or a list of them."""
    return several(walk, node, what, action)


def action(walk: Walk, node: Node, what: str) -> ActionAccess | Ref | None:
    """An action as written, or the name of an `actions` declaration."""
    scalar = walk.scalar(node, what)
    if scalar is None:
        return None
    if REF.fullmatch(scalar.text):
        return as_ref(scalar)
    return ActionAccess(scalar.text, scalar.span) if fits(walk, scalar, ACTION) else None
