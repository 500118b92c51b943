"""What all renderers share: inert text, its width on a terminal, and counting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from iamdsl.diagnostics import Diagnostic, Severity

# The second sign of `##[` and `##vso[`: the GitHub and Azure runners obey such a command anywhere in a line.
_RUNNER_COMMAND = re.compile(r"(?<=#)#(?=(?:vso)?\[)", re.IGNORECASE)


def cells(text: str) -> list[str]:
    """How each character of `text` is shown: as itself, or as an escape when it is not safe to show.

    Escaped are all characters that Unicode does not count as printable (controls, bidirectional and other
    invisible format characters, line and paragraph separators, lone surrogates, spaces other than U+0020) and
    the sign that would begin a command to a CI runner.
    """
    shown = [char if char.isprintable() else _escape(char) for char in text]
    for match in _RUNNER_COMMAND.finditer(text):
        shown[match.start()] = _escape(match.group())
    return shown


def inert(text: str) -> str:
    r"""`text` on one line, with nothing left in it that acts: ESC becomes `\x1b`, a line feed `\n`."""
    if text.isprintable() and "##" not in text:
        return text
    return "".join(cells(text))


def inert_path(path: str) -> str:
    """A path that is safe at the start of a line, where a runner would obey `::command::`."""
    shown = inert(path)
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def width(shown: str) -> int:
    """Terminal columns of text that is already inert: wide characters take two, combining marks none."""
    if shown.isascii():
        return len(shown)
    return sum(_char_width(char) for char in shown)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """The count by severity, such as "2 errors, 1 warning"; empty when there is nothing to count."""
    found = [diagnostic.severity for diagnostic in diagnostics]
    counts = ((found.count(severity), severity.value) for severity in Severity)
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)


def dump_json(document: object) -> str:
    """JSON in ASCII, so that only its reader sees special characters, and without runner commands."""
    import json

    text = json.dumps(document, ensure_ascii=True, indent=2)
    # Only strings hold `#`, and there \u0023 is the same character.
    return _RUNNER_COMMAND.sub(r"\\u0023", text) + "\n"


def _escape(char: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    if named:
        return named
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _char_width(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
