"""Athena's client against moto: cost, start, wait, pages, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from moto import mock_aws
from moto.athena.models import athena_backends

from iamc.cli import main
from iamc.usage.engine_athena import AthenaError, Estimate, Place, _asked_for, estimate, rows, start, wait
from iamc.usage.model import Seen
from iamc.usage.observe import observe
from iamc.usage.rollup_file import collect, read_rollup
from iamc.usage.sql import COLUMNS, DIALECTS, Part, query
from trails import trail

PLACE = Place("logs", "primary", "s3://results/")
TEXT = query(DIALECTS["athena"], "cloudtrail_logs", Part(since="2026-09-01"))
KEY = "AWSLogs/o-x/111122223333/CloudTrail/eu-west-1/2026/10/02/x.json.gz"


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("athena", region_name="eu-west-1")


def staged(result: list[list[str]]) -> None:
    """Have moto answer the next query with these rows."""
    names = [{"Name": name, "Type": "varchar"} for name in COLUMNS]
    data = [{"Data": [{"VarCharValue": cell} for cell in row]} for row in result]
    backend = athena_backends["123456789012"]["eu-west-1"]
    backend.query_results_queue.append(_results(data, names))


def _results(data: list[dict[str, Any]], names: list[dict[str, str]]) -> Any:
    from moto.athena.models import QueryResults

    return QueryResults(rows=data, column_info=names)


def test_a_query_from_start_to_end(athena: Any) -> None:
    events = trail(400, seed=2, denied=0.1).events
    pairs = [(observe(event), Seen(1, event["eventTime"], event["eventTime"])) for event in events]
    staged([list(COLUMNS), *([*seen, str(times.calls), times.first, times.last] for seen, times in pairs)])
    identifier = start(athena, TEXT, PLACE, "2026-11-24")
    assert wait(athena, identifier, lambda _: None) >= 0
    assert collect(rows(athena, identifier)) == collect(pairs)


def test_other_columns_are_refused(athena: Any) -> None:
    staged([["count"], ["1"]])
    identifier = start(athena, TEXT, PLACE, "2026-11-24")
    with pytest.raises(AthenaError, match="other columns"):
        list(rows(athena, identifier))


def test_the_command(athena: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setattr("iamc.cli.usage.athena.estimate", lambda *_: Estimate(2_500_000_000, complete=True))
    events = trail(50, seed=2).events
    staged([list(COLUMNS), *([*observe(event), "1", event["eventTime"], event["eventTime"]] for event in events)])
    arguments = [
        "usage",
        "rollup",
        "--engine",
        "athena",
        "--results",
        "s3://results/",
        "-o",
        str(tmp_path / "u.ndjson"),
    ]
    runner = CliRunner()
    refused = runner.invoke(main, arguments)
    assert (refused.exit_code, "--all-partitions" in refused.output) == (2, True)
    asked = runner.invoke(main, [*arguments, "--since", "2026-09-01"])
    assert (asked.exit_code, "nobody is there to agree" in asked.output) == (2, True)
    done = runner.invoke(main, [*arguments, "--since", "2026-09-01", "--yes"])
    assert done.exit_code == 0
    assert "Athena will read 2 GB, about $0.01" in done.stderr
    rollup, _ = read_rollup(tmp_path / "u.ndjson")
    assert rollup is not None
    assert rollup.uses == collect((observe(event), Seen(1, event["eventTime"], event["eventTime"])) for event in events)


class Slow:
    """An Athena that needs some looks, as moto does not."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)
        self.stopped = ""
        self.started: list[dict[str, Any]] = []

    def start_query_execution(self, **request: Any) -> dict[str, str]:
        self.started.append(request)
        return {"QueryExecutionId": request["ClientRequestToken"]}

    def get_query_execution(self, **_: str) -> dict[str, Any]:
        state = self.states.pop(0)
        status = {"State": state, "StateChangeReason": "SYNTAX_ERROR: line 1"}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 7}}}

    def stop_query_execution(self, **request: str) -> None:
        self.stopped = request["QueryExecutionId"]


def test_a_long_query_is_looked_at_less_and_less_often() -> None:
    pauses: list[float] = []
    assert wait(Slow("QUEUED", *["RUNNING"] * 20, "SUCCEEDED"), "x", pauses.append) == 7
    assert pauses == sorted(pauses)
    assert pauses[-1] == 15.0


def test_a_failure_says_why() -> None:
    with pytest.raises(AthenaError, match="SYNTAX_ERROR: line 1"):
        wait(Slow("RUNNING", "FAILED"), "x", lambda _: None)


def test_an_interruption_stops_the_query() -> None:
    slow = Slow("RUNNING")

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait(slow, "x", interrupted)
    assert slow.stopped == "x"


def test_the_same_query_on_the_same_day_is_one_execution() -> None:
    slow = Slow()
    one, again, tomorrow = (start(slow, TEXT, PLACE, day) for day in ("2026-11-24", "2026-11-24", "2026-11-25"))
    assert one == again != tomorrow
    assert 32 <= len(one) <= 128, "Athena's limits on a token"


def test_what_it_will_cost(athena: Any) -> None:
    s3 = boto3.client("s3", region_name="eu-west-1")
    s3.create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for day in ("08/31", "09/01", "10/02"):
        s3.put_object(Bucket="trail", Key=KEY.replace("10/02", day), Body=b"x" * 1_000)

    class Glue:
        def get_table_metadata(self, **_: str) -> dict[str, Any]:
            return {"TableMetadata": {"Parameters": {"location": "s3://trail/AWSLogs/"}}}

    assert estimate(Glue(), s3, PLACE, "cloudtrail_logs", Part(since="2026-09-01")) == Estimate(2_000, complete=True)
    assert Estimate(2 * 10**12, complete=True).dollars == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("part", "asked"),
    [
        (Part(), True),
        (Part("2026-10-02", "2026-10-02", ("111122223333",), ("eu-west-1",)), True),
        (Part(since="2026-10-03"), False),
        (Part(until="2026-10-01"), False),
        (Part(accounts=("444455556666",)), False),
        (Part(regions=("us-east-1",)), False),
    ],
)
def test_which_objects_a_part_asks_for(part: Part, asked: bool) -> None:
    assert _asked_for(KEY, part) is asked
    assert _asked_for("anything/else.gz", part)
