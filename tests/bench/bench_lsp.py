"""How fast `iamc lsp` answers a client over standard input and output, on projects of about 5,000 lines.

    python tests/bench/bench_lsp.py [KEYSTROKES]

A person types lines into roles, one character at a time, and pauses now and then; each keystroke is timed from the
notification to the diagnostics of the new version. Completion is asked for after a keystroke, hover likewise. Beside
the time that the client waits stands the processor time of the server (Linux counts it), which other work on the
machine does not lengthen as much.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

sys.path.insert(0, str(Path(__file__).parents[1]))
from lsprotocol import types

from bench.organisations import write
from editing import Editor

Time: TypeAlias = tuple[float, float]
"""Seconds that the client waited, and of the server's processor time."""
KEYSTROKES = int(sys.argv[1]) if len(sys.argv) > 1 else 300
LINES = (
    "  allow read on t0-1.table when mfa\n",
    "  allow s3:GetObjekt on t0-2.objects\n",
    "  allow write on service sqs\n",
)
SHAPES = {
    "50 roles of 85 lines in five files": (50, 85, False),
    "50 roles of 85 lines in one file": (50, 85, True),
    "10 roles of 480 lines in one file": (10, 480, False),
}


def main() -> None:
    """Print one table."""
    print("| project | lines of the file | what | p50 ms | p95 ms | most ms | processor: p50 ms | p95 ms |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (roles, lines, joined) in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), roles, lines)
            path = Path(folder).resolve() / "team-0000.iamdsl"
            if joined:
                join(path)
            count = path.read_text().count("\n")
            for what, times in asyncio.run(session(path)).items():
                cells = [1000 * quantile([wall for wall, _ in times], q) for q in (0.5, 0.95, 1.0)]
                cells += [1000 * quantile([used for _, used in times], q) for q in (0.5, 0.95)]
                shown = " | ".join(f"{cell:.0f}" for cell in cells)
                print(f"| {name} | {count:,} | {what} | {shown} |", flush=True)


def join(path: Path) -> None:
    """Bring the declarations of all teams into the file of the first."""
    for other in sorted(path.parent.glob("team-*")):
        if other != path:
            path.write_text(path.read_text() + "\n" + other.read_text().partition("as org\n")[2])
            other.unlink()


def quantile(times: list[float], share: float) -> float:
    """The smallest of the times that this share of them does not exceed."""
    return sorted(times)[max(0, min(len(times) - 1, round(share * len(times)) - 1))]


async def session(path: Path) -> dict[str, list[Time]]:
    """Seconds of each kind of answer."""
    editor, chance = Editor(), random.Random(1)
    times: dict[str, list[Time]] = {"diagnostics": [], "completion": [], "hover": []}
    await editor.start(path.parent)
    clock = Clock(editor)
    uri = editor.open(path)
    await editor.answered(uri, 1)
    document = types.TextDocumentIdentifier(uri)
    while len(times["hover"]) < KEYSTROKES:
        ends = [at for at in range(len(editor.texts[uri])) if editor.texts[uri].startswith("\n  allow", at)]
        at = chance.choice(ends) + 1
        for character in chance.choice(LINES):
            with clock.timing(times["diagnostics"]):
                await editor.answered(uri, editor.replace(uri, at, at, character))
            at += 1
            place = editor.place(uri, at)
            with clock.timing(times["completion"]):
                await editor.client.text_document_completion_async(types.CompletionParams(document, place))
            with clock.timing(times["hover"]):
                await editor.client.text_document_hover_async(types.HoverParams(document, place))
        await asyncio.sleep(1.5)
    await editor.stop()
    return times


class Clock:
    """Looks at the wall, and at the processor time of a server."""

    def __init__(self, editor: Editor) -> None:
        self._used = Path(f"/proc/{editor.client._server.pid}/schedstat")

    def _now(self) -> Time:
        used = int(self._used.read_text().split()[0]) / 1e9 if self._used.exists() else 0.0
        return time.perf_counter(), used

    @contextmanager
    def timing(self, times: list[Time]) -> Iterator[None]:
        """Add the time that the block takes."""
        start = self._now()
        yield
        end = self._now()
        times.append((end[0] - start[0], end[1] - start[1]))


if __name__ == "__main__":
    main()
