"""`iamc compile --target` and its companions, from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main
from iamc.emit.aws_config import BEGIN, END

ROOT = Path(__file__).parents[3]
ACME = (ROOT / "examples/acme", "--root", ROOT, "--today", "2026-11-24")
CONFIG = ROOT / "examples/acme/targets.yml"
ROLE = "edition 1\n\nrole r {\n  allow s3:GetObject on arn:aws:s3:::b/*\n}\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.iamdsl"
    path.write_text(ROLE, encoding="utf-8")
    return path


def test_targets_and_documents_and_what_the_manifest_says(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("compile", *ACME, "--target", "terraform,inventory", "--targets-config", CONFIG, "-o", out)
    assert done.exit_code == 0, done.output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "terraform/accounts/prod/iam.tf.json" in manifest["outputs"]
    assert all((out / name).is_file() for name in manifest["outputs"])
    assert (out / "prod/data-analyst.json").is_file()
    assert run("compile", *ACME, "-o", out).exit_code == 0
    assert not (out / "terraform/accounts/prod/iam.tf.json").exists()
    assert "outputs" not in json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def test_the_pilot(tmp_path: Path) -> None:
    done = run(
        "compile", *ACME, "--targets-config", CONFIG, "--stage", "pilot", "--target", "terraform", "-o", tmp_path
    )
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in (tmp_path / "staging").iterdir()) == ["payments-power.json", "payments-viewer.json"]
    written = json.loads((tmp_path / "terraform/accounts/prod/iam.tf.json").read_text(encoding="utf-8"))
    assert list(written["resource"]["aws_iam_role"]) == ["acme-payments-viewer-pilot"]


def test_profiles_go_into_a_block_of_a_file_that_people_keep(tmp_path: Path) -> None:
    own = tmp_path / "config"
    own.write_text(f"[default]\nregion = eu-west-1\n{BEGIN}\nold\n{END}\n# last\n", encoding="utf-8")
    options = ("--targets-config", CONFIG, "--aws-config", own, "-o", tmp_path / "out")
    assert run("compile", *ACME, *options).exit_code == 0
    text = own.read_text(encoding="utf-8")
    assert text.startswith(f"[default]\nregion = eu-west-1\n{BEGIN}\n[sso-session acme]\n")
    assert text.endswith(f"{END}\n# last\n")
    assert "old" not in text
    own.write_text(f"{END}\n", encoding="utf-8")
    done = run("compile", *ACME, *options)
    assert done.exit_code == 2
    assert own.read_text(encoding="utf-8") == f"{END}\n"


def test_a_file_that_people_keep_stays_as_it_is(tmp_path: Path) -> None:
    own, link = tmp_path / "dotfiles", tmp_path / "config"
    own.write_bytes(b"[default]\r\nregion = eu-west-1\r\n")
    own.chmod(0o600)
    link.symlink_to(own)
    options = ("--targets-config", CONFIG, "--aws-config", link, "-o", tmp_path / "out")
    assert run("compile", *ACME, *options).exit_code == 0
    assert link.is_symlink()
    assert own.stat().st_mode & 0o777 == 0o600
    assert own.read_bytes().startswith(b"[default]\r\nregion = eu-west-1\r\n\n# >>> iamc")
    own.write_bytes(b"\xff")
    done = run("compile", *ACME, *options)
    assert (done.exit_code, "is not UTF-8" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--target", "teraform", "-o", "out"), "did you mean `terraform`?"),
        (("--target", "inventory"), "say where with -o"),
    ],
)
def test_what_cannot_run(source: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run("compile", source, *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_target_that_lacks_its_settings_writes_nothing(source: Path, tmp_path: Path) -> None:
    done = run("compile", source, "--target", "terraform", "-o", tmp_path / "out", "--format", "concise")
    assert done.exit_code == 1
    assert "IAM570" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "place", "code", "said"),
    [
        ("trust: {by: {saml: okta}}\n", "1:20", "IAM030", "`okta` is not the ARN of a SAML provider"),
        ("names:\n  prefx: a\n", "2:3", "IAM026", "did you mean `prefix`?"),
        ("trust:\n  mfa: identity-provider\n", "2:3", "IAM029", "`by` is missing"),
        ("partition: aws-mars\n", "1:12", "IAM030", "aws-us-gov"),
        ("trust: {by: {}}\n", "1:13", "IAM025", "one of `saml`, `oidc`, `users`, `role`"),
        ("tags: [a]\n", "1:7", "IAM025", "this must be a mapping"),
        ("a: &x b\n", "1:4", "IAM022", ""),
        ("", "1:1", "IAM010", ""),
    ],
)
def test_faults_of_the_targets_file_have_a_place(
    source: Path, tmp_path: Path, text: str, place: str, code: str, said: str
) -> None:
    config = tmp_path / "targets.yml"
    config.write_text(text, encoding="utf-8")
    done = run("compile", source, "--targets-config", config, "--format", "concise")
    assert done.exit_code == 1, done.output
    assert f"targets.yml:{place}: {code}" in done.stderr
    assert said in done.stderr


def test_an_unknown_destination_is_said_once(tmp_path: Path) -> None:
    config = tmp_path / "targets.yml"
    text = CONFIG.read_text(encoding="utf-8")
    config.write_text(text.replace("    siem:aws-power-user: ", "    siem: "), encoding="utf-8")
    done = run(
        "compile", *ACME, "--target", "terraform", "--targets-config", config, "-o", tmp_path, "--format", "concise"
    )
    assert done.exit_code == 1
    assert done.stderr.count("IAM570") == 1
    assert "roles alert `siem:aws-power-user`" in done.stderr


def test_services_out_of_scope(source: Path, tmp_path: Path) -> None:
    scope = tmp_path / "pci.yml"
    scope.write_text("program: PCI\nsource: us\nretrieved: 2026-11-24\nservices: [sqs]\n", encoding="utf-8")
    for command in ("check", "compile"):
        done = run(command, source, "--in-scope", scope, "--format", "concise")
        assert done.exit_code == 1
        assert "role `r` reaches `s3`, which PCI does not cover" in done.stderr
    scope.write_text("program: PCI\nsource: us\nretrieved: 2026-11-24\nservices: [s3]\n", encoding="utf-8")
    assert run("check", source, "--in-scope", scope).exit_code == 0
