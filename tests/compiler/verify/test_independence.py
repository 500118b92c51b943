"""The prover must not share a mistake with what it checks, so it may not share code with it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import iamc.verify

MODULES = sorted(Path(iamc.verify.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_imports_the_standard_library_and_its_neighbours_only(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module or "")
    outside = {name for name in imported if not name.startswith("iamc.verify.")}
    assert {name.partition(".")[0] for name in outside} <= sys.stdlib_module_names


def test_importing_it_loads_nothing_else_of_ours() -> None:
    program = "import sys, iamc.verify; print(*sorted(m for m in sys.modules if m.startswith(('iam', 'policy_'))))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    others = [name for name in run.stdout.split() if name != "iamc" and not name.startswith("iamc.verify")]
    assert others == []
    assert "iamc.verify.compare" in run.stdout
