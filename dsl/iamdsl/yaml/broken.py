"""What is wrong with text that is not YAML at all, in the words of the person who wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamdsl.diagnostics import Diagnostic, Fix, report
from iamdsl.source import Source, Span

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 50
"""The deepest nesting of lists and mappings that is read."""

_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FLOW = re.compile(r"',' or '[\]}]'")


def explain(error: yaml.YAMLError | UnicodeEncodeError, source: Source, shift: int) -> Diagnostic:
    """The one diagnostic for a text that YAML refuses; `shift` is the length of a byte order mark."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _unprintable(source)
    context_mark = getattr(error, "context_mark", None) or mark
    at = _character(source, mark.index + shift)
    begin = _character(source, context_mark.index + shift)
    context = getattr(error, "context", None) or ""
    problem = getattr(error, "problem", None) or ""
    if "nesting depth" in problem:  # libyaml 0.2.6 has a limit of its own, and its scanner runs ahead of us
        return too_deep(at)
    if _tabbed(at):
        return _tab(at)
    if context.startswith(("while scanning an alias", "while scanning an anchor")):
        return _star(begin)
    return _unfit(begin, at, context, problem)


def too_deep(span: Span) -> Diagnostic:
    """More than MAX_DEPTH lists and mappings within each other."""
    return report("IAM009", f"lists and mappings are nested more than {MAX_DEPTH} deep", span)


def _unfit(begin: Span, at: Span, context: str, problem: str) -> Diagnostic:
    """Text whose characters are fine by themselves, told apart by what the two YAML libraries say of it."""
    if "mapping values are not allowed" in problem:
        return _colon(at)
    if _FLOW.search(problem):
        return _flow(begin, at)
    if "quoted scalar" in context:
        return _quoted(begin, at, problem)
    return _misplaced(begin, at, problem)


def _character(source: Source, index: int) -> Span:
    """The character at `index`; when only white space follows, the last character before it."""
    text = source.text
    if not text[index:].strip():
        index = max(len(text.rstrip()) - 1, 0)
    return source.span(index, min(index + 1, len(text)))


def _unprintable(source: Source) -> Diagnostic:
    found = _UNPRINTABLE.search(source.text, 1 if source.text.startswith("\ufeff") else 0)
    start = found.start() if found else 0
    span = source.span(start, start + 1)
    if found and "\ud800" <= found.group() <= "\udfff":
        return report("IAM007", "this is not UTF-8 text", span)
    name = f"U+{ord(found.group()):04X}" if found else "a control character"
    return report("IAM703", f"{name} is a control character", span, help="remove it")


def _tabbed(at: Span) -> bool:
    """Whether a tab stands in the indentation of the line."""
    line = at.source.line(at.line)
    return "\t" in line[: len(line) - len(line.lstrip(" \t"))]


def _tab(at: Span) -> Diagnostic:
    line_start = at.source.line_starts[at.line - 1]
    start = at.source.text.index("\t", line_start)
    span = at.source.span(start, start + 1)
    fix = Fix(span, "  ", "replace the tab by two spaces")
    return report("IAM008", "a tab indents this line", span, help="indent with spaces", fix=fix)


def _star(begin: Span) -> Diagnostic:
    """An unquoted text that begins with `*` or `&`."""
    line = begin.source.line(begin.line)
    word = re.split(r"[\s,\]}]", line[begin.column - 1 :], maxsplit=1)[0]
    span = begin.source.span(begin.start, begin.start + len(word))
    fix = Fix(span, f'"{word}"', "put it in quotes")
    message = f"`{word[:1]}` opens a YAML {'alias' if word.startswith('*') else 'anchor'} here"
    return report("IAM022", message, span, help=f'put it in quotes: "{word}"', fix=fix)


def _colon(at: Span) -> Diagnostic:
    """A second `: ` in a line, or a key below a key that has its value already."""
    before = at.source.line(at.line)[: at.column - 1]
    if re.search(r":\s", before):
        help_ = "put the text behind the first colon in quotes, or remove the second colon"
        return report("IAM020", "a second colon in one line makes a second key", at, help=help_)
    message = "a key cannot stand here: the line above has a value already"
    return report("IAM020", message, at, help="indent the line like its neighbours")


def _flow(begin: Span, at: Span) -> Diagnostic:
    """A `[` or `{` whose content goes wrong before it is closed."""
    opener = begin.text
    closer = "]" if opener == "[" else "}"
    if at.source.text[at.start : at.start + 1] == "{" or "${" in at.source.text[begin.start : at.start]:
        message = f"between `{opener}` and `{closer}` a text with braces needs quotes"
        return report("IAM020", message, at, help='such as "arn:aws:s3:::orders-${account.alias}"')
    if not at.source.text[at.end :].strip():
        return report("IAM020", f"`{opener}` is never closed", begin, help=f"add `{closer}`")
    message = f"a comma or the closing `{closer}` is missing before this"
    return report("IAM020", message, at, help="a text with `,`, `[`, `]`, `{` or `}` needs quotes")


def _quoted(begin: Span, at: Span, problem: str) -> Diagnostic:
    """A quoted text that does not end, or that holds an escape which YAML does not know."""
    if "end of stream" in problem or "document" in problem:
        return report("IAM004", "the quote that opens here is never closed", begin)
    help_ = "between single quotes a backslash is only a backslash"
    return report("IAM020", "a YAML text in double quotes has no such escape", at, help=help_)


def _misplaced(begin: Span, at: Span, problem: str) -> Diagnostic:
    """What is left: a line that fits nowhere, or a character that may not begin a text."""
    found = at.text
    if "cannot start any token" in problem:
        return report("IAM020", f"a text that begins with `{found}` needs quotes", at)
    if "':'" in problem:
        return report("IAM020", "a `:` is missing behind this key", begin)
    if "expected key" in problem or "block end" in problem or "'-' indicator" in problem:
        what = "list item" if found == "-" else "line"
        help_ = "neighbours in a list or mapping have the same indentation"
        return report("IAM020", f"this {what} does not fit the lines above it", at, help=help_)
    return report("IAM020", "this is not YAML", at, help="a text with special characters needs quotes")
