"""Compile the benchmark templates beside `policy_sentry write-policy`, whole processes in turn, and print ratios.

    python tests/bench/bench_compile.py [RUNS]

Medians of wall time and of peak memory; absolute numbers depend on the machine, the ratios are the point.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from iamc.model import ALWAYS, Statement
from iamc.passes.split import split

TEMPLATES = Path(__file__).parents[1] / "fixtures/bench"
BIN = Path(sys.executable).parent
CASES = (("article", []), ("50", ["--drop-unmatched"]), ("500", ["--drop-unmatched", "--documents", "20"]),
         ("2000", ["--drop-unmatched", "--documents", "60"]))  # fmt: skip


def once(command: list[str]) -> tuple[float, float]:
    """Wall milliseconds and peak megabytes of one run."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {status}")
    return (time.perf_counter() - started) * 1000, usage.ru_maxrss / 1024


def generated(folder: Path, count: int) -> Path:
    """A template of `count` ARNs, every kind of the largest template over and over."""
    lines = (TEMPLATES / "2000.yml").read_text(encoding="utf-8").splitlines()
    read = [line for line in lines[lines.index("read:") + 1 : lines.index("write:")] if line.startswith("-")]
    path = folder / f"{count}.yml"
    arns = [f"{read[n % len(read)].rstrip(chr(39))}-{n}" for n in range(count)]
    arns = [arn for arn in arns if "dynamodb" not in arn and "s3:::" not in arn and "log-group" not in arn]
    path.write_text("mode: crud\nread:\n" + "\n".join(arns) + "\n", encoding="utf-8")
    return path


def documents_of(*options: str) -> tuple[int, int]:
    """Documents and characters that iamc writes for the largest template, as few as the style can."""
    command = [str(BIN / "iamc"), "compile", str(TEMPLATES / "2000.yml"), "--drop-unmatched", "--no-sids"]
    done = subprocess.run([*command, "--documents", "60", *options], check=True, capture_output=True, text=True)
    texts = [json.dumps(document, separators=(",", ":")) for document in json.loads(done.stdout).values()]
    return len(texts), sum(map(len, texts))


def documents_of_policy_sentry() -> tuple[int, int]:
    """The same for its smallest output, cut to documents as iamc would, since it does not cut at all."""
    command = [str(BIN / "policy_sentry"), "write-policy", "-i", str(TEMPLATES / "2000.yml"), "--minimize", "0"]
    policy = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    statements = [
        Statement("allow", actions, tuple(item["Resource"]), ALWAYS, actions, item["Sid"])
        for item in policy["Statement"]
        for actions in [tuple(item["Action"])]
    ]
    return len(split(statements, 6144).bins), len(json.dumps(policy, separators=(",", ":")))


def main(runs: int) -> None:
    print(f"{'case':>8} {'iamc ms':>9} {'MB':>6} {'PS ms':>9} {'ratio':>6} {'PS -m ms':>9} {'ratio':>6}")
    for name, options in CASES:
        file = str(TEMPLATES / f"{name}.yml")
        commands = [
            [str(BIN / "iamc"), "compile", file, *options],
            [str(BIN / "policy_sentry"), "write-policy", "-i", file],
            [str(BIN / "policy_sentry"), "write-policy", "-i", file, "--minimize", "0"],
        ]
        once(commands[0])
        rows = [[once(command) for command in commands] for _ in range(runs)]
        ours, plain, small = (statistics.median(row[n][0] for row in rows) for n in range(3))
        memory = statistics.median(row[0][1] for row in rows)
        print(f"{name:>8} {ours:9.0f} {memory:6.0f} {plain:9.0f} {ours / plain:6.2f} {small:9.0f} {ours / small:6.2f}")
    for style in ("exact", "words", "tight"):
        print("2000 ARNs, {}: {} documents, {:,} characters".format(style, *documents_of("--wildcards", style)))
    print("2000 ARNs, policy_sentry -m: {} documents, {:,} characters".format(*documents_of_policy_sentry()))
    with tempfile.TemporaryDirectory() as folder:
        for count in (2500, 5000, 10000, 20000):
            file = str(generated(Path(folder), count))
            command = [str(BIN / "iamc"), "compile", file, "--drop-unmatched", "--documents", "999"]
            wall, memory = min(once(command) for _ in range(3))
            print(f"{count:>8} {wall:9.0f} {memory:6.0f}   {wall / count:.3f} ms for each ARN")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
