"""The rollup by another engine: the same files as the reader would read, the same uses, the same bytes.

For local files the reader looks at each first, so that what is corrupt, truncated, not CloudTrail's or there twice is
named and left out as always, and so that it is known how many events the engine must count. Where an engine's count
differs, because a file has another form than CloudTrail's own, the reader's uses are taken for those files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from iamc.progress import Progress, unheard
from iamc.usage.files import STDIN, LogFile, Survey
from iamc.usage.ingest import Batch, Ingested, Only, Total, duplicates_named, finished, read_batch
from iamc.usage.model import Observation, Reading, Rollup, Seen
from iamc.usage.rollup_file import collect

Engine = Callable[[Sequence[Path]], Iterable[tuple[Observation, Seen]]]
"""The rows of the query over files of the form `{"Records": [...]}`; ValueError when it cannot read them."""


def ingest_by(engine: Engine, survey: Survey, only: Only, progress: Progress = unheard) -> Ingested:
    """What `ingest` gives, counted by an engine."""
    total = Total()
    events = {}
    for done, file in enumerate(survey.files, 1):
        batch = read_batch([file], Only(days=only.days))
        total.found += batch.found
        events[file] = batch.events
        progress(done, len(survey.files))
    total.found = duplicates_named(total.found)
    files = [file for file, found in zip(survey.files, total.found, strict=True) if found.reason == ""]
    direct = [file for file in files if not _limited(only) and _is_records(file)]
    for batch in _counted(engine, direct, only, events):
        total.add(batch)
    total.add(_plain([file for file in files if file not in set(direct)], only))
    return finished(survey, total, only)


def sum_up(rows: Iterable[tuple[Observation, Seen]], only: Only) -> Ingested:
    """The rollup of an engine's rows over files that are not on this machine."""
    uses = {use: seen for use, seen in collect(rows).items() if only.keeps(use)}
    return Ingested(Rollup(uses, Reading(0, {})), sum(seen.calls for seen in uses.values()))


def _counted(engine: Engine, files: Sequence[LogFile], only: Only, events: dict[LogFile, int]) -> Iterable[Batch]:
    """The files by the engine, in halves where it cannot read all or counts other events; one by the reader."""
    if not files:
        return
    try:
        uses = collect(engine([file.path for file in files]))
    except ValueError:
        uses = {}
    number = sum(events[file] for file in files)
    if sum(seen.calls for seen in uses.values()) == number:
        yield Batch((), {use: seen for use, seen in uses.items() if only.keeps(use)}, number)
    elif len(files) == 1:
        yield _plain(files, only)
    else:
        half = len(files) // 2
        yield from _counted(engine, files[:half], only, events)
        yield from _counted(engine, files[half:], only, events)


def _plain(files: Sequence[LogFile], only: Only) -> Batch:
    batch = read_batch(files, only)
    return Batch((), batch.uses, batch.events)


def _limited(only: Only) -> bool:
    return bool(only.days.since or only.days.until)


def _is_records(file: LogFile) -> bool:
    """Whether an engine may try the file; names with characters of patterns would mean other files to it."""
    name = str(file.path)
    return file.path != STDIN and name.endswith((".json", ".json.gz")) and not set(name) & set("*?[]{}")
