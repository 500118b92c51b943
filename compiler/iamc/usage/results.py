"""Results of queries as CSV: of the query that `iamc usage sql` prints, and of raw events (CloudTrail Lake, Athena)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from iamc.usage.model import Observation
from iamc.usage.observe import instant
from iamc.usage.tally import Tally

COUNTED = ("calls", "first_seen", "last_seen")
"""The columns behind those of an observation."""

_WHOLE = ("eventjson", "event_json", "eventdata", "event")
_NAMES = {
    name.lower(): name
    for name in (
        "eventTime", "eventSource", "eventName", "awsRegion", "recipientAccountId", "eventType", "userIdentity",
        "userAgent", "sessionCredentialFromConsole", "errorCode", "errorMessage", "readOnly", "requestParameters",
        "resources",
    )
}  # fmt: skip
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?(?: UTC)?")
"""The time of an event as CloudTrail Lake prints it."""
_PARTS = ("userIdentity", "requestParameters", "resources")


def count(text: str, tally: Tally) -> bool:
    """Count the rows of a result; False when it is none, or one that cannot be understood for sure.

    Athena writes a struct such as `{type=IAMUser, arn=...}`, from which values cannot be told apart: only JSON is
    taken for `userIdentity` and its like.
    """
    own = tally.like()
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [name.strip().lower() for name in next(rows)]
        if set(Observation._fields) | set(COUNTED) <= set(columns):
            understood = all(_counted(dict(zip(columns, row, strict=True)), own) for row in rows if row)
        else:
            understood = all(_raw(dict(zip(columns, row, strict=True)), own) for row in rows if row)
    except (csv.Error, ValueError, StopIteration):
        return False
    if understood:
        tally.absorb(own)
    return understood and own.events > 0


def _counted(row: Mapping[str, str], tally: Tally) -> bool:
    """A row of our own query. ValueError when a count is none."""
    calls, first, last = int(row["calls"]), instant(row["first_seen"]), instant(row["last_seen"])
    if tally.days.has(first) != tally.days.has(last):
        raise ValueError("a sum cannot be cut by time")
    tally.events += calls
    if tally.days.has(first):
        tally.count(Observation._make(row[name] for name in Observation._fields), calls, first, last)
    return True


def _raw(row: Mapping[str, str], tally: Tally) -> bool:
    """A row that holds an event, whole or in CloudTrail's columns."""
    whole = next((row[name] for name in _WHOLE if row.get(name)), "")
    record = json.loads(whole) if whole else {_NAMES[name]: value for name, value in row.items() if name in _NAMES}
    if not isinstance(record, dict) or not (record.get("eventSource") and record.get("eventName")):
        return False
    if not whole:
        record["eventTime"] = _TIMESTAMP.sub(r"\1T\2Z", record.get("eventTime", ""))
        for name in _PARTS:
            record[name] = _part(record.get(name, ""))
    tally.add_record(record)
    return True


def _part(cell: str) -> Any:
    """The value of a cell in JSON; ValueError for a struct as Athena prints it."""
    return json.loads(cell) if cell and cell != "null" else None
