"""What the commands of `iamc usage` share: the rollup that their paths stand for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from iamc.cli.common import CANNOT_RUN, FINDINGS, show
from iamc.usage.model import Rollup
from iamdsl.diagnostics import Diagnostic, report


def rollup_of(paths: Sequence[Path], style: str) -> Rollup:
    """The rollup of rollup files; shows what is wrong and leaves with 1 or 2 when there is none."""
    from iamc.usage.rollup_file import merge, read_rollup

    if not paths:
        nothing = report("IAM972", "no path is given", None, help="name a rollup, logs or a folder of logs")
        _leave([nothing], style)
    read = [read_rollup(path) for path in paths]
    problems = [problem for _, found in read for problem in found]
    if problems:
        _leave(problems, style)
    return merge(rollup for rollup, _ in read if rollup is not None)


def _leave(problems: Sequence[Diagnostic], style: str) -> None:
    show(problems, style)
    unread = any(problem.span is None for problem in problems)
    raise SystemExit(CANNOT_RUN if unread else FINDINGS)
