"""Compile organisations of growing size, and again after one role changed; print times, memory and the exponent.

    python tests/bench/bench_scale.py [ROLES ...]

Each role has 100 lines in two accounts. The exponent is that of time against lines, fitted by least squares.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from organisations import write

LINES = 100
IAMC = Path(sys.executable).parent / "iamc"


def once(folder: Path, cache: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one incremental compile of the project in `folder`."""
    command = [str(IAMC), "compile", str(folder / "in"), "-o", str(folder / "out"), "--incremental"]
    started = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "IAMC_CACHE_DIR": str(cache)})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {status}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def change_one_role(folder: Path) -> None:
    """Replace the first line of the first team's first role."""
    file = folder / "in" / "team-0000.iamdsl"
    text = file.read_text(encoding="utf-8")
    at = text.index("  allow ", text.index("\nrole "))
    file.write_text(text[:at] + "  allow sqs:PurgeQueue on arn:aws:sqs:eu-west-1:*:t\n" + text[at:], encoding="utf-8")


def exponent(points: list[tuple[int, float]]) -> float:
    """The slope of log(seconds) against log(lines)."""
    logs = [(math.log(lines), math.log(seconds)) for lines, seconds in points]
    middle = [sum(column) / len(logs) for column in zip(*logs, strict=True)]
    above = sum((x - middle[0]) * (y - middle[1]) for x, y in logs)
    return above / sum((x - middle[0]) ** 2 for x, _ in logs)


def main(sizes: list[int]) -> None:
    print(f"{'roles':>6} {'lines':>8} {'whole s':>8} {'MB':>5} {'after a change s':>17} {'nothing changed s':>18}")
    points = []
    for roles in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder / "in", roles, LINES)
            seconds, memory = once(folder, folder / "cache")
            change_one_role(folder)
            again = sorted(once(folder, folder / "cache")[0] for _ in range(3))
            points.append((roles * LINES, seconds))
            print(f"{roles:>6} {roles * LINES:>8} {seconds:8.2f} {memory:5.0f} {again[-1]:17.2f} {again[0]:18.2f}")
    if len(points) > 1:
        print(f"time grows with the power {exponent(points):.2f} of the lines")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [125, 250, 500, 1000])
