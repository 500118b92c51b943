"""The formatter: one canonical layout, no options, and nothing written that it has not checked.

The text is laid out from its lexemes, not from the tree, so comments and the order of fields stay as written.
The result is then parsed again: it must say the same, keep every comment, and be its own layout.
"""

from __future__ import annotations

from dataclasses import dataclass

from iamdsl.diagnostics import Diagnostic, errors, report
from iamdsl.formatting.layout import laid_out
from iamdsl.formatting.lexemes import lexemes_of
from iamdsl.parse import Parsed, parse, parser
from iamdsl.source import Source

_CANNOT_FORMAT = frozenset({"IAM001", "IAM002", "IAM003", "IAM004", "IAM007", "IAM009"})


@dataclass(frozen=True, slots=True)
class Formatted:
    """The canonical text, or None with the diagnostics that say why there is none."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


def format_source(source: Source) -> Formatted:
    """Lay `source` out canonically. A file with errors is left alone, and its diagnostics are returned."""
    parsed = parse(source)
    if errors(parsed.diagnostics):
        return Formatted(None, parsed.diagnostics)
    text = laid_out(lexemes_of(parser(), source.text))
    if text == source.text or not (lost := _lost(parsed, Source(source.path, text))):
        return Formatted(text, ())
    help_ = "the file is left as it was; please report this with the file"
    return Formatted(
        None, (report("IAM905", f"the layout would change {lost}", source.span(0, 0), help=help_),)
    )


def _lost(before: Parsed, result: Source) -> str:
    """What the new layout changes although it must not; empty when it is sound."""
    after = parse(result)
    if errors(after.diagnostics) or after.file != before.file:
        return "what the file says"
    if [comment.text for comment in after.comments] != [comment.text for comment in before.comments]:
        return "its comments"
    return "" if laid_out(lexemes_of(parser(), result.text)) == result.text else "again when it is repeated"
