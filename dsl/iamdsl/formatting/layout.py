"""Entries and declarations: what goes on lines of its own, how deep it stands, and where blank lines go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from iamdsl.formatting.lexemes import COMMENT, LBRACE, RBRACE, Lexeme, join, width
from iamdsl.formatting.wrap import WIDTH, kept_whole, wrapped

_RUNS = frozenset({"IMPORT", "LET", "ACCOUNT", "GRANT", "ACTIONS", "SERVICES"})
"""Declarations that may follow each other without a blank line, when each takes one line."""

_BODY = {
    *("DESCRIBE", "SESSION", "ALERT", "REQUIRE", "USE", "MANAGED", "BOUNDARY", "EXCLUDE", "GENERALISE"),
    *("ACKNOWLEDGE", "CEILING", "EFFECT", "PASS", "ASSUME"),
}
_FIELDS: dict[str, set[str]] = {
    "EDITION": set(),
    "IMPORT": set(),
    "LET": set(),
    "ACCOUNT": {"ALIAS", "CLASS"},
    "PEOPLE": {"NAME"},
    "TEAM": {"MEMBERS", "GROUP", "OWNER"},
    "RESOURCES": {"NAME"},
    "ACTIONS": set(),
    "SERVICES": set(),
    "TIER": _BODY,
    "ROLE": _BODY,
    "GRANT": {"UNTIL", "REASON", "APPROVAL"},
    "CHECK": {"ROLE", "EXPECT"},
}
"""The words that start a declaration, each with the words that start a field of its block."""

_BEFORE_NAME = frozenset({LBRACE, "EMAIL", "ARN", "STRING"})
"""What stands before a name that starts a field: the brace, or the end of the field above."""

_Entry: TypeAlias = "list[Lexeme]"
"""A field, a head, a closing brace, or a comment that stands alone above one of them."""


@dataclass(slots=True)
class _Declaration:
    """One declaration with the comments above it; `word` is empty for the comments that end a file."""

    word: str
    comments: list[Lexeme]
    entries: list[_Entry] = field(default_factory=list)

    @property
    def block(self) -> list[_Entry]:
        """What stands between the braces."""
        return self.entries[1:-1]


def laid_out(lexemes: Sequence[Lexeme]) -> str:
    """Canonical text, with a line end at its end; empty when there are no lexemes."""
    lines: list[str] = []
    previous: tuple[str, int] | None = None
    for declaration in _declarations(lexemes):
        body = _lines(declaration)
        if previous is not None and _apart(previous, declaration, len(body)):
            lines.append("")
        for comment in declaration.comments:
            if comment.breaks > 1 and comment is not declaration.comments[0]:
                lines.append("")
            lines.append(comment.text)
        if declaration.comments and declaration.entries and _blank_above(declaration.entries[0]):
            lines.append("")
        lines += body
        previous = declaration.word, len(body)
    return "".join(f"{line}\n" for line in lines)


def _apart(previous: tuple[str, int], declaration: _Declaration, size: int) -> bool:
    """Whether a blank line goes above a declaration; `previous` is the word and line count before it."""
    if not declaration.word:
        return declaration.comments[0].breaks > 1
    kept_apart = any(lexeme.breaks > 1 for lexeme in [*declaration.comments, declaration.entries[0][0]])
    word, lines = previous
    return kept_apart or word != declaration.word or word not in _RUNS or lines > 1 or size > 1


def _blank_above(entry: _Entry) -> bool:
    return entry[0].breaks > 1


def _declarations(lexemes: Sequence[Lexeme]) -> Iterator[_Declaration]:
    """The declarations in order, cut into entries."""
    current = _Declaration("", [])
    waiting: list[Lexeme] = []
    depth = 0
    before = ""
    for lexeme in lexemes:
        if lexeme.own_line:
            waiting.append(lexeme)
            continue
        if depth == 0 and lexeme.kind in _FIELDS:
            if current.word:
                yield current
            current = _Declaration(lexeme.kind, waiting, [[lexeme]])
        elif depth and _opens(current.word, lexeme.kind, before):
            current.entries += [*([comment] for comment in waiting), [lexeme]]
        else:
            current.entries[-1] += [*waiting, lexeme]
        waiting = []
        depth += (lexeme.kind == LBRACE) - (lexeme.kind == RBRACE)
        before = before if lexeme.kind == COMMENT else lexeme.kind
    if current.word:
        yield current
    if waiting:
        yield _Declaration("", waiting)


def _opens(word: str, kind: str, before: str) -> bool:
    """Whether a lexeme inside the block of a `word` declaration starts an entry."""
    if kind == RBRACE:
        return True
    return kind in _FIELDS[word] and (kind != "NAME" or before in _BEFORE_NAME)


def _lines(declaration: _Declaration) -> list[str]:
    """The lines of a declaration; what stands below a comment that silences findings stays together."""
    entries = declaration.entries
    silenced = any(comment.silences for comment in declaration.comments[-1:])
    if len(entries) < 2:
        return [line for entry in entries for line in wrapped(entry, 0, together=silenced)]
    if _stays_inline(declaration):
        return [join(lexeme for entry in entries for lexeme in entry)]
    lines = wrapped(entries[0], 0, together=silenced)
    for above, entry in pairwise(entries[:-1]):
        if above is not entries[0] and _blank_above(entry):
            lines.append("")
        lines += wrapped(entry, 1, together=above[0].silences)
    return lines + wrapped(entries[-1], 0)


def _stays_inline(declaration: _Declaration) -> bool:
    """Whether the author began the block on the line of its brace, and all of it fits there."""
    opened = declaration.entries[:-1]
    if any(lexeme.kind == COMMENT for entry in opened for lexeme in entry):
        return False
    if declaration.block and declaration.block[0][0].breaks:
        return False
    whole = [lexeme for entry in declaration.entries for lexeme in entry]
    return width(whole) <= WIDTH and all(map(kept_whole, opened))
