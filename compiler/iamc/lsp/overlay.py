"""The files of a project as an editor has them: unsaved texts before those on the disk, read in pieces."""

from __future__ import annotations

from pathlib import Path

from iamc.project import PLAIN_YAML, Files, ParsedSource, display, parse_source
from iamdsl.pieces import Pieces, as_read, in_pieces
from iamdsl.reading import Read, from_text, read
from iamdsl.source import Source


class Overlay(Files):
    """Remembers the last text of each file with its pieces, so that only what changed is parsed."""

    def __init__(self) -> None:
        self.buffers: dict[Path, str] = {}
        self._read: dict[Path, tuple[object, Read]] = {}
        self._pieces: dict[str, Pieces] = {}

    def has(self, path: Path) -> bool:
        """Whether the file is open or on the disk."""
        return path in self.buffers or path.is_file()

    def read(self, path: Path) -> Read:
        """The open text, else the saved one; the same `Source` as before while nothing changed."""
        real = path.resolve()
        stamp: object = self.buffers.get(real)
        if stamp is None:
            try:
                status = real.stat()
                stamp = (status.st_size, status.st_mtime_ns, status.st_ino)
            except OSError:
                stamp = ()
        known = self._read.get(real)
        if known is None or known[0] != stamp:
            text = self.buffers.get(real)
            found = read(path, display(path)) if text is None else from_text(_seen(text), display(path))
            known = self._read[real] = (stamp, found)
        return known[1]

    def parse(self, source: Source) -> ParsedSource:
        """The tree of a text. What is wrong with the text is told by `pieces`."""
        return self.pieces(source).file, (), ()

    def pieces(self, source: Source) -> Pieces:
        """A text in pieces, those that it had before the same as they were."""
        known = self._pieces.get(source.path)
        if known is None or known.source.text != source.text:
            known = self._pieces[source.path] = _pieces(source, known)
        return known


def _seen(text: str) -> str:
    """A text without its byte order mark, which counts as a column for the editor that has it in its first line."""
    return " " + text[1:] if text.startswith("\ufeff") else text


def _pieces(source: Source, before: Pieces | None) -> Pieces:
    if source.path.endswith(PLAIN_YAML):
        return as_read(source, *parse_source(source))
    return in_pieces(source, before)
