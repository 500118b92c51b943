"""The TextMate grammar is that of the language, and VS Code's engine finds with it what the scanner finds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iamdsl.highlight.kinds import KINDS
from iamdsl.highlight.machine import load_machine
from iamdsl.highlight.scan import parts, scan
from iamdsl.highlight.textmate import scope_of, textmate, textmate_text
from iamdsl.tables import load_tables

ROOT = Path(__file__).parents[3]
GRAMMAR = ROOT / "dsl/editors/vscode/syntaxes/iamdsl.tmLanguage.json"
FILES = sorted((ROOT / "examples").rglob("*.iamdsl")) + sorted((ROOT / "tests/fixtures").rglob("*.iamdsl"))
ENGINE = ("vscode-textmate@9.3.2", "vscode-oniguruma@2.0.1")
MORE = {
    "soft.iamdsl": "team list { members role, on owner group }\nresources read { when arn:aws:s3:::a tag arn:x }\n"
    "role allow : org.tier { use deny, in allow read on list.when when s3:prefix == \"a\" }\n",
    "lines.iamdsl": "grant a,\n  # who\n  in to\n\n  list in for\nrole b :\nto { use\n  # none\n  read }\n",
    "fragment.iamdsl": "allow read on orders.table\n  when mfa\nuse other\n}\n",
    "unclosed.iamdsl": 'team t {\n  members a\n\nlet a = "b\n\nrole r {\n  allow read on "a\\d${x}\n}\n',
    "unicode.iamdsl": 'let a = "é\U0001f600"  # \U0001f600\nrole \U0001f600 x { allow é on * }\n',
}  # fmt: skip


def test_the_file_is_what_the_grammar_makes_it() -> None:
    assert GRAMMAR.read_text(encoding="utf-8") == textmate_text(load_machine()), (
        f"run `python -m iamdsl.highlight > {GRAMMAR.relative_to(ROOT)}`"
    )


def rules(node: Any) -> Iterator[tuple[str, str]]:
    """Every pattern that gives a scope, with it."""
    if isinstance(node, list):
        for each in node:
            yield from rules(each)
    elif isinstance(node, dict):
        if "match" in node:
            yield node["match"], node.get("name", "")
        if "begin" in node:
            yield node["begin"], node.get("beginCaptures", {}).get("0", {}).get("name", "")
        for each in node.values():
            yield from rules(each)


def test_every_word_of_the_language_has_a_scope() -> None:
    known = list(rules(textmate(load_machine())))
    for words in load_tables().words.values():
        for word in words:
            scopes = {scope for pattern, scope in known if re.fullmatch(pattern, word)} - {scope_of("name"), ""}
            assert scopes, word
            if word[0].isalpha():
                assert scopes & {scope_of("keyword"), scope_of("constant")}, word


def test_every_kind_of_token_is_told() -> None:
    made = textmate_text(load_machine())
    scopes = set(re.findall(r'"name": "(.*\..*)"', made))
    assert scopes == {scope_of(kind) for kind in KINDS} - {""}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """VS Code's own tokeniser, in a folder of its own."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("VS Code's tokeniser needs node and npm")
    folder = tmp_path_factory.mktemp("engine")
    (folder / "package.json").write_text('{"private": true}')
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    done = subprocess.run(
        ["npm", "install", *options, *ENGINE], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"npm cannot install VS Code's tokeniser: {done.stderr.strip().splitlines()[-1:]}")
    return folder


def scopes_of(text: str) -> list[tuple[int, int, int, list[str]]]:
    """What the scanner finds, as the engine tells it: columns in UTF-16 units, parts below their token."""
    found = []
    for token in scan(text):
        for part in parts(text, token):
            line_start = text.rfind("\n", 0, part.start) + 1
            start = len(text[line_start : part.start].encode("utf-16-le")) // 2
            end = start + len(text[part.start : part.end].encode("utf-16-le")) // 2
            scopes = dict.fromkeys([scope_of(token.kind), scope_of(part.kind)])
            found.append((text.count("\n", 0, part.start), start, end, [scope for scope in scopes if scope]))
    return [each for each in found if each[3]]


def joined(tokens: list[tuple[int, int, int, list[str]]]) -> list[list[Any]]:
    """The tokens, those that touch and have one scope as one: the engine does not tell them apart."""
    made: list[list[Any]] = []
    for line, start, end, scopes in tokens:
        if made and made[-1][0] == line and made[-1][2] == start and made[-1][3] == scopes:
            made[-1][2] = end
        else:
            made.append([line, start, end, scopes])
    return made


def tokenised(engine: Path, scope: str, paths: list[Path]) -> dict[str, list[tuple[int, int, int, list[str]]]]:
    """By file, what the engine finds, white space left out."""
    script = Path(__file__).with_name("tokenise.js")
    command = ["node", str(script), str(engine), str(GRAMMAR.parent), scope, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {path: [tuple(each) for each in found[path] if each[3] and each[1] < each[2]] for path in found}


def test_the_engine_of_vs_code_finds_the_same(engine: Path, tmp_path: Path) -> None:
    for name, text in MORE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [*FILES, *(tmp_path / name for name in MORE)]
    found = tokenised(engine, "source.iamdsl", paths)
    for path in paths:
        assert joined(found[str(path)]) == joined(scopes_of(path.read_text(encoding="utf-8"))), path.name


def test_blocks_in_markdown_have_colours(engine: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("role x\n\n```iamdsl title\nrole x {\n}\n```\n\nrole y\n\n```iamdsl-not\nrole z\n```\n")
    found = tokenised(engine, "markdown.iamdsl.codeblock", [page])[str(page)]
    keywords = [(line, start, end) for line, start, end, scopes in found if scope_of("keyword") in scopes]
    assert keywords == [(3, 0, 4)]
    assert {line for line, *_ in found} == {2, 3, 4, 5}
