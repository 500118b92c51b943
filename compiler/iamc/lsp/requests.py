"""The protocol's requests: each to a pure function beside this module, and its answer back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from iamc.lsp import names, protocol
from iamc.lsp.actions import actions
from iamc.lsp.analysis import Analysis
from iamc.lsp.completion import complete
from iamc.lsp.folding import folds
from iamc.lsp.hover import hover
from iamc.lsp.layout import formatted
from iamc.lsp.lines import hints
from iamc.lsp.occurrences import occurrences
from iamc.lsp.server import Server
from iamc.lsp.symbols import matching, symbols
from iamc.lsp.tokens import KINDS, MODIFIERS, tokens
from iamc.pipeline import Context
from iamc.project import SOURCE_SUFFIXES
from iamdsl.format import format_source
from iamdsl.source import Source

MOST_ITEMS = 250
"""As many completions as are sent at once; where there are more, the editor asks again when more is typed."""
MOST_SYMBOLS = 1_000
"""As many symbols of a workspace as anybody reads."""


def create(context: Context, given: Sequence[Path] = ()) -> Server:
    """A server with all its features; `start_io` runs it."""
    server = Server(context, given)
    answer_all(server)
    return server


def answer_all(server: Server) -> None:
    """Let a server answer everything that this package can."""
    _synchronise(server)
    _read(server)
    _outline(server)
    _navigate(server)
    _change(server)


def _synchronise(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        _watch(server)
        server.begin()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.opened(params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document, params.content_changes)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def elsewhere(_: types.DidChangeWatchedFilesParams) -> None:
        server.look_again()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(_: types.DidChangeWorkspaceFoldersParams) -> None:
        server.begin()


def _watch(server: Server) -> None:
    """Ask to hear of declaration files that change outside of the editor."""
    capabilities = server.client_capabilities.workspace
    watched = capabilities.did_change_watched_files if capabilities else None
    if watched and watched.dynamic_registration:
        watchers = [types.FileSystemWatcher(f"**/*{suffix}") for suffix in SOURCE_SUFFIXES]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        one = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(types.RegistrationParams([one]))


def _read(server: Server) -> None:
    legend = types.SemanticTokensLegend(list(KINDS), list(MODIFIERS))

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[":", ".", "{", " "]))
    def completion(params: types.CompletionParams) -> types.CompletionList | None:
        path = server.path_of(params.text_document.uri)
        project = server.project_of(path)
        source = server.overlay.read(path)[0]
        if project is None or source is None or path.suffix != ".iamdsl":
            return None
        offset = server.offset(source, params.position)
        capabilities = server.client_capabilities.text_document
        item = capabilities.completion.completion_item if capabilities and capabilities.completion else None
        snippets = bool(item and item.snippet_support)
        found = complete(project, source, offset)
        items = protocol.items(found[:MOST_ITEMS], source, offset, server.encoding, snippets=snippets)
        return types.CompletionList(len(found) > MOST_ITEMS, list(items))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        here = server.pointed(params)
        about = hover(*here) if here else None
        if about is None:
            return None
        text = types.MarkupContent(types.MarkupKind.Markdown, about.text)
        return types.Hover(text, protocol.span_range(about.span, server.encoding))

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def inlay(params: types.InlayHintParams) -> list[types.InlayHint]:
        found = server.document(params.text_document.uri)
        if found is None:
            return []
        start, end = (server.offset(found[1], place) for place in (params.range.start, params.range.end))
        return [protocol.hint(each, found[1], server.encoding) for each in hints(*found, start, end)]

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
    def coloured(params: types.SemanticTokensParams) -> types.SemanticTokens:
        found = _declarations(server, params.text_document.uri)
        return _tokens(server, *found, 0, len(found[1].text)) if found else types.SemanticTokens([])

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, legend)
    def coloured_in_view(params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        found = _declarations(server, params.text_document.uri)
        if found is None:
            return types.SemanticTokens([])
        project, source = found
        first = server.offset(source, params.range.start)
        last = server.offset(source, types.Position(params.range.end.line + 1, 0))
        pieces = project.pieces(source.path)
        return _tokens(server, project, source, pieces.at(first)[1] if pieces else 0, last)

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folded(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        found = server.document(params.text_document.uri)
        return [types.FoldingRange(each.start, each.end, kind=each.kind) for each in folds(*found)] if found else []


def _declarations(server: Server, uri: str) -> tuple[Analysis, Source] | None:
    """A document in the declaration language."""
    found = server.document(uri)
    return found if found and found[1].path.endswith(".iamdsl") else None


def _tokens(server: Server, project: Analysis, source: Source, start: int, end: int) -> types.SemanticTokens:
    words = tokens(source, occurrences(project, source.path, start, end), start, end)
    return types.SemanticTokens(protocol.token_data(words, source, server.encoding))


def _outline(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        found = server.document(params.text_document.uri)
        if found is None:
            return []
        project, source = found
        return [
            protocol.symbol(each, project.place, server.encoding)
            for each in symbols(project.project.files[source.path])
        ]

    @server.feature(types.WORKSPACE_SYMBOL)
    def everywhere(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        found: list[types.WorkspaceSymbol] = []
        for project in server.projects:
            for file in project.project.files.values():
                for each, holder in matching(params.query, symbols(file)):
                    place = project.place(each.name_span)
                    if place is not None and len(found) < MOST_SYMBOLS:
                        kind, where = protocol.SYMBOLS[each.kind], server.location(place)
                        found.append(types.WorkspaceSymbol(where, each.name, kind, container_name=holder or None))
        return found


def _navigate(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        here = server.pointed(params)
        return [server.location(span) for span in names.definition(*here)] if here else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        here, declaration = server.pointed(params), params.context.include_declaration
        return [server.location(span) for span in names.references(*here, declaration=declaration)] if here else []

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        here = server.pointed(params)
        spans = names.in_file(*here) if here else []
        return [types.DocumentHighlight(protocol.span_range(span, server.encoding)) for span in spans]


def _change(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        found = _declarations(server, params.text_document.uri)
        text = format_source(found[1]).text if found else None
        return protocol.edits(found[1], text, server.encoding) if found and text is not None else []

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def formatting_of_a_part(params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
        return _laid_out(server, params.text_document.uri, params.range.start, params.range.end)

    @server.feature(types.TEXT_DOCUMENT_ON_TYPE_FORMATTING, types.DocumentOnTypeFormattingOptions("}"))
    def formatting_at_the_end(params: types.DocumentOnTypeFormattingParams) -> list[types.TextEdit]:
        return _laid_out(server, params.text_document.uri, params.position, params.position)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        found = server.document(params.text_document.uri)
        if found is None:
            return []
        project, source = found
        start, end = (server.offset(source, place) for place in (params.range.start, params.range.end))
        uri = params.text_document.uri
        offered = actions(source, project.findings.get(source.path, ()), start, end)
        return [protocol.code_action(each, source, uri, server.uris, server.encoding) for each in offered]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.Range | None:
        here = server.pointed(params)
        span = names.renamable(*here) if here else None
        return protocol.span_range(span, server.encoding) if span else None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        here = server.pointed(params)
        if here is None:
            return None
        fixes = names.rename(*here, params.new_name)
        if isinstance(fixes, str):
            raise JsonRpcInvalidParams(fixes)
        changes: dict[str, list[types.TextEdit]] = {}
        for fix in fixes:
            place = server.location(fix.span)
            changes.setdefault(place.uri, []).append(types.TextEdit(place.range, fix.text))
        return types.WorkspaceEdit(changes=changes)


def _laid_out(server: Server, uri: str, start: types.Position, end: types.Position) -> list[types.TextEdit]:
    """The change that lays out the declarations of a range."""
    found = _declarations(server, uri)
    if found is None:
        return []
    source = found[1]
    text = formatted(source, server.offset(source, start), server.offset(source, end))
    return protocol.edits(source, text, server.encoding) if text is not None else []
