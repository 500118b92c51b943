"""The wrong example of a page gets its code and no other, the right one gets none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiling import codes, compiled
from iamc.catalog import Catalog

PAGES = sorted((Path(__file__).parents[3] / "dsl/iamdsl/pages").glob("IAM*.md"))
EXAMPLES = [
    pytest.param(page.stem, language, bool(wrong), text, id=f"{page.stem}-{'wrong' if wrong else 'right'}")
    for page in PAGES
    for language, wrong, text in re.findall(
        r"```(iamdsl|yaml)( wrong)?\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL
    )
]


def test_most_findings_about_declarations_have_an_example() -> None:
    assert sum(1 for example in EXAMPLES if example.values[2]) >= 55


@pytest.mark.parametrize(("code", "language", "wrong", "text"), EXAMPLES)
def test_example(code: str, language: str, wrong: bool, text: str, catalog: Catalog) -> None:
    assert set(codes(compiled(text, catalog, f"page.{language}"))) == ({code} if wrong else set())
