"""Our values as those of the Language Server Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lsprotocol import types

from iamc.lsp import actions, completion, lines, symbols, tokens
from iamc.lsp.positions import length, place_of, range_of
from iamc.project import LIBRARY
from iamdsl.diagnostics import Diagnostic, Severity
from iamdsl.pieces import common_ends
from iamdsl.source import Source, Span

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
SYMBOLS = {
    "let": types.SymbolKind.Constant,
    "account": types.SymbolKind.Namespace,
    "people": types.SymbolKind.Array,
    "person": types.SymbolKind.Variable,
    "team": types.SymbolKind.Interface,
    "resources": types.SymbolKind.Object,
    "resource": types.SymbolKind.Property,
    "actions": types.SymbolKind.Function,
    "services": types.SymbolKind.Package,
    "tier": types.SymbolKind.Struct,
    "role": types.SymbolKind.Class,
    "grant": types.SymbolKind.Key,
    "check": types.SymbolKind.Event,
    "import": types.SymbolKind.Module,
    "statement": types.SymbolKind.Field,
}
_ITEMS = {
    "keyword": types.CompletionItemKind.Keyword,
    "level": types.CompletionItemKind.EnumMember,
    "action": types.CompletionItemKind.Function,
    "actions": types.CompletionItemKind.Function,
    "service": types.CompletionItemKind.Module,
    "services": types.CompletionItemKind.Module,
    "key": types.CompletionItemKind.Property,
    "operator": types.CompletionItemKind.Operator,
    "arn": types.CompletionItemKind.Snippet,
    "file": types.CompletionItemKind.File,
    "value": types.CompletionItemKind.Value,
    "role": types.CompletionItemKind.Class,
    "tier": types.CompletionItemKind.Struct,
    "resource": types.CompletionItemKind.Reference,
    "resources": types.CompletionItemKind.Reference,
}
_UNUSED = frozenset({"IAM109", "IAM306"})


def path_of(shown: str) -> Path:
    """The file that a path of the analysis names; the library's lies in this package."""
    if shown.startswith(LIBRARY):
        return Path(__file__).parents[1] / "library" / f"{shown.removeprefix(LIBRARY)}.iamdsl"
    return Path(shown).resolve()


def span_range(span: Span, encoding: str) -> types.Range:
    """A span's two ends."""
    start, end = range_of(span, encoding)
    return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))


def range_between(source: Source, start: int, end: int, encoding: str) -> types.Range:
    """The range of `[start, end)`."""
    return span_range(source.span(start, end), encoding)


def diagnostic(finding: Diagnostic, uris: dict[str, str], encoding: str) -> types.Diagnostic:
    """A finding: what it proposes stands below the message, other places are related information."""
    rows = [finding.message, *finding.notes, finding.help]
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(
                uris.get(each.span.path) or path_of(each.span.path).as_uri(), span_range(each.span, encoding)
            ),
            each.text,
        )
        for each in finding.labels
    ]
    return types.Diagnostic(
        span_range(finding.span, encoding) if finding.span else nowhere,
        "\n".join(row for row in rows if row),
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        source="iamc",
        related_information=related or None,
        tags=[types.DiagnosticTag.Unnecessary] if finding.code in _UNUSED else None,
    )


def symbol(each: symbols.Symbol, place: Callable[[Span], Span | None], encoding: str) -> types.DocumentSymbol:
    """One line of the outline; `place` knows where its spans stand in the file."""
    return types.DocumentSymbol(
        each.name or each.kind,
        SYMBOLS[each.kind],
        span_range(place(each.span) or each.span, encoding),
        span_range(place(each.name_span) or each.name_span, encoding),
        each.detail or None,
        children=[symbol(child, place, encoding) for child in each.children],
    )


def items(
    found: Iterable[completion.Item], source: Source, offset: int, encoding: str, *, snippets: bool
) -> Iterator[types.CompletionItem]:
    """Completions, in their order."""
    ranges: dict[int, types.Range] = {}
    for number, item in enumerate(found):
        place = ranges.setdefault(item.start, range_between(source, item.start, offset, encoding))
        snippet = item.snippet if snippets else ""
        yield types.CompletionItem(
            item.label,
            kind=_ITEMS.get(item.kind, types.CompletionItemKind.Variable),
            detail=item.detail or item.kind,
            sort_text=f"{number:05}",
            insert_text_format=types.InsertTextFormat.Snippet if snippet else None,
            text_edit=types.TextEdit(place, snippet or item.label),
        )


def token_data(found: Iterable[tokens.Token], source: Source, encoding: str) -> list[int]:
    """The tokens as the protocol packs them: each by its distance from the one before."""
    data: list[int] = []
    line, column = 0, 0
    for token in found:
        place = place_of(source, token.start, encoding)
        ahead = place.column - column if place.line == line else place.column
        size = length(source.text[token.start : token.end], encoding)
        data += [place.line - line, ahead, size, tokens.KINDS.index(token.kind), int(token.declares)]
        line, column = place.line, place.column
    return data


def hint(each: lines.Hint, source: Source, encoding: str) -> types.InlayHint:
    """An inlay hint."""
    place = place_of(source, each.offset, encoding)
    where = types.Position(place.line, place.column)
    return types.InlayHint(where, each.text, padding_left=True, tooltip=each.tooltip)


def code_action(
    each: actions.Action, source: Source, uri: str, uris: dict[str, str], encoding: str
) -> types.CodeAction:
    """A code action with its edit."""
    change = types.TextEdit(range_between(source, each.start, each.end, encoding), each.text)
    return types.CodeAction(
        each.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(each.finding, uris, encoding)],
        is_preferred=each.preferred or None,
        edit=types.WorkspaceEdit(changes={uri: [change]}),
    )


def edits(source: Source, text: str, encoding: str) -> list[types.TextEdit]:
    """The one change that makes `text` of a source; none when it is that already."""
    old = source.text
    if old == text:
        return []
    start, behind = common_ends(old, text)
    place = range_between(source, start, len(old) - behind, encoding)
    return [types.TextEdit(place, text[start : len(text) - behind])]
