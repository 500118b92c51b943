from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import Catalog
from iamc.lsp import names, protocol
from iamc.lsp.actions import actions
from iamc.lsp.analysis import Analysis
from iamc.lsp.completion import complete
from iamc.lsp.hover import hover
from iamc.lsp.lines import hints
from iamc.lsp.occurrences import occurrences
from iamc.lsp.overlay import Overlay
from iamc.lsp.symbols import symbols
from iamc.lsp.tokens import tokens
from iamc.pipeline import Context
from iamc.project import display
from iamc.settings import Settings

ACME = Path(__file__).parents[3] / "examples" / "acme"
FILES = sorted(ACME.glob("*.iamdsl"))
PIECES = (
    '"',
    "{",
    "}",
    "${",
    "role ",
    "allow ",
    " on ",
    ":",
    ".",
    ",",
    "#",
    "\n",
    "arn:",
    "\U0001f600",
    "\0",
    "\r",
    "grant x",
)


@st.composite
def broken(draw: st.DrawFn) -> tuple[Path, str, int]:
    """A file of the example after a few careless edits, and a place in it."""
    path = draw(st.sampled_from(FILES))
    text = path.read_text("utf-8")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(PIECES)) + text[at + draw(st.sampled_from((0, 1, 7, 200))) :]
    if draw(st.booleans()):
        text = text[: draw(st.integers(0, len(text)))]
    return path.resolve(), text, draw(st.integers(0, len(text)))


@pytest.fixture(scope="module")
def context(catalog: Catalog) -> Context:
    return Context.of(catalog, Settings())


@given(broken())
@settings(max_examples=40)
def test_no_text_is_too_broken(context: Context, given: tuple[Path, str, int]) -> None:
    path, text, offset = given
    overlay = Overlay()
    project = Analysis((ACME.resolve(),), context, overlay).finish()
    overlay.buffers[path] = text
    project.keystroke(path)
    for _, found in zip(range(3), project.whole(), strict=False):
        assert found is None
    source = overlay.read(path)[0]
    if source is None:
        return
    offset = min(offset, len(source.text))
    complete(project, source, offset)
    current = project.read(path)
    assert current is not None
    hover(project, current.path, offset)
    names.definition(project, current.path, offset)
    names.references(project, current.path, offset)
    assert names.rename(project, current.path, offset, "a-new-name") is not None
    list(hints(project, current, 0, len(text)))
    list(actions(current, project.findings.get(current.path, ()), 0, len(text)))
    for each in symbols(project.project.files[current.path]):
        assert protocol.symbol(each, project.place, "utf-16").name
    found_tokens = tokens(current, occurrences(project, current.path))
    data = protocol.token_data(found_tokens, current, "utf-16")
    assert all(number >= 0 for number in data)
    for each in project.finish().findings[display(path)]:
        protocol.diagnostic(each, {}, "utf-16")
