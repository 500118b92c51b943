"""The rollup as a file: the same bytes for the same uses, and a finding with its place for anything else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import iamc_schemas
from iamc.cli import main
from iamc.usage.model import Reading, Rollup, Seen, Use
from iamc.usage.rollup_file import lines_of, merge, read_rollup, write_rollup

HEADER = '{"iamc":"usage-rollup","edition":1,"window":["",""],"read":{"files":1,"leftOut":{}}}\n'
ROW = {"source": "s3.amazonaws.com", "name": "GetObject", "calls": 3, "first": "2026-10-01T08:00:00Z",
       "last": "2026-10-02T08:00:00Z"}  # fmt: skip

texts = st.text(max_size=8)
instants = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"))
lists = st.lists(texts, max_size=2).map(tuple)
uses = st.builds(
    Use,
    **{name: lists if name in ("resources", "roles") else texts for name in Use._fields}
    | {"outcome": st.sampled_from(["ok", "denied", "error", ""]), "channel": st.sampled_from(["api", "aws"])},
)
seen = st.builds(lambda calls, a, b: Seen(calls, min(a, b), max(a, b)), st.integers(1, 9), instants, instants)
readings = st.builds(
    Reading,
    st.integers(0, 9),
    st.dictionaries(
        texts, st.lists(texts, min_size=1, max_size=2, unique=True).map(lambda names: tuple(sorted(names))), max_size=2
    ),
)
rollups = st.builds(Rollup, st.dictionaries(uses, seen, max_size=4), readings)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rollups")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "usage.ndjson"
    path.write_text(text, encoding="utf-8")
    return path


@settings(max_examples=40)
@given(rollup=rollups)
def test_what_is_written_is_read(folder: Path, rollup: Rollup) -> None:
    path = folder / "usage.ndjson.gz"
    write_rollup(path, rollup)
    assert read_rollup(path) == (rollup, ())
    validator = Draft202012Validator(iamc_schemas.load("usage-rollup"))
    for line in lines_of(rollup):
        validator.validate(json.loads(line))


@settings(max_examples=30)
@given(st.lists(rollups, min_size=2, max_size=3))
def test_parts_add_up_in_any_order(parts: list[Rollup]) -> None:
    whole = merge(parts)
    assert list(lines_of(whole)) == list(lines_of(merge([merge(parts[1:]), parts[0]])))
    calls = [seen.calls for part in parts for seen in part.uses.values()]
    assert sum(seen.calls for seen in whole.uses.values()) == sum(calls)


def test_the_file_says_nothing_of_when_and_where_it_was_made(tmp_path: Path) -> None:
    rollup = Rollup({}, Reading(1, {"corrupt": ("b", "a")}))
    write_rollup(tmp_path / "a.ndjson.gz", rollup)
    write_rollup(tmp_path / "b.ndjson.gz", rollup)
    assert (tmp_path / "a.ndjson.gz").read_bytes() == (tmp_path / "b.ndjson.gz").read_bytes()
    header = json.loads(gzip.decompress((tmp_path / "a.ndjson.gz").read_bytes()))
    assert header["read"] == {"files": 1, "leftOut": {"corrupt": ["a", "b"]}}


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("[1]", "[", "this is no JSON object"),
        ('{"source":', "", "this is not JSON: expecting value"),
        (json.dumps(ROW | {"calls": 0}), '"calls"', "`calls` must be a count of at least 1"),
        (json.dumps(ROW | {"calls": True}), '"calls"', "`calls` must be a count of at least 1"),
        (
            json.dumps(ROW | {"first": "yesterday"}),
            '"first"',
            "`first` must be an instant such as `2026-10-01T08:00:00Z`",
        ),
        (json.dumps(ROW | {"roles": "x"}), '"roles"', "`roles` must be a list of texts"),
        (json.dumps(ROW | {"chanel": "api"}), '"chanel"', "unknown key `chanel`"),
        (json.dumps(ROW | {"channel": "fax"}), '"channel"', "`channel` must be `api`, `console`, `service` or `aws`"),
        (json.dumps({key: value for key, value in ROW.items() if key != "calls"}), "{", "`calls` is missing"),
        ("[" * 100_000, "[", "this is nested too deep"),
    ],
)
def test_a_bad_line_has_its_place(tmp_path: Path, line: str, place: str, message: str) -> None:
    rollup, (problem,) = read_rollup(written(tmp_path, f"{HEADER}{json.dumps(ROW)}\n{line}\n"))
    assert rollup is None
    assert (problem.code, problem.message) == ("IAM970", message)
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (3, (line.index(place) if place else len(line)) + 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty, so it is no rollup"),
        (b"{}", "this is not the header of a rollup"),
        (b'{"iamc":"usage-rollup","edition":2}', "edition 2 is not known"),
        (b'{"iamc":"usage-rollup","edition":1}', "the header does not say what was read"),
        (b"\xff\n", "byte 0xff is not UTF-8"),
        (gzip.compress(HEADER.encode(), mtime=0)[:-9], "the compressed file is damaged"),
        (b"\x1f\x8bnothing", "the compressed file is damaged"),
    ],
)
def test_a_file_that_is_no_rollup(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "usage.ndjson"
    path.write_bytes(content)
    rollup, (problem,) = read_rollup(path)
    assert rollup is None
    assert problem.code == "IAM970"
    assert problem.message.startswith(message)


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(main, ["usage", "rollup", *map(str, arguments)], catch_exceptions=False)


def test_rollups_are_merged_on_the_command_line(tmp_path: Path) -> None:
    part = written(tmp_path, f"{HEADER}{json.dumps(ROW)}\n")
    other = tmp_path / "other.ndjson"
    other.write_text(f"{HEADER}{json.dumps(ROW | {'calls': 4})}\n", encoding="utf-8")
    done = run(part, other, part, "-o", tmp_path / "sum.ndjson")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "7 events of 1 kind by 0 people" in done.stderr
    assert '"calls":7' in (tmp_path / "sum.ndjson").read_text(encoding="utf-8")


def test_nothing_is_written_of_a_bad_rollup(tmp_path: Path) -> None:
    part = written(tmp_path, f"{HEADER}{{}}\n")
    done = run(part, "-o", tmp_path / "sum.ndjson", "--format", "concise")
    assert done.exit_code == 1
    assert "IAM970" in done.output
    assert not (tmp_path / "sum.ndjson").exists()
    assert run("no-such-file", "--format", "concise").exit_code == 2
