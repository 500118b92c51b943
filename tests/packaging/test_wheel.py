"""The wheel holds the three packages and their data, and nothing else; it works where nothing else is.

The sdist holds the extensions for editors too, as the repository does.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("dsl/iamdsl", "compiler/iamc", "schemas/iamc_schemas")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist, as an installer would."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names} == {"iamdsl", "iamc", "iamc_schemas", "iamc-0.1.0.dist-info"}
    expected = {
        path.relative_to((ROOT / package).parent).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected <= names
    for package in ("iamdsl", "iamc", "iamc_schemas"):
        assert f"{package}/py.typed" in names


def test_the_sdist_has_the_extensions_for_editors(wheel: Path) -> None:
    (sdist,) = wheel.parent.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    editors = {path.relative_to(ROOT).as_posix() for path in files_of("dsl/editors")}
    assert "dsl/editors/vscode/package.json" in editors
    assert editors <= names
    assert not [name for name in names if "node_modules" in name or name.endswith(".vsix")]


def files_of(folder: str) -> list[Path]:
    """The files of a folder that git keeps or would keep."""
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [ROOT / name for name in found.stdout.splitlines()]


def test_it_runs_from_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    binaries = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([str(binaries / "python"), "-m", "pip", "install", "-q", str(wheel)], check=True)
    version = subprocess.run([str(binaries / "iamc"), "--version"], check=True, capture_output=True, text=True)
    assert version.stdout == "iamc 0.1.0\n"
    template = ROOT / "examples/policy-sentry/article.yml"
    done = subprocess.run(
        [str(binaries / "iamc"), "compile", str(template)], check=True, capture_output=True, text=True
    )
    assert '"ssm:PutParameter"' in done.stdout
    page = subprocess.run([str(binaries / "iamc"), "explain", "IAM207"], check=True, capture_output=True, text=True)
    assert page.stdout.startswith("# IAM207")
    example = ROOT / "examples/acme/payments.iamdsl"
    coloured = subprocess.run(
        [str(binaries / "pygmentize"), "-f", "raw", str(example)], check=True, capture_output=True, text=True
    )
    assert "Token.Keyword\t'role'" in coloured.stdout
