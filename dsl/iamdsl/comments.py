"""Comments, which the grammar leaves out but the formatter and the `ignore` comments need."""

from __future__ import annotations

import re
from dataclasses import field

from iamdsl.source import Source, Span
from iamdsl.values import dataclass

# A `#` inside a string is text. A string that is never closed ends with its line.
_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"?|#[^\n]*')


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment from its `#` to the end of the line; `own_line` when only white space stands before it."""

    text: str
    span: Span = field(compare=False, repr=False)
    own_line: bool


def comments_of(source: Source) -> tuple[Comment, ...]:
    """All comments of `source`, in order."""
    text = source.text
    if "#" not in text:
        return ()
    found = []
    for match in _STRING_OR_COMMENT.finditer(text):
        if match[0][0] == "#":
            start = match.start()
            line_start = text.rfind("\n", 0, start) + 1
            own_line = not text[line_start:start].strip()
            found.append(Comment(match[0].rstrip(), Span(source, start, start + len(match[0].rstrip())), own_line))
    return tuple(found)


def free_text(text: str) -> list[tuple[int, int]]:
    """The ranges of comments and strings in `text`, in order."""
    return [match.span() for match in _STRING_OR_COMMENT.finditer(text)]
