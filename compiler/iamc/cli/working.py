"""A progress bar for long work, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 0.5
"""Seconds of silence before a bar appears: short work shows none."""


@contextmanager
def working(what: str) -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, of how many); it draws on the error stream when that is a terminal."""
    started = time.monotonic()
    drawn = False
    terminal = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        nonlocal drawn
        if terminal and total > 1 and time.monotonic() - started > PATIENCE:
            filled = 30 * done // total
            sys.stderr.write(f"\r{what} [{'#' * filled}{'.' * (30 - filled)}] {done}/{total}")
            sys.stderr.flush()
            drawn = True

    try:
        yield progress
    finally:
        if drawn:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
