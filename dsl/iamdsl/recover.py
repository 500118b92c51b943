"""Reading on behind mistakes: every declaration that can be read is, and each mistake is told once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from iamdsl.build import TreeBuilder
from iamdsl.chunks import TooDeepError, first_word, opening_brace, starts
from iamdsl.diagnostics import Diagnostic, Fix, report
from iamdsl.habits import DECLARATIONS
from iamdsl.lalr import Failure, Parser
from iamdsl.mistakes import Mistake, Nothing, Vocabulary, vocabulary_of
from iamdsl.slips import explain
from iamdsl.suggest import nearest
from iamdsl.syntax import Declaration, Edition, File

if TYPE_CHECKING:
    from iamdsl.source import Source

MOST_MISTAKES = 100
"""How many mistakes of one file are told."""

_MOST_IN_ONE = 20
_LONGEST_RETRIED = 100_000
_YAML = re.compile(r"(?:\s|#[^\n]*\n)*(---|-(?= )|[\w-]+:(?=\s|\Z))")
_JSON = re.compile(r"\s*([{\[])\s*[\"{\[}\]]")


@dataclass(slots=True)
class Recovery:
    """What was read of a text that does not parse as a whole.

    Attributes:
        declarations: those that could be read, in order.
        edition: the edition line, if there is one that can be read.
        edition_tried: whether something stands where the edition line should, be it right or wrong.
        diagnostics: one for each mistake.
    """

    declarations: list[Declaration] = field(default_factory=list)
    edition: Edition | None = None
    edition_tried: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)


def recover(source: Source, text: str, parser: Parser) -> Recovery:
    """Read `text` declaration by declaration; it has the length of the source's own text."""
    vocabulary = vocabulary_of(parser)
    other = other_language(source, text)
    if other:
        return Recovery(edition_tried=True, diagnostics=[other])
    try:
        begins = list(starts(text, vocabulary.beginnings))
    except TooDeepError as deep:
        span = source.span(deep.offset, deep.offset + 1)
        problem = report("IAM009", "brackets are nested too deep", span, help="blocks do not nest")
        return Recovery(edition_tried=True, diagnostics=[problem])
    reader = Reader(source, text, parser, vocabulary, Recovery())
    for start, end in pairwise([*begins, len(text)]):
        if len(reader.result.diagnostics) >= MOST_MISTAKES:
            break
        reader.read(start, end, first=start == begins[0])
    return reader.result


def other_language(source: Source, text: str) -> Diagnostic | None:
    """What there is to say about a text that is no .iamdsl at all."""
    for name, suffix, pattern in (("YAML", ".yaml", _YAML), ("JSON", ".json", _JSON)):
        match = pattern.match(text)
        if match:
            convert = "`iamc convert FILE.json` turns an IAM policy into declarations"
            help_ = "name a YAML file `.yaml`" if suffix == ".yaml" else convert
            return report("IAM001", f"this is {name}, not .iamdsl", source.span(*match.span(1)), help=help_)
    return None


@dataclass(slots=True)
class Reader:
    """Reads one declaration after the other into `result`."""

    source: Source
    text: str
    parser: Parser
    vocabulary: Vocabulary
    result: Recovery

    def read(self, start: int, end: int, *, first: bool) -> int | None:
        """Read `[start, end)`, or tell what is wrong with it; the answer is the offset where it first stops to fit."""
        word = first_word(self.text[start:end])
        if word == "edition" or _is_near(word, "edition"):
            self.result.edition_tried = True
            if not first and word == "edition":
                self._misplaced_edition(start)
                return start
        if word and word not in self.vocabulary.beginnings:
            self._unknown(start, word)
            return start
        return self._parse(start, end, word)

    def _parse(self, start: int, end: int, word: str) -> int | None:
        text = self.text[start:end]
        stopped: int | None = None
        furthest = -1
        for _ in range(_MOST_IN_ONE):
            builder = TreeBuilder(self.source, text, start)
            tree = self.parser.parse(text, 0, len(text), builder)
            if isinstance(tree, File):
                self.result.edition = self.result.edition or tree.edition
                self.result.declarations += tree.declarations
                self.result.diagnostics += builder.diagnostics
                return stopped
            if not isinstance(tree, Failure) or tree.start < furthest:
                return stopped
            stopped = start + tree.start if stopped is None else stopped
            failure = self._line_before(text, word, tree)
            mistake = Mistake(self.source, start, text, word, failure, self.vocabulary)
            diagnostic = explain(mistake)
            self.result.diagnostics.append(diagnostic)
            mended = _mend(mistake, diagnostic) if len(text) < _LONGEST_RETRIED else None
            if mended is None or mended == text:
                return stopped
            text, furthest = mended, tree.start if diagnostic.fix else furthest
        return stopped

    def _line_before(self, text: str, word: str, failure: Failure) -> Failure:
        """The failure at the end of the line before, if that line is incomplete and took the next field for a name."""
        line = text.rfind("\n", 0, failure.start) + 1
        start = line + len(text[line : failure.start]) - len(text[line : failure.start].lstrip())
        if first_word(text[start : failure.start]) not in self.vocabulary.fields.get(word, ()):
            return failure
        before = self.parser.parse(text, 0, start, Nothing())
        incomplete = isinstance(before, Failure) and before.start == start and not before.expected & {"RBRACE"}
        return before if isinstance(before, Failure) and incomplete else failure

    def _unknown(self, start: int, word: str) -> None:
        span = self.source.span(start, start + len(word))
        known = sorted(self.vocabulary.declarations)
        near = nearest(word, [*known, "edition"], 1)
        help_ = f"did you mean `{near[0]}`?" if near else "a file declares " + ", ".join(known)
        if word.lower() in DECLARATIONS:
            near, help_ = [], DECLARATIONS[word.lower()]
        if near and near[0] == word.lower():
            help_ = f"keywords are lower case: `{near[0]}`"
        fix = Fix(span, near[0], f"write `{near[0]}`") if near else None
        self.result.diagnostics.append(report("IAM002", f"unknown declaration `{word}`", span, help=help_, fix=fix))

    def _misplaced_edition(self, start: int) -> None:
        span = self.source.span(start, start + len("edition"))
        message = "the edition line is given twice" if self.result.edition else "the edition line is not the first"
        help_ = "keep one, as the first line" if self.result.edition else "move it to the first line"
        self.result.diagnostics.append(report("IAM005", message, span, help=help_))


def _is_near(word: str, keyword: str) -> bool:
    return bool(word) and bool(nearest(word, [keyword], 1))


def _mend(mistake: Mistake, diagnostic: Diagnostic) -> str | None:
    """The declaration without this mistake, at unchanged offsets; None when it cannot be saved."""
    text = mistake.text
    if diagnostic.code == "IAM003":
        return text.rstrip() + "}"
    fix = diagnostic.fix
    if fix and len(fix.text) <= fix.span.end - fix.span.start:
        start, end = fix.span.start - mistake.base, fix.span.end - mistake.base
        return text[:start] + fix.text.ljust(end - start) + text[end:]
    after = mistake.failure.previous
    if mistake.cut_short and mistake.expects("LBRACE") and "{" not in text and text[after : after + 1].isspace():
        return text[:after] + "{" + text[after + 1 :]
    anchor = after - 1 if mistake.cut_short else mistake.at
    field_range = _field_around(text, anchor)
    if field_range is None:
        return None
    start, end = field_range
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


_CONTINUES = re.compile(r"(?:on|with|without|when|until|except|and|to)\b|[,\"'.]|arn:")


def _field_around(text: str, anchor: int) -> tuple[int, int] | None:
    """The lines of the field at `anchor`, without the block's closing brace; None outside a block."""
    brace = opening_brace(text, anchor)
    close = text.rfind("}")
    if brace < 0:
        return None
    end_of_block = close if close >= anchor else len(text)
    starts = _field_starts(text, brace + 1, end_of_block)
    start = max((s for s in starts if s <= anchor), default=brace + 1)
    end = min((s for s in starts if s > anchor), default=end_of_block)
    return start, end


def _field_starts(text: str, start: int, end: int) -> list[int]:
    """Where fields begin between the braces: at lines no deeper than the first, unless they go on with one."""
    starts: list[int] = []
    indent: int | None = None
    for match in re.finditer(r"^([ \t]*)(\S)", text[start:end], re.MULTILINE):
        at = start + match.start(2)
        depth = len(match[1])
        goes_on = _CONTINUES.match(text, at) and not text.startswith("until", at)
        if match[2] == "#" or goes_on or (indent is not None and depth > indent):
            continue
        indent = depth if indent is None else indent
        starts.append(at)
    return starts
