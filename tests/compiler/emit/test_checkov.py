"""checkov reads every file, and finds nothing but what a declaration asks for or a boundary is made of.

The framework `terraform` reads no `.tf.json`; `terraform_json` reads it without the rules about what policies say, and
`terraform_plan` has those. docs/targets.md gives the reason for each finding that stays.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from iamc.emit.backends import files_of
from iamc.emit.deployment import Deployment
from iamc.emit.names import label, logical_id

ROOT = Path(__file__).parents[3]
CEILINGS = {f"CKV_AWS_{number}" for number in (*range(107, 112), *range(286, 291))}
"""What a policy may do by its ten kinds of risk, five for CloudFormation and five for Terraform."""


class Finding(NamedTuple):
    check: str
    file: str
    resource: str


def scan(checkov: Path, folder: Path, *frameworks: str) -> tuple[set[Finding], set[str]]:
    """What checkov has against the files of a folder, and the files that it has read."""
    options = ["--framework", *frameworks, "--output", "json", "--skip-download", "--compact"]
    command = [checkov, "--directory", folder, *options]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"LOG_LEVEL": "ERROR"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode in (0, 1), done.stderr
    said = json.loads(done.stdout)
    reports: list[dict[str, Any]] = said if isinstance(said, list) else [said]
    assert {report["check_type"] for report in reports} == set(frameworks)
    assert all(report["summary"]["parsing_errors"] == 0 for report in reports)
    found = [row for report in reports for row in report["results"]["failed_checks"]]
    fine = [row for report in reports for row in report["results"]["passed_checks"]]
    read = {row["file_path"].lstrip("/") for row in [*found, *fine]}
    return {Finding(row["check_id"], row["file_path"].lstrip("/"), row["resource"]) for row in found}, read


def accepted(finding: Finding, deployment: Deployment) -> bool:
    """Whether the finding is about what somebody wrote down, or about what only bounds."""
    resource = finding.resource.rpartition(".")[2]
    if finding.check == "CKV_AWS_274":
        return resource == "acme-administrator_AdministratorAccess"  # managed "AdministratorAccess", break-glass
    if finding.check in CEILINGS:
        return resource in set(_names(_ceilings(deployment)))
    if finding.check == "CKV_AWS_355":
        return resource in {*_names(_ceilings(deployment)), *_names(_on_everything(deployment))}
    return finding.check == "CKV_AWS_26" and finding.file.startswith("keyless/")


def _ceilings(deployment: Deployment) -> Iterable[str]:
    return (policy.name for account in deployment.accounts for policy in account.boundaries)


def _on_everything(deployment: Deployment) -> Iterable[str]:
    """The policies of roles that have a line `on *` or `on service`."""
    for account in deployment.accounts:
        for role in account.roles:
            if any(p.resource == "*" and p.effect == "allow" for p in role.unit.permissions):
                yield from (role.name, *(policy.name for policy in role.policies))


def _names(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield from (label(name), logical_id(name, "Policy"))


@pytest.fixture(scope="module")
def scanned(written: Path, deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that is written for the example, and its alerts once more for somebody who names no key."""
    keyless = replace(deployment, targets=replace(deployment.targets, alert_key=""))
    files, _ = files_of(keyless, ("terraform", "cloudformation"), ())
    folder = tmp_path_factory.mktemp("checkov")
    for source in written.rglob("*.json"):
        _write(folder / source.relative_to(written), source.read_text(encoding="utf-8"))
    for name, text in files.items():
        if "alerts" in name:
            _write(folder / "keyless" / name, text)
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_what_is_accepted_has_a_reason_in_the_docs() -> None:
    text = (ROOT / "docs/targets.md").read_text(encoding="utf-8")
    table = set(re.findall(r"CKV_AWS_\d+", text[text.index("## checkov") :]))
    assert table == {"CKV_AWS_26", "CKV_AWS_274", "CKV_AWS_355"} | CEILINGS


def test_the_files(checkov: Path, scanned: Path, deployment: Deployment) -> None:
    found, read = scan(checkov, scanned, "terraform_json", "cloudformation")
    assert {finding for finding in found if not accepted(finding, deployment)} == set()
    emitted = {path.relative_to(scanned).as_posix() for path in scanned.rglob("*.json")}
    without_rules = {name for name in emitted if name.startswith(("guardrails/", "inventory/", "cloudposse-sso/"))}
    without_rules.add("permission-sets-cloudformation/permission-sets.json")  # checkov has none for AWS::SSO
    assert read == emitted - without_rules


def test_the_plans(
    checkov: Path,
    written: Path,
    deployment: Deployment,
    shown: Callable[[Path], dict[str, Any]],
    tmp_path: Path,
) -> None:
    folders = [path.parent for path in written.rglob("*.tf.json") if "cloudposse-sso" not in path.parts]
    for folder in folders:
        _write(tmp_path / folder.relative_to(written) / "plan.json", json.dumps(shown(folder)))
    found, read = scan(checkov, tmp_path, "terraform_plan")
    assert {finding for finding in found if not accepted(finding, deployment)} == set()
    assert read == {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("plan.json")}


def test_it_would_find_something(checkov: Path, tmp_path: Path) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    resource = {"aws_iam_policy": {"a": {"name": "a", "policy": json.dumps(policy)}}}
    _write(tmp_path / "a.tf.json", json.dumps({"resource": resource}))
    assert scan(checkov, tmp_path, "terraform_json")[0]
