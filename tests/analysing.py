"""Projects as an editor has them, in memory."""

from __future__ import annotations

from pathlib import Path

from compiling import TODAY
from iamc.catalog import Catalog
from iamc.lsp.analysis import Analysis
from iamc.lsp.overlay import Overlay
from iamc.pipeline import Context
from iamc.project import display
from iamc.settings import Settings
from iamdsl.source import Source

MARK = "|"
"""Where the cursor stands in the texts of tests."""


def analysis(folder: Path, catalog: Catalog, **files: str) -> Analysis:
    """The project of some open files, `org="..."` for org.iamdsl; nothing is on the disk."""
    overlay = Overlay()
    for name, text in files.items():
        overlay.buffers[(folder / f"{name}.iamdsl").resolve()] = text
    context = Context.of(catalog, Settings(today=TODAY))
    return Analysis((folder.resolve(),), context, overlay).finish()


def pointed(folder: Path, catalog: Catalog, text: str, **files: str) -> tuple[Analysis, Source, int]:
    """A project with the file main.iamdsl, and the place of the `|` in it."""
    offset = text.index(MARK)
    project = analysis(folder, catalog, main=text.replace(MARK, "", 1), **files)
    source = project.source(display(folder / "main.iamdsl"))
    assert source is not None
    return project, source, offset
