"""The project that a command's paths name."""

from __future__ import annotations

import sys
from typing import Any

from iamc.cli.common import paths_or_here, show
from iamc.project import Project, load_project, load_text


def read_project(options: dict[str, Any]) -> Project:
    """The project that PATHS and --root name; `-` is the standard input."""
    paths = paths_or_here(options["paths"], options["style"])
    if [str(path) for path in paths] == ["-"]:
        from iamdsl.reading import from_bytes

        source, problems = from_bytes(sys.stdin.buffer.read(), "<stdin>")
        if source is None:
            show(problems, options["style"])
            raise SystemExit(1)
        return load_text(source)
    return load_project(paths, root=options["root"])
