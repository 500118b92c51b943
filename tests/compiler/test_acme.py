"""The example organisation: both forms, the same bytes, whatever the order, the seed or the line ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from iamc.catalog import Catalog
from iamc.emit.manifest import manifest, outputs_of
from iamc.pipeline import compile_project
from iamc.project import load_project
from iamc.settings import Settings

ROOT = Path(__file__).parents[2]
SETTINGS = Settings(today=date(2026, 11, 24))


def outputs(paths: list[Path], catalog: Catalog) -> dict[str, str]:
    result = compile_project(load_project(paths, root=ROOT), catalog, SETTINGS)
    assert result.diagnostics == ()
    written, problems = outputs_of(result.compiled)
    assert problems == []
    return {**written.files, "manifest.json": manifest(written, catalog.identity, SETTINGS)}


@pytest.fixture(scope="module")
def acme(catalog: Catalog) -> dict[str, str]:
    return outputs([ROOT / "examples/acme"], catalog)


def test_each_document_is_the_same_in_both_forms(acme: dict[str, str], catalog: Catalog) -> None:
    yaml = outputs([ROOT / "examples/acme-yaml"], catalog)
    assert yaml == acme


def test_order_of_files_does_not_matter(acme: dict[str, str], catalog: Catalog) -> None:
    files = sorted((ROOT / "examples/acme").glob("*.iamdsl"), reverse=True)
    other = outputs(files, catalog)
    assert {k: v for k, v in other.items() if k != "manifest.json"} == {
        k: v for k, v in acme.items() if k != "manifest.json"
    }


def test_manifest_fits_its_schema(acme: dict[str, str]) -> None:
    schema = json.loads((ROOT / "schemas/iamc_schemas/manifest.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(acme["manifest.json"]))


def test_viewers_see_no_contents(acme: dict[str, str]) -> None:
    text = acme["prod/platform-viewer.json"] + acme["prod/platform-viewer-2.json"] + acme["prod/payments-viewer.json"]
    for action in ("s3:GetObject", "ec2:DescribeInstanceAttribute", "ecs:DescribeTaskDefinition", "dynamodb:GetItem"):
        assert f'"{action}"' not in text


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_hash_seed_does_not_matter(acme: dict[str, str], tmp_path: Path, seed: str) -> None:
    command = [sys.executable, "-m", "iamc", "compile", "examples/acme", "-o", str(tmp_path), "--today", "2026-11-24"]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C"})
    for name, text in acme.items():
        assert json.loads((tmp_path / name).read_text(encoding="utf-8")) == json.loads(text)
