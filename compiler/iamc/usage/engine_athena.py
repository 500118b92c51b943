"""The rollup's query on Amazon Athena (`iamc[athena]`): cost first, then start, wait and page through the result.

A query's token is made of its text and the day, so that starting it again after an interruption finds the execution
that runs already (Athena API Reference, StartQueryExecution, ClientRequestToken). Clients are boto3's.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from iamc.data import table as data_table
from iamc.usage.model import Observation, Seen
from iamc.usage.sql import COLUMNS, Part
from iamdsl.values import dataclass

PAGE = 1_000
"""Rows of a page of results, the most that Athena gives (Athena API Reference, GetQueryResults)."""
LONGEST_WAIT = 15.0
"""Seconds between two looks at a query that takes long."""
MOST_LISTED = 500_000
"""Objects of a trail that are listed for an estimate; beyond, the estimate says "at least"."""
_KEY = re.compile(r"/(?P<account>\d{12})/CloudTrail/(?P<region>[a-z0-9-]+)/(?P<day>\d{4}/\d\d/\d\d)/")


class AthenaError(Exception):
    """The query failed or was cancelled; the message is Athena's own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a query runs: `output` is an s3:// URL for results, "" where the workgroup has one."""

    database: str
    workgroup: str
    output: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes that a query will scan, as the trail's objects are stored; `complete` unless listing was cut short."""

    size: int
    complete: bool

    @property
    def dollars(self) -> float:
        """By the price table of this package."""
        price: float = data_table("athena-price")["usd_per_terabyte"]
        return self.size / 1e12 * price


def estimate(athena: Any, s3: Any, place: Place, name: str, part: Part) -> Estimate | None:
    """What the query will scan, by listing the objects behind the table; None when its location is not known."""
    found = athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=place.database, TableName=name)
    location = urlsplit(found["TableMetadata"].get("Parameters", {}).get("location", ""))
    if location.scheme != "s3":
        return None
    size = seen = 0
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=location.netloc, Prefix=location.path.lstrip("/"))
    for page in pages:
        for item in page.get("Contents", ()):
            seen += 1
            size += item["Size"] if _asked_for(item["Key"], part) else 0
        if seen > MOST_LISTED:
            return Estimate(size, complete=False)
    return Estimate(size, complete=True)


def _asked_for(key: str, part: Part) -> bool:
    """Whether a trail's object lies in the partitions of the part; one of unknown form does."""
    found = _KEY.search(f"/{key}")
    if found is None:
        return True
    day = found["day"].replace("/", "-")
    return (
        (not part.since or day >= part.since)
        and (not part.until or day <= part.until)
        and (not part.accounts or found["account"] in part.accounts)
        and (not part.regions or found["region"] in part.regions)
    )


def start(athena: Any, text: str, place: Place, today: str) -> str:
    """The identifier of the execution of `text`, the one of an earlier call on the same day if there was one."""
    token = hashlib.sha256("\0".join((text, place.database, place.workgroup, place.output, today)).encode()).hexdigest()
    options: dict[str, Any] = {"ResultConfiguration": {"OutputLocation": place.output}} if place.output else {}
    started = athena.start_query_execution(
        QueryString=text,
        ClientRequestToken=token,
        QueryExecutionContext={"Database": place.database},
        WorkGroup=place.workgroup,
        **options,
    )
    identifier: str = started["QueryExecutionId"]
    return identifier


def wait(athena: Any, identifier: str, sleep: Callable[[float], None] = time.sleep) -> int:
    """Wait for the end of an execution; the bytes that it scanned.

    Raises AthenaError when it does not succeed. When the wait is interrupted, the execution is stopped.
    """
    pause = 0.5
    try:
        while True:
            execution = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
            status = execution["Status"]
            if status["State"] == "SUCCEEDED":
                return int(execution.get("Statistics", {}).get("DataScannedInBytes", 0))
            if status["State"] in ("FAILED", "CANCELLED"):
                raise AthenaError(status.get("StateChangeReason") or status["State"].lower())
            sleep(pause)
            pause = min(pause * 1.5, LONGEST_WAIT)
    except KeyboardInterrupt:
        athena.stop_query_execution(QueryExecutionId=identifier)
        raise


def rows(athena: Any, identifier: str) -> Iterator[tuple[Observation, Seen]]:
    """The rows of an execution that succeeded. Raises AthenaError for columns that are not those of the query."""
    pages = athena.get_paginator("get_query_results").paginate(
        QueryExecutionId=identifier, PaginationConfig={"PageSize": PAGE}
    )
    first = True
    for page in pages:
        for row in page["ResultSet"]["Rows"]:
            cells = [cell.get("VarCharValue", "") for cell in row["Data"]]
            if first:  # Athena's first row has the names of the columns
                first = False
                if tuple(cells) != COLUMNS:
                    raise AthenaError("the result has other columns than the query of this version asks for")
                continue
            *texts, calls, earliest, latest = cells
            yield Observation(*texts), Seen(int(calls), earliest, latest)
