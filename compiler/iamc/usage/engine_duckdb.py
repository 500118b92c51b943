"""The rollup's query on DuckDB, over local CloudTrail files (`iamc[duckdb]`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from iamc.usage.model import Observation, Seen
from iamc.usage.sql import DIALECTS, query

RECORD = """STRUCT(
  userIdentity STRUCT(type VARCHAR, principalId VARCHAR, arn VARCHAR, userName VARCHAR, invokedBy VARCHAR,
    sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR), sourceIdentity VARCHAR),
    onBehalfOf STRUCT(userId VARCHAR)),
  eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, awsRegion VARCHAR, userAgent VARCHAR,
  errorCode VARCHAR, errorMessage VARCHAR, requestParameters JSON, resources STRUCT(ARN VARCHAR)[],
  eventType VARCHAR, recipientAccountId VARCHAR, readOnly VARCHAR, sessionCredentialFromConsole VARCHAR)"""
"""The fields of a record that the query reads."""
LARGEST = 512 * 1024 * 1024
"""Bytes that one file may have, decompressed, as for the reader of this package."""


def run(files: Sequence[Path]) -> Iterator[tuple[Observation, Seen]]:
    """The rows of the query over files of the form `{"Records": [...]}`, gzip or plain.

    Raises ImportError without the extra, and ValueError for a file that DuckDB does not read.
    """
    import duckdb

    with duckdb.connect(":memory:") as connection:
        try:
            connection.execute("set preserve_insertion_order = false")
            connection.execute(f"create temp view ct as {_source(files)}")
            result = connection.execute(query(DIALECTS["duckdb"], "ct"))
            while rows := result.fetchmany(10_000):
                for *texts, calls, first, last in rows:
                    yield Observation(*texts), Seen(calls, first, last)
        except duckdb.Error as error:
            raise ValueError(str(error).partition("\n")[0]) from error


def _source(files: Sequence[Path]) -> str:
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return (  # names of files only, quoted
        f"select unnest(Records, max_depth := 2) from read_json([{listed}], format = 'auto', records = true, "  # noqa: S608
        f"maximum_object_size = {LARGEST}, columns = {{Records: '{RECORD}[]'}})"
    )
