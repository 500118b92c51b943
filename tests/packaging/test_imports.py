"""What an import pulls in: start-up time is kept by what is not loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = ("policy_sentry", "lark", "jsonschema", "yaml", "duckdb", "rich", "platformdirs", "boto3", "pygls", "pygments")


@pytest.mark.parametrize("module", ["iamc", "iamc.cli", "iamc.pipeline", "iamdsl.parse", "iamc.catalog", "iamc.verify"])
def test_imports_stay_light(module: str) -> None:
    code = f"import sys, {module}; print(' '.join(m for m in {SLOW!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_language_knows_no_compiler() -> None:
    code = (
        "import sys, pkgutil, importlib, iamdsl\n"
        "for m in pkgutil.walk_packages(iamdsl.__path__, 'iamdsl.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "print([m for m in sys.modules if m == 'iamc' or m.startswith('iamc.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
