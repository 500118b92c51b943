"""What may stand for `${aws:username}`: what is filled in, by nobody who could choose to be somebody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import iamc_schemas
from compiling import compiled
from iamc.catalog import Catalog
from iamc.cli import main
from iamc.emit.deployment import plan
from iamc.emit.targets import Targets, Trust
from iamc.emit.targets_file import read_targets
from iamc.emit.user_names import CENTER, rows

BY = {
    "saml": "saml: arn:aws:iam::${account.id}:saml-provider/okta",
    "oidc": 'oidc: {provider: "arn:aws:iam::111122223333:oidc-provider/i", audience: a, subject: "*"}',
    "users": 'users: {account: "999988887777", name: "${person.name}"}',
    "role": "role: arn:aws:iam::999988887777:role/hub",
}
CENTER_TEXT = "identity-center:\n  instance: arn:aws:sso:::instance/ssoins-1234567890abcdef\n"
Read = Callable[[str], tuple[Targets | None, list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(text: str) -> tuple[Targets | None, list[str]]:
        path = tmp_path / "targets.yml"
        path.write_text(text, encoding="utf-8")
        targets, problems = read_targets(path)
        assert all(problem.span for problem in problems)
        return targets, [problem.code for problem in problems]

    return reading


def trust(kind: str, *lines: str) -> str:
    return "".join([f"trust:\n  by:\n    {BY[kind]}\n", *(f"  {line}\n" for line in lines)])


def test_every_variable_is_judged_for_every_way_to_sign_in() -> None:
    variables = {variable for variable, _ in rows()}
    assert set(rows()) == {(variable, way) for variable in variables for way in (*BY, CENTER)}
    assert all(bool(row.how) != bool(row.refused) and row.source and row.retrieved for row in rows().values())
    pattern = iamc_schemas.load("targets")["properties"]["username"]["pattern"]
    assert all(variable in pattern for variable in variables)


@pytest.mark.parametrize(
    ("username", "way", "lines", "wanted"),
    [
        ("aws:SourceIdentity", "saml", ["source-identity: ${person.email}"], []),
        ("aws:SourceIdentity", "saml", [], ["IAM570"]),
        ("aws:SourceIdentity", "oidc", ["source-identity: '*@acme.example'"], []),
        ("aws:SourceIdentity", "users", ["source-identity: ${aws:username}"], []),
        ("aws:SourceIdentity", "users", ["source-identity: ${person.name}"], ["IAM570"]),  # bo could say ana
        ("aws:SourceIdentity", "role", ["source-identity: ${person.email}"], []),
        ("aws:PrincipalTag/user", "saml", ["session-tags: [team, user]"], []),
        ("aws:PrincipalTag/user", "saml", ["session-tags: [team]"], ["IAM570"]),
        ("aws:PrincipalTag/user", "oidc", ["session-tags: [user]"], []),
        ("aws:PrincipalTag/user", "users", ["session-tags: [user]"], ["IAM578"]),
        ("aws:PrincipalTag/user", "role", ["session-tags: [user]"], ["IAM578"]),
        ("aws:userid", "saml", [], []),
        ("aws:userid", "oidc", ["session-name: ${person.email}"], ["IAM578"]),
        ("aws:userid", "users", ["session-name: ${aws:username}"], []),
        ("aws:userid", "users", ["session-name: ${person.name}"], ["IAM570"]),
        ("aws:userid", "role", [], ["IAM578"]),
        ("identitystore:UserId", "saml", [], ["IAM578"]),
        ("aws:username", "users", [], ["IAM030"]),
        ("aws:PrincipalTag/a b", "saml", [], ["IAM030"]),
    ],
)
def test_by_trust(read: Read, username: str, way: str, lines: list[str], wanted: list[str]) -> None:
    targets, codes = read(f"username: {username}\n{trust(way, *lines)}")
    assert codes == wanted
    assert (targets is None) == bool(wanted)


@pytest.mark.parametrize(
    ("username", "wanted"),
    [
        ("aws:PrincipalTag/user", []),
        ("identitystore:UserId", []),
        ("aws:userid", []),
        ("aws:SourceIdentity", ["IAM578"]),
    ],
)
def test_by_identity_center(read: Read, username: str, wanted: list[str]) -> None:
    assert read(f"username: {username}\n{CENTER_TEXT}")[1] == wanted


def test_it_must_hold_for_every_way_that_the_file_has(read: Read) -> None:
    both = f"username: identitystore:UserId\n{trust('saml')}{CENTER_TEXT}"
    assert read(both)[1] == ["IAM578"]
    assert read("username: aws:userid\n")[1] == ["IAM570"]


TEXT = """\
edition 1
account prod 111122223333
people {
  ana ana@acme.example
}
team payments { members ana }
role home {
  allow s3:GetObject on arn:aws:s3:::home/${aws:username}/*
}
grant home to payments in prod
"""


def conditions(catalog: Catalog, targets: Targets) -> dict[str, dict[str, object]]:
    result = compiled(TEXT, catalog, username=targets.username)
    deployment = plan(result.organisation, result.compiled, targets, {})
    (statement,) = json.loads(deployment.accounts[0].roles[0].trust)["Statement"]
    found: dict[str, dict[str, object]] = statement["Condition"]
    return found


def test_a_session_without_the_tag_does_not_begin(catalog: Catalog) -> None:
    by = Trust("saml", "arn:aws:iam::${account.id}:saml-provider/okta", session_tags=("user",))
    found = conditions(catalog, Targets(trust=by, username="aws:PrincipalTag/user"))
    assert found["StringLike"] == {"aws:RequestTag/user": "?*"}
    assert "StringLike" not in conditions(catalog, Targets(trust=by, username="aws:userid"))


def test_a_chain_hands_on_the_source_identity_that_it_has(catalog: Catalog) -> None:
    by = Trust("role", "arn:aws:iam::999988887777:role/hub", source_identity="${person.email}")
    found = conditions(catalog, Targets(trust=by, username="aws:SourceIdentity"))
    assert found["StringEquals"] == {"aws:SourceIdentity": "ana@acme.example"}


def test_every_command_that_compiles_knows_it(tmp_path: Path) -> None:
    source, targets = tmp_path / "home.iamdsl", tmp_path / "targets.yml"
    check = 'check "own" {\n  role home\n  expect allow s3:GetObject on arn:aws:s3:::home/${aws:username}/x\n}\n'
    source.write_text(TEXT + check, encoding="utf-8")
    targets.write_text(f"username: aws:SourceIdentity\n{trust('saml', 'source-identity: ${person.email}')}")
    out, page = tmp_path / "build", tmp_path / "access.html"
    where = ["--targets-config", str(targets)]
    arn = "arn:aws:s3:::home/${aws:SourceIdentity}/x"
    for arguments in (
        ["check", str(source)],
        ["test", str(source)],
        ["compile", str(source), "--target", "terraform", "-o", str(out)],
        ["compile", str(source), "--target", "terraform", "-o", str(out), "--verify"],
        ["report", str(source), "-o", str(page)],
        ["diff", str(source), str(source)],
        ["explain", "home", "s3:GetObject", arn, "--in", str(source)],
    ):
        run = CliRunner().invoke(main, arguments)
        assert run.exit_code != 0, arguments
        done = CliRunner().invoke(main, [*arguments, *where])
        assert (done.exit_code, done.exception) == (0, None), done.output
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["username"] == "aws:SourceIdentity"
    assert "home/$${aws:SourceIdentity}/*" in (out / "terraform/accounts/prod/iam.tf.json").read_text(encoding="utf-8")
    assert '"username":"aws:SourceIdentity"' in page.read_text(encoding="utf-8").replace(": ", ":")


def test_a_mistake_in_the_file_stops_every_command(tmp_path: Path) -> None:
    source, targets = tmp_path / "home.iamdsl", tmp_path / "targets.yml"
    source.write_text(TEXT, encoding="utf-8")
    targets.write_text(f"username: aws:userid\n{trust('role')}", encoding="utf-8")
    for command in ("check", "compile", "test"):
        done = CliRunner().invoke(main, [command, str(source), "--targets-config", str(targets)])
        assert done.exit_code == 1
        assert "IAM578" in done.output
