"""The session with one editor: its open texts, the projects that they belong to, and the findings that it was shown."""

from __future__ import annotations

import asyncio
import gc
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from iamc import __version__
from iamc.lsp import protocol
from iamc.lsp.analysis import Analysis
from iamc.lsp.documents import DocumentProtocol, edited
from iamc.lsp.overlay import Overlay
from iamc.lsp.positions import offset_of
from iamc.pipeline import Context
from iamc.project import LIBRARY, SOURCE_SUFFIXES, display
from iamdsl.source import Source, Span

SETTLED = 0.3
"""Seconds without a keystroke after which the rest is done: documents, proofs and checks."""
_TOGETHER = 0.005
"""Seconds in which keystrokes that arrive in one go are answered together."""
_Given = TypeVar("_Given")
_OURS = ("iamdsl", "iamc")
"""What editors call our language, for a text that has no name yet."""


class Pointing(Protocol):
    """A request about a place in a document."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class Server(LanguageServer):
    """One editor's session. `given` are the projects that the command line names; else each workspace folder is one."""

    def __init__(self, context: Context, given: Sequence[Path]) -> None:
        super().__init__("iamc", __version__, protocol_cls=DocumentProtocol)
        self.context = context
        self.given = tuple(path.resolve() for path in given)
        self.overlay = Overlay()
        self.projects: list[Analysis] = []
        self.uris: dict[str, str] = {}
        self._unnamed: dict[str, Path] = {}
        self._versions: dict[str, int] = {}
        self._shown: dict[str, tuple[list[types.Diagnostic], int | None]] = {}
        self._settling: dict[int, asyncio.Task[None]] = {}
        self._answering: dict[Path, asyncio.Task[None]] = {}

    # texts ----------------------------------------------------------------------------------------------------

    @property
    def encoding(self) -> str:
        """The units that columns are counted in."""
        return str(getattr(self.workspace.position_encoding, "value", None) or "utf-16")

    def path_of(self, uri: str) -> Path:
        """The file of a document; one that was never saved has a name of its own."""
        return self._unnamed.get(uri) or Path(url_path(uri)).resolve()

    def opened(self, document: types.TextDocumentItem) -> None:
        """Take in the text of a document that was opened."""
        path = self.path_of(document.uri)
        if urlparse(document.uri).scheme != "file" and document.language_id in _OURS and not path.suffix:
            path = self._unnamed[document.uri] = path.with_name(f"{path.name}.iamdsl")
        self.overlay.buffers[path] = document.text
        self._changed(document.uri, document.version, path)

    def changed(
        self,
        document: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None:
        """Take in what an editor did to the text of an open document."""
        path = self.path_of(document.uri)
        self.overlay.buffers[path] = edited(self.overlay.buffers.get(path, ""), changes, self.encoding)
        self._changed(document.uri, document.version, path)

    def closed(self, uri: str) -> None:
        """Go back to the text on the disk."""
        path = self.path_of(uri)
        self.overlay.buffers.pop(path, None)
        self._unnamed.pop(uri, None)
        self._versions.pop(uri, None)
        project = self.project_of(path)
        if project is not None and project.paths == (path,) and path not in self.given:
            self._drop(project)
        elif project is not None:
            self.settle(project, 0)

    # projects -------------------------------------------------------------------------------------------------

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

    def begin(self) -> None:
        """Do all projects, those of the folders that are open now."""
        for project in self.projects:
            self._drop(project)
        self.project_of(Path())
        for path in self.overlay.buffers:
            self.project_of(path)
        self.look_again()

    def look_again(self) -> None:
        """Do all projects: something changed on the disk."""
        for project in self.projects:
            self.settle(project, 0)

    def _drop(self, project: Analysis) -> None:
        """Know nothing of a project any more, and show nothing of it."""
        _cancel(self._settling.pop(id(project), None))
        self.projects = [each for each in self.projects if each is not project]
        for shown in project.findings:
            self._show(shown, [])

    # answering ------------------------------------------------------------------------------------------------

    def _changed(self, uri: str, version: int, path: Path) -> None:
        """Answer soon for a document that changed, and for the rest when the typing pauses."""
        self._versions[uri] = version
        project = self.project_of(path)
        if project is None:
            return
        self.uris[display(path)] = uri
        _cancel(self._answering.get(path))
        _cancel(self._settling.get(id(project)))
        self._answering[path] = self._start(project, self._answer, path)

    def settle(self, project: Analysis, delay: float) -> None:
        """Do the whole project after `delay` seconds, unless something changes before."""
        _cancel(self._settling.get(id(project)))
        self._settling[id(project)] = self._start(project, self._settle, delay)

    def _start(
        self, project: Analysis, work: Callable[[Analysis, _Given], Awaitable[None]], given: _Given
    ) -> asyncio.Task[None]:
        """Begin some work. A fault of ours ends that work only; the project is then read afresh."""

        async def guarded() -> None:
            try:
                await work(project, given)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the session goes on
                self.window_log_message(
                    types.LogMessageParams(types.MessageType.Error, "".join(traceback.format_exception(fault)))
                )
                afresh = Analysis(project.paths, self.context, self.overlay)
                self.projects = [afresh if each is project else each for each in self.projects]

        return asyncio.ensure_future(guarded())

    async def _answer(self, project: Analysis, path: Path) -> None:
        await asyncio.sleep(_TOGETHER)
        if project.findings:
            told = project.keystroke(path)
            for shown in sorted(told, key=lambda each: each != display(path)):
                self._publish(project, shown)
        self.settle(project, SETTLED if project.findings else 0)  # counted from the answer, so that it never delays one

    async def _settle(self, project: Analysis, delay: float) -> None:
        await asyncio.sleep(delay)
        first, before = not project.findings, set(project.findings)
        for _ in project.whole():
            await asyncio.sleep(0)
        for shown in [*before - set(project.findings), *project.findings]:
            if not shown.startswith(LIBRARY):
                self._publish(project, shown)
        capabilities = self.client_capabilities.workspace
        if capabilities and capabilities.inlay_hint and capabilities.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)
        await asyncio.sleep(SETTLED)
        _tidy(everything=first)

    def _publish(self, project: Analysis, shown: str) -> None:
        """Send the findings of a file, unless the editor has them for this version of it."""
        found = [protocol.diagnostic(d, self.uris, self.encoding) for d in project.findings.get(shown, ())]
        self._show(shown, found)

    def _show(self, shown: str, found: list[types.Diagnostic]) -> None:
        uri = self._uri(shown)
        version = self._versions.get(uri)
        if self._shown.get(uri, ([], None)) != (found, version):
            self._shown[uri] = (found, version)
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    # places ---------------------------------------------------------------------------------------------------

    def document(self, uri: str) -> tuple[Analysis, Source] | None:
        """A document with its tree up to date; None for one that is not ours or is no text."""
        path = self.path_of(uri)
        project = self.project_of(path)
        source = project.read(path) if project else None
        return (project, source) if project and source else None

    def pointed(self, params: Pointing) -> tuple[Analysis, str, int] | None:
        """The project and the file that a request points into, and the offset where."""
        found = self.document(params.text_document.uri)
        return (found[0], found[1].path, self.offset(found[1], params.position)) if found else None

    def offset(self, source: Source, place: types.Position) -> int:
        """The offset of a position."""
        return offset_of(source, place.line, place.character, self.encoding)

    def location(self, span: Span) -> types.Location:
        """Where a span stands, in the URI that the editor uses."""
        return types.Location(self._uri(span.path), protocol.span_range(span, self.encoding))

    def _uri(self, shown: str) -> str:
        return self.uris.get(shown) or protocol.path_of(shown).as_uri()


def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()


def _tidy(*, everything: bool) -> None:
    """Look for garbage while nobody types: by itself, the collector would do so within an answer, and go through all.

    What a project has come to at first is not looked at again.
    """
    gc.disable()
    gc.collect()
    if everything:
        gc.freeze()


def url_path(uri: str) -> str:
    """The path of a `file:` URI; a document without a file has the URI's own path."""
    parts = urlparse(uri)
    return url2pathname(parts.path) if parts.scheme == "file" else unquote(parts.path)
