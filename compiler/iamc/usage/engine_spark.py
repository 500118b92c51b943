"""The rollup's query on Apache Spark, local or on a cluster (`iamc[spark]`, Java 17 or later)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from iamc.usage.model import Observation, Seen
from iamc.usage.sql import DIALECTS, Part, query

RECORD = """struct<
  userIdentity: struct<type: string, principalId: string, arn: string, userName: string, invokedBy: string,
    sessionContext: struct<sessionIssuer: struct<arn: string>, sourceIdentity: string>,
    onBehalfOf: struct<userId: string>>,
  eventTime: string, eventSource: string, eventName: string, awsRegion: string, userAgent: string,
  errorCode: string, errorMessage: string, requestParameters: string, resources: array<struct<ARN: string>>,
  eventType: string, recipientAccountId: string, readOnly: string, sessionCredentialFromConsole: string>"""
"""The fields of a record that the query reads; Spark hands an object over as its text where a string is asked for."""
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "16",
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
}


@contextmanager
def session(master: str) -> Iterator[Any]:
    """A Spark session on `master`, stopped at the end of the block. ImportError without the extra."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("iamc usage")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    made = builder.getOrCreate()
    try:
        yield made
    finally:
        made.stop()


def run(spark: Any, paths: Sequence[str], part: Part | None = None) -> Iterator[tuple[Observation, Seen]]:
    """The rows of the query over files of the form `{"Records": [...]}`, gzip or plain; paths may be URLs.

    Raises ValueError for what Spark does not read.
    """
    from pyspark.errors import PySparkException

    try:
        files = spark.read.schema(f"Records array<{RECORD}>").option("multiLine", value=True)
        records = files.option("recursiveFileLookup", value=True).json(list(paths))
        records.selectExpr("explode(Records) as record").select("record.*").createOrReplaceTempView("ct")
        for row in spark.sql(query(DIALECTS["spark"], "ct", part)).toLocalIterator():
            *texts, calls, first, last = row
            yield Observation(*texts), Seen(calls, first, last)
    except PySparkException as error:
        raise ValueError(str(error).strip().partition("\n")[0]) from error
