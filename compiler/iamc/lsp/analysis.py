"""What is known of a project while it is edited: the same analysis as the command line's, done again in parts.

A keystroke is answered from the role that it changes, else from the file alone and what it imports, where that is
enough; the whole project follows when the typing pauses. All keep the work on every role in an account that is equal to
what it was: a unit's policies depend on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from iamc.lsp.focus import Focus, Focused, focus_on
from iamc.lsp.moved import Rebased, Shift
from iamc.lsp.overlay import Overlay
from iamc.model import Compiled, Unit
from iamc.passes.resolve import resolve
from iamc.passes.resolve.names import Names, collect
from iamc.pipeline import HIDDEN_BY_ERRORS, Context, Result, Work, compile_unit, conclude
from iamc.project import SOURCE_SUFFIXES, Project, display, load_project, project_root, sources_in
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, errors, ordered
from iamdsl.source import Source

ALONE = (syntax.Role, syntax.Grant, syntax.Check)
"""What an imported file may not declare, for the file that imports it to be judged by itself."""
SHARED = (syntax.Account, syntax.People, syntax.Team)
"""What the file itself may not declare then: other files could name it."""
NOTHING = Project({}, {}, (), ())


class Analysis:
    """One project. `paths` are files and folders as on the command line."""

    def __init__(self, paths: tuple[Path, ...], context: Context, overlay: Overlay) -> None:
        self.paths = paths
        self.context = context
        self.overlay = overlay
        self.project = NOTHING
        self.compiled: dict[str, Compiled] = {}
        self.findings: dict[str, tuple[Diagnostic, ...]] = {}
        self._works: dict[str, Work] = {}
        self._sound: dict[str, syntax.File] = {}
        self._names: tuple[Project, Names] | None = None

    # asking -------------------------------------------------------------------------------------------------

    @cached_property
    def root(self) -> Path:
        """The folder that imports may not leave."""
        files = [file for path in self.paths for file in ([path] if path.is_file() else [path / "x"])]
        return project_root(files)

    def holds(self, path: Path) -> bool:
        """Whether a file is one of the project's, by its place or because another imports it."""
        if display(path) in self.project.files or path in self.paths:
            return True
        return path.name.endswith(SOURCE_SUFFIXES) and any(own in path.parents for own in self.paths)

    def source(self, shown: str) -> Source | None:
        """The text of a file as it was last parsed."""
        file = self.project.files.get(shown)
        return file.span.source if file else None

    @property
    def names(self) -> Names:
        """Every declaration by its name."""
        if self._names is None or self._names[0] is not self.project:
            self._names = (self.project, collect(self.project)[0])
        return self._names[1]

    def read(self, path: Path) -> Source | None:
        """The text of a file as it is now, its tree entered; None when it cannot be read."""
        source = self.overlay.read(path)[0]
        known = self.source(display(path))
        if source is not None and (known is None or known.text != source.text):
            self._take(load_project([path], root=self.root, files=self.overlay))
        return self.source(display(path)) if source is not None else None

    # working ------------------------------------------------------------------------------------------------

    def keystroke(self, path: Path) -> tuple[Diagnostic, ...] | None:
        """The findings of one changed file, None when only the whole project can tell them.

        Of a change inside a role they are the role's own; what else the file has waits for the whole project.
        """
        shown = display(path)
        now, file = self.overlay.read(path)[0], self._sound.get(shown)
        focus = focus_on(file, now) if now and file and shown in self.findings else None
        files = Focused(self.overlay, focus) if focus else self.overlay
        part = load_project([path], root=self.root, files=files)
        if focus is None:
            self._take(part)
        if not self._alone(shown, part):
            return None
        said = self._judge(part, focus)
        if focus is not None:
            said = (*Rebased(focus.now).findings(said), *self._earlier(focus))
        said = tuple(ordered(d for d in said if d.span is not None and d.span.path == shown))
        others = (found for other, found in self.findings.items() if other != shown)
        if any(errors(found) for found in (said, *others)):
            said = tuple(d for d in said if d.code not in HIDDEN_BY_ERRORS)
        self.findings[shown] = said
        return said

    def _judge(self, part: Project, focus: Focus | None) -> tuple[Diagnostic, ...]:
        """What the compiler says of some files, or of one role in them."""
        organisation, found = resolve(part, self.context.catalog, self.context.settings)
        shift = Shift({path: file.span.source for path, file in (*self.project.files.items(), *part.files.items())})
        if focus is None:
            works = [self._work(unit, shift) for unit in organisation.units]
            result = conclude(part, organisation, found, works, self.context)
            self.compiled.update((one.unit.name, one) for one in result.compiled)
            return result.diagnostics
        works = [self._work(unit, shift) for unit in organisation.units if unit.role.name == focus.role]
        part = replace(part, diagnostics=tuple(d for d in part.diagnostics if focus.has(d)))
        result = conclude(part, organisation, [d for d in found if focus.has(d)], works, self.context)
        return tuple(d for d in result.diagnostics if focus.has(d))

    def _earlier(self, focus: Focus) -> Iterator[Diagnostic]:
        """What was found of the rest of the file, where it stands now."""
        shift = Shift({focus.now.path: focus.now})
        for finding in self.findings[focus.now.path]:
            moved = shift.if_known(finding)
            if moved is not None and not focus.has(moved):
                yield moved

    def whole(self) -> Iterator[None]:
        """Do the whole project, pausing after each role, so that an editor may be answered in between."""
        self.project = project = load_project(self._sources(), root=self.root, files=self.overlay)
        self._remember(project)
        organisation, found = resolve(project, self.context.catalog, self.context.settings)
        yield
        shift = Shift({path: file.span.source for path, file in project.files.items()})
        works = []
        for unit in organisation.units:
            works.append(self._work(unit, shift))
            yield
        result = conclude(project, organisation, found, works, self.context)
        self.compiled = {one.unit.name: one for one in result.compiled}
        self._works = {work.unit.name: work for work in works}
        self.findings = _by_file(result, project)

    def finish(self) -> Analysis:
        """Do the whole project at once."""
        for _ in self.whole():
            pass
        return self

    def _sources(self) -> list[Path]:
        """The files on the disk, and those that are open and not saved yet."""
        found = [file for path in self.paths for file in (sources_in(path) if path.is_dir() else [path])]
        known = {file.resolve() for file in found}
        folders = [path for path in self.paths if path.is_dir()]
        new = [b for b in self.overlay.buffers if b not in known and any(f in b.parents for f in folders)]
        return [file for file in [*found, *sorted(new)] if self.overlay.has(file.resolve())]

    def _take(self, part: Project) -> None:
        """Enter what was read of some files."""
        files = {**self.project.files, **part.files}
        imports = {**self.project.imports, **part.imports}
        self.project = Project(files, imports, self.project.suppressions, self.project.diagnostics)
        self._remember(part)

    def _remember(self, project: Project) -> None:
        """Keep the last tree of each file whose text had no mistakes: there the ends of its roles are certain."""
        for shown, file in project.files.items():
            if not errors(self.overlay.parse(file.span.source)[2]):
                self._sound[shown] = file

    def _alone(self, shown: str, part: Project) -> bool:
        """Whether no other file has a say in what is wrong with this one."""
        own = part.files.get(shown)
        if own is None or _has(own, SHARED):
            return False
        if any(_has(file, ALONE) for path, file in part.files.items() if path != shown):
            return False
        return not any(shown in targets.values() for targets in self.project.imports.values())

    def _work(self, unit: Unit, shift: Shift) -> Work:
        known = self._works.get(unit.name)
        work = shift.work(known, unit) if known is not None and known.unit == unit else None
        if work is None:
            work = compile_unit(unit, self.context)
        self._works[unit.name] = work
        return work


def _has(file: syntax.File, kinds: tuple[type, ...]) -> bool:
    return any(isinstance(node, kinds) for node in file.declarations)


def _by_file(result: Result, project: Project) -> dict[str, tuple[Diagnostic, ...]]:
    """The findings of each file; those of none stand with the first file."""
    found: dict[str, list[Diagnostic]] = {path: [] for path in project.files}
    first = next(iter(found), "")
    for finding in result.diagnostics:
        found.setdefault(finding.span.path if finding.span else first, []).append(finding)
    return {path: tuple(findings) for path, findings in found.items()}
