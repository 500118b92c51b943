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


def play(root: Path, scenario: Scenario, *arguments: str) -> None:
    """Start a server, play a scenario, and see that it ends as it should."""

    async def run() -> None:
        editor = Editor()
        await editor.start(root, *arguments)
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
