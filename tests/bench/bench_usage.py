"""`iamc usage rollup` on synthetic CloudTrail: events a second and peak memory, beside trailscraper and the engines.

    python tests/bench/bench_usage.py [--events 1000000] [--runs 3] [--trailscraper PROGRAM] [--engines]

The logs are made once (2,000 files of 500 events for a million) in a temporary folder. trailscraper's `select` reads a
tenth of them, for it takes long; its rate is of that tenth. The last table goes all the way from that tenth to a
policy: `select` and `generate` beside `rollup` and `draft`. Engines are run once, with --engines.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests")]

from trails import stream, write_file  # noqa: E402 - found by the path above

PER_FILE = 500
IAMC = [sys.executable, "-m", "iamc", "usage"]


def made(folder: Path, events: int) -> Path:
    """Gz files of events under the folder."""
    source = stream(events, seed=9)
    number = 0
    while part := [event for event, _ in islice(source, PER_FILE)]:
        write_file(folder, number, part)
        number += 1
    return folder


class Run(NamedTuple):
    """Seconds by the clock, seconds of all processors, and megabytes of the largest process."""

    seconds: float
    cpu: float
    megabytes: float


def measured(command: list[str], source: Path = Path(os.devnull), out: Path = Path(os.devnull)) -> Run:
    """A command that must succeed, from `source` to `out`."""
    started = time.perf_counter()
    with source.open() as stdin, out.open("w") as stdout:
        timed = ["/usr/bin/time", "-f", "%U %S %M", *command]
        done = subprocess.run(timed, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-500:]}")
    user, system, kilobytes = done.stderr.split()[-3:]
    return Run(seconds, float(user) + float(system), int(kilobytes) / 1024)


def in_turn(*steps: Run) -> Run:
    """Steps that follow each other, as one: their seconds together, the memory of the largest."""
    return Run(
        sum(step.seconds for step in steps), sum(step.cpu for step in steps), max(step.megabytes for step in steps)
    )


def row(name: str, events: int, runs: list[Run]) -> Run:
    """Print one row; the medians."""
    seconds, cpu = (statistics.median(numbers) for numbers in list(zip(*runs, strict=True))[:2])
    memory = max(run.megabytes for run in runs)
    print(f"| {name} | {events:,} | {seconds:.1f} | {events / seconds:,.0f} | {cpu:.1f} | {memory:,.0f} |", flush=True)
    return Run(seconds / events, cpu / events, memory)


def ratio(ours: Run, theirs: Run) -> str:
    """How many times as fast, by the clock and by the processors."""
    return f"{theirs.seconds / ours.seconds:.1f}x ({theirs.cpu / ours.cpu:.1f}x of processors)"


def readers(logs: Path, part: Path, chosen: argparse.Namespace) -> None:
    """The table of events a second. Each round runs all in turn, so that other work on the machine meets all alike."""
    print("| reader | events | s | events/s | CPU s | MB |\n|---|---|---|---|---|---|")
    out = str(logs.parent / "usage.ndjson.gz")
    ours = {jobs: [*IAMC, "rollup", str(logs), "--jobs", str(jobs), "-o", out] for jobs in (1, os.cpu_count() or 1)}
    theirs = {"trailscraper select": select(chosen.trailscraper, part)} if chosen.trailscraper else {}
    runs: dict[int | str, list[Run]] = {name: [] for name in (*ours, *theirs)}
    for _ in range(chosen.runs):
        for name, command in {**ours, **theirs}.items():
            runs[name].append(measured(command))
    rates = {jobs: row(f"iamc, {jobs} process{'es' if jobs > 1 else ''}", chosen.events, runs[jobs]) for jobs in ours}
    for engine in ("duckdb", "spark") if chosen.engines else ():
        once = measured([*IAMC, "rollup", str(logs), "--engine", engine, "-o", out])
        row(f"iamc --engine {engine}", chosen.events, [once])
    for name in theirs:
        peer = row(name, chosen.events // 10, runs[name])
        ratios = ", ".join(f"{ratio(each, peer)} with {jobs}" for jobs, each in rates.items())
        print(f"\niamc / trailscraper, by processes of iamc: {ratios}")


def select(program: str, logs: Path) -> list[str]:
    return [program, "select", "--log-dir", str(logs), "--from", "2026-01-01", "--to", "now"]


def to_policies(part: Path, chosen: argparse.Namespace) -> None:
    """The table of both ways from logs to a policy."""
    events, folder = chosen.events // 10, part.parent
    usage, selected = folder / "part.ndjson.gz", folder / "selected.json"
    ours, theirs = [], []
    for _ in range(chosen.runs):
        rollup = [*IAMC, "rollup", str(part), "-o", str(usage)]
        ours.append(in_turn(measured(rollup), measured([*IAMC, "draft", str(usage)])))
        selecting = measured(select(chosen.trailscraper, part), out=selected)
        theirs.append(in_turn(selecting, measured([chosen.trailscraper, "generate"], source=selected)))
    print("\n| from logs to a policy | events | s | events/s | CPU s | MB |\n|---|---|---|---|---|---|")
    own, peer = row("iamc rollup, draft", events, ours), row("trailscraper select, generate", events, theirs)
    print(f"\niamc / trailscraper: {ratio(own, peer)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--trailscraper", default=shutil.which("trailscraper"))
    parser.add_argument("--engines", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        logs = made(Path(name, "logs"), chosen.events)
        part = made(Path(name, "part"), chosen.events // 10)
        readers(logs, part, chosen)
        if chosen.trailscraper:
            to_policies(part, chosen)


if __name__ == "__main__":
    main()
