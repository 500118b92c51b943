"""The example organisation, compiled and planned once, and the tools that read what is written of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from iamc.catalog import Catalog
from iamc.emit import BACK_ENDS
from iamc.emit.backends import deployed, files_of
from iamc.emit.deployment import Deployment
from iamc.emit.targets import Targets
from iamc.emit.targets_file import read_targets
from iamc.pipeline import Result, compile_project
from iamc.project import load_project
from iamc.settings import Settings
from terraforming import Terraform, terraform

__all__ = ["terraform"]

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def acme(catalog: Catalog) -> Result:
    project = load_project([ROOT / "examples/acme"], root=ROOT)
    result = compile_project(project, catalog, Settings(today=date(2026, 11, 24)))
    assert not result.failed
    return result


@pytest.fixture(scope="session")
def targets() -> Targets:
    found, problems = read_targets(ROOT / "examples/acme/targets.yml")
    assert problems == ()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def deployment(acme: Result, targets: Targets, catalog: Catalog) -> Deployment:
    return deployed(acme, targets, catalog)


@pytest.fixture(scope="session")
def written(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that all back ends write of the example, on disk."""
    names = [name for name in BACK_ENDS if name != "aws-ia-permission-sets"]  # which knows no path but /
    files, problems = files_of(deployment, names, ())
    assert {problem.code for problem in problems} == {"IAM575"}
    folder = tmp_path_factory.mktemp("acme")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def shown(terraform: Terraform) -> Callable[[Path], dict[str, Any]]:
    """`shown(folder)`: the plan of a folder, as `terraform show -json` writes it; fails where there is none."""

    @cache
    def show(folder: Path) -> dict[str, Any]:
        status, said = terraform(folder, "plan", "-input=false", "-no-color", "-out=plan.bin")
        assert status == 0, said
        status, said = terraform(folder, "show", "-json", "plan.bin")
        assert status == 0, said
        (folder / "plan.bin").unlink()
        content: dict[str, Any] = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
        assert content["complete"]
        return content

    return show


@pytest.fixture(scope="session")
def planned(shown: Callable[[Path], dict[str, Any]]) -> Callable[[Path], list[dict[str, Any]]]:
    """`planned(folder)`: what Terraform understood, one value for each resource; fails where it does not."""

    def plan(folder: Path) -> list[dict[str, Any]]:
        resources: list[dict[str, Any]] = shown(folder)["planned_values"]["root_module"]["resources"]
        return resources

    return plan


CHECKOV = "3.3.30"


@pytest.fixture(scope="session")
def checkov(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """checkov in an environment of its own, because it pins other versions of what iamc needs.

    The environment is made once (over a minute) and kept in pytest's cache; workers wait for the one that makes it.
    """
    name = f"checkov-{CHECKOV}-py{sys.version_info.major}{sys.version_info.minor}"
    cache: pytest.Cache | None = getattr(request.config, "cache", None)  # there is none with -p no:cacheprovider
    home = cache.mkdir(name) if cache else tmp_path_factory.mktemp(name)
    binary, done = home / ("Scripts" if os.name == "nt" else "bin") / "checkov", home / "complete"
    with FileLock(home.with_suffix(".lock")):
        if not done.exists():
            venv.create(home, clear=True, with_pip=True)
            pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
            command = [binary.with_name("python"), *pip, "--timeout", "15", f"checkov=={CHECKOV}"]
            tried = subprocess.run(command, capture_output=True, text=True, check=False)
            if tried.returncode:
                why = (tried.stderr.strip().splitlines() or ["pip failed"])[-1]
                pytest.skip(f"checkov {CHECKOV} cannot be installed into an environment of its own: {why}")
            done.touch()
    return binary
