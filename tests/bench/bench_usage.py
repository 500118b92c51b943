"""`iamc usage rollup` on synthetic CloudTrail: events a second and peak memory, beside trailscraper and the engines.

    python tests/bench/bench_usage.py [--events 1000000] [--runs 3] [--trailscraper PROGRAM] [--engines]

The logs are made once (2,000 files of 500 events for a million) in a temporary folder. trailscraper's `select` reads a
tenth of them, for it takes long; its rate is of that tenth. Engines are run once, with --engines.
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

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests")]

from trails import stream, write_file  # noqa: E402 - found by the path above

PER_FILE = 500


def made(folder: Path, events: int) -> Path:
    """Gz files of events under the folder."""
    source = stream(events, seed=9)
    number = 0
    while part := [event for event, _ in islice(source, PER_FILE)]:
        write_file(folder, number, part)
        number += 1
    return folder


def measured(command: list[str], watch: bool = True) -> tuple[float, float]:
    """Seconds and megabytes (the largest process) of a command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-500:]}")
    return seconds, int(done.stderr.split()[-1]) / 1024 if watch else 0.0


def row(name: str, events: int, runs: list[tuple[float, float]]) -> float:
    """Print one row; the events a second."""
    seconds = statistics.median(second for second, _ in runs)
    rate = events / seconds
    memory = max(megabytes for _, megabytes in runs)
    print(f"| {name} | {events:,} | {seconds:.1f} | {rate:,.0f} | {memory:,.0f} |", flush=True)
    return rate


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--trailscraper", default=shutil.which("trailscraper"))
    parser.add_argument("--engines", action="store_true")
    chosen = parser.parse_args()
    iamc = [sys.executable, "-m", "iamc", "usage", "rollup"]
    with tempfile.TemporaryDirectory() as name:
        logs, out = Path(name, "logs"), str(Path(name, "usage.ndjson.gz"))
        made(logs, chosen.events)
        part = made(Path(name, "part"), chosen.events // 10)
        print("| reader | events | s | events/s | MB |\n|---|---|---|---|---|")
        rates = {}
        for jobs in (1, os.cpu_count() or 1):
            runs = [measured([*iamc, str(logs), "--jobs", str(jobs), "-o", out]) for _ in range(chosen.runs)]
            rates[jobs] = row(f"iamc, {jobs} process{'es' if jobs > 1 else ''}", chosen.events, runs)
        if chosen.trailscraper:
            command = [chosen.trailscraper, "select", "--log-dir", str(part), "--from", "2026-01-01", "--to", "now"]
            runs = [measured(command) for _ in range(chosen.runs)]
            peer = row("trailscraper select", chosen.events // 10, runs)
            print(f"\niamc / trailscraper: {rates[max(rates)] / peer:.1f}x")
        if chosen.engines:
            for engine in ("duckdb", "spark"):
                once = measured([*iamc, str(logs), "--engine", engine, "-o", out])
                row(f"iamc --engine {engine}", chosen.events, [once])


if __name__ == "__main__":
    main()
