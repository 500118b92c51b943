"""How fast `iamc lsp` answers a client over standard input and output, on projects of about 5,000 lines.

    python tests/bench/bench_lsp.py [KEYSTROKES]

A person types lines into roles, one character at a time, and pauses now and then; each keystroke is timed from the
notification to the diagnostics of the new version. Completion is asked for after a keystroke, hover likewise.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from lsprotocol import types

from bench.organisations import write
from editing import Editor

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
    print("| project | lines of the file | what | p50 ms | p95 ms | most ms |\n|---|---|---|---|---|---|")
    for name, (roles, lines, joined) in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), roles, lines)
            path = Path(folder).resolve() / "team-0000.iamdsl"
            if joined:
                join(path)
            count = path.read_text().count("\n")
            for what, times in asyncio.run(session(path)).items():
                p50, p95, most = (1000 * quantile(times, q) for q in (0.5, 0.95, 1.0))
                print(f"| {name} | {count:,} | {what} | {p50:.0f} | {p95:.0f} | {most:.0f} |", flush=True)


def join(path: Path) -> None:
    """Bring the declarations of all teams into the file of the first."""
    for other in sorted(path.parent.glob("team-*")):
        if other != path:
            path.write_text(path.read_text() + "\n" + other.read_text().partition("as org\n")[2])
            other.unlink()


def quantile(times: list[float], share: float) -> float:
    """The smallest of the times that this share of them does not exceed."""
    return sorted(times)[max(0, min(len(times) - 1, round(share * len(times)) - 1))]


async def session(path: Path) -> dict[str, list[float]]:
    """Seconds of each kind of answer."""
    editor, chance = Editor(), random.Random(1)
    times: dict[str, list[float]] = {"diagnostics after a keystroke": [], "completion after it": [], "hover": []}
    await editor.start(path.parent)
    uri = editor.open(path)
    await editor.answered(uri, 1)
    document = types.TextDocumentIdentifier(uri)
    while len(times["hover"]) < KEYSTROKES:
        ends = [at for at in range(len(editor.texts[uri])) if editor.texts[uri].startswith("\n  allow", at)]
        at = chance.choice(ends) + 1
        for character in chance.choice(LINES):
            await keystroke(editor, uri, at, character, times["diagnostics after a keystroke"])
            at += 1
            place = editor.place(uri, at)
            ask = editor.client.text_document_completion_async(types.CompletionParams(document, place))
            await timed(ask, times["completion after it"])
            ask = editor.client.text_document_hover_async(types.HoverParams(document, place))
            await timed(ask, times["hover"])
        await asyncio.sleep(1.5)
    await editor.stop()
    return times


async def keystroke(editor: Editor, uri: str, at: int, text: str, times: list[float]) -> None:
    """Type a character and wait for the diagnostics of that version."""
    start = time.perf_counter()
    await editor.answered(uri, editor.replace(uri, at, at, text))
    times.append(time.perf_counter() - start)


async def timed(request: Any, times: list[float]) -> None:
    """Wait for the answer to a request."""
    start = time.perf_counter()
    await request
    times.append(time.perf_counter() - start)


if __name__ == "__main__":
    main()
