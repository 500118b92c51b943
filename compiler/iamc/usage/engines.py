"""The rollup by another engine: the same files as the reader would read, the same uses, the same bytes.

For local files the reader looks at each first, so that what is corrupt, truncated, not CloudTrail's or there twice is
named and left out as always, and so that it is known how many events the engine must count. Where an engine's count
differs, because a file has another form than CloudTrail's own, the reader's uses are taken for those files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from iamc.progress import Progress, unheard
from iamc.usage.contents import Found, read_file
from iamc.usage.files import STDIN, LogFile, Survey
from iamc.usage.ingest import Batch, Ingested, Only, Total, duplicates_named, finished, in_batches, read_batch
from iamc.usage.model import Observation, Reading, Rollup, Seen
from iamc.usage.rollup_file import collect
from iamc.usage.tally import Census

Engine = Callable[[Sequence[Path]], Iterable[tuple[Observation, Seen]]]
"""The rows of the query over files of the form `{"Records": [...]}`; ValueError when it cannot read them."""


def ingest_by(engine: Engine, survey: Survey, only: Only, progress: Progress = unheard, jobs: int = 0) -> Ingested:
    """What `ingest` gives, counted by an engine."""
    total = Total()
    with in_batches(survey.files, only, jobs, look) as batches:
        for batch in batches:
            total.found += batch.found
            progress(len(total.found), len(survey.files))
    named = duplicates_named(total.found, survey.files)
    found = dict(zip(survey.files, named, strict=True))
    files = [file for file, each in found.items() if each.reason == ""]
    direct = [file for file in files if not _limited(only) and _is_records(file)]
    rest = [file for file in files if file not in set(direct)]
    for batch in (*_counted(engine, direct, only, found), _plain(rest, only, found)):
        total.add(batch)
    total.found = list(found.values())
    return finished(survey, total, only)


def look(files: Sequence[LogFile], only: Only) -> Batch:
    """What the reader would say of each file, with nothing counted but how many events there are."""
    census = Census(only.days)
    return Batch(tuple(read_file(file, census) for file in files), {})


def sum_up(rows: Iterable[tuple[Observation, Seen]], only: Only) -> Ingested:
    """The rollup of an engine's rows over files that are not on this machine."""
    uses = {use: seen for use, seen in collect(rows).items() if only.keeps(use)}
    return Ingested(Rollup(uses, Reading(0, {})), sum(seen.calls for seen in uses.values()))


def _counted(engine: Engine, files: Sequence[LogFile], only: Only, found: dict[LogFile, Found]) -> Iterator[Batch]:
    """The files by the engine, in halves where it cannot read all or counts other events; one by the reader."""
    if not files:
        return
    try:
        uses = collect(engine([file.path for file in files]))
    except ValueError:
        uses = {}
    if sum(seen.calls for seen in uses.values()) == sum(found[file].events for file in files):
        yield Batch((), {use: seen for use, seen in uses.items() if only.keeps(use)})
    elif len(files) == 1:
        yield _plain(files, only, found)
    else:
        half = len(files) // 2
        yield from _counted(engine, files[:half], only, found)
        yield from _counted(engine, files[half:], only, found)


def _plain(files: Sequence[LogFile], only: Only, found: dict[LogFile, Found]) -> Batch:
    """Files by the reader, which also has the last word on whether it can read them."""
    batch = read_batch(files, only)
    found.update((file, each) for file, each in zip(files, batch.found, strict=True))
    return Batch((), batch.uses)


def _limited(only: Only) -> bool:
    return bool(only.days.since or only.days.until)


def _is_records(file: LogFile) -> bool:
    """Whether an engine may try the file; names with characters of patterns would mean other files to it."""
    name = str(file.path)
    return file.path != STDIN and name.endswith((".json", ".json.gz")) and not set(name) & set("*?[]{}")
