"""The files of a project as an editor has them: unsaved texts before those on the disk, each parsed once."""

from __future__ import annotations

from pathlib import Path

from iamc.project import Files, ParsedSource, display, parse_source
from iamdsl.reading import Read, from_text, read
from iamdsl.source import Source


class Overlay(Files):
    """Remembers the last text of each file with its tree, so that only what changed is parsed."""

    def __init__(self) -> None:
        self.buffers: dict[Path, str] = {}
        self._read: dict[Path, tuple[object, Read]] = {}
        self._parsed: dict[str, tuple[Source, ParsedSource]] = {}

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
            found = read(path, display(path)) if text is None else from_text(text, display(path))
            known = self._read[real] = (stamp, found)
        return known[1]

    def parse(self, source: Source) -> ParsedSource:
        """The tree of a text, parsed when it is another than last time."""
        known = self._parsed.get(source.path)
        if known is None or known[0].text != source.text:
            known = self._parsed[source.path] = (source, parse_source(source))
        return known[1]
