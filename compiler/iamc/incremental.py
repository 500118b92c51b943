"""Compile again only what changed, for `iamc compile --incremental`.

Where roles, grants and checks stand in files that no other file imports, as the files of teams do, a project falls
apart into islands: such a file with all that it imports. What an island compiles to depends on its own texts, but for
two things that can be seen from the records of the others: names of roles are unique in a project, and a name in an
imported file is unused only if every island says so.

An island without findings is remembered under a digest of its texts, the settings, the database and this version.
Whatever does not fit this picture is compiled as always: an island with findings, a project with a role in an imported
file, or one in which two islands meet. A record is sealed against damage, not against a forger who can write to
the user's cache; a release is therefore compiled without it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from iamc import __version__
from iamc.catalog import Catalog
from iamc.emit.manifest import Outputs, outputs_of
from iamc.passes.resolve import resolve
from iamc.pipeline import Result, compile_project
from iamc.progress import Progress, unheard
from iamc.project import LIBRARY, Project, display, load_project, project_root
from iamc.settings import Settings
from iamdsl import syntax
from iamdsl.cache import Cache
from iamdsl.diagnostics import Diagnostic, errors, ordered
from iamdsl.reading import read
from iamdsl.values import dataclass

UNUSED = "IAM109"
OWN = (syntax.Role, syntax.Grant, syntax.Check)
"""What only the files that nobody imports may declare, for their project to fall apart."""
SHARED = (syntax.Account, syntax.People, syntax.Team)
"""What only imported files may declare: it has one name in the whole project."""
Place: TypeAlias = tuple[str, int]
"""A file and an offset in it."""


@dataclass(frozen=True, slots=True)
class Island:
    """What is remembered of an island.

    `texts` has the digest of its own file and of every imported one, by path; `roles` the case-folded names of its
    roles; `unused` the places in imported files of names that it does not use.
    """

    texts: Mapping[str, str]
    roles: tuple[str, ...]
    unused: frozenset[Place]
    outputs: Outputs


def compile_changed(
    sources: Sequence[Path],
    root: Path | None,
    catalog: Catalog,
    settings: Settings,
    cache: Cache,
    progress: Progress = unheard,
) -> tuple[Outputs, list[Diagnostic]]:
    """The outputs and findings of compiling these files, the same as of compiling them all."""
    memory = _Memory(cache, catalog, settings)
    root = root or project_root(sources)
    paths = {display(path): path for path in sources}
    known = {path: island for path in paths if (island := memory.recall(path))}
    for path in _changed(paths, known):
        known.pop(path, None)
    project = load_project([path for shown, path in paths.items() if shown not in known], root=root)
    if not _apart(project, known):
        known = {}
        project = load_project(sources, root=root)
    result = compile_project(project, catalog, settings, progress)
    outputs, problems = outputs_of(result.compiled)
    said = [*(d for d in result.diagnostics if not _used_elsewhere(d, known)), *problems]
    if not errors(said):
        memory.keep(project, result)
    if known:
        outputs = _joined(known[path].outputs if path in known else _compiled_from(path, result) for path in paths)
    return outputs, ordered(said)


def _compiled_from(path: str, result: Result) -> Outputs:
    return outputs_of([unit for unit in result.compiled if unit.unit.role.span.path == path])[0]


def _joined(parts: Iterable[Outputs]) -> Outputs:
    files: dict[str, str] = {}
    roles: list[dict[str, Any]] = []
    documents: list[dict[str, Any]] = []
    for part in parts:
        files.update(part.files)
        roles.extend(part.roles)
        documents.extend(part.documents)
    return Outputs(files, roles, documents)


# which files must be compiled again -------------------------------------------------------------------------


def _changed(paths: Iterable[str], known: Mapping[str, Island]) -> set[str]:
    """The files to compile again: those without a record, and one island for each finding that they must repeat."""
    imported = {path for own, island in known.items() for path in island.texts if path != own}
    changed = {path for path in paths if path not in known and path not in imported}
    for file, _ in _unused_by_all(known.values()):
        if not any(path in known and file in known[path].texts for path in changed):
            changed.add(next(own for own, island in known.items() if file in island.texts))
    return changed or set(list(known)[:1])


def _unused_by_all(islands: Collection[Island]) -> list[Place]:
    """The places in imported files of names that none of the islands uses."""
    seen = Counter(file for island in islands for file in island.texts)
    flagged = Counter(place for island in islands for place in island.unused)
    return sorted(place for place, times in flagged.items() if times == seen[place[0]])


def _apart(project: Project, known: Mapping[str, Island]) -> bool:
    """Whether what was compiled again and the islands that are remembered have nothing to do with each other."""
    if not known:
        return True
    if any(path in known for path in project.files):
        return False
    imported = _imported(project)
    if any(_has(project.files[path], OWN) for path in imported):
        return False
    names = [name for island in known.values() for name in island.roles]
    names += [name for file in project.files.values() for name in _roles(file)]
    return len(names) == len(set(names))


def _used_elsewhere(finding: Diagnostic, known: Mapping[str, Island]) -> bool:
    """Whether an island that is remembered uses what this finding calls unused."""
    if finding.code != UNUSED or finding.span is None:
        return False
    place = (finding.span.path, finding.span.start)
    return any(place[0] in island.texts and place not in island.unused for island in known.values())


def _imported(project: Project) -> set[str]:
    return {target for targets in project.imports.values() for target in targets.values()}


def _roles(file: syntax.File) -> Iterator[str]:
    return (node.name.text.casefold() for node in file.declarations if isinstance(node, syntax.Role))


def _has(file: syntax.File, kinds: tuple[type, ...]) -> bool:
    return any(isinstance(node, kinds) for node in file.declarations)


# what is remembered -------------------------------------------------------------------------------------------


class _Memory:
    """The records of one set of choices in the cache."""

    def __init__(self, cache: Cache, catalog: Catalog, settings: Settings) -> None:
        self._cache, self._catalog, self._settings = cache, catalog, settings
        self._digests: dict[str, str] = {}
        identity = (catalog.identity.sha256, catalog.identity.overlay_sha256, __version__, str(settings))
        self._choices = _digest("\0".join(map(str, identity)))

    def recall(self, path: str) -> Island | None:
        """The record of the island of file `path`, if all of its texts are what they were."""
        row = self._cache.get(self._name(path))
        if row is None:
            return None
        texts, roles, unused, outputs = row
        if any(self._digest(file) != digest for file, digest in texts.items()):
            return None
        return Island(texts, tuple(roles), frozenset((file, at) for file, at in unused), Outputs(*outputs))

    def keep(self, project: Project, result: Result) -> None:
        """Remember every island of the project that can be."""
        imported = _imported(project)
        for path in project.files:
            island = None if path in imported else _island(path, project, result, self._unused)
            if island is not None:
                outputs = (island.outputs.files, island.outputs.roles, island.outputs.documents)
                row = (island.texts, island.roles, sorted(island.unused), outputs)
                self._cache.put(self._name(path), row)

    def _unused(self, island: Project) -> frozenset[Place]:
        """What an island by itself would call unused in its imported files."""
        found = resolve(island, self._catalog, self._settings)[1]
        return frozenset((d.span.path, d.span.start) for d in found if d.code == UNUSED and d.span)

    def _name(self, path: str) -> str:
        return "islands/" + _digest("\0".join((self._choices, str(Path.cwd()), path)))

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            source, _ = read(Path(path), path)
            self._digests[path] = _digest(source.text) if source else ""
        return self._digests[path]


def _island(
    path: str, project: Project, result: Result, unused: Callable[[Project], frozenset[Place]]
) -> Island | None:
    """The record of the file and its imports; None if it is no island, or has a finding to tell every time."""
    files = _closure(path, project)
    others = [file for file in files if file != path]
    if _has(project.files[path], SHARED) or any(_has(project.files[file], OWN) for file in others):
        return None
    found = [d for d in result.diagnostics if d.span is None or d.span.path in files]
    if any(d.code != UNUSED or d.span is None or d.span.path == path for d in found):
        return None
    part = Project(
        {f: project.files[f] for f in project.files if f in files or f.startswith(LIBRARY)}, project.imports, (), ()
    )
    texts = {file: _digest(project.files[file].span.source.text) for file in files}
    roles = tuple(_roles(project.files[path]))
    return Island(texts, roles, unused(part), _compiled_from(path, result))


def _closure(path: str, project: Project) -> list[str]:
    """The file and all that it imports, without the library, which changes only with the version."""
    found = [path]
    for file in found:
        found += [t for t in project.imports[file].values() if t not in found and not t.startswith(LIBRARY)]
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
