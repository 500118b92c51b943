"""SARIF: every kind of output holds to the schema of OASIS, and a finding keeps its fingerprint when it moves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker

from compiling import compiled
from iamc.catalog import Catalog
from iamc.cli import main
from iamc.render import sarif
from iamdsl.codes import CODES
from iamdsl.diagnostics import Diagnostic, Fix, Label, report
from iamdsl.source import Source, Span

ROOT = Path(__file__).parents[3]
EVIL = "\x1b[2J\u202e\x00 ::error::##[error]\ud800 </script>\U0001f600"
CLEAN = "edition 1\nrole r { allow s3:GetObject on arn:aws:s3:::b/* }\n"


@cache
def validator() -> Draft4Validator:
    schema = json.loads((ROOT / "tests/fixtures/render/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=FormatChecker())


def run_of(text: str) -> dict[str, Any]:
    """The run of a log, which is valid by the schema and by what the standard asks beyond it."""
    assert text.isascii()
    log = json.loads(text)
    assert [f"{error.json_path}: {error.message}" for error in validator().iter_errors(log)] == []
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    for place in regions(run):
        start, end = (place["startLine"], place["startColumn"]), (place["endLine"], place["endColumn"])
        assert start <= end
    for notification in run["invocations"][0]["toolExecutionNotifications"]:
        assert notification["descriptor"]["id"] in rules
    return run


def regions(value: object) -> Iterator[dict[str, int]]:
    """Every region anywhere in a log."""
    if isinstance(value, dict):
        if "startLine" in value:
            yield value
        for each in value.values():
            yield from regions(each)
    elif isinstance(value, list):
        for each in value:
            yield from regions(each)


def excerpt(text: str, region: dict[str, int]) -> str:
    """What a reader of SARIF takes for the region: lines by any line break, columns by code point."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    inside = lines[region["startLine"] - 1 : region["endLine"]]
    inside[-1] = inside[-1][: region["endColumn"] - 1]
    inside[0] = inside[0][region["startColumn"] - 1 :]
    return "".join(inside)


def fingerprints(run: dict[str, Any]) -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]


# every finding that there is an example of -------------------------------------------------------------------------

BROKEN = sorted((ROOT / "tests/fixtures/diagnostics").glob("*.iamdsl"))
WRONG = [
    pytest.param(form, text, id=f"{page.stem}-{number}")
    for page in sorted((ROOT / "dsl/iamdsl/pages").glob("IAM*.md"))
    for number, (form, text) in enumerate(
        re.findall(r"```(iamdsl|yaml) wrong\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_mistakes_in_the_language(path: Path, catalog: Catalog) -> None:
    check_findings(compiled(path.read_bytes().decode("utf-8", "replace"), catalog).diagnostics)


@pytest.mark.parametrize(("form", "text"), WRONG)
def test_the_mistakes_of_the_pages(form: str, text: str, catalog: Catalog) -> None:
    check_findings(compiled(text, catalog, f"page.{form}").diagnostics)


def check_findings(diagnostics: tuple[Diagnostic, ...]) -> None:
    assert diagnostics
    run = run_of(sarif.render(diagnostics))
    placed = [finding for finding in diagnostics if finding.span]
    assert len(run["results"]) == len(placed)
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == len(diagnostics) - len(placed)
    for finding, result in zip(placed, run["results"], strict=True):
        assert finding.span is not None
        assert (result["ruleId"], result["level"]) == (finding.code, finding.severity.value)
        places = [finding.span, *(label.span for label in finding.labels)]
        shown = [result["locations"][0], *result.get("relatedLocations", [])]
        for span, place in zip(places, shown, strict=True):
            assert excerpt(span.source.text, place["physicalLocation"]["region"]) == span.text
        if finding.fix:
            (change,) = result["fixes"][0]["artifactChanges"]
            (replacement,) = change["replacements"]
            assert excerpt(finding.fix.span.source.text, replacement["deletedRegion"]) == finding.fix.span.text
            assert replacement["insertedContent"]["text"] == finding.fix.text


def test_a_warning_and_a_note_and_a_fix_are_among_them(catalog: Catalog) -> None:
    every = [found for case in WRONG for found in compiled(case.values[1], catalog, f"p.{case.values[0]}").diagnostics]
    every += [found for path in BROKEN for found in compiled(path.read_text(errors="replace"), catalog).diagnostics]
    assert {found.severity.value for found in every} >= {"error", "warning"}
    assert any(found.fix for found in every)
    assert any(found.labels for found in every)
    note = compiled("edition 1\nrole r { allow s3:PutObject on arn:aws:s3:::b/* with dependents }\n", catalog)
    run_of(sarif.render([*every, *note.diagnostics]))


# what the command line prints ---------------------------------------------------------------------------------------


def invoke(*words: object) -> str:
    done = CliRunner().invoke(main, [*map(str, words), "--format", "sarif"])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.stderr == ""
    return done.stdout


def test_nothing_found(tmp_path: Path) -> None:
    (tmp_path / "a.iamdsl").write_text(CLEAN)
    run = run_of(invoke("check", tmp_path))
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])
    assert run["invocations"][0]["executionSuccessful"] is True


def test_what_has_no_place(tmp_path: Path) -> None:
    run = run_of(invoke("check", tmp_path / "nowhere.iamdsl"))
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["id"] == "IAM901"
    (tmp_path / "a.iamdsl").write_text(CLEAN)
    run_of(invoke("check", tmp_path, "--database", tmp_path / "a.iamdsl"))


def test_checks_risks_and_other_commands(tmp_path: Path) -> None:
    path = tmp_path / "a.iamdsl"
    path.write_text('edition 1\nrole r { allow s3:* on * }\ncheck "c" { role r expect deny s3:PutObject }\n')
    for words in (("check", "--risks"), ("test",), ("compile", "-o", tmp_path / "out")):
        assert run_of(invoke(*words, path))["results"]


def test_policies(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Getobject", "s3:Nothing"], "Resource": "arn:b"}
    (tmp_path / "a.json").write_text(json.dumps({"Statement": [statement]}, indent=2))
    (tmp_path / "b.json").write_text("{")
    run = run_of(invoke("check", "--policy", tmp_path))
    files = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert {uri.rpartition("/")[2] for uri in files} == {"a.json", "b.json"}


def test_nothing_of_the_source_acts(tmp_path: Path) -> None:
    name = "a b#%.iamdsl"
    (tmp_path / name).write_text(f'edition 1\nrole r {{ describe "{EVIL[:-1]}" }}\n'.replace("\ud800", ""))
    run = run_of(invoke("check", tmp_path))
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.endswith("/a%20b%23%25.iamdsl")


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(sorted(CODES)))
def test_any_text_in_any_place(text: str, words: str, code: str) -> None:
    source = Source(f"{text}.iamdsl", f"{text} {words}\n")
    span = Span(source, 0, len(source.text))
    finding = report(
        code, words, span, label=text, help=words, notes=[text], labels=[Label(span, words)], fix=Fix(span, text, words)
    )
    run_of(sarif.render([finding, report(code, words, None)]))


# fingerprints -------------------------------------------------------------------------------------------------------

FAULTY = "edition 1\n\nrole r {\n  allow s3:GetObjekt on arn:aws:s3:::b/*\n  allow s3:Nowt on arn:aws:s3:::b\n}\n"


@pytest.mark.parametrize(
    "moved",
    [
        lambda text: text.replace("\n\n", "\n\n# one\n# more\n\n"),
        lambda text: text.replace("  allow", "\t  allow".replace("\t", "    ")),
        lambda text: text.replace("  allow s3:Nowt", "  allow s3:GetObject on arn:aws:s3:::b/x\n  allow s3:Nowt"),
        lambda text: text.replace("role r", "role reader"),
    ],
    ids=["lower", "indented", "a line between", "another name"],
)
def test_a_finding_that_moves_is_the_same(moved: Callable[[str], str], catalog: Catalog) -> None:
    before, after = (
        fingerprints(run_of(sarif.render(compiled(text, catalog).diagnostics))) for text in (FAULTY, moved(FAULTY))
    )
    assert moved(FAULTY) != FAULTY
    assert len(before) == 2
    assert before == after


def test_findings_that_differ_have_other_fingerprints(catalog: Catalog) -> None:
    twice = FAULTY.replace("}\n", "  allow s3:GetObjekt on arn:aws:s3:::b/*\n}\n")
    found = fingerprints(run_of(sarif.render(compiled(twice, catalog).diagnostics)))
    assert len(set(found)) == len(found) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}:\d+", each) for each in found)
