"""People's jobs: what each person needs is allowed, what must stay denied is denied, in few characters."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from iamc.catalog import Catalog
from iamc.pipeline import compile_project
from iamc.project import load_project
from iamc.settings import Settings
from iamdsl.format import format_source
from iamdsl.source import Source
from scenarios.judge import allowed

FOLDER = Path(__file__).parent
STORIES = sorted(FOLDER.glob("*.yaml"))
TODAY = Settings(today=date(2026, 8, 1))
LONGEST = 1.2
"""Characters that a declaration may cost, as a multiple of the story's hand-written policy."""


def story(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


@pytest.fixture(params=STORIES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest, catalog: Catalog) -> tuple[dict[str, Any], list[str]]:
    """A story, and the texts of the documents that its declaration compiles to."""
    path: Path = request.param
    result = compile_project(load_project([path.with_suffix(".iamdsl")]), catalog, TODAY)
    assert result.diagnostics == ()
    return story(path), [document.text for unit in result.compiled for document in unit.documents]


def test_needs_and_denials(case: tuple[dict[str, Any], list[str]]) -> None:
    told, texts = case
    documents = [json.loads(text) for text in texts]
    wrong = [
        (kind, request)
        for kind, expected in (("needs", True), ("must_deny", False))
        for request in told[kind]
        if allowed(documents, request["action"], request["resource"], request.get("context", {})) != expected
    ]
    assert wrong == []


def test_size(case: tuple[dict[str, Any], list[str]]) -> None:
    told, texts = case
    reference = len(json.dumps(told["reference_policy"], separators=(",", ":")))
    assert sum(map(len, texts)) <= LONGEST * reference


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_reference_answers_its_own_story(path: Path) -> None:
    told = story(path)
    for kind, expected in (("needs", True), ("must_deny", False)):
        for request in told[kind]:
            context = request.get("context", {})
            assert allowed([told["reference_policy"]], request["action"], request["resource"], context) == expected


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_declarations_are_in_form(path: Path) -> None:
    text = path.with_suffix(".iamdsl").read_text(encoding="utf-8")
    assert format_source(Source(path.name, text)).text == text
