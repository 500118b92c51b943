"""Diagnostics as text: one renderer a module, each a plain function of the diagnostics.

Source text is untrusted: whatever it holds, it comes out inert. It cannot move a terminal's cursor, reorder
what a reviewer sees, speak to a CI runner, or end the string, cell or element that quotes it.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from iamdsl.diagnostics import Diagnostic

Renderer: TypeAlias = "Callable[[Sequence[Diagnostic]], str]"
"""Diagnostics to text: empty, or ending in one line feed."""


def _lazy(name: str) -> Renderer:
    def render(diagnostics: Sequence[Diagnostic]) -> str:
        text: str = import_module(f"iamc.render.{name}").render(diagnostics)
        return text

    return render


RENDERERS: Mapping[str, Renderer] = MappingProxyType(
    {name: _lazy(name) for name in ("full", "concise", "json", "github", "sarif", "markdown", "junit")}
)
"""Every format by the name that `--format` takes; a module is imported when its renderer is first called."""


def render(diagnostics: Sequence[Diagnostic], style: str = "full", *, color: bool = False, width: int = 100) -> str:
    """The diagnostics in one of `RENDERERS`, in the order given (KeyError for an unknown style).

    `color` and `width`, in terminal columns, matter to `full` only.
    """
    if style == "full":
        from iamc.render import full

        return full.render(diagnostics, color=color, width=width)
    return RENDERERS[style](diagnostics)
