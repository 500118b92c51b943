"""What the commands of `iamc usage` share: the rollup that their paths stand for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from iamc.cli.common import CANNOT_RUN, FINDINGS, show
from iamc.cli.working import working
from iamc.usage.model import Rollup
from iamdsl.diagnostics import Diagnostic, report

if TYPE_CHECKING:
    from iamc.usage.ingest import Ingested


def rollup_of(paths: Sequence[Path], style: str) -> Rollup:
    """The rollup of rollup files and logs; shows what is wrong and leaves with 1 or 2 when there is none."""
    from iamc.usage.files import survey
    from iamc.usage.ingest import ingest

    found = survey(named(paths, style))
    with working("reading", style) as progress:
        rollup = settled(ingest(found, progress=progress), style)
    tell_left_out(rollup, style)
    return rollup


def named(paths: Sequence[Path], style: str) -> Sequence[Path]:
    """The paths; leaves with 2 when there are none or one does not exist."""
    from iamc.usage.files import survey

    if not paths:
        leave([report("IAM972", "no path is given", None, help="name a rollup, logs or a folder of logs")], style)
    missing = survey(paths).missing
    if missing:
        leave([report("IAM901", f"cannot read `{name}`: no such file or folder", None) for name in missing], style)
    return paths


def settled(ingested: Ingested, style: str) -> Rollup:
    """The rollup; shows what is wrong and leaves when there is none."""
    if ingested.rollup is None:
        leave(ingested.problems, style)
    return ingested.rollup


def tell_left_out(rollup: Rollup, style: str) -> None:
    """On the error stream, the files that were left out, with the reason; nothing for machines."""
    if style != "full":
        return
    from iamc.render.text import inert

    for reason, names in rollup.reading.left_out.items():
        shown = ", ".join(inert(name) for name in names[:3])
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        click.echo(f"left out, {reason}: {shown}{more}", err=True)


def leave(problems: Sequence[Diagnostic], style: str) -> NoReturn:
    """Show what is wrong and leave: with 1 when a file says something wrong, with 2 when there is nothing to read."""
    show(problems, style)
    unread = any(problem.span is None for problem in problems)
    raise SystemExit(CANNOT_RUN if unread else FINDINGS)
