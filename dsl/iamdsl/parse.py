"""Text to syntax tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iamdsl.build import TreeBuilder
from iamdsl.comments import Comment, comments_of
from iamdsl.diagnostics import Diagnostic, ordered, report
from iamdsl.lalr import Failure, Parser
from iamdsl.syntax import File
from iamdsl.tables import load_tables

if TYPE_CHECKING:
    from iamdsl.source import Source


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file says, what is wrong with its text, and its comments in order."""

    file: File
    diagnostics: tuple[Diagnostic, ...]
    comments: tuple[Comment, ...]


def parse(source: Source) -> Parsed:
    """The syntax tree of `source`, of all declarations that can be read; never raises, whatever the text."""
    builder = TreeBuilder(source, source.text)
    tree = parser().parse(source.text, 0, len(source.text), builder)
    if isinstance(tree, File):
        return Parsed(tree, tuple(ordered(builder.diagnostics)), comments_of(source))
    start = tree.start if isinstance(tree, Failure) else 0
    found = report("IAM001", "unexpected text", source.span(start, start + 1))
    return Parsed(File(source.path, None, (), "iamdsl", source.span(0, 0)), (found,), comments_of(source))


@lru_cache(maxsize=1)
def parser() -> Parser:
    """The parser of this package's grammar."""
    return Parser(load_tables())
