"""From paths to one rollup: files read by several processes in batches, whose uses are added up as they come.

Nothing depends on the number of processes or on which is done first: a rollup adds up in any order. A file whose
content was read before under another name is found when both are read, and is then taken back.
"""

from __future__ import annotations

import gc
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any, Protocol

from iamc.progress import Progress, unheard
from iamc.usage.contents import ROLLUP, Found, Unreadable, content_of, digest_of, read_file
from iamc.usage.files import STDIN, LogFile, Survey
from iamc.usage.model import Reading, Rollup, Seen, Use
from iamc.usage.people import of_roles
from iamc.usage.rollup_file import merge, read_rollup
from iamc.usage.tally import Days, Tally
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.values import dataclass

BATCH = 200
"""Files that a process reads at most before it hands over what it counted."""

SIZE = 12 * 1024 * 1024
"""Bytes, as stored, of the files that a process reads at most before it hands over, if they are not a single one."""

FEW = 8
"""Up to so many files, other processes cost more than they save, and so do batches."""


@dataclass(frozen=True, slots=True)
class Only:
    """Which uses are kept: of accounts, of roles by name or ARN, of days; none keeps all."""

    accounts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    days: Days = Days()

    def keeps(self, use: Use) -> bool:
        """Whether a use is of one of the accounts and of one of the roles. Admin is not LegacyAdmin."""
        return (not self.accounts or use.account in self.accounts) and of_roles(use, self.roles)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch of files gave."""

    found: tuple[Found, ...]
    uses: dict[Use, Seen]


@dataclass(frozen=True, slots=True)
class Ingested:
    """The rollup and how many events and files it was made of; or no rollup, and why."""

    rollup: Rollup | None
    events: int = 0
    problems: tuple[Diagnostic, ...] = ()


class Read(Protocol):
    """How a batch of files becomes uses. It runs in other processes, so it must be a function of a module."""

    def __call__(self, files: Sequence[LogFile], only: Only) -> Batch: ...  # noqa: D102 - said above


def ingest(
    survey: Survey,
    only: Only | None = None,
    jobs: int = 0,
    progress: Progress = unheard,
    read: Read | None = None,
) -> Ingested:
    """Read every file of a survey. `jobs` is the number of processes, 0 for as many as there are cores."""
    wanted = only or Only()
    total = Total()
    with in_batches(survey.files, wanted, jobs, read or read_batch) as batches:
        for batch in batches:
            total.add(batch)
            progress(len(total.found), len(survey.files))
    return finished(survey, total, wanted)


def read_batch(files: Sequence[LogFile], only: Only) -> Batch:
    """Read files one after the other; what one worker does."""
    tally = Tally(only.days)
    found = tuple(read_file(file, tally) for file in files)
    uses = {use: seen for use, seen in tally.uses().items() if only.keeps(use)}
    return Batch(found, uses)


class Total:
    """What batches add up to; texts that uses share are held once."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.uses: dict[Use, Seen] = {}
        self._texts: dict[str, str] = {}

    def add(self, batch: Batch) -> None:
        """Add what a batch gave."""
        self.found += batch.found
        for use, seen in batch.uses.items():
            known = self.uses.get(use)
            if known:
                self.uses[use] = known + seen
            else:
                self.uses[self._shared(use)] = seen

    def take_back(self, batch: Batch) -> None:
        """Subtract what was counted twice. When it was seen stays: another file says the same."""
        for use, seen in batch.uses.items():
            known = self.uses[use]
            self.uses[use] = Seen(known.calls - seen.calls, known.first, known.last)

    def _shared(self, use: Use) -> Use:
        keep = self._texts.setdefault
        return Use._make(keep(v, v) if isinstance(v, str) else tuple(keep(text, text) for text in v) for v in use)


@contextmanager
def in_batches(files: Sequence[LogFile], only: Only, jobs: int, read: Read) -> Iterator[Iterable[Batch]]:
    """The batches in order, read here or by other processes, which end with this block."""
    jobs = jobs or os.cpu_count() or 1
    parts = list(_parts(files, jobs))
    work = partial(read, only=only)
    if jobs == 1 or len(files) <= FEW or any(file.path == STDIN for file in files):
        with _uncollected():
            yield map(work, parts)
        return
    import multiprocessing

    with _uncollected(), multiprocessing.Pool(min(jobs, len(parts)), _begin_work) as pool:
        yield map(_unpacked, pool.imap(partial(_packed, work), parts))


_Row = tuple[tuple[Any, ...], int, str, str]


def _packed(
    work: Callable[[Sequence[LogFile]], Batch], files: Sequence[LogFile]
) -> tuple[tuple[Found, ...], list[_Row]]:
    """A batch in plain tuples, which are sent to another process in a quarter of the time."""
    batch = work(files)
    return batch.found, [(tuple(use), seen.calls, seen.first, seen.last) for use, seen in batch.uses.items()]


def _unpacked(packed: tuple[tuple[Found, ...], list[_Row]]) -> Batch:
    found, rows = packed
    return Batch(found, {Use._make(use): Seen(calls, first, last) for use, calls, first, last in rows})


def _parts(files: Sequence[LogFile], jobs: int) -> Iterator[Sequence[LogFile]]:
    """The files in parts, each smaller than what is left for the others, so that all processes end at one time."""
    sizes = [_size(file) for file in files]
    left, start = sum(sizes), 0
    while start < len(files):
        end, size = start, 0
        most = min(SIZE, left // (2 * jobs))
        while end < len(files) and end - start < BATCH and (end - start < FEW or size + sizes[end] <= most):
            size += sizes[end]
            end += 1
        yield files[start:end]
        start, left = end, left - size


def _size(file: LogFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0


def _begin_work() -> None:
    """In a process that reads: interrupts are for the parent, and there are no cycles to look for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector, which would look for cycles among many values that can have none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def finished(survey: Survey, total: Total, only: Only) -> Ingested:
    """The rollup of all files: duplicates taken back, rollups among them merged."""
    found = duplicates_named(total.found, survey.files)
    for before, after, file in zip(total.found, found, survey.files, strict=True):
        if before.reason == "" and after.reason == "duplicate":
            total.take_back(read_batch([file], only))
    rollups = [read_rollup(file.path) for each, file in zip(found, survey.files, strict=True) if each.reason == ROLLUP]
    problems = tuple(problem for _, told in rollups for problem in told)
    if problems:
        return Ingested(None, 0, problems)
    files = sum(each.reason == "" for each in found)
    reading = Reading(files, _left_out(found))
    own = Rollup({use: seen for use, seen in total.uses.items() if seen.calls}, reading)
    given = [_kept(rollup, only) for rollup, _ in rollups if rollup is not None]
    if not files and not given:
        return Ingested(None, 0, (_nothing(found),))
    return Ingested(merge([own, *given]), sum(each.events for each in found if each.reason == ""), ())


def duplicates_named(found: Sequence[Found], files: Sequence[LogFile]) -> list[Found]:
    """What was found, with every file that says what an earlier one says called a duplicate."""
    alike = Counter(each.said for each in found if each.reason in ("", ROLLUP))
    seen: set[str] = set()
    named = []
    for each, file in zip(found, files, strict=True):
        again = False
        if each.reason in ("", ROLLUP) and alike[each.said] > 1:
            # Length and checksum may be alike by chance, so all that they said is compared.
            digest = each.digest or _digest(file)
            again = digest in seen
            seen.add(digest)
        named.append(replace(each, reason="duplicate") if again else each)
    return named


def _digest(file: LogFile) -> str:
    try:
        return digest_of(content_of(file))
    except Unreadable:  # it was read a moment ago
        return file.name


def _left_out(found: Iterable[Found]) -> dict[str, tuple[str, ...]]:
    rest = sorted((each.reason, each.name) for each in found if each.reason not in ("", ROLLUP))
    return {reason: tuple(name for _, name in pairs) for reason, pairs in groupby(rest, key=lambda pair: pair[0])}


def _kept(rollup: Rollup, only: Only) -> Rollup:
    return Rollup({use: seen for use, seen in rollup.uses.items() if only.keeps(use)}, rollup.reading)


def _nothing(found: Sequence[Found]) -> Diagnostic:
    counts = [f"{len(names)} {reason}" for reason, names in _left_out(found).items()]
    first = next((f"`{each.name}` is {each.reason}" for each in found), "")
    return report(
        "IAM972",
        f"no CloudTrail events in {len(found)} files" if found else "there are no files",
        None,
        help="name files of CloudTrail, a folder that holds them at any depth, a pattern in quotes, or a rollup",
        notes=[f"{', '.join(counts)}; {first}"] if found else (),
    )
