"""What is known of a project while it is edited: the same analysis as the command line's, done again in parts.

After a keystroke only the declaration that it changed is parsed, only the roles that depend on it are resolved and
judged, and the findings of all files are told anew. Documents are written and proved, and checks are tried, when the
typing pauses (`whole`); until then the findings of that kind stay as they were. A project too large to be gone
through at every keystroke is answered from the changed file and what that imports, where no other file has a say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from iamc.lsp.memory import Memory
from iamc.lsp.overlay import Overlay
from iamc.lsp.places import LostError, Places, Shift
from iamc.model import Compiled, Organisation
from iamc.passes.resolve import resolve
from iamc.passes.resolve.names import Names, collect
from iamc.pipeline import Context, Work, everything_said, outcomes_of, unhidden
from iamc.project import SOURCE_SUFFIXES, Project, display, load_project, project_root, sources_in
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, errors, ordered
from iamdsl.pieces import Pieces
from iamdsl.source import Source, Span
from iamdsl.suppress import suppress

SMALL = 20_000
"""The lines of a project that is gone through as a whole at every keystroke."""
ALONE = (syntax.Role, syntax.Grant, syntax.Check)
"""What an imported file may not declare, for the file that imports it to be judged by itself."""
SHARED = (syntax.Account, syntax.People, syntax.Team)
"""What the file itself may not declare then, nor one that it does not import: it counts for all files."""
NOTHING = Project({}, {}, (), ())


class Analysis:
    """One project. `paths` are files and folders as on the command line.

    `findings` and `texts` are about the files as they are now. The trees of `project` and all that was compiled of
    them stand in pieces: `place` says where in the file that is.
    """

    def __init__(self, paths: tuple[Path, ...], context: Context, overlay: Overlay) -> None:
        self.paths = paths
        self.context = context
        self.overlay = overlay
        self.project = NOTHING
        self.compiled: dict[str, Compiled] = {}
        self.findings: dict[str, tuple[Diagnostic, ...]] = {}
        self.places = Places()
        self._memory = Memory(context)
        self._names: tuple[Project, Names] | None = None
        self._later: dict[str, tuple[Diagnostic, ...]] = {}

    # asking -------------------------------------------------------------------------------------------------

    @cached_property
    def root(self) -> Path:
        """The folder that imports may not leave."""
        files = [path / "x" if path.is_dir() else path for path in self.paths]
        return project_root(files)

    def holds(self, path: Path) -> bool:
        """Whether a file is one of the project's, by its place or because another imports it."""
        return display(path) in self.project.files or path in self.paths or self._within(path)

    def source(self, shown: str) -> Source | None:
        """The text of a file as it was last parsed."""
        file = self.project.files.get(shown)
        return file.span.source if file else None

    def pieces(self, shown: str) -> Pieces | None:
        """The pieces of a file as it was last parsed."""
        source = self.source(shown)
        return self.overlay.pieces(source) if source else None

    def around(self, shown: str, offset: int) -> tuple[tuple[syntax.Declaration, ...], int]:
        """The declarations of the piece around an offset of a file, and the offset in the piece."""
        pieces = self.pieces(shown)
        if pieces is None:
            return (), 0
        piece, start = pieces.at(offset)
        return piece.declarations, offset - start

    def place(self, span: Span) -> Span | None:
        """Where a span of a tree stands in its file; None when it is gone."""
        try:
            return self.places.span(span)
        except LostError:
            return None

    @property
    def names(self) -> Names:
        """Every declaration by its name."""
        if self._names is None or self._names[0] is not self.project:
            self._names = (self.project, collect(self.project)[0])
        return self._names[1]

    def read(self, path: Path) -> Source | None:
        """The text of a file as it is now, with all that is known of it entered; None when it cannot be read."""
        source = self.overlay.read(path)[0]
        if source is None:
            return None
        known = self.source(display(path))
        if known is None or known.text != source.text:
            self.keystroke(path)
        return self.source(display(path))

    # working ------------------------------------------------------------------------------------------------

    def keystroke(self, path: Path) -> tuple[str, ...]:
        """Find out what a change of one file brings about; which files' findings are told anew.

        None are when only the whole project, done at leisure, can tell.
        """
        self._reload(path)
        part = self._part(display(path))
        if part is None:
            return ()
        organisation, found = self._resolve(part)
        works = [self._memory.best(unit) for unit in organisation.units]
        said = self._said(part, organisation, found, works)
        kept = self._kept(part, self._with_later(works, said))
        self._enter(works, all_of_them=part is self.project)
        shown = tuple(part.files) if part is self.project else (display(path),)
        elsewhere = [each for file, known in self.findings.items() if file not in shown for each in known]
        if errors(
            each for each in elsewhere if each not in self._later.get("", ())
        ):  # a check that fails hides nothing
            kept = unhidden([*kept, *elsewhere])
        by_file = _by_file(kept, shown)
        self.findings.update((file, by_file[file]) for file in shown)
        self._memory.keep(self.project)
        return shown

    def whole(self) -> Iterator[None]:
        """Do the whole project, pausing now and then, so that an editor may be answered in between."""
        self._load()
        project = self.project
        organisation, found = self._resolve(project)
        yield
        for unit in organisation.units:
            yield from self._memory.write(unit)
        if self.project is not project:  # a request found a file changed meanwhile
            yield from self.whole()
            return
        works = [self._memory.best(unit) for unit in organisation.units]
        said = self._said(project, organisation, found, works)
        self._enter(works, all_of_them=True)
        failures = []
        if not errors(said):
            tried = outcomes_of(organisation, self.compiled.values(), self.context)
            failures = [outcome.failure for outcome in tried if outcome.failure]
        self._later = {work.unit.name: tuple(self.places.findings(self._memory.later(work.unit))) for work in works}
        self._later[""] = tuple(self.places.findings(failures))
        self.findings = _by_file(self._kept(project, self.places.findings([*said, *failures])), project.files)
        self._memory.keep(project)

    def finish(self) -> Analysis:
        """Do the whole project at once."""
        for _ in self.whole():
            pass
        return self

    # reading ------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Read the project as it is on the disk and in the editor."""
        project = load_project(self._sources(), root=self.root, files=self.overlay)
        for file in project.files.values():
            self.places.enter(self.overlay.pieces(file.span.source))
        self.places.keep(project.files)
        self.project = project

    def _reload(self, path: Path) -> None:
        """Read one file anew; all of them when it imports other files than before."""
        source, shown = self.overlay.read(path)[0], display(path)
        file = self.project.files.get(shown)
        if source is None or file is None:
            self._load()
            return
        pieces = self.overlay.pieces(source)
        if pieces.file is file:
            return
        if [id(node) for node in _imports(file)] != [id(node) for node in _imports(pieces.file)]:
            self._load()
            return
        self.places.enter(pieces)
        self.project = replace(self.project, files={**self.project.files, shown: pieces.file})

    def _sources(self) -> list[Path]:
        """The files on the disk, and those that are open and not saved yet."""
        found = [file for path in self.paths for file in (sources_in(path) if path.is_dir() else [path])]
        known = {file.resolve() for file in found}
        new = [path for path in self.overlay.buffers if path not in known and self._within(path)]
        return [file for file in [*found, *sorted(new)] if self.overlay.has(file.resolve())]

    def _within(self, path: Path) -> bool:
        """Whether a file would be found in one of the project's folders."""
        inside = [path.relative_to(own).parts for own in self.paths if own in path.parents]
        return path.name.endswith(SOURCE_SUFFIXES) and any(
            not any(part.startswith(".") for part in parts) for parts in inside
        )

    # judging ------------------------------------------------------------------------------------------------

    def _part(self, shown: str) -> Project | None:
        """What must be gone through to tell the findings of one changed file: all, or what has a say in them."""
        project = self.project
        if sum(len(file.span.source.line_starts) for file in project.files.values()) <= SMALL:
            return project
        own, inside = project.files.get(shown), _closure(project, shown)
        if own is None or _has(own, SHARED):
            return None
        for path, file in project.files.items():
            if path != shown and _has(file, ALONE if path in inside else SHARED):
                return None
            if path not in inside and shown in project.imports.get(path, {}).values():
                return None
        return replace(project, files={path: file for path, file in project.files.items() if path in inside})

    def _resolve(self, part: Project) -> tuple[Organisation, list[Diagnostic]]:
        return resolve(part, self.context.catalog, self.context.settings, self._memory)

    def _said(
        self, part: Project, organisation: Organisation, found: Iterable[Diagnostic], works: Iterable[Work]
    ) -> list[Diagnostic]:
        """What the compiler says of a part of the project, in pieces."""
        texts = (self.overlay.pieces(file.span.source) for file in part.files.values())
        about_texts = tuple(finding for text in texts for finding in text.diagnostics)
        part = replace(part, diagnostics=(*part.diagnostics, *about_texts))
        return everything_said(part, organisation, found, works, self.context)

    def _with_later(self, works: Iterable[Work], said: list[Diagnostic]) -> list[Diagnostic]:
        """The findings at their places, with what was known before of documents and checks that are not done again."""
        shift = Shift({path: file.span.source for path, file in self.project.files.items()})
        pending = [work.unit.name for work in works if self._memory.pending(work.unit)]
        placed = list(self.places.findings(said))
        for name in pending:
            placed += shift.findings(self._later.get(name, ()))
        placed = unhidden(placed)
        if not errors(placed):
            placed += shift.findings(self._later.get("", ()))
        return placed

    def _kept(self, part: Project, placed: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The findings in their order, without those that a comment silences."""
        ignored = [s for file in part.files.values() for s in self.overlay.pieces(file.span.source).suppressions]
        return ordered(suppress(ordered(placed), self.places.suppressions(ignored)))

    def _enter(self, works: Iterable[Work], *, all_of_them: bool) -> None:
        """Remember what the units come to; documents that are still to come stay as they were."""
        before = self.compiled
        self.compiled = {} if all_of_them else dict(before)
        for work in works:
            one = Compiled(work.unit, work.permissions, work.documents, work.lower_bound)
            known = before.get(work.unit.name)
            if known is not None and self._memory.pending(work.unit):
                one = replace(one, documents=known.documents, lower_bound=known.lower_bound)
            self.compiled[work.unit.name] = one


def _has(file: syntax.File, kinds: tuple[type, ...]) -> bool:
    return any(isinstance(node, kinds) for node in file.declarations)


def _imports(file: syntax.File) -> list[syntax.Import]:
    return [node for node in file.declarations if isinstance(node, syntax.Import)]


def _closure(project: Project, shown: str) -> set[str]:
    """A file and all that it imports."""
    found = [shown]
    for path in found:
        found += [target for target in project.imports.get(path, {}).values() if target not in found]
    return set(found)


def _by_file(findings: Iterable[Diagnostic], files: Iterable[str]) -> dict[str, tuple[Diagnostic, ...]]:
    """The findings of each file; those of none stand with the first file."""
    found: dict[str, list[Diagnostic]] = {path: [] for path in files}
    first = next(iter(found), "")
    for finding in findings:
        found.setdefault(finding.span.path if finding.span else first, []).append(finding)
    return {path: tuple(findings) for path, findings in found.items()}
