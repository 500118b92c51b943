"""Telling how far long work has come, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

Progress: TypeAlias = "Callable[[int, int], None]"
"""Hears how many are done, of how many."""

T = TypeVar("T")


def unheard(done: int, total: int) -> None:
    """The progress that nobody listens to."""


def tracked(items: Sequence[T], progress: Progress) -> Iterator[T]:
    """The items, one after the other; `progress` hears of each when the next is asked for."""
    for number, item in enumerate(items, 1):
        yield item
        progress(number, len(items))
