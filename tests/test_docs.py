"""Every example of the documents compiles, and what they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiling import compiled
from iamc.catalog import Catalog
from iamc.cli import COMMANDS
from iamdsl.codes import CODES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = [
    pytest.param(text, id=f"{page.name}-{n}")
    for page in PAGES
    for n, text in enumerate(re.findall(r"```iamdsl\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_compile_without_findings(text: str, catalog: Catalog) -> None:
    assert compiled(text, catalog).diagnostics == ()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_codes_and_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"IAM\d{3}", text)) <= set(CODES)
    assert set(re.findall(r"`iamc ([a-z]+)", text)) <= set(COMMANDS)


def test_readme_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target
