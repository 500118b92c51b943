"""One query on three engines: the rows that the reader of events gives, to the last call."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iamc.cli import main
from iamc.usage import engine_duckdb
from iamc.usage.model import Observation, Reading, Rollup, Seen, Use
from iamc.usage.observe import instant, observe
from iamc.usage.rollup_file import collect, lines_of
from iamc.usage.sql import COLUMNS, DIALECTS, LACKING, Part, QueryError, query
from trails import trail, write

ODD: list[dict[str, Any]] = [
    {"eventSource": "s3.amazonaws.com", "eventName": "GetObject"},
    {"eventName": 7, "readOnly": True, "userIdentity": None, "requestParameters": None, "resources": None},
    {"userIdentity": {"type": "AssumedRole", "principalId": "AROA:ann:x", "sessionContext": {}}, "resources": []},
    {"userIdentity": {"type": "IAMUser", "principalId": "AIDA", "userName": "böb 😀"}, "resources": [{}, {"ARN": "x"}]},
    {"errorCode": "AccessDenied", "errorMessage": 'two\nlines, "quotes", it\'s \\ and \u2028'},
    {"errorCode": "Client.UnauthorizedOperation", "errorMessage": "Encoded authorization failure message: a b"},
    {"errorCode": "NoSuchKey", "errorMessage": "not kept"},
    *({"eventTime": time} for time in ("zz", "2026-10-01", "2026-10-01T00:00:00+00:00", "２026-10-01T00:00:00Z", None)),
    {"eventType": "", "userAgent": "[S3Console/0.4]"},
    {"eventType": "AwsServiceEvent", "requestParameters": {"bucketName": "x"}, "errorCode": "AccessDenied"},
    {"userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"}, "readOnly": False},
    {"requestParameters": {"bucketName": "it's", "tableName": 'a"b', "names": ["/a", "/b", 1, None], "keyId": ""}},
    {"requestParameters": {"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}, {"instanceId": "x"}]}}},
    {"requestParameters": {"instancesSet": {"items": []}, "name": None, "path": {"a": 1}, "id": 12, "scope": True}},
    {"requestParameters": {"role": "arn:aws:iam::111122223333:role/a/b", "x": ["arn:aws:iam::111122223333:role/c"]}},
    {"requestParameters": {"policyDocument": '{"Resource": "arn:aws:iam::111122223333:role/in-text"}'}},
    *(
        {"resources": [{"ARN": arn}]}
        for arn in (
            "arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::b/a/k", "arn:aws:s3:::b//k", "arn:aws:s3:::b/a/b/c",
            "arn:aws:logs:eu-west-1:1:log-group:/g:log-stream:a/b", "arn:aws:ec2:eu-west-1:1:instance/i-0", "odd/x",
        )
    ),
]  # fmt: skip


def records() -> list[dict[str, Any]]:
    return [*trail(2_500, seed=5, denied=0.15).events, *({"eventTime": "2026-10-01T00:00:00Z", **odd} for odd in ODD)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("it's a trail")
    made = write(folder, trail(2_500, seed=5, denied=0.15))
    (folder / "odd.json").write_text(
        json.dumps({"Records": [{"eventTime": "2026-10-01T00:00:00Z", **odd} for odd in ODD]}, indent=1)
    )
    return [*made, folder / "odd.json"]


@pytest.fixture(scope="module")
def expected() -> dict[Use, Seen]:
    pairs = ((observe(record), instant(record["eventTime"] or "")) for record in records())
    return collect((seen, Seen(1, moment, moment)) for seen, moment in pairs)


def same(rows: Iterable[tuple[Observation, Seen]], expected: dict[Use, Seen]) -> bool:
    found, wanted = (Rollup(uses, Reading(1, {})) for uses in (collect(rows), expected))
    missing = {use: seen for use, seen in wanted.uses.items() if found.uses.get(use) != seen}
    extra = {use: seen for use, seen in found.uses.items() if wanted.uses.get(use) != seen}
    assert (missing, extra) == ({}, {})
    return list(lines_of(found)) == list(lines_of(wanted))


def test_duckdb(files: list[Path], expected: dict[Use, Seen]) -> None:
    assert same(engine_duckdb.run(files), expected)


def test_duckdb_says_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "x.json.gz").write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(ValueError, match=r"."):
        list(engine_duckdb.run([tmp_path / "x.json.gz"]))


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark runs on Java, and there is none on this machine")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # PySpark leaves its sockets to the collector
def test_spark(files: list[Path], expected: dict[Use, Seen]) -> None:
    from iamc.usage import engine_spark

    with engine_spark.session("local[2]") as spark:
        assert same(engine_spark.run(spark, [str(path) for path in files]), expected)


def test_athena_by_way_of_duckdb(files: list[Path], expected: dict[Use, Seen]) -> None:
    """What Athena runs is parsed as Athena's SQL and executed after being translated."""
    import duckdb
    import sqlglot

    text = query(DIALECTS["athena"], "ct")
    assert len(text.encode()) < 262_144, "Athena's limit on the length of a query"
    (parsed,) = sqlglot.parse(text, read="athena")
    assert parsed is not None
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"create temp view ct as {engine_duckdb._source(files)}")
        rows = connection.execute(parsed.sql(dialect="duckdb")).fetchall()
    assert same(((Observation(*row[:-3]), Seen(*row[-3:])) for row in rows), expected)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_asks_for_the_same_columns(name: str) -> None:
    import sqlglot

    part = Part("2026-09-01", "2026-11-24", ("111122223333",), ("eu-west-1",), ("Admin", "a+b=c,d.e@f-g_h"))
    parsed = sqlglot.parse_one(query(DIALECTS[name], "logs.ct", part, LACKING), read=name)
    assert tuple(parsed.named_selects) == COLUMNS


def test_the_part_that_is_asked_for(files: list[Path], expected: dict[Use, Seen]) -> None:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.execute(f"create temp view ct as {engine_duckdb._source(files)}")
        rows = connection.execute(query(DIALECTS["duckdb"], "ct", Part(roles=("Admin",)))).fetchall()
    found = collect((Observation(*row[:-3]), Seen(*row[-3:])) for row in rows)
    admins = {use: seen for use, seen in expected.items() if use.principal.endswith(":role/Admin")}
    assert admins
    assert admins.items() <= found.items()
    assert not any(use.principal.endswith(":role/LegacyAdmin") for use in found if use.source != "sts.amazonaws.com")


@pytest.mark.parametrize(
    "part",
    [
        Part(since="2026-09-01' or '1'='1"),
        Part(until="yesterday"),
        Part(accounts=("1",)),
        Part(regions=("eu'",)),
        Part(roles=("x' or 1=1 --",)),
    ],
)
def test_nothing_else_gets_into_a_query(part: Part) -> None:
    for dialect in DIALECTS.values():
        with pytest.raises(QueryError):
            query(dialect, "ct", part)
    with pytest.raises(QueryError):
        query(DIALECTS["athena"], "ct; drop table x")


def test_the_query_is_printed() -> None:
    shown = CliRunner().invoke(main, ["usage", "sql", "--dialect", "athena", "--since", "2026-09-01"])
    assert shown.exit_code == 0
    assert "iamc usage rollup result.csv" in shown.output
    assert "\"timestamp\" >= '2026/09/01'" in shown.output
    assert "from cloudtrail_logs" in shown.output
    wrong = CliRunner().invoke(main, ["usage", "sql", "--dialect", "athena", "--table", "x; drop table y"])
    assert (wrong.exit_code, "is not a table" in wrong.output) == (2, True)
