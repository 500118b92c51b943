"""A table for a pull request's comment or for a step summary.

Everything quoted is escaped for HTML and for Markdown: it cannot end its cell, make a heading or a link, or
call a person or an issue. The first line is a hidden marker by which a job finds the comment that it wrote
before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from iamc.render.text import inert, summary
from iamdsl.diagnostics import Diagnostic

MARKER = "<!-- iamc:diagnostics -->"

# Punctuation that Markdown, HTML or GitHub give a meaning; a full stop has one only in an address: www.a.b.
_ACTIVE = re.compile(r"""[\\`*_{}\[\]<>#+!|~$&@:"'^=]|(?<=[wW]{3})\.""")

_LIMIT = 60_000
"""Characters. GitHub refuses a comment of more than 65,536."""


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """The table, cut before it is too long for a comment; the last line then counts what is missing."""
    if not diagnostics:
        return f"{MARKER}\n**No findings**\n"
    head = f"{MARKER}\n**{summary(diagnostics)}**\n\n| | Code | Where | Finding |\n|---|---|---|---|\n"
    rows: list[str] = []
    length = len(head)
    for diagnostic in diagnostics:
        row = _row(diagnostic)
        length += len(row)
        if length > _LIMIT:
            break
        rows.append(row)
    left = len(diagnostics) - len(rows)
    return head + "".join(rows) + (f"\nand {left} more\n" if left else "")


def _row(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    where = code(f"{span.path}:{span.line}") if span else ""
    finding = "<br>".join(prose(text) for text in (diagnostic.message, diagnostic.help) if text)
    return f"| {diagnostic.severity.value} | {diagnostic.code} | {where} | {finding} |\n"


def prose(text: str) -> str:
    """A message, its parts between back ticks as code."""
    parts = text.split("`")
    return "".join(code(part) if index % 2 else plain(part) for index, part in enumerate(parts))


def plain(text: str) -> str:
    """A text of somebody else's, inert in any place of a page: no link, heading, mention or reference."""
    # Alone in an element, these signs stand before no name or number, and GitHub makes no reference of them.
    return re.sub(r"&#(35|64);", r"<span>&#\1;</span>", _escape(text))


def code(text: str) -> str:
    """A text of somebody else's, as code, inert in any place of a page."""
    return f"<code>{_escape(text)}</code>"


def _escape(text: str) -> str:
    return _ACTIVE.sub(lambda match: f"&#{ord(match.group())};", inert(text))
