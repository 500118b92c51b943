"""A place where a text stops to fit the grammar, and what may stand there in words that people use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from iamdsl.chunks import opening_brace
from iamdsl.diagnostics import Diagnostic, Fix, report

if TYPE_CHECKING:
    from iamdsl.lalr import Failure, Parser
    from iamdsl.source import Source, Span

_KINDS = {
    "NAME": "a name",
    "STRING": 'a "quoted text"',
    "LEVEL": "an access level (list, read, write, tagging, permissions-management)",
    "ACTION": "an action such as s3:GetObject",
    "ARN": "an ARN",
    "ACCOUNT_ID": "a 12-digit account id",
    "EMAIL": "an e-mail address",
    "DURATION": "a duration such as 1h",
    "DATE": "a date such as 2026-12-31",
    "INT": "a number",
    "CODE": "a code such as IAM306",
    "PRINCIPAL": "a service such as ec2.amazonaws.com",
    "KEY": "a condition key such as aws:SourceVpc",
    "OPERATOR": "an operator such as == or like",
}
_HEADS = {
    "account": "account x 111122223333 {",
    "people": "people {",
    "team": "team x {",
    "resources": "resources x {",
    "tier": "tier x {",
    "role": "role x {",
    "grant": "grant x to y {",
    "check": 'check "x" {',
}
_LAST_WORD = re.compile(r"(?:[^\s,{}\"]+|[,{}]|\"[^\"\n]*\")\Z")
_FOUND = re.compile(r"[A-Za-z0-9_*?@$][A-Za-z0-9_*?.:/@+$-]{0,80}|==|<=|.", re.DOTALL)
_VALUES = frozenset({"STRING", "ARN", "ACCOUNT_ID", "DURATION", "DATE", "INT", "BOOLEAN"})
_MANY = 8
_NAMED_ENTRIES = frozenset({"people", "resources"})  # their entries begin with names, not with keywords


class Vocabulary:
    """The words of the language, read off the parse tables, so that they are always those of the grammar."""

    def __init__(self, parser: Parser) -> None:
        words = parser.tables.words
        self.words = {name: tuple(texts) for name, texts in words.items()}
        self.declarations = frozenset(self._after(parser, "}")) - {"edition"}
        self.fields = {block: frozenset(self._after(parser, head)) - {"}"} for block, head in _HEADS.items()}
        self.beginnings = self.declarations | {"edition"}
        self.all_fields = frozenset[str]().union(*self.fields.values())

    def _after(self, parser: Parser, text: str) -> list[str]:
        """The fixed words that may come next behind `text`, which must not be complete."""
        failure = parser.parse(text, 0, len(text), Nothing())
        expected = getattr(failure, "expected", frozenset[str]())
        return [text for name in expected for text in self.words.get(name, ())]


class Nothing:
    """A builder that keeps nothing."""

    def leaf(self, terminal: str, start: int, end: int) -> None:
        """Nothing."""

    def node(self, label: str, children: list[object], start: int, end: int) -> None:
        """Nothing."""


@lru_cache(maxsize=1)
def vocabulary_of(parser: Parser) -> Vocabulary:
    """The words of a parser's language, read off once."""
    return Vocabulary(parser)


@dataclass(frozen=True)
class Mistake:
    """Where a declaration stops to fit the grammar.

    Attributes:
        source: the file.
        base: where `text` begins in the file.
        text: the declaration, perhaps with earlier mistakes mended.
        keyword: its first word.
        failure: where it stops, in offsets of `text`.
        vocabulary: the words of the language.
    """

    source: Source
    base: int
    text: str
    keyword: str
    failure: Failure
    vocabulary: Vocabulary

    @property
    def at(self) -> int:
        """Offset in `text` of what does not fit."""
        return self.failure.start

    @cached_property
    def found(self) -> str:
        """The word or sign that does not fit; empty at the end of the text."""
        match = _FOUND.match(self.text, self.at)
        return match[0].rstrip(":") or match[0] if match else ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The fixed words and signs that would fit, in alphabetical order."""
        expected = self.failure.expected
        return tuple(sorted(text for name in expected for text in self.vocabulary.words.get(name, ())))

    @cached_property
    def previous(self) -> str:
        """The word or sign before the mistake."""
        end = self.failure.previous
        match = _LAST_WORD.search(self.text, max(0, end - 80), end)
        return match[0] if match else ""

    @cached_property
    def first_on_line(self) -> bool:
        """Whether only white space stands before the mistake on its line."""
        return not self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at].strip()

    @cached_property
    def cut_short(self) -> bool:
        """Whether a line ended too early: what does not fit begins the next field, or ends the block or the file."""
        if "}" in self.words or not self.previous or not (self.first_on_line or not self.found):
            return False
        if self.keyword in _NAMED_ENTRIES and self.brace >= 0 and self.found[:1].isalpha():
            return True
        return self.found in {"", "}"} | self.vocabulary.all_fields | self.vocabulary.declarations

    @cached_property
    def brace(self) -> int:
        """Offset in `text` of the block's opening brace; -1 before or without one."""
        return opening_brace(self.text, self.failure.previous)

    def expects(self, *terminals: str) -> bool:
        """Whether all of these terminals would fit."""
        return self.failure.expected.issuperset(terminals)

    def span(self, start: int, end: int) -> Span:
        """A range of `text` as a place in the file."""
        return self.source.span(self.base + start, self.base + end)

    def here(self, length: int | None = None) -> Span:
        """The place of what does not fit."""
        return self.span(self.at, self.at + (max(1, len(self.found)) if length is None else length))

    def unexpected(self, help: str = "", fix: Fix | None = None) -> Diagnostic:  # noqa: A002
        """IAM001 for what does not fit."""
        return report("IAM001", f"unexpected `{self.found}`", self.here(), label=self.label, help=help, fix=fix)

    @property
    def label(self) -> str:
        """What was expected instead, as a short list."""
        return "expected " + alternatives(self._expected()[:_MANY]) if self.failure.expected else ""

    def _expected(self) -> list[str]:
        expected = self.failure.expected
        words = set(self.words) - {".", "edition"}
        new = ["`}`"] if "}" in words else []
        if len(words & self.vocabulary.all_fields) > 4:
            new = [f"a field of the {self.keyword}", *new]
        if len(words & self.vocabulary.declarations) > 4:
            new = ["a declaration"]
        if self.first_on_line and new and self.found:
            return new
        on_one_line = self.brace >= 0 and "\n" not in self.text[self.brace : self.at]
        if new and not on_one_line:
            # Something new may begin here too, but on a line of its own: say only what continues this line.
            words -= {"}"} | self.vocabulary.all_fields | self.vocabulary.declarations
            new = ["the end of the line"]
        kinds = ["a value"] if expected >= _VALUES else [_KINDS[name] for name in _KINDS if name in expected]
        spelt = {word for name in expected & _KINDS.keys() | _VALUES for word in self.vocabulary.words.get(name, ())}
        return list(dict.fromkeys([*kinds, *(f"`{word}`" for word in sorted(words - spelt)), *new]))


def alternatives(items: list[str]) -> str:
    """The items as `a, b or c`."""
    return " or ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
