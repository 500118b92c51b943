"""Events to a draft, the draft to policies, and the events replayed through them: by the command line."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.catalog import Catalog
from iamc.cli import main
from iamc.explain import ask
from iamc.model import ALWAYS
from iamc.pipeline import Context, compile_project
from iamc.project import load_project
from iamc.settings import Settings
from iamc.usage.mapping import Mapping
from iamc.usage.model import Reading, Rollup, Seen
from iamc.usage.observe import observe
from iamc.usage.rollup_file import collect, write_rollup
from trails import Act, Trail, trail

ROLE = "Admin"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["usage", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def made() -> Trail:
    return trail(6_000, seed=11, people=6, denied=0.1)


@pytest.fixture(scope="module")
def folder(made: Trail, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the rollup of the events and the draft from it."""
    folder = tmp_path_factory.mktemp("usage")
    pairs = ((observe(event), Seen(1, event["eventTime"], event["eventTime"])) for event in made.events)
    write_rollup(folder / "usage.ndjson.gz", Rollup(collect(pairs), Reading(1, {})))
    drafted = run("draft", str(folder / "usage.ndjson.gz"), "--role", ROLE, "--console", "-o", str(folder / "d.iamdsl"))
    assert (drafted.exit_code, drafted.output) == (0, "")
    return folder


@pytest.fixture
def command(folder: Path) -> Callable[..., Result]:
    def call(name: str, *more: str) -> Result:
        return run(name, str(folder / "usage.ndjson.gz"), "--in", str(folder / "d.iamdsl"), "--role", ROLE, *more)

    return call


def used(made: Trail) -> list[Act]:
    return [act for act in made.acts if act.role == ROLE and act.action and act.outcome != "denied"]


def test_the_mapping_agrees_with_the_truth(made: Trail, catalog: Catalog) -> None:
    mapping = Mapping(catalog)
    for act in made.acts:
        if act.action:
            found = mapping.actions(act.source, act.event)
            assert found is not None, act
            assert act.action in found.actions


def test_whatever_was_used_is_covered(command: Callable[..., Result]) -> None:
    found = command("coverage", "--format", "json")
    content = json.loads(found.output)
    assert content["misses"] == []
    assert (found.exit_code, content["share"], content["unknown"]) == (0, 1.0, {})
    assert content["covered"] > 200
    assert "nobody would have been locked out" in command("coverage").output


def test_the_draft_allows_what_the_truth_says_and_no_more(made: Trail, folder: Path, catalog: Catalog) -> None:
    result = compile_project(load_project([folder / "d.iamdsl"]), catalog, Settings())
    assert not result.failed, result.diagnostics
    vocabulary = Context.of(catalog, Settings()).vocabulary

    def allowed(account: str, action: str, resource: str) -> bool:
        units = [one for one in result.compiled if one.unit.account and one.unit.account.number == account]
        verdicts = [ask(one, action, resource, ALWAYS, vocabulary).verdict for one in units]
        return any(verdict.startswith("allowed") for verdict in verdicts)

    acts = used(made)
    for act in acts:
        assert allowed(act.account, act.action, act.resource), act
    done = {(act.account, act.action) for act in acts} | {(act.account, "iam:PassRole") for act in acts}
    others = {(act.account, act.action, act.resource) for act in made.acts if act.action and act.channel != "aws"}
    idle = {each for each in others if each[:2] not in done}
    for account, action, resource in idle | {
        (acts[0].account, "iam:CreateUser", "*"),
        ("999999999999", "s3:GetObject", "*"),
    }:
        assert not allowed(account, action, resource), (account, action, resource)


def test_a_lack_is_named_with_the_line_to_add(folder: Path, command: Callable[..., Result], tmp_path: Path) -> None:
    text = (folder / "d.iamdsl").read_text(encoding="utf-8")
    start = text.index("  allow ec2:DescribeInstances")
    (tmp_path / "d.iamdsl").write_text(text[:start] + text[text.index("\n", start) + 1 :], encoding="utf-8")
    rollup = str(folder / "usage.ndjson.gz")
    found = run("coverage", rollup, "--in", str(tmp_path / "d.iamdsl"), "--role", ROLE)
    assert found.exit_code == 1
    assert "allow ec2:DescribeInstances on *" in found.output
    assert run("coverage", rollup, "--in", str(tmp_path), "--role", ROLE, "--at-least", "1%").exit_code == 0
    table = run("coverage", rollup, "--in", str(tmp_path), "--role", ROLE, "--format", "markdown").output
    assert "| ec2&#58;DescribeInstances |" in table


def test_the_lines_that_coverage_names_mend_it(folder: Path, tmp_path: Path) -> None:
    """Pasted as they are, where they are said to go: calls, a grant and a person are missing."""
    rollup, file = str(folder / "usage.ndjson.gz"), tmp_path / "d.iamdsl"
    assert run("draft", rollup, "--role", ROLE, "-o", str(file)).exit_code == 0
    text = file.read_text(encoding="utf-8")
    for start in ("allow ec2:DescribeInstances", "pass ", "allow s3:GetObject"):
        text, removed = re.subn(rf"\n  {start}.*?(?=\n  #|\n\}})", "", text, count=1, flags=re.DOTALL)
        assert removed, start
    text = re.sub(r"\n  ann .*|ann, |, ann\b|\ngrant \S+ to ann in \S+", "", text)
    file.write_text(re.sub(r"\ngrant administrator.*?\n", "\n", text, count=1), encoding="utf-8")
    for _ in range(2):  # a role that is granted may then lack a line
        found = json.loads(run("coverage", rollup, "--in", str(tmp_path), "--role", ROLE, "--format", "json").output)
        lines = file.read_text(encoding="utf-8").splitlines()
        more = {(int(miss["where"].rpartition(":")[2]), miss["line"]) for miss in found["misses"] if miss["where"]}
        for number, line in sorted(more, reverse=True):
            lines.insert(number, line)
        lines += dict.fromkeys(line for each in found["ungranted"] for line in each["lines"])
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("coverage", rollup, "--in", str(tmp_path), "--role", ROLE).exit_code == 0


def test_unused(command: Callable[..., Result]) -> None:
    content = json.loads(command("unused", "--format", "json").output)
    assert {line["verdict"] for role in content["roles"] for line in role["lines"]} <= {"keep", "no record", "remove"}
    assert "lines are used in full" in command("unused").output
    assert command("unused", "--format", "markdown").output.startswith("### Unused access")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["coverage", "ROLLUP", "--in", "nowhere"], "`nowhere` does not exist"),
        (["coverage", "ROLLUP", "--in", "DRAFT", "--at-least", "most"], "is not a percentage"),
        (["coverage", "ROLLUP", "--in", "DRAFT", "--as", "viewr"], "there is no role `viewr` here"),
        (["coverage", "ROLLUP", "--in", "LONELY"], "grants no role to anybody"),
        (["draft", "ROLLUP", "-o", "BELOW"], "cannot write"),
        (["draft", "ROLLUP", "--in-scope", "nowhere.yaml"], "nowhere.yaml"),
        (["draft"], "no path is given"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], said: str, folder: Path, tmp_path: Path) -> None:
    lonely = tmp_path / "lonely.iamdsl"
    lonely.write_text("edition 1\n\nrole r {\n  allow s3:ListAllMyBuckets on *\n}\n", encoding="utf-8")
    places = {"ROLLUP": str(folder / "usage.ndjson.gz"), "DRAFT": str(folder / "d.iamdsl"), "LONELY": str(lonely)}
    places["BELOW"] = str(lonely / "a-file-is-no-folder.iamdsl")
    found = run(*(places.get(word, word) for word in arguments))
    assert found.exit_code == 2
    assert said in found.output


def test_the_output_in_the_docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = Path("docs/usage.md").read_text(encoding="utf-8")
    golden = Path("tests/golden/usage/draft.iamdsl").read_text(encoding="utf-8")
    fixture = Path("tests/fixtures/usage/example.ndjson").read_bytes()
    monkeypatch.chdir(tmp_path)
    Path("usage.ndjson.gz").write_bytes(gzip.compress(fixture))
    Path("access").mkdir()
    Path("access/draft.iamdsl").write_text(golden, encoding="utf-8")
    shown = docs.split("$ iamc usage coverage usage.ndjson.gz --in access --role Admin\n")[1].split("```")[0]
    assert run("coverage", "usage.ndjson.gz", "--in", "access", "--role", "Admin").output == shown
