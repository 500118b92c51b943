"""Format declarations of growing length in one process and fit how time grows with lines.

    python tests/bench/bench_format.py [RUNS]

The text is examples/acme's, over and over; its self-check (a second parse and layout) is included. The best of the
runs counts, since other processes only add.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import iamc.cli  # noqa: F401 - it tunes the garbage collector, as for `iamc fmt`
from iamdsl.format import format_source
from iamdsl.source import Source

EXAMPLES = Path(__file__).parents[2] / "examples/acme"
LINES = (1_000, 5_000, 10_000, 25_000, 50_000)


def text_of(lines: int) -> str:
    """A file of about that many lines, in need of layout: every indent is lost."""
    body = [
        line.lstrip()
        for path in sorted(EXAMPLES.glob("*.iamdsl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("edition")
    ]
    return "\n".join(["edition 1", *(body * (lines // len(body) + 1))]) + "\n"


def seconds(text: str, runs: int) -> float:
    """The least processor time of some runs."""
    best = math.inf
    for _ in range(runs):
        started = time.process_time()
        result = format_source(Source("bench.iamdsl", text))
        best = min(best, time.process_time() - started)
        if result.text is None:
            raise SystemExit(result.diagnostics[0].message)
    return best


def main(runs: int) -> None:
    print(f"{'lines':>7} {'s':>7} {'lines/s':>9}")
    measured = []
    for lines in LINES:
        text = text_of(lines)
        count = text.count("\n")
        measured.append((count, seconds(text, runs)))
        print(f"{count:7,} {measured[-1][1]:7.2f} {count / measured[-1][1]:9,.0f}")
    (first, start), (last, end) = measured[0], measured[-1]
    print(f"time grows with the power {math.log(end / start) / math.log(last / first):.2f} of the lines")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
