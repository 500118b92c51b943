from __future__ import annotations

import random
from pathlib import Path

import pytest

from analysing import analysis
from bench.organisations import organisation
from compiling import TODAY
from iamc.catalog import Catalog
from iamc.lsp.actions import actions
from iamc.lsp.analysis import Analysis
from iamc.lsp.lines import hints
from iamc.lsp.names import applied
from iamc.model import Compiled
from iamc.pipeline import compile_project
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


def fresh(project: Analysis, catalog: Catalog) -> tuple[list[Diagnostic], tuple[Compiled, ...]]:
    """What the command line says of the same texts."""
    for path, text in project.overlay.buffers.items():
        path.write_text(text, "utf-8")
    result = compile_project(load_project(project.paths, root=project.root), catalog, Settings(today=TODAY))
    return list(result.diagnostics), result.compiled


def rows(findings: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[tuple[object, ...]]:
    return [
        (d.code, d.message, str(d.span), d.span.end if d.span else 0, d.help, [(str(x.span), x.text) for x in d.labels])
        for d in findings
    ]


@pytest.mark.parametrize("seed", range(2))
def test_edits_lead_to_what_the_command_line_says(seed: int, tmp_path: Path, catalog: Catalog) -> None:
    files = {name.partition(".")[0]: text for name, text in organisation(21, 6, seed).items()}
    project = analysis(tmp_path, catalog, **files)
    chance = random.Random(seed)
    for step in range(12):
        path = (tmp_path / f"{chance.choice(sorted(files))}.iamdsl").resolve()
        text = project.overlay.buffers[path]
        at = chance.randrange(len(text))
        cut = chance.choice((0, 0, 1, 12))
        project.overlay.buffers[path] = text[:at] + chance.choice(WORDS) + text[at + cut :]
        quick = project.keystroke(path)
        if step % 3 == 2:
            project.overlay.buffers[path] = text
            project.keystroke(path)
        elif quick is None:
            continue
        said, compiled = fresh(project.finish(), catalog)
        assert sorted(rows([d for ds in project.findings.values() for d in ds])) == sorted(rows(said))
        assert [(c.unit.name, c.documents) for c in project.compiled.values()] == [
            (c.unit.name, c.documents) for c in compiled
        ]
        lines = {(c.unit.name, str(p.span), p.resource, p.actions) for c in compiled for p in c.permissions}
        ours = project.compiled.values()
        assert {(c.unit.name, str(p.span), p.resource, p.actions) for c in ours for p in c.permissions} == lines


def test_a_keystroke_is_answered_by_its_file_alone(tmp_path: Path, catalog: Catalog) -> None:
    files = {name.partition(".")[0]: text for name, text in organisation(20, 6).items()}
    project = analysis(tmp_path, catalog, **files)
    assert not any(project.findings.values())
    path = (tmp_path / "team-0001.iamdsl").resolve()
    before = dict(project._works)
    project.overlay.buffers[path] = project.overlay.buffers[path].replace("allow read on", "allow reed on", 1)
    said = project.keystroke(path)
    assert said is not None
    assert [finding.code for finding in said] == ["IAM101"]
    done_again = [name for name, work in project._works.items() if work.documents is not before[name].documents]
    assert len(done_again) == 2, "one role, in its two accounts"
    assert said == project.finish().findings[display(path)]


TYPED = (
    "allow read",
    "allow reed on t0-1.bucket",
    "allow list on *",
    "session 90h",
    "on",
    "  ",
    "without s3:Get*",
    "\n",
)


@pytest.mark.parametrize("seed", range(2))
def test_a_role_by_itself_has_the_findings_that_it_has_in_its_project(
    seed: int, tmp_path: Path, catalog: Catalog
) -> None:
    files = {name.partition(".")[0]: text for name, text in organisation(20, 5, seed).items()}
    project = analysis(tmp_path, catalog, **files)
    chance = random.Random(seed)
    path = (tmp_path / "team-0000.iamdsl").resolve()
    text = project.overlay.buffers[path]
    parsed = {id(file) for file in project.project.files.values()}
    for _ in range(15):
        at = chance.choice([n for n in range(len(text)) if text.startswith("\n  allow", n)]) + chance.choice(
            (1, 3, 9, 14)
        )
        project.overlay.buffers[path] = text[:at] + chance.choice(TYPED) + text[at + chance.choice((0, 0, 3)) :]
        said = project.keystroke(path)
        assert said is not None
        assert {id(file) for file in project.project.files.values()} == parsed, "the file was not parsed as a whole"
        whole = project.finish().findings[display(path)]
        assert rows(said) == rows([finding for finding in whole if finding.code != "IAM109"])
        project.overlay.buffers[path] = text
        parsed = {id(file) for file in project.finish().project.files.values()}


def test_what_a_line_comes_to_stays_known_while_another_is_typed(tmp_path: Path, catalog: Catalog) -> None:
    text = "edition 1\n\nrole r {\n  allow sqs:SendMessage on *\n\n  allow s3:GetObject on *\n}\n"
    project = analysis(tmp_path, catalog, main=text)
    path = (tmp_path / "main.iamdsl").resolve()
    project.overlay.buffers[path] = text.replace("\n\n  allow", "\n  allo\n  allow")
    project.keystroke(path)
    source = project.read(path)
    assert source is not None
    assert [hint.text for hint in hints(project, source, 0, len(source.text))][:2] == ["1 action", "1 action"]


def test_a_shared_file_is_answered_by_the_whole_project(tmp_path: Path, catalog: Catalog) -> None:
    files = {name.partition(".")[0]: text for name, text in organisation(20, 6).items()}
    project = analysis(tmp_path, catalog, **files)
    path = (tmp_path / "org.iamdsl").resolve()
    project.overlay.buffers[path] = project.overlay.buffers[path].replace("tier worker", "tier walker")
    assert project.keystroke(path) is None
    project.finish()
    assert {len(found) > 0 for shown, found in project.findings.items() if "team" in shown} == {True}


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
