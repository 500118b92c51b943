from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysing import analysis
from bench.organisations import organisation
from compiling import TODAY
from iamc import pipeline
from iamc.catalog import Catalog
from iamc.lsp import analysis as analysing
from iamc.lsp.actions import actions
from iamc.lsp.analysis import Analysis
from iamc.lsp.lines import hints
from iamc.lsp.names import applied
from iamc.passes.resolve.roles import Roles
from iamc.pipeline import Result, compile_project
from iamc.project import display, load_project
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic, Fix

WORDS = (
    "allow reed on t0-1.bucket\n",
    "# a comment\n",
    " ",
    "\n",
    "}",
    "{",
    "role x { allow list on * }\n",
    "org.",
    "s3:Get*",
)
"""What a person may type anywhere."""


def fresh(project: Analysis, catalog: Catalog) -> Result:
    """What the command line says of the same texts."""
    for path, text in project.overlay.buffers.items():
        path.write_text(text, "utf-8")
    return compile_project(load_project(project.paths, root=project.root), catalog, Settings(today=TODAY))


def rows(findings: Iterable[Diagnostic]) -> list[tuple[object, ...]]:
    """All that a reader is shown of the findings."""
    return sorted(
        (
            *(d.code, d.message, str(d.span), d.span.end if d.span else 0, d.label, d.help, d.notes, d.severity.value),
            *([(str(x.span), x.span.end, x.text) for x in d.labels],),
            (str(d.fix.span), d.fix.span.end, d.fix.text, d.fix.title) if d.fix else (),
        )
        for d in findings
    )


def every(project: Analysis) -> list[Diagnostic]:
    return [finding for findings in project.findings.values() for finding in findings]


def see_that_it_is_what_the_command_line_says(project: Analysis, catalog: Catalog) -> None:
    result = fresh(project.finish(), catalog)
    assert rows(every(project)) == rows(result.diagnostics)
    ours = list(project.compiled.values())
    assert [(c.unit.name, c.documents) for c in ours] == [(c.unit.name, c.documents) for c in result.compiled]
    lines = {(c.unit.name, str(p.span), p.resource, p.actions) for c in result.compiled for p in c.permissions}
    placed = ((c.unit.name, project.place(p.span), p) for c in ours for p in c.permissions)
    assert {(name, str(place), p.resource, p.actions) for name, place, p in placed} == lines


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("small", [analysing.SMALL, 0])
def test_edits_lead_to_what_the_command_line_says(
    seed: int, small: int, tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysing, "SMALL", small)
    files = {name.partition(".")[0]: text for name, text in organisation(21, 6, seed).items()}
    project = analysis(tmp_path, catalog, **files)
    chance = random.Random(seed)
    for step in range(9):
        path = (tmp_path / f"{chance.choice(sorted(files))}.iamdsl").resolve()
        text = project.overlay.buffers[path]
        at = chance.randrange(len(text))
        cut = chance.choice((0, 0, 1, 12))
        project.overlay.buffers[path] = text[:at] + chance.choice(WORDS) + text[at + cut :]
        project.keystroke(path)
        if step % 3 == 2:
            project.overlay.buffers[path] = text
            project.keystroke(path)
        see_that_it_is_what_the_command_line_says(project, catalog)


SHARED = """edition 1

let region = "eu-west-1"
account prod 111122223333 { alias "acme" class production }
account test 444455556666 { alias "acme-test" }
people {
  ana ana@acme.example
  bo bo@acme.example
}
team payments { members ana, bo group "g" }
actions look = s3:ListBucket, s3:GetObject
services web = s3, sqs
resources orders for prod {
  bucket arn:aws:s3:::orders-${account.alias}
  queue arn:aws:sqs:${region}:${account.id}:orders
}
resources orders for test { bucket arn:aws:s3:::orders-test }
tier viewer { session 4h ceiling list, read, read-data except iam:* }
"""
ROLES = """edition 1

import "org.iamdsl" as org

role reader : org.viewer {
  describe "reads in ${account.name}"
  allow org.look on org.orders.bucket  # iamc: ignore[IAM306] old
  allow list on service org.web
  allow s3:GetObject on arn:aws:s3:::x/* when mfa
}

role more : org.viewer {
  use reader
  exclude s3:GetObject
  deny s3:ListBucket on arn:aws:s3:::secret
}

grant reader, more to org.payments, org.ana in org.prod { until 2026-12-01 reason "SEC-1" }
grant reader to org.bo in org.test

check "looks" {
  role reader in org.prod
  expect allow s3:GetObject on arn:aws:s3:::x/1 when mfa
  expect deny iam:* on *
  expect characters <= 3000
}
"""
SINGLE = """edition 1
let q = "work"
role alone { allow sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:${q} }
"""
TYPED = (
    *("a", " ", "\n", "}", "{", ",", "#", '"', "*", ".", "\u00e9", "\U0001f600", "${", "\t", "\n\n", "12h", "org."),
    *("allow reed on *\n", "  allow s3:GetObjekt on org.orders.bucket\n", "  use reader\n", '\nlet a = "b"\n'),
    *("role x { allow list on * }\n", '\nimport "alone.iamdsl"\n', "# iamc: ignore[IAM109] x", "edition 1\n"),
    *("  session 90h\n", "\ngrant reader to org.payments in org.test\n", "  expect deny s3:* on *\n", "iamc:tiers"),
    *("without s3:GetObject", "\naccount third 777788889999\n", "role alone {}", "tier viewer { }\n", "exclude s3:*\n"),
)
LATER = re.compile(r"IAM(306|4..|50[13-9]|601|904)")
"""What takes all of a role's lines, its documents, or the checks to tell."""


@st.composite
def sessions(draw: st.DrawFn) -> list[tuple[str, float, int, str, int]]:
    """Edits of files: where, how much is cut, what is typed, and how much of the rest is done before the next."""
    files, rest = st.sampled_from(("org", "roles", "roles", "alone")), st.sampled_from((0, 0, 1, 3, 99))
    cuts = st.sampled_from((0, 0, 0, 1, 3, 20, 80))
    edit = st.tuples(files, st.floats(0, 1), cuts, st.sampled_from((*TYPED, "", "")), rest)
    return draw(st.lists(edit, min_size=1, max_size=6))


@given(sessions())
@settings(max_examples=60)
def test_no_edit_leaves_anything_behind(catalog: Catalog, edits: list[tuple[str, float, int, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for file, text in (("org", SHARED), ("roles", ROLES), ("alone", SINGLE)):
            (folder / f"{file}.iamdsl").write_text(text, "utf-8")  # what an import may mean is looked for on the disk
        project = analysis(folder, catalog, org=SHARED, roles=ROLES, alone=SINGLE)
        for file, share, cut, typed, rest in edits:
            path = folder / f"{file}.iamdsl"
            text = project.overlay.buffers[path]
            at = round(share * len(text))
            project.overlay.buffers[path] = text[:at] + typed + text[at + cut :]
            assert display(path) in project.keystroke(path) or project.source(display(path)) is None
            said = fresh(project, catalog).diagnostics
            for one, other in ((every(project), said), (said, every(project))):
                first = [finding for finding in one if not LATER.match(finding.code)]
                assert set(map(str, rows(first))) <= set(map(str, rows(other)))
            for _ in zip(range(rest), project.whole(), strict=False):
                pass
        see_that_it_is_what_the_command_line_says(project, catalog)


def test_a_keystroke_costs_what_it_changes(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name.partition(".")[0]: text for name, text in organisation(20, 6).items()}
    project = analysis(tmp_path, catalog, **files)
    assert not any(project.findings.values())
    path = (tmp_path / "team-0001.iamdsl").resolve()
    worked: list[str] = []
    units, expand = Roles.units, pipeline.expand
    monkeypatch.setattr(Roles, "units", lambda self, declared: worked.append(declared.name) or units(self, declared))
    monkeypatch.setattr(pipeline, "expand", lambda unit, *rest: worked.append(unit.name) or expand(unit, *rest))
    before = project.pieces(display(path))
    project.overlay.buffers[path] = project.overlay.buffers[path].replace("allow read on", "allow reed on", 1)
    assert display(path) in project.keystroke(path)
    assert [finding.code for finding in project.findings[display(path)]] == ["IAM101"]
    after = project.pieces(display(path))
    assert before is not None
    assert after is not None
    assert len({id(piece) for piece in after.pieces} - {id(piece) for piece in before.pieces}) == 1
    assert worked[0] == worked[1].partition("/")[2] == worked[2].partition("/")[2]
    assert len(worked) == 3, "one role, in its two accounts"
    worked.clear()
    project.finish()
    assert not worked


def test_a_large_project_is_answered_from_the_file(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysing, "SMALL", 0)
    files = {name.partition(".")[0]: text for name, text in organisation(20, 6).items()}
    project = analysis(tmp_path, catalog, **files)
    path = (tmp_path / "team-0001.iamdsl").resolve()
    project.overlay.buffers[path] = project.overlay.buffers[path].replace("allow read on", "allow reed on", 1)
    assert project.keystroke(path) == (display(path),)
    said = project.findings[display(path)]
    assert [finding.code for finding in said] == ["IAM101"]
    assert said == project.finish().findings[display(path)]
    shared = (tmp_path / "org.iamdsl").resolve()
    project.overlay.buffers[shared] = project.overlay.buffers[shared].replace("tier worker", "tier walker")
    assert project.keystroke(shared) == (), "other files have a say in it"
    project.finish()
    assert {len(found) > 0 for shown, found in project.findings.items() if "team" in shown} == {True}


def test_an_edit_in_the_middle_of_the_rest(tmp_path: Path, catalog: Catalog) -> None:
    project = analysis(tmp_path, catalog, org=SHARED, roles=ROLES)
    path = (tmp_path / "roles.iamdsl").resolve()
    rest = project.whole()
    next(rest)
    project.overlay.buffers[path] = ROLES.replace("session 4h", "session 5h").replace("allow list", "allow lost")
    project.read(path)
    for _ in rest:
        pass
    said = fresh(project, catalog)
    assert rows(every(project)) == rows(said.diagnostics)


def test_what_takes_longer_is_kept_until_it_is_told_anew(tmp_path: Path, catalog: Catalog) -> None:
    text = (
        "edition 1\n\nrole r {\n  allow s3:GetObject on arn:aws:s3:::x/*\n  allow s3:GetObject on arn:aws:s3:::x/y\n}\n"
        'check "c" {\n  expect deny s3:GetObject on *\n}\n'
    )
    project = analysis(tmp_path, catalog, main=text)
    path, shown = (tmp_path / "main.iamdsl").resolve(), display(tmp_path / "main.iamdsl")
    assert [finding.code for finding in project.findings[shown]] == ["IAM306", "IAM501"]
    project.overlay.buffers[path] = text.replace("role r {", "role r {\n  session 2h")
    project.keystroke(path)
    assert [(d.code, d.span.line if d.span else 0) for d in project.findings[shown]] == [("IAM306", 6), ("IAM501", 9)]
    project.overlay.buffers[path] = text.replace("  allow s3:GetObject on arn:aws:s3:::x/y\n", "")
    project.keystroke(path)
    assert [finding.code for finding in project.findings[shown]] == ["IAM501"]
    project.overlay.buffers[path] = text.replace("x/y", "x/y, org.x")
    project.keystroke(path)
    assert [finding.code for finding in project.findings[shown]] == ["IAM101"], "checks are not tried beside errors"


def test_what_a_line_comes_to_stays_known_while_another_is_typed(tmp_path: Path, catalog: Catalog) -> None:
    text = "edition 1\n\nrole r {\n  allow sqs:SendMessage on *\n\n  allow s3:GetObject on *\n}\n"
    project = analysis(tmp_path, catalog, main=text)
    path = (tmp_path / "main.iamdsl").resolve()
    project.overlay.buffers[path] = text.replace("\n\n  allow", "\n  allo\n  allow")
    project.keystroke(path)
    source = project.read(path)
    assert source is not None
    assert [hint.text for hint in hints(project, source, 0, len(source.text))][:2] == ["1 action", "1 action"]


def test_fixes_are_offered_and_mend(tmp_path: Path, catalog: Catalog) -> None:
    text = 'edition 1\n\nrole r {\n  allow s3:GetObjekt on arn:aws:s3:::x/*\n  session 5h\n}\n\nlet a = "b"\n'
    project = analysis(tmp_path, catalog, main=text)
    path = display(tmp_path / "main.iamdsl")
    source = project.source(path)
    assert source is not None
    (fix,) = actions(source, project.findings[path], text.index("s3:"), text.index("s3:"))
    assert fix.preferred
    mended = applied(source, [Fix(source.span(fix.start, fix.end), fix.text, "")])
    project = analysis(tmp_path, catalog, main=mended)
    assert [finding.code for finding in project.findings[path]] == ["IAM109"]
    again = project.source(path)
    assert again is not None
    (ignore,) = actions(again, project.findings[path], mended.index("let a") + 4, mended.index("let a") + 4)
    silenced = applied(again, [Fix(again.span(ignore.start, ignore.end), ignore.text, "")])
    assert not any(analysis(tmp_path, catalog, main=silenced).findings.values())


def test_hints_tell_actions_and_characters(tmp_path: Path, catalog: Catalog) -> None:
    text = "edition 1\n\nrole r {\n  allow sqs:Send*, sqs:GetQueueUrl on arn:aws:sqs:eu-west-1:111122223333:q\n}\n"
    project = analysis(tmp_path, catalog, main=text)
    source = project.source(display(tmp_path / "main.iamdsl"))
    assert source is not None
    line, role = hints(project, source, 0, len(text))
    assert (line.offset, line.text) == (text.index("\n}"), "2 actions")
    (document,) = project.compiled["r"].documents
    assert role.text == f"{document.characters:,} characters in 1 policy"
    assert "6,144" in role.tooltip
