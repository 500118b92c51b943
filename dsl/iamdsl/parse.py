"""Text to syntax tree."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from iamdsl.build import TreeBuilder
from iamdsl.comments import Comment, comments_of
from iamdsl.diagnostics import Diagnostic, ordered, report
from iamdsl.lalr import Parser
from iamdsl.syntax import File
from iamdsl.tables import load_tables
from iamdsl.unicode import scan
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iamdsl.source import Source

EDITIONS = ("1",)
"""The editions of the language that this version reads."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file says, what is wrong with its text, and its comments in order."""

    file: File
    diagnostics: tuple[Diagnostic, ...]
    comments: tuple[Comment, ...]


def parse(source: Source) -> Parsed:
    """The syntax tree of `source`, of all declarations that can be read; never raises, whatever the text."""
    scanned = scan(source)
    file, found, edition_tried = _tree(source, scanned.text)
    # A line with a refused character has had its message, whatever else it caused.
    found = [d for d in found if not (d.span and d.span.line in scanned.lines)]
    found += scanned.diagnostics
    found += about_file(source, file, found, edition_tried=edition_tried)
    return Parsed(file, tuple(ordered(found)), comments_of(source))


def about_file(source: Source, file: File, found: Sequence[Diagnostic], *, edition_tried: bool) -> list[Diagnostic]:
    """What is wrong with a file as a whole, beside what was found in it."""
    whole = _tabs(source)
    if file.edition:
        whole += _unknown_edition(file)
    elif file.declarations and not edition_tried:
        whole.append(_missing_edition(source))
    if not file.declarations and not found and not whole:
        nothing = source.span(0, 0)
        whole.append(report("IAM010", "the file declares nothing", nothing, help="declare a role, or delete it"))
    return whole


@lru_cache(maxsize=1)
def parser() -> Parser:
    """The parser of this package's grammar."""
    return Parser(load_tables())


def _tree(source: Source, text: str) -> tuple[File, list[Diagnostic], bool]:
    """The tree, the mistakes, and whether the file tries to name its edition."""
    builder = TreeBuilder(source, text)
    tree = parser().parse(text, 0, len(text), builder)
    if isinstance(tree, File):
        return tree, builder.diagnostics, tree.edition is not None
    from iamdsl.recover import recover

    result = recover(source, text, parser())
    whole = source.span(0, len(text))
    file = File(source.path, result.edition, tuple(result.declarations), "iamdsl", whole)
    return file, result.diagnostics, result.edition_tried


def _missing_edition(source: Source) -> Diagnostic:
    return report(
        "IAM005", "the edition line is missing", source.span(0, 0), help="write `edition 1` on the first line"
    )


def _unknown_edition(file: File) -> list[Diagnostic]:
    edition = file.edition
    if edition is None or edition.number.text in EDITIONS:
        return []
    known = ", ".join(EDITIONS)
    message = f"unknown edition {edition.number.text}"
    return [report("IAM006", message, edition.number.span, help=f"this version of iamc reads edition {known}")]


def _tabs(source: Source) -> list[Diagnostic]:
    """IAM008 for the first tab, with the number of lines that have one."""
    at = source.text.find("\t")
    if at < 0:
        return []
    lines = sum("\t" in line for line in source.text.split("\n"))
    message = f"tab in line {source.position(at)[0]}"
    notes = [f"{lines} lines have tabs"] if lines > 1 else []
    return [report("IAM008", message, source.span(at, at + 1), help="indent by two spaces a level", notes=notes)]
