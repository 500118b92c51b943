"""`iamc lsp` driven over its standard input and output by a client, on a project of 5,700 lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from bench.organisations import write
from editing import Editor, applied

Scenario = Callable[[Editor], Awaitable[None]]


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("organisation")
    write(folder, 50, 85)
    assert sum(path.read_text().count("\n") for path in folder.iterdir()) > 5000
    return folder


def play(root: Path, scenario: Scenario, *arguments: str, fault: str = "") -> None:
    """Start a server, play a scenario, and see that it ends as it should."""

    async def run() -> None:
        editor = Editor()
        await editor.start(root, *arguments, fault=fault)
        await scenario(editor)
        assert await editor.stop() == 0

    asyncio.run(run())


def test_diagnostics_follow_the_typing(organisation: Path) -> None:
    async def scenario(editor: Editor) -> None:
        team = editor.open(organisation / "team-0002.iamdsl")
        assert await editor.answered(team, 1) == []
        version = editor.edit(team, "allow read on", "allow reed on")
        (found,) = await editor.answered(team, version)
        assert (found.code, found.source, found.severity) == ("IAM101", "iamc", types.DiagnosticSeverity.Error)
        assert found.message.splitlines()[1] == "did you mean `read`?"
        assert found.range.start == editor.find(team, "reed")
        version = editor.edit(team, "allow reed on", "# \U0001f600\n  allow read on")
        assert await editor.answered(team, version) == []
        action = types.CodeActionContext([found])
        version = editor.edit(team, "allow read on", "allow reed on")
        (found,) = await editor.answered(team, version)
        document = types.TextDocumentIdentifier(team)
        offered = await editor.client.text_document_code_action_async(
            types.CodeActionParams(document, found.range, action)
        )
        assert offered is not None
        (fix,) = (each for each in offered if isinstance(each, types.CodeAction))
        assert fix.title == "Write `read`"
        assert fix.edit is not None
        assert fix.edit.changes is not None
        editor.texts[team] = applied(editor.texts[team], list(fix.edit.changes[team]))
        assert "reed" not in editor.texts[team]

    play(organisation, scenario)


def test_other_files_of_the_project_have_diagnostics_too(organisation: Path) -> None:
    async def scenario(editor: Editor) -> None:
        shared = editor.open(organisation / "org.iamdsl")
        await editor.answered(shared, 1)
        team = (organisation / "team-0003.iamdsl").as_uri()
        editor.edit(shared, "tier worker", "tier walker")
        await editor.until(lambda: "IAM101" in editor.codes(team))
        editor.edit(shared, "tier walker", "tier worker")
        await editor.until(lambda: editor.codes(team) == [])
        assert editor.codes(shared) == []

    play(organisation, scenario)


def test_reading_and_changing(organisation: Path) -> None:
    async def scenario(editor: Editor) -> None:
        team = editor.open(organisation / "team-0002.iamdsl")
        await editor.answered(team, 1)
        client, document = editor.client, types.TextDocumentIdentifier(team)
        tier = editor.find(team, "org.worker", 5)
        targets = await client.text_document_completion_async(
            types.CompletionParams(document, editor.find(team, "allow read on ", 14))
        )
        assert isinstance(targets, types.CompletionList)
        assert "t2-0" in {item.label for item in targets.items}
        hovered = await client.text_document_hover_async(
            types.HoverParams(document, editor.find(team, "allow read on ", 2))
        )
        assert hovered is not None
        assert "actions, about" in str(hovered.contents)
        shared = (organisation / "org.iamdsl").as_uri()
        declared = await client.text_document_definition_async(types.DefinitionParams(document, tier))
        assert isinstance(declared, list)
        assert [place.uri for place in declared if isinstance(place, types.Location)] == [shared]
        used = await client.text_document_references_async(
            types.ReferenceParams(types.ReferenceContext(True), document, tier)
        )
        assert len(used or ()) == 51
        changes = await client.text_document_rename_async(types.RenameParams(document, tier, "maker"))
        assert changes is not None
        assert changes.changes is not None
        assert len(changes.changes) == 6
        assert "tier maker {" in applied((organisation / "org.iamdsl").read_text(), list(changes.changes[shared]))
        with pytest.raises(JsonRpcException, match="is not a name"):
            await client.text_document_rename_async(types.RenameParams(document, tier, "a b"))
        everything = types.Range(types.Position(0, 0), types.Position(9999, 0))
        shown = await client.text_document_inlay_hint_async(types.InlayHintParams(document, everything))
        assert sum("characters in" in str(hint.label) for hint in shown or ()) == 10
        coloured = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document))
        assert coloured is not None
        assert len(coloured.data) > 10_000
        outline = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
        assert sum(each.kind is types.SymbolKind.Class for each in outline or ()) == 10
        options = types.FormattingOptions(2, True)
        formatted = editor.texts[team]
        editor.edit(team, "  allow read on", "     allow  read   on")
        edits = await client.text_document_formatting_async(types.DocumentFormattingParams(document, options))
        assert applied(editor.texts[team], list(edits or ())) == formatted

    play(organisation, scenario)


def test_yaml_and_files_outside_of_the_project(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
    (inside / "a.iamc.yaml").write_text("edition: 1\nrole r:\n  statements:\n    - allow: reed\n      on: '*'\n")
    (inside / "compose.yaml").write_text("services: {}\n")
    (outside / "b.iamdsl").write_text("edition 1\nrole s {\n  allow s3:GetObjekt on *\n}\n")

    async def scenario(editor: Editor) -> None:
        yaml = editor.open(inside / "a.iamc.yaml")
        await editor.until(lambda: editor.codes(yaml) == ["IAM101"])
        other = editor.open(outside / "b.iamdsl")
        await editor.until(lambda: editor.codes(other) == ["IAM202"])
        foreign = editor.open(inside / "compose.yaml")
        document = types.TextDocumentIdentifier(foreign)
        place = types.Position(0, 1)
        assert await editor.client.text_document_hover_async(types.HoverParams(document, place)) is None
        assert await editor.client.text_document_completion_async(types.CompletionParams(document, place)) is None
        assert foreign not in editor.diagnostics

    play(tmp_path, scenario, "inside")


SMALL = {
    "org.iamdsl": "edition 1\n\naccount prod 111122223333\ntier viewer { session 4h }\n",
    "roles.iamdsl": (
        'edition 1\n\nimport "org.iamdsl" as org\n\n# one\n# two\n'
        "role reader : org.viewer {\n  allow s3:GetObject\n    on arn:aws:s3:::x/*\n}\n\n"
        "role   other {\n  allow   sqs:SendMessage on *\n}\n"
    ),
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    for name, text in SMALL.items():
        (folder / name).write_text(text)
    return folder


def test_the_rest_of_what_an_editor_asks(small: Path) -> None:
    async def scenario(editor: Editor) -> None:
        roles = editor.open(small / "roles.iamdsl")
        assert await editor.answered(roles, 1) == []
        client, document = editor.client, types.TextDocumentIdentifier(roles)
        found = await client.workspace_symbol_async(types.WorkspaceSymbolParams("RDR"))
        assert [(each.name, each.kind) for each in found or ()] == [("reader", types.SymbolKind.Class)]
        every = await client.workspace_symbol_async(types.WorkspaceSymbolParams(""))
        assert {each.name for each in every or ()} == {"prod", "viewer", "reader", "other"}
        folds = await client.text_document_folding_range_async(types.FoldingRangeParams(document))
        assert {(each.start_line, each.end_line, each.kind) for each in folds or ()} == {
            (4, 5, "comment"),
            (6, 9, "region"),
            (7, 8, "region"),
            (11, 13, "region"),
        }
        tier = editor.find(roles, "org.viewer", 5)
        marked = await client.text_document_document_highlight_async(types.DocumentHighlightParams(document, tier))
        assert [each.range.start for each in marked or ()] == [editor.find(roles, "viewer")]
        options, text = types.FormattingOptions(2, True), editor.texts[roles]
        line = types.Range(editor.find(roles, "  allow s3"), editor.find(roles, "on arn"))
        edits = await client.text_document_range_formatting_async(
            types.DocumentRangeFormattingParams(document, line, options)
        )
        assert "role   other" in applied(text, list(edits or ()))
        end = editor.place(roles, text.rindex("}") + 1)
        edits = await client.text_document_on_type_formatting_async(
            types.DocumentOnTypeFormattingParams(document, end, "}", options)
        )
        after = applied(text, list(edits or ()))
        assert "role other {\n  allow sqs:SendMessage on *\n}\n" in after
        assert "allow s3:GetObject\n    on" in after
        full = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document))
        lines = types.Range(editor.find(roles, "role   other"), end)
        part = await client.text_document_semantic_tokens_range_async(types.SemanticTokensRangeParams(document, lines))
        assert full is not None
        assert part is not None
        assert full.data[-len(part.data) + 2 :] == part.data[2:]
        (watched,) = editor.registered
        assert watched.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES

    play(small, scenario)


def test_files_come_and_go(small: Path) -> None:
    async def scenario(editor: Editor) -> None:
        roles = editor.open(small / "roles.iamdsl")
        assert await editor.answered(roles, 1) == []
        shared = editor.open(small / "org.iamdsl")
        editor.edit(shared, "tier viewer", "tier looker")
        await editor.until(lambda: editor.codes(roles) == ["IAM101"])
        editor.close(shared)
        await editor.until(lambda: editor.codes(roles) == [])
        new = editor.show((small / "new.iamdsl").as_uri(), "edition 1\nrole new { allow reed on * }\n")
        await editor.until(lambda: editor.codes(new) == ["IAM101"])
        hidden = editor.show((small / ".hidden" / "x.iamdsl").as_uri(), "edition 1\nrole reader { }\n")
        await editor.answered(hidden, 1)
        assert editor.codes(roles) == [], "a hidden folder is no part of the project"
        (small / "org.iamdsl").unlink()
        event = types.FileEvent(shared, types.FileChangeType.Deleted)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        await editor.until(lambda: "IAM106" in editor.codes(roles))
        editor.edit(roles, 'import "org', 'import "neworg')
        editor.show((small / "neworg.iamdsl").as_uri(), SMALL["org.iamdsl"])
        await editor.until(lambda: editor.codes(roles) == [])

    play(small, scenario)


def test_texts_without_a_file(small: Path) -> None:
    async def scenario(editor: Editor) -> None:
        text = "edition 1\nrole r { allow reed on * }\n"
        unnamed = editor.show("untitled:Untitled-1", text)
        await editor.until(lambda: editor.codes(unnamed) == ["IAM101"])
        version = editor.edit(unnamed, "reed", "read")
        assert await editor.answered(unnamed, version) == []
        document = types.TextDocumentIdentifier(unnamed)
        place = editor.find(unnamed, "read", 2)
        about = await editor.client.text_document_hover_async(types.HoverParams(document, place))
        assert "access level" in str(about)
        outside = (
            editor.open(small.parent / "outside.iamdsl") if (small.parent / "outside.iamdsl").write_text(text) else ""
        )
        await editor.until(lambda: editor.codes(outside) == ["IAM101"])
        editor.close(outside)
        await editor.until(lambda: editor.codes(outside) == [])

    play(small, scenario)


def test_places_in_odd_texts(small: Path) -> None:
    text = (
        "edition 1\r\n# \U0001f600 \x0c and \u2028 end no line for an editor\r\n"
        'role r {\r\n  describe "\U0001f600\U0001f600"  allow reed on *\r\n}\r\n'
    )

    async def scenario(editor: Editor) -> None:
        odd = editor.show((small / "odd.iamdsl").as_uri(), text)
        await editor.until(lambda: "IAM101" in editor.codes(odd))
        (found,) = (each for each in editor.diagnostics[odd].diagnostics if each.code == "IAM101")
        assert found.range.start == types.Position(3, 25) == editor.find(odd, "reed")
        version = editor.edit(odd, "reed", "read")
        assert "IAM101" not in {each.code for each in await editor.answered(odd, version)}
        version = editor.edit(odd, "read on", "reed on")
        (found,) = (each for each in await editor.answered(odd, version) if each.code == "IAM101")
        assert found.range.end == types.Position(3, 29)
        marked = editor.show((small / "marked.iamdsl").as_uri(), "\ufeffrole r2 { allow reed on * }\n")
        await editor.until(lambda: "IAM101" in editor.codes(marked))
        (found,) = (each for each in editor.diagnostics[marked].diagnostics if each.code == "IAM101")
        assert found.range.start == editor.find(marked, "reed")
        huge = editor.show((small / "huge.iamdsl").as_uri(), "# comment\n" * 500_000)
        await editor.until(lambda: editor.codes(huge) == ["IAM009"])

    play(small, scenario)


def test_a_request_that_nobody_waits_for(small: Path) -> None:
    async def scenario(editor: Editor) -> None:
        roles = editor.open(small / "roles.iamdsl")
        assert await editor.answered(roles, 1) == []
        document = types.TextDocumentIdentifier(roles)
        for number in range(20):
            editor.client.protocol.notify("$/cancelRequest", types.CancelParams(f"none-{number}"))
            editor.client.text_document_hover(types.HoverParams(document, types.Position(number, 3)))
        place = editor.find(roles, "s3:GetObject", 4)
        about = await editor.client.text_document_hover_async(types.HoverParams(document, place))
        assert "s3:GetObject" in str(about)

    play(small, scenario)


@pytest.mark.parametrize("name", ["keystroke", "whole"])
def test_a_fault_ends_nothing_but_the_answer(name: str, small: Path) -> None:
    fault = f"""
import iamc.lsp.requests as requests
from iamc.lsp.analysis import Analysis
sound = Analysis.{name}
def broken(self, *given):
    if any("crash" in text for text in self.overlay.buffers.values()):
        raise RuntimeError("a fault of ours")
    return sound(self, *given)
Analysis.{name} = broken
def hover(*given):
    raise RuntimeError("another fault")
requests.hover = hover
"""

    async def scenario(editor: Editor) -> None:
        roles = editor.open(small / "roles.iamdsl")
        assert await editor.answered(roles, 1) == []
        document, place = types.TextDocumentIdentifier(roles), types.Position(6, 7)
        with pytest.raises(JsonRpcException):
            await editor.client.text_document_hover_async(types.HoverParams(document, place))
        editor.edit(roles, "# one", "# crash")
        await editor.until(lambda: any("a fault of ours" in message for message in editor.log))
        version = editor.edit(roles, "# crash", "# none")
        assert await editor.answered(roles, version) == []
        editor.edit(roles, "s3:GetObject", "s3:GetObjekt")
        await editor.until(lambda: editor.codes(roles) == ["IAM202"])

    play(small, scenario, fault=fault)
