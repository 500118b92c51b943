"""One role at a time: a file as it reads when the other roles and the checks are empty.

Parsing and resolving such a text costs what the edited role costs, however long the file is, and every offset is that
of the whole text.
"""

from __future__ import annotations

import re
from pathlib import Path

from iamc.lsp.moved import edit
from iamc.lsp.overlay import Overlay
from iamc.project import Files, ParsedSource, parse_source
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic
from iamdsl.reading import Read
from iamdsl.source import Source
from iamdsl.values import dataclass

_STRUCTURE = re.compile(r'[{}"#]')


@dataclass(frozen=True, slots=True)
class Focus:
    """A role that is being edited: its body is `[start, end)` of `now`, and `hollow` is the text without the others."""

    role: str
    start: int
    end: int
    now: Source
    hollow: Source

    def has(self, finding: Diagnostic) -> bool:
        """Whether a finding is about the inside of the role."""
        span = finding.span
        return span is not None and span.path == self.now.path and self.start <= span.start <= span.end <= self.end


def focus_on(file: syntax.File, now: Source) -> Focus | None:
    """The role that holds all that `now` says otherwise than the file did; None when the change may reach further."""
    old = file.span.source
    before, behind = edit(old.text, now.text)
    last = len(old.text) - behind
    changed = old.text[before:last] + now.text[before : len(now.text) - behind]
    bodies = [(node, body) for node in file.declarations if (body := _body(node, old)) is not None]
    around = [(n, b) for n, b in bodies if isinstance(n, syntax.Role) and b[0] <= before and last <= b[1]]
    if len(around) != 1 or _STRUCTURE.search(changed) or file.origin != "iamdsl":
        return None
    node, (start, end) = around[0]
    by = len(now.text) - len(old.text)
    if _used(node, now.text) or re.search(r"\buse\b", now.text[start : end + by]):
        return None
    others = [(a + by, b + by) if a >= last else (a, b) for each, (a, b) in bodies if each is not node]
    return Focus(node.name.text, start, end + by, now, Source(now.path, _hollow(now.text, others)))


def _body(node: syntax.Declaration, source: Source) -> tuple[int, int] | None:
    """Between the braces of a role or a check."""
    if not isinstance(node, (syntax.Role, syntax.Check)):
        return None
    head = node.name.span if isinstance(node, syntax.Role) else node.title.span
    brace = source.text.find("{", head.end, node.span.end)
    closed = brace >= 0 and source.text[node.span.end - 1 : node.span.end] == "}"
    return (brace + 1, node.span.end - 1) if closed else None


def _used(node: syntax.Role, text: str) -> bool:
    """Whether another role may take over what this one says."""
    return any(node.name.text in line for line in re.findall(r"\buse\b[^\n{}]*(?:\n[^\n]*)?", text))


def _hollow(text: str, ranges: list[tuple[int, int]]) -> str:
    """The text with blanks in the ranges; line ends stay."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(ranges):
        blank = "\n".join(" " * len(line) for line in text[start:end].split("\n"))
        parts += [text[at:start], blank]
        at = end
    return "".join([*parts, text[at:]])


class Focused(Files):
    """The files of an overlay, one of them hollow."""

    def __init__(self, overlay: Overlay, focus: Focus) -> None:
        self._overlay, self._focus = overlay, focus

    def has(self, path: Path) -> bool:
        """As the overlay has it."""
        return self._overlay.has(path)

    def read(self, path: Path) -> Read:
        """As the overlay reads it, but for the one file."""
        found = self._overlay.read(path)
        return (self._focus.hollow, ()) if found[0] is self._focus.now else found

    def parse(self, source: Source) -> ParsedSource:
        """As the overlay remembers it, but for the one file."""
        return parse_source(source) if source is self._focus.hollow else self._overlay.parse(source)
