"""An editor for tests: pygls' client, which starts `iamc lsp` and speaks to it over its standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

WAIT = 60.0


class Editor:
    """Open documents with their texts as the editor has them, and the diagnostics that the server sent."""

    def __init__(self) -> None:
        self.client = LanguageClient("test-editor", "1")
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.diagnostics: dict[str, types.PublishDiagnosticsParams] = {}
        self.registered: list[types.Registration] = []
        self.log: list[str] = []
        self._news = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.diagnostics[params.uri] = params
            self._news.set()

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register(params: types.RegistrationParams) -> None:
            self.registered += params.registrations

        @self.client.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            self.log.append(params.message)
            self._news.set()

        @self.client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
        def refresh(_: object) -> None:
            return None

    async def start(self, root: Path, *arguments: str, fault: str = "") -> types.InitializeResult:
        """Start the server in a folder; `fault` is what is wrong with it, as Python."""
        program = f"import sys; from iamc.cli import main\n{fault}\nsys.argv[:1] = ['iamc', 'lsp']; main()"
        command = (sys.executable, "-c", program, *arguments)
        await self.client.start_io(*command, cwd=str(root))
        item = types.ClientCompletionItemOptions(snippet_support=True)
        result = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    text_document=types.TextDocumentClientCapabilities(
                        completion=types.CompletionClientCapabilities(completion_item=item)
                    ),
                    workspace=types.WorkspaceClientCapabilities(
                        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(True)
                    ),
                ),
                root_uri=root.as_uri(),
                workspace_folders=[types.WorkspaceFolder(root.as_uri(), root.name)],
            )
        )
        self.client.initialized(types.InitializedParams())
        return result

    async def stop(self) -> int | None:
        """End the server; its exit status."""
        process = self.client._server
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await asyncio.wait_for(process.wait(), WAIT)
        await self.client.stop()
        return process.returncode

    def open(self, path: Path) -> str:
        """Open a file; its URI."""
        return self.show(path.as_uri(), path.read_text("utf-8"))

    def show(self, uri: str, text: str) -> str:
        """Open a text, which may have no file."""
        self.texts[uri], self.versions[uri] = text, 1
        document = types.TextDocumentItem(uri, "iamdsl", 1, self.texts[uri])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return uri

    def close(self, uri: str) -> None:
        """Close a document."""
        document = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def place(self, uri: str, offset: int) -> types.Position:
        """The position of an offset, in UTF-16 units."""
        before = self.texts[uri][:offset]
        line = before.count("\n")
        column = before[before.rfind("\n") + 1 :]
        return types.Position(line, len(column.encode("utf-16-le")) // 2)

    def find(self, uri: str, text: str, into: int = 0) -> types.Position:
        """The position `into` characters into the first occurrence of a text."""
        return self.place(uri, self.texts[uri].index(text) + into)

    def replace(self, uri: str, start: int, end: int, text: str) -> int:
        """Edit an open document as one change; its new version."""
        place = types.Range(self.place(uri, start), self.place(uri, end))
        self.texts[uri] = self.texts[uri][:start] + text + self.texts[uri][end:]
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        change = types.TextDocumentContentChangePartial(place, text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        return self.versions[uri]

    def edit(self, uri: str, old: str, new: str) -> int:
        """Replace the first occurrence of a text."""
        start = self.texts[uri].index(old)
        return self.replace(uri, start, start + len(old), new)

    async def until(self, ready: Callable[[], Any]) -> Any:
        """Wait for the diagnostics to make something true; what it was."""
        async with asyncio.timeout(WAIT) if hasattr(asyncio, "timeout") else _Patience():
            while not (found := ready()):
                self._news.clear()
                await self._news.wait()
        return found

    async def answered(self, uri: str, version: int) -> list[types.Diagnostic]:
        """The diagnostics of a document at a version."""
        await self.until(lambda: uri in self.diagnostics and (self.diagnostics[uri].version or 0) >= version)
        return list(self.diagnostics[uri].diagnostics)

    def codes(self, uri: str) -> list[str]:
        """The codes that are shown in a document."""
        found = self.diagnostics.get(uri)
        return sorted(str(each.code) for each in found.diagnostics) if found else []


class _Patience:
    """Where asyncio has no `timeout` (Python 3.10): wait as long as the test runner does."""

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


def applied(text: str, edits: list[types.TextEdit]) -> str:
    """A text after the edits of a server, as an editor makes them."""
    lines = text.split("\n")

    def offset(place: types.Position) -> int:
        line = lines[place.line]
        head = line.encode("utf-16-le")[: 2 * place.character].decode("utf-16-le")
        return sum(len(each) + 1 for each in lines[: place.line]) + len(head)

    for edit in sorted(edits, key=lambda e: offset(e.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
