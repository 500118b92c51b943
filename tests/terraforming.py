"""A real Terraform, offline: a provider of our own stands in for that of AWS."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROVIDER = Path(__file__).with_name("fixtures") / "terraform/provider.py"
Terraform = Callable[..., tuple[int, str]]


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """`terraform(folder, *arguments)`: exit status and all output, offline."""
    binary = shutil.which("terraform")
    if binary is None:
        pytest.skip("terraform is not on the PATH, and only the real one can tell")
    pytest.importorskip("tf", reason="the stand-in for the AWS provider needs `tf`, which needs Python 3.11")
    home = tmp_path_factory.mktemp("provider")
    plugin = home / "terraform-provider-aws"
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{PROVIDER}" "$@"\n', encoding="utf-8")
    plugin.chmod(0o755)
    settings = home / "terraform.rc"
    settings.write_text(
        f'provider_installation {{\n dev_overrides {{ "hashicorp/aws" = "{home}" }}\n direct {{}}\n}}\n'
    )
    environment = os.environ | {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}

    def run(folder: Path, *arguments: str) -> tuple[int, str]:
        command = [binary, f"-chdir={folder}", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run
