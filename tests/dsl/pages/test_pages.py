"""One page for each code, and a reference that is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamdsl.codes import CODES
from iamdsl.pages import page, reference

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(code: str) -> None:
    text = page(code)
    assert text is not None
    assert text.startswith(f"# {code}: {CODES[code].title}\n")
    assert "\n## Write instead\n" in text


def test_no_page_without_a_code() -> None:
    assert {p.stem for p in (ROOT / "dsl/iamdsl/pages").glob("IAM*.md")} == set(CODES)


def test_the_reference_is_fresh() -> None:
    assert (ROOT / "docs/codes.md").read_text(encoding="utf-8") == reference()


def test_every_code_is_reported_somewhere() -> None:
    sources = [p for folder in ("compiler", "dsl") for p in (ROOT / folder).rglob("*.py") if p.name != "codes.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert [code for code in CODES if f'"{code}"' not in text] == []
