"""Go to definition, references and rename."""

from __future__ import annotations

from iamc.lsp.analysis import Analysis
from iamc.lsp.occurrences import NAME, Occurrence, at, declared, everywhere, occurrences
from iamc.passes.resolve.names import GLOBAL_KINDS
from iamdsl import syntax
from iamdsl.diagnostics import Fix
from iamdsl.pieces import in_pieces
from iamdsl.source import Source, Span


def definition(analysis: Analysis, path: str, offset: int) -> list[Span]:
    """Where the name at an offset is declared; of an import, the file that it names."""
    found = at(analysis, path, offset)
    if found is not None:
        return [each.span for each in _declarations(analysis, found)]
    nodes, inside = analysis.around(path, offset)
    targets = analysis.project.imports.get(path, {})
    for node in nodes:
        source = analysis.source(targets.get(node, "")) if isinstance(node, syntax.Import) else None
        if source and node.span.start <= inside <= node.span.end:
            return [source.span(0, 0)]
    return []


def _declarations(analysis: Analysis, found: Occurrence) -> list[Occurrence]:
    return [each for each in declared(analysis, found.thing[0]) if each.thing == found.thing]


def references(analysis: Analysis, path: str, offset: int, *, declaration: bool = True) -> list[Span]:
    """Every place of the name at an offset, in all files of the project."""
    found = at(analysis, path, offset)
    if found is None:
        return []
    return [each.span for each in everywhere(analysis, found.thing) if declaration or not each.declares]


def in_file(analysis: Analysis, path: str, offset: int) -> list[Span]:
    """Every place in its own file of the name at an offset."""
    found = at(analysis, path, offset)
    return [each.span for each in occurrences(analysis, path) if found and each.thing == found.thing]


def renamable(analysis: Analysis, path: str, offset: int) -> Span | None:
    """The name at an offset, if it is the project's own: not the library's."""
    found = at(analysis, path, offset)
    return found.span if found and not found.thing[0].startswith("iamc:") else None


def rename(analysis: Analysis, path: str, offset: int, new: str) -> list[Fix] | str:
    """The changes that give the name at an offset another one everywhere, or why that cannot be."""
    found = at(analysis, path, offset)
    if found is None or renamable(analysis, path, offset) is None:
        return "there is no name of this project here"
    if not NAME.fullmatch(new):
        return f"`{new}` is not a name: letters, digits, `-` and `_`, a letter first"
    owner, kind, old = found.thing
    wanted = f"{old.rpartition('.')[0]}.{new}" if kind == "resource" else new
    if wanted != old and _taken(analysis, owner, kind, wanted):
        return f"there is a {kind} called `{new}` already"
    fixes = [Fix(span, new, "") for span in references(analysis, path, offset)]
    return fixes if _still_reads(analysis, fixes) else f"`{new}` is a word of the language where this name stands"


def _taken(analysis: Analysis, owner: str, kind: str, name: str) -> bool:
    """Whether one of the files that see the name would then see two things by it."""
    folded = name.casefold()
    return any(
        each.thing[1] == kind and each.thing[2].casefold() == folded
        for path in analysis.project.files
        if path == owner or kind in GLOBAL_KINDS
        for each in declared(analysis, path)
    )


def _still_reads(analysis: Analysis, fixes: list[Fix]) -> bool:
    """Whether the files read as well as before: keywords are soft, so only the parser knows."""
    for path in {fix.span.path for fix in fixes}:
        before = analysis.pieces(path)
        if before is None:
            return False
        text = applied(before.source, [fix for fix in fixes if fix.span.path == path])
        if _outline(in_pieces(Source(path, text), before).file) != _outline(before.file):
            return False
    return True


def _outline(file: syntax.File) -> list[tuple[str, int]]:
    """What kinds of declarations a file has, with the number of their fields."""
    return [(type(node).__name__, len(getattr(node, "fields", ()))) for node in file.declarations]


def applied(source: Source, fixes: list[Fix]) -> str:
    """The text with the changes made; their spans may not overlap."""
    text = source.text
    for fix in sorted(fixes, key=lambda fix: fix.span.start, reverse=True):
        text = text[: fix.span.start] + fix.text + text[fix.span.end :]
    return text
