"""Compiling only what changed says and writes what compiling everything does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from iamc.catalog import Catalog
from iamc.emit.manifest import Outputs, outputs_of
from iamc.incremental import compile_changed
from iamc.pipeline import compile_project
from iamc.project import load_project, sources_in
from iamc.settings import Settings
from iamdsl.cache import Cache
from iamdsl.diagnostics import Diagnostic, ordered

SETTINGS = Settings(today=date(2026, 11, 24))
FILES = {
    "org.iamdsl": """edition 1

let region = "eu-west-1"
account a 111122223333
account b 444455556666
people {
  ana ana@example.com
  bo bo@example.com
}
team t { members ana }
team u { members bo }
tier worker { session 4h }
tier boss { session 1h }
""",
    "one.iamdsl": """edition 1
import "org.iamdsl" as org
role one : org.worker { allow sqs:SendMessage on arn:aws:sqs:${org.region}:${account.id}:one }
grant one to org.t in org.a
""",
    "two.iamdsl": """edition 1
import "org.iamdsl" as org
role two : org.boss { allow sqs:SendMessage on arn:aws:sqs:eu-west-1:${account.id}:two }
grant two to org.u in org.a, org.b
""",
    "three.iamdsl": """edition 1
import "org.iamdsl" as org
resources q { used arn:aws:sqs:eu-west-1:${account.id}:three }
role three : org.worker { allow sqs:SendMessage on q.used }
grant three to org.ana in org.b
check "three sends" { role three expect allow sqs:SendMessage on q.used }
""",
}


class Project:
    """A folder with declarations, compiled in both ways after every change."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        self.cache = Cache(folder / "cache")
        self.catalog = catalog
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def compile(self, settings: Settings = SETTINGS) -> tuple[int, tuple[str, ...]]:
        """How many units were compiled, and the codes of the findings; both ways must agree."""
        seen = 0

        def progress(_done: int, total: int) -> None:
            nonlocal seen
            seen = total

        sources = list(sources_in(self.folder))
        outputs, found = compile_changed(sources, None, self.catalog, settings, self.cache, progress)
        result = compile_project(load_project([self.folder]), self.catalog, settings)
        whole, problems = outputs_of(result.compiled)
        assert rows(found) == rows(ordered([*result.diagnostics, *problems]))
        assert content(outputs) == content(whole)
        return seen, tuple(d.code for d in found)


def content(outputs: Outputs) -> str:
    return json.dumps([list(outputs.files.items()), outputs.roles, outputs.documents])


def rows(found: list[Diagnostic]) -> list[tuple[str, str, str]]:
    return [(d.code, str(d.span), d.message) for d in found]


@pytest.fixture
def project(tmp_path: Path, catalog: Catalog) -> Project:
    return Project(tmp_path, catalog)


def test_a_changed_role_is_compiled_alone(project: Project) -> None:
    assert project.compile() == (4, ())
    project.edit("two.iamdsl", "sqs:SendMessage", "sqs:ReceiveMessage")
    assert project.compile() == (3, ()), "only it uses `boss`, so another must say that nobody else does"
    project.edit("three.iamdsl", "sqs:SendMessage on q", "sqs:SendMessage, sqs:PurgeQueue on q")
    assert project.compile() == (1, ())
    assert project.compile() == (1, ()), "one island is always looked at"


def insert(name: str, line: str) -> Callable[[Project], None]:
    return lambda project: project.edit(name, "edition 1\n", f"edition 1\n{line}\n")


def import_a_leaf(project: Project) -> None:
    insert("two.iamdsl", 'import "one.iamdsl" as one')(project)
    project.edit("two.iamdsl", "grant two", "grant one.one to org.ana in org.b\ngrant two")


CHANGES: dict[str, tuple[Callable[[Project], None], tuple[str, ...]]] = {
    "shared-value": (lambda p: p.edit("org.iamdsl", "eu-west-1", "eu-west-2"), ()),
    "shared-name-unused": (insert("org.iamdsl", "tier nobody { session 2h }"), ("IAM109",)),
    "shared-name-used-by-nobody-now": (lambda p: p.edit("two.iamdsl", "org.boss", "org.worker"), ("IAM109",)),
    "shared-name-used-by-another": (lambda p: p.edit("one.iamdsl", "org.worker", "org.boss"), ()),
    "own-name-unused": (insert("one.iamdsl", "resources z { q arn:aws:sqs:eu-west-1:1:z }"), ("IAM109",)),
    "same-role-twice": (lambda p: p.write("four.iamdsl", FILES["one.iamdsl"]), ("IAM102",)),
    "role-differs-by-case": (
        lambda p: p.write("four.iamdsl", FILES["one.iamdsl"].replace("role one", "role One").replace("t one", "t One")),
        ("IAM103",),
    ),
    "new-file": (lambda p: p.write("four.iamdsl", FILES["one.iamdsl"].replace(" one ", " four ")), ()),
    "file-removed": (lambda p: (p.folder / "one.iamdsl").unlink(), ("IAM109",)),
    "leaf-imported": (import_a_leaf, ()),
    "role-in-the-shared-file": (insert("org.iamdsl", "role all { allow s3:ListAllMyBuckets on * }"), ()),
    "mistake": (lambda p: p.edit("one.iamdsl", "sqs:SendMessage", "sqs:SendMesage"), ("IAM202",)),
    "check-fails": (lambda p: p.edit("three.iamdsl", "expect allow", "expect deny"), ("IAM501",)),
    "import-missing": (lambda p: (p.folder / "org.iamdsl").unlink(), ()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_seen(project: Project, name: str) -> None:
    change, codes = CHANGES[name]
    project.compile()
    change(project)
    for _ in range(3):
        _, found = project.compile()
        assert not codes or set(codes) <= set(found)


def test_other_choices_are_other_records(project: Project) -> None:
    project.compile()
    assert project.compile(Settings(today=date(2026, 11, 24), wildcards="tight"))[0] == 4
    assert project.compile(Settings(today=date(2026, 11, 25)))[0] == 4


def test_a_damaged_record_is_made_again(project: Project) -> None:
    project.compile()
    for file in project.cache.directory.rglob("*.json") if project.cache.directory else ():
        file.write_bytes(file.read_bytes().replace(b"SendMessage", b"PurgeQueue"))
    assert project.compile()[0] == 4


def test_nothing_is_needed_of_the_cache(project: Project) -> None:
    project.cache = Cache(None)
    assert project.compile()[0] == 4
    project.cache = Cache(Path(os.devnull) / "no")
    assert project.compile()[0] == 4
