"""`${name}` and `${a.b}` inside literals, which are ours, beside `${aws:...}`, which IAM itself replaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from iamdsl.diagnostics import Diagnostic, report
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from iamdsl.source import Span
    from iamdsl.syntax import Text

_REFERENCE = re.compile(r"\$\{((?:[^{}$]|\$(?!\{))*)(\}?)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*(?:\.[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*)*")
# IAM knows `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}` (User Guide, policy variables).
_IAM_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9-]*:[^\s{}]+(?:\s*,\s*'[^']*')?|[*?$]")
_HELP = "write `${name}` or `${a.b}`; IAM's own variables have a colon, such as `${aws:PrincipalTag/team}`"


@dataclass(frozen=True, slots=True)
class Variable:
    """One `${name}`; the span covers it from `$` to `}`."""

    name: str
    span: Span = field(compare=False, repr=False)


Piece: TypeAlias = str | Variable
"""Literal text, IAM's own variables included, or one of our variables."""


def pieces(text: Text) -> tuple[tuple[Piece, ...], tuple[Diagnostic, ...]]:
    """Split a literal into its pieces. A malformed `${` is IAM011 and stays literal text."""
    if "${" not in text.text:
        return ((text.text,) if text.text else ()), ()
    place = _Places(text)
    found: list[Piece] = []
    problems: list[Diagnostic] = []
    literal = 0
    for match in _REFERENCE.finditer(text.text):
        name, closed = match[1], match[2]
        span = place.span(*match.span())
        foreign = _foreign(text.text, match.start(), name)
        if foreign:
            problems.append(report("IAM011", f"`{match[0]}` is {foreign[0]}", span, help=foreign[1]))
            continue
        if closed and _NAME.fullmatch(name):
            if literal < match.start():
                found.append(text.text[literal : match.start()])
            found.append(Variable(name, span))
            literal = match.end()
        elif not closed:
            problems.append(report("IAM011", "`${` is not closed", span, label="`}` is missing", help=_HELP))
        elif not _IAM_VARIABLE.fullmatch(name):
            problems.append(report("IAM011", f"`{match[0]}` is not a variable", span, help=_HELP))
    if literal < len(text.text):
        found.append(text.text[literal:])
    return tuple(found), tuple(problems)


def _foreign(text: str, at: int, name: str) -> tuple[str, str] | None:
    """What a variable of another tool is, and what is written here instead."""
    if ":" in name and text[:at].endswith("$") and not text[:at].endswith("${$"):
        return "escaped as in Terraform", "write one `$`: the Terraform back end escapes by itself"
    if name.startswith("AWS::"):
        ours = {"AWS::AccountId": "write `${account.id}`", "AWS::Partition": "write `aws`, or a `let` of your own"}
        return "CloudFormation's", ours.get(name, 'declare it: `let region = "eu-west-1"`, then `${region}`')
    return None


class _Places:
    """Where the characters of a literal's value stand in the source."""

    def __init__(self, text: Text) -> None:
        self._whole = text.span
        written = text.span.text
        if written == text.text:
            self._offsets: Sequence[int] = range(len(written) + 1)
        else:
            self._offsets = _escaped_offsets(written) if written[:1] == '"' else ()
        self._spelt = len(self._offsets) == len(text.text) + 1

    def span(self, start: int, end: int) -> Span:
        """The span of `value[start:end]`; of the whole when the source does not spell it out, as YAML may not."""
        return self._whole.part(self._offsets[start], self._offsets[end]) if self._spelt else self._whole


def _escaped_offsets(written: str) -> list[int]:
    r"""For each character of the value of a quoted string, and its end, the offset in `written`."""
    offsets = []
    at = 1
    while at < len(written):
        offsets.append(at)
        at += 2 if written[at] == "\\" else 1
    return offsets
