"""A progress bar for long work, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from iamc.cli.common import HUMAN
from iamc.progress import Progress

PATIENCE = 0.5
"""Seconds of silence before a bar appears: short work shows none."""


@contextmanager
def working(what: str, style: str) -> Iterator[Progress]:
    """A function to call with (done, of how many); it draws on the error stream when that is a terminal.

    With a format for machines it draws nothing: there, nothing but the output may be said.
    """
    started = time.monotonic()
    drawn = False
    terminal = style in HUMAN and sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        nonlocal drawn
        if done < total:
            if terminal and time.monotonic() - started > PATIENCE:
                filled = 30 * done // total
                _write(f"{what} [{'#' * filled}{'.' * (30 - filled)}] {done}/{total}")
                drawn = True
        elif drawn:
            _write("")
            drawn = False

    try:
        yield progress
    finally:
        if drawn:
            _write("")


def _write(text: str) -> None:
    """Put `text` in the place of the line, so that what is said next begins on a clean one."""
    sys.stderr.write(f"\r{text}\033[K")
    sys.stderr.flush()
