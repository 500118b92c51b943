"""The formatter: one canonical layout, no options, and nothing written that it has not checked.

The text is laid out from its lexemes, not from the tree, so comments and the order of fields stay as written.
The result is then parsed again: it must say the same, keep every comment, and be its own layout.
"""

from __future__ import annotations

from iamdsl.diagnostics import Diagnostic, Severity, report
from iamdsl.formatting.layout import laid_out
from iamdsl.formatting.lexemes import lexemes_of
from iamdsl.parse import Parsed, parse, parser
from iamdsl.source import Source
from iamdsl.values import dataclass

_HARMLESS = frozenset({"IAM005", "IAM008", "IAM010"})
"""Errors that leave no doubt about what a text says: a snippet has no edition, and layout mends tabs."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """The canonical text, or None with the diagnostics that say why there is none."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


def format_source(source: Source) -> Formatted:
    """Lay `source` out canonically. A text that does not parse is left alone, its diagnostics are returned.

    IAM905 means a mistake in the formatter: its result would not have said the same.
    """
    parsed = parse(source)
    text = _layout(parsed, source)
    if text is None:
        return Formatted(None, parsed.diagnostics)
    if text == source.text or not (lost := _lost(parsed, Source(source.path, text))):
        return Formatted(text, ())
    help_ = "the file is left as it was; please report this with the file"
    return Formatted(None, (report("IAM905", f"the layout would change {lost}", source.span(0, 0), help=help_),))


def _layout(parsed: Parsed, source: Source) -> str | None:
    """The text laid out, or None for a text with mistakes that layout cannot see past."""
    if any(d.severity is Severity.ERROR and d.code not in _HARMLESS for d in parsed.diagnostics):
        return None
    lexemes = lexemes_of(parser(), source.text)
    return None if lexemes is None else laid_out(lexemes)


def _lost(before: Parsed, result: Source) -> str:
    """What the new layout changes although it must not; empty when it is sound."""
    after = parse(result)
    again = _layout(after, result)
    if again is None or after.file != before.file:
        return "what the file says"
    if [comment.text for comment in after.comments] != [comment.text for comment in before.comments]:
        return "its comments"
    return "" if again == result.text else "itself, when it is repeated"
