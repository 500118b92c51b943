"""The files of every back end for the example, as they were reviewed.

Documents stand for themselves by a short one, so that these files are about the back ends and not about the minimiser;
what AWS gets of the real ones is tested beside this. `IAMC_UPDATE_GOLDEN=1 pytest tests/compiler/emit/test_golden.py`
writes the files anew.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from iamc.emit import BACK_ENDS
from iamc.emit.backends import back_end
from iamc.emit.ceilings import Ladder
from iamc.emit.deployment import Deployment, plan
from iamc.emit.targets import Targets
from iamc.model import Compiled, Document
from iamc.pipeline import Result

GOLDEN = Path(__file__).parents[2] / "golden"


def stand_in(unit: Compiled) -> Compiled:
    return replace(unit, documents=tuple(map(short, unit.documents)))


def short(document: Document) -> Document:
    """A document that still says whose it is, and holds a policy variable for the escapes to meet."""
    sid = "".join(word.capitalize() for word in document.unit.replace("/", "-").split("-"))
    resource = "arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*" if "payments" in document.unit else "*"
    text = f'{{"Sid":"{sid}{document.number}","Effect":"Allow","Action":"s3:GetObject","Resource":"{resource}"}}'
    return replace(document, text=f'{{"Version":"2012-10-17","Statement":[{text}]}}')


@pytest.fixture(scope="module")
def short_deployment(acme: Result, targets: Targets) -> Deployment:
    ladder = Ladder((("s3:GetBucketPolicy", "s3:ListAllMyBuckets"),))
    units = tuple(map(stand_in, acme.compiled))
    return plan(acme.organisation, units, targets, {"viewer": ladder, "power-user": ladder})


@pytest.mark.parametrize("target", BACK_ENDS)
def test_as_reviewed(short_deployment: Deployment, target: str) -> None:
    planned = short_deployment
    if target == "aws-ia-permission-sets":  # which knows no path but /
        planned = replace(planned, targets=replace(planned.targets, path="/"))
    files, problems = back_end(target)(planned)
    assert files
    assert {problem.code for problem in problems} <= {"IAM575"}
    folder = GOLDEN / target
    if os.environ.get("IAMC_UPDATE_GOLDEN"):
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    reviewed = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert files == reviewed
