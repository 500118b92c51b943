"""A project in YAML, as `iamc convert` writes it, compiles to the same bytes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from iamc.catalog import Catalog
from iamc.pipeline import Result, compile_project
from iamc.project import load_project
from iamc.settings import Settings
from iamdsl.parse import parse
from iamdsl.source import Source
from iamdsl.transcribe import transcribed

ROOT = Path(__file__).parents[2]
PROJECTS = (ROOT / "examples" / "acme", *sorted((ROOT / "tests" / "scenarios").glob("*.iamdsl")))


def compiled(paths: list[Path], root: Path, catalog: Catalog) -> Result:
    return compile_project(load_project(paths, root=root), catalog, Settings(today=date(2026, 11, 24)))


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.stem)
def test_both_forms_compile_to_the_same_bytes(project: Path, tmp_path: Path, catalog: Catalog) -> None:
    files = sorted(project.glob("*.iamdsl")) if project.is_dir() else [project]
    copies = []
    for path in files:
        source = Source(path.name, path.read_text(encoding="utf-8"))
        text = transcribed(parse(source).file, source, "yaml")
        copy = tmp_path / path.with_suffix(".iamc.yaml").name
        copy.write_text(text.replace(".iamdsl", ".iamc.yaml"), encoding="utf-8")
        copies.append(copy)
    one = compiled(files, project if project.is_dir() else project.parent, catalog)
    other = compiled(copies, tmp_path, catalog)
    assert other.compiled
    assert [(u.unit.name, d.text) for u in one.compiled for d in u.documents] == [
        (u.unit.name, d.text) for u in other.compiled for d in u.documents
    ]
    assert [finding.code for finding in one.diagnostics] == [finding.code for finding in other.diagnostics]
