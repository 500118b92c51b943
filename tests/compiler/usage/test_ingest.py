"""Logs of every form and condition to one rollup: fast as slow, one process as two, nothing lost or half counted."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.cli import main
from iamc.usage.contents import read_file
from iamc.usage.engines import ingest_by
from iamc.usage.files import LogFile, survey
from iamc.usage.ingest import Only, ingest
from iamc.usage.model import Rollup, Seen, Use
from iamc.usage.observe import observe
from iamc.usage.resume import folder_for
from iamc.usage.rollup_file import collect, lines_of, read_rollup
from iamc.usage.sql import COLUMNS
from iamc.usage.tally import Days, Tally
from trails import trail, write

MADE = trail(900, seed=4, denied=0.15)


def by_definition(events: list[dict[str, Any]]) -> dict[Use, Seen]:
    return collect((observe(event), Seen(1, event["eventTime"], event["eventTime"])) for event in events)


def text(rollup: Rollup | None) -> str:
    assert rollup is not None
    return "".join(lines_of(rollup))


def run(*arguments: str, **options: Any) -> Result:
    result = CliRunner().invoke(main, ["usage", "rollup", *arguments], **options)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of good files, and one of each kind that is left out."""
    folder = tmp_path_factory.mktemp("logs")
    files = write(folder, MADE)
    good = files[0].read_bytes()
    (folder / "cut.json.gz").write_bytes(good[: len(good) // 2])
    (folder / "bad.json.gz").write_bytes(good[:200] + bytes(50) + good[250:])
    (folder / "again.json.gz").write_bytes(good)
    (folder / "packed-otherwise.json.gz").write_bytes(gzip.compress(gzip.decompress(files[1].read_bytes()), 1))
    (folder / "digest.json").write_text(json.dumps({"digestStartTime": "2026-10-01T00:00:00Z", "logFiles": []}))
    (folder / "notes.txt").write_text("nothing of CloudTrail's\n")
    (folder / "other.json").write_text('{"a": 1}')
    (folder / "empty.json").write_bytes(b"")
    insight = folder / "CloudTrail-Insight" / "x.json"
    insight.parent.mkdir()
    insight.write_text(json.dumps({"Records": MADE.events[:2]}))
    return folder


def test_what_is_left_out_is_named_and_the_rest_is_counted(logs: Path) -> None:
    found = ingest(survey([logs]), jobs=1)
    assert found.rollup is not None
    assert found.rollup.uses == by_definition(MADE.events)
    assert found.events == 900
    left_out = found.rollup.reading.left_out
    assert {reason: [name.rpartition("/")[2] for name in names] for reason, names in left_out.items()} == {
        "corrupt": ["bad.json.gz"],
        "digest": ["digest.json"],
        "duplicate": ["again.json.gz", "packed-otherwise.json.gz"],
        "foreign": ["x.json", "notes.txt", "other.json"],
        "truncated": ["cut.json.gz", "empty.json"],
    }
    assert found.rollup.reading.files == 9


def test_files_are_copies_only_when_all_of_them_is_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Length and checksum may be alike by chance."""
    monkeypatch.setattr("iamc.usage.contents.zlib.crc32", lambda _: 1)
    texts = [json.dumps({"Records": [{**MADE.events[0], "requestID": str(number)}]}) for number in (1, 2, 1)]
    for name, content in zip("abc", texts, strict=True):
        (tmp_path / f"{name}.json").write_text(content, encoding="utf-8")
    found = ingest(survey([tmp_path]), jobs=1)
    assert found.rollup is not None
    assert (found.events, found.rollup.reading.left_out) == (2, {"duplicate": (f"{tmp_path.name}/c.json",)})


def test_a_copy_of_a_file_that_is_left_out_is_no_duplicate(tmp_path: Path) -> None:
    (tmp_path / "CloudTrail-Insight").mkdir()
    for name in ("CloudTrail-Insight/a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps({"Records": MADE.events[:5]}), encoding="utf-8")
    found = ingest(survey([tmp_path]))
    assert found.rollup is not None
    assert found.rollup.reading.left_out == {"foreign": (f"{tmp_path.name}/CloudTrail-Insight/a.json",)}
    assert found.events == 5


def test_processes_and_order_change_nothing(logs: Path) -> None:
    alone = ingest(survey([logs]), jobs=1)
    assert text(ingest(survey([logs]), jobs=2).rollup) == text(alone.rollup)


def test_duckdb_gives_the_same_bytes(logs: Path, tmp_path: Path) -> None:
    from iamc.usage.engine_duckdb import run as duckdb

    folder = tmp_path / "logs"
    shutil.copytree(logs, folder)
    lines = "\n".join(json.dumps(event) for event in MADE.events[:40])
    (folder / "lines.json").write_text(lines)
    assert text(ingest_by(duckdb, survey([folder]), Only()).rollup) == text(ingest(survey([folder])).rollup)
    shown = run(str(folder), "--engine", "duckdb", "-o", str(tmp_path / "d.ndjson"))
    assert shown.exit_code == 0
    assert run(str(folder), "-o", str(tmp_path / "b.ndjson")).exit_code == 0
    assert (tmp_path / "d.ndjson").read_bytes() == (tmp_path / "b.ndjson").read_bytes()


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark runs on Java, and there is none on this machine")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # PySpark leaves its sockets to the collector
def test_spark_gives_the_same_bytes(logs: Path, tmp_path: Path) -> None:
    shown = run(str(logs), "--engine", "spark", "--master", "local[2]", "-o", str(tmp_path / "s.ndjson"))
    assert shown.exit_code == 0
    assert run(str(logs), "-o", str(tmp_path / "b.ndjson")).exit_code == 0
    assert (tmp_path / "s.ndjson").read_bytes() == (tmp_path / "b.ndjson").read_bytes()


# forms of files -----------------------------------------------------------------------------------------------------


def cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def packed(kind: str, events: list[dict[str, Any]]) -> bytes:
    if kind == "pretty":
        return json.dumps({"Records": events}, indent=2).encode()
    if kind == "lines":
        return "\n".join(json.dumps(event) for event in events).encode()
    if kind == "documents":
        return b"".join(
            json.dumps({"Records": events[start : start + 7]}).encode() for start in range(0, len(events), 7)
        )
    if kind == "list":
        return json.dumps(events).encode()
    if kind == "bom":
        return b"\xef\xbb\xbf" + json.dumps({"Records": events}).encode()
    if kind == "members":
        half = [json.dumps(event).encode() + b"\n" for event in events]
        return gzip.compress(b"".join(half[:9])) + gzip.compress(b"".join(half[9:]))
    out = io.StringIO()
    writer = csv.writer(out)
    if kind == "columns":  # as CloudTrail Lake prints them
        writer.writerow([name.lower() for name in NAMES])
        for event in events:
            cells = {**event, "eventTime": event["eventTime"].replace("T", " ").replace("Z", ".000")}
            writer.writerow([cell(cells.get(name)) for name in NAMES])
    elif kind == "lake":
        writer.writerow(["eventID", "eventJson"])
        writer.writerows([["x", json.dumps(event)] for event in events])
    else:
        writer.writerow(COLUMNS)
        writer.writerows([[*observe(event), 1, event["eventTime"], event["eventTime"]] for event in events])
    return out.getvalue().encode()


@pytest.mark.parametrize(
    "kind", ["pretty", "lines", "documents", "list", "bom", "members", "lake", "columns", "result"]
)
def test_every_form_of_a_log(kind: str, tmp_path: Path) -> None:
    events = MADE.events[:60]
    (tmp_path / "log").write_bytes(packed(kind, events))
    found = ingest(survey([tmp_path]))
    assert found.rollup is not None
    assert found.rollup.uses == by_definition(events)


def test_patterns_standard_input_and_rollups(logs: Path, tmp_path: Path) -> None:
    whole = json.dumps({"Records": MADE.events[:30]})
    shown = run("-", input=whole)
    assert shown.exit_code == 0
    (tmp_path / "a.ndjson").write_text(shown.stdout)
    first, _ = read_rollup(tmp_path / "a.ndjson")
    assert first is not None
    assert first.uses == by_definition(MADE.events[:30])
    (tmp_path / "b.json").write_text(json.dumps({"Records": MADE.events[30:50]}))
    merged = ingest(survey([tmp_path / "a.ndjson", tmp_path / "b.json"])).rollup
    assert merged is not None
    assert merged.uses == by_definition(MADE.events[:50])
    assert [file.name for file in survey([tmp_path / "*.json"]).files] == [f"{tmp_path.name}/b.json"]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)
NAMES = [*MADE.events[0], "resources", "errorCode", "errorMessage", "sessionCredentialFromConsole"]


@given(st.sampled_from(MADE.events), st.dictionaries(st.sampled_from(NAMES), ODD, max_size=2))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_the_fast_way_is_the_slow_way(event: dict[str, Any], changes: dict[str, Any]) -> None:
    record = json.loads(json.dumps({**event, **changes}))
    tally = Tally(Days())
    tally.add_record(record)
    read = Tally(Days())
    found = read_file(_Given(json.dumps({"Records": [record]}).encode()), read)
    assert read.uses() == tally.uses()
    assert (found.reason == "") == (tally.events == 1)


class _Given(LogFile):
    """A file in memory."""

    def __init__(self, content: bytes) -> None:
        class Stored:
            @staticmethod
            def read_bytes() -> bytes:
                return content

            @staticmethod
            def as_posix() -> str:
                return "x.json"

        super().__init__(Stored(), "x.json")  # type: ignore[arg-type]


@pytest.mark.parametrize("moment", ["zz", "2026-10-01", "\x1b", "9999-99-99T99:99:99Zx", None, 7])
def test_a_moment_that_is_none_loses_neither_the_call_nor_the_others(moment: Any, tmp_path: Path) -> None:
    events = [
        {**MADE.events[0], "eventTime": time} for time in ("2026-10-01T08:00:00Z", moment, "2026-10-02T08:00:00Z")
    ]
    for order in (events, events[::-1], [events[1], events[0], events[2]]):
        (tmp_path / "a.json").write_text(json.dumps({"Records": order}), encoding="utf-8")
        found = ingest(survey([tmp_path / "a.json"])).rollup
        assert found is not None
        assert list(found.uses.values()) == [Seen(3, "", "2026-10-02T08:00:00Z")]
        (tmp_path / "r.ndjson").write_text(text(found), encoding="utf-8")
        assert read_rollup(tmp_path / "r.ndjson")[1] == ()


# the command --------------------------------------------------------------------------------------------------------


def test_an_interrupted_reading_goes_on(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "usage.ndjson.gz"
    from iamc.usage import resume

    calls = 0
    real = resume.read_batch

    def counted(files: Any, only: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return real(files, only)

    monkeypatch.setattr(resume, "read_batch", counted)
    monkeypatch.setattr("iamc.usage.ingest.BATCH", 3)
    assert run(str(logs), "--resume", "--jobs", "1", "-o", str(out)).exit_code == 1
    assert not out.exists()
    kept = sorted(folder_for(out).glob("*.json"))
    assert len(kept) == 2
    kept[0].write_text("damaged")
    assert run(str(logs), "--resume", "--jobs", "1", "-o", str(out)).exit_code == 0
    assert not folder_for(out).exists()
    assert run(str(logs), "-o", str(tmp_path / "whole.ndjson.gz")).exit_code == 0
    assert out.read_bytes() == (tmp_path / "whole.ndjson.gz").read_bytes()


def test_the_choice_of_uses(logs: Path) -> None:
    def uses(*arguments: str) -> set[tuple[str, str]]:
        rows = [json.loads(line) for line in run(str(logs), *arguments).stdout.splitlines()[1:]]
        return {(row["account"], row.get("principal", "")) for row in rows}

    assert {account for account, _ in uses("--account", "111122223333")} == {"111122223333"}
    assert {principal.rpartition("/")[2] for _, principal in uses("--role", "Admin")} == {"Admin"}
    assert not uses("--until", "2020-01-01")


def test_what_is_told(logs: Path, tmp_path: Path) -> None:
    told = run(str(logs), "-o", str(tmp_path / "u.ndjson.gz")).stderr
    assert "900 events" in told
    assert "left out, corrupt: " in told
    assert run(str(logs), "--strict", "-o", str(tmp_path / "u.ndjson.gz")).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no path is given"),
        (["nowhere"], "no such file or folder"),
        (["s3://bucket/logs"], "only Spark reads URLs"),
        (["NOTHING"], "no CloudTrail events"),
        (["LOGS", "-o", "FILE/y.ndjson"], "cannot write"),
        (["LOGS", "--resume"], "--resume needs -o"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], said: str, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    places = {"LOGS": str(logs), "NOTHING": str(tmp_path)}
    found = run(*(places.get(word, word.replace("FILE", str(tmp_path / "notes.txt"))) for word in arguments))
    assert found.exit_code == 2
    assert said in found.output
