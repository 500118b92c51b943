"""The server: the protocol's requests to the pure functions beside this module, and their answers back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from iamc import __version__
from iamc.lsp import names, protocol
from iamc.lsp.actions import actions
from iamc.lsp.analysis import Analysis
from iamc.lsp.completion import complete
from iamc.lsp.hover import hover
from iamc.lsp.lines import hints
from iamc.lsp.occurrences import occurrences
from iamc.lsp.overlay import Overlay
from iamc.lsp.positions import offset_of
from iamc.lsp.symbols import symbols
from iamc.lsp.tokens import KINDS, MODIFIERS, tokens
from iamc.pipeline import Context
from iamc.project import LIBRARY, SOURCE_SUFFIXES, display
from iamdsl.format import format_source
from iamdsl.source import Source, Span

SETTLED = 0.3
"""Seconds without a keystroke after which the whole project is done."""
_TOGETHER = 0.005
"""Seconds in which keystrokes that arrive in one go are answered together."""


class Server(LanguageServer):
    """One editor's session. `given` are the projects that the command line names; else each workspace folder is one."""

    def __init__(self, context: Context, given: Sequence[Path]) -> None:
        super().__init__("iamc", __version__)
        self.context = context
        self.given = tuple(path.resolve() for path in given)
        self.overlay = Overlay()
        self.projects: list[Analysis] = []
        self.uris: dict[str, str] = {}
        self._shown: dict[str, list[types.Diagnostic]] = {}
        self._settling: dict[int, asyncio.Task[None]] = {}
        self._answering: dict[Path, asyncio.Task[None]] = {}

    # texts ----------------------------------------------------------------------------------------------------

    @property
    def encoding(self) -> str:
        """The units that columns are counted in."""
        return str(getattr(self.workspace.position_encoding, "value", None) or "utf-16")

    def project_of(self, path: Path) -> Analysis | None:
        """The project of a file; a declaration file outside of all projects is one by itself."""
        if not self.projects:
            folders = [Path(url_path(folder.uri)) for folder in self.workspace.folders.values()]
            root = [Path(self.workspace.root_path)] if self.workspace.root_path and not folders else folders
            self.projects = [Analysis((each.resolve(),), self.context, self.overlay) for each in self.given or root]
        found = next((each for each in self.projects if each.holds(path)), None)
        if found is None and path.name.endswith(SOURCE_SUFFIXES):
            found = Analysis((path,), self.context, self.overlay)
            self.projects.append(found)
        return found

    def changed(self, uri: str) -> None:
        """Take in the text of an open document, answer for it soon, and for the project when typing pauses."""
        path = Path(url_path(uri)).resolve()
        document = self.workspace.get_text_document(uri)
        self.overlay.buffers[path] = document.source
        project = self.project_of(path)
        if project is None:
            return
        self.uris[display(path)] = uri
        _cancel(self._answering.get(path))
        _cancel(self._settling.get(id(project)))
        self._answering[path] = asyncio.ensure_future(self._answer(project, path, uri))

    def closed(self, uri: str) -> None:
        """Go back to the text on the disk."""
        path = Path(url_path(uri)).resolve()
        self.overlay.buffers.pop(path, None)
        project = self.project_of(path)
        if project is not None:
            self.settle(project, 0)

    async def _answer(self, project: Analysis, path: Path, uri: str) -> None:
        await asyncio.sleep(_TOGETHER)
        if project.findings and project.keystroke(path) is not None:
            self._publish(project, display(path), self.workspace.get_text_document(uri).version, always=True)
        self.settle(project, SETTLED if project.findings else 0)  # counted from the answer, so that it never delays one

    def settle(self, project: Analysis, delay: float) -> None:
        """Do the whole project after `delay` seconds, unless something changes before."""
        _cancel(self._settling.get(id(project)))
        self._settling[id(project)] = asyncio.ensure_future(self._settle(project, delay))

    async def _settle(self, project: Analysis, delay: float) -> None:
        await asyncio.sleep(delay)
        before = set(project.findings)
        for _ in project.whole():
            await asyncio.sleep(0)
        for shown in [*before - set(project.findings), *project.findings]:
            if not shown.startswith(LIBRARY):
                self._publish(project, shown, None, always=False)
        capabilities = self.client_capabilities.workspace
        if capabilities and capabilities.inlay_hint and capabilities.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)

    def _publish(self, project: Analysis, shown: str, version: int | None, *, always: bool) -> None:
        uri = self.uris.get(shown) or protocol.path_of(shown).as_uri()
        found = [protocol.diagnostic(d, self.uris, self.encoding) for d in project.findings.get(shown, ())]
        if always or found != self._shown.get(uri, []) or (shown in self.uris and uri not in self._shown):
            self._shown[uri] = found
            document = self.workspace.text_documents.get(uri)
            version = version if version is not None or document is None else document.version
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    # places ---------------------------------------------------------------------------------------------------

    def document(self, uri: str) -> tuple[Analysis, Source] | None:
        """A document with its tree up to date; None for one that is not ours or is no text."""
        path = Path(url_path(uri)).resolve()
        project = self.project_of(path)
        source = project.read(path) if project else None
        return (project, source) if project and source else None

    def offset(self, source: Source, place: types.Position) -> int:
        """The offset of a position."""
        return offset_of(source, place.line, place.character, self.encoding)

    def location(self, span: Span) -> types.Location:
        """Where a span stands, in the URI that the editor uses."""
        uri = self.uris.get(span.path) or protocol.path_of(span.path).as_uri()
        return types.Location(uri, protocol.span_range(span, self.encoding))


def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()


def url_path(uri: str) -> str:
    """The path of a `file:` URI; a document without a file has the URI's own path."""
    parts = urlparse(uri)
    return url2pathname(parts.path) if parts.scheme == "file" else unquote(parts.path)


def create(context: Context, given: Sequence[Path] = ()) -> Server:
    """A server with all its features; `start_io` runs it."""
    server = Server(context, given)
    _synchronise(server)
    _read(server)
    _navigate(server)
    _change(server)
    return server


def _synchronise(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        server.project_of(Path())
        for project in server.projects:
            server.settle(project, 0)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def elsewhere(_: types.DidChangeWatchedFilesParams) -> None:
        for project in server.projects:
            server.settle(project, 0)


def _read(server: Server) -> None:
    legend = types.SemanticTokensLegend(list(KINDS), list(MODIFIERS))

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[":", ".", "{", " "]))
    def completion(params: types.CompletionParams) -> types.CompletionList | None:
        path = Path(url_path(params.text_document.uri)).resolve()
        project = server.project_of(path)
        source = server.overlay.read(path)[0]
        if project is None or source is None or path.suffix != ".iamdsl":
            return None
        offset = server.offset(source, params.position)
        capabilities = server.client_capabilities.text_document
        item = capabilities.completion.completion_item if capabilities and capabilities.completion else None
        snippets = bool(item and item.snippet_support)
        found = complete(project, source, offset)
        return types.CompletionList(
            False, list(protocol.items(found, source, offset, server.encoding, snippets=snippets))
        )

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        found = server.document(params.text_document.uri)
        about = hover(*found, server.offset(found[1], params.position)) if found else None
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
        found = server.document(params.text_document.uri)
        if found is None or not found[1].path.endswith(".iamdsl"):
            return types.SemanticTokens([])
        project, source = found
        words = tokens(source, occurrences(project.project, project.names, source.path))
        return types.SemanticTokens(protocol.token_data(words, source, server.encoding))


def _navigate(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        found = server.document(params.text_document.uri)
        file = found[0].project.files[found[1].path] if found else None
        return [protocol.symbol(each, server.encoding) for each in symbols(file)] if file else []

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        found = server.document(params.text_document.uri)
        if found is None:
            return []
        project, source = found
        spans = names.definition(project, source.path, server.offset(source, params.position))
        return [server.location(span) for span in spans]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        found = server.document(params.text_document.uri)
        if found is None:
            return []
        project, source = found
        offset = server.offset(source, params.position)
        spans = names.references(project, source.path, offset, declaration=params.context.include_declaration)
        return [server.location(span) for span in spans]


def _change(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        found = server.document(params.text_document.uri)
        if found is None or not found[1].path.endswith(".iamdsl"):
            return []
        text = format_source(found[1]).text
        return protocol.edits(found[1], text, server.encoding) if text is not None else []

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
        found = server.document(params.text_document.uri)
        span = names.renamable(found[0], found[1].path, server.offset(found[1], params.position)) if found else None
        return protocol.span_range(span, server.encoding) if span else None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = server.document(params.text_document.uri)
        if found is None:
            return None
        fixes = names.rename(found[0], found[1].path, server.offset(found[1], params.position), params.new_name)
        if isinstance(fixes, str):
            raise JsonRpcInvalidParams(fixes)
        changes: dict[str, list[types.TextEdit]] = {}
        for fix in fixes:
            place = server.location(fix.span)
            changes.setdefault(place.uri, []).append(types.TextEdit(place.range, fix.text))
        return types.WorkspaceEdit(changes=changes)
