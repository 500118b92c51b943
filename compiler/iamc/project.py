"""A project: the files that belong together, read, parsed and joined by their imports.

Roots are the files that the user named (or found in a folder that they named); imports bring in more, never from
outside the project's folder. Nothing here knows what a declaration means.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Fix, Label, report
from iamdsl.reading import Read, from_bytes, read
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from iamdsl.source import Source
    from iamdsl.suppress import Suppression

SOURCE_SUFFIXES = (".iamdsl", ".iamc.yaml", ".iamc.yml")
"""What a folder is searched for."""
PLAIN_YAML = (".yaml", ".yml")
"""What a folder is searched for when it holds none of `SOURCE_SUFFIXES`: a folder of Policy Sentry templates."""
LIBRARY = "iamc:"
"""Imports that begin so come from the library inside this package."""
ParsedSource: TypeAlias = "tuple[syntax.File, tuple[Suppression, ...], tuple[Diagnostic, ...]]"
"""A tree, the `ignore` comments of its text, and what is wrong with the text."""


class Files:
    """Where a project's files come from: the disk. An editor also has texts that are not saved."""

    def has(self, path: Path) -> bool:
        """Whether there is such a file; `path` is resolved."""
        return path.is_file()

    def read(self, path: Path) -> Read:
        """The text of a file, or why it cannot be read."""
        return read(path, display(path))

    def parse(self, source: Source) -> ParsedSource:
        """The syntax tree of a text."""
        return parse_source(source)


@dataclass(frozen=True, slots=True)
class Project:
    """Parsed files by their path, imports included, in order of first mention.

    `imports` gives, for each file, the path that each of its import declarations led to.
    """

    files: Mapping[str, syntax.File]
    imports: Mapping[str, Mapping[syntax.Import, str]]
    suppressions: tuple[Suppression, ...]
    diagnostics: tuple[Diagnostic, ...]


def load_project(paths: Iterable[Path], *, root: Path | None = None, files: Files | None = None) -> Project:
    """Read the named files and folders, and all that they import from inside `root`.

    `root` is by default the nearest folder above that holds `.git`, else the common parent of the paths. `files` gives
    the files in another way than from the disk.
    """
    loader = _Loader(files or Files())
    found: list[Path] = []
    for path in paths:
        sources = list(sources_in(path)) if path.is_dir() else [path]
        if not sources:
            loader.diagnostics.append(
                report(
                    "IAM901",
                    f"no declarations in `{path}`",
                    None,
                    help="a folder is searched for *.iamdsl, *.iamc.yaml and *.iamc.yml, then for *.yaml and *.yml",
                )
            )
        found.extend(sources)
    loader.root = (root or project_root(found)).resolve()
    for path in found:
        loader.load(path, ())
    return Project(loader.files, loader.imports, tuple(loader.suppressions), tuple(loader.diagnostics))


def load_text(source: Source) -> Project:
    """A project of one file that is already in memory, such as standard input."""
    loader = _Loader(Files())
    loader.root = Path.cwd().resolve()
    loader.accept(source, Path(source.path), ())
    return Project(loader.files, loader.imports, tuple(loader.suppressions), tuple(loader.diagnostics))


def sources_in(folder: Path) -> Iterator[Path]:
    """Declaration files below `folder`, sorted; hidden folders are left out."""
    plain: list[Path] = []
    seen = False
    for directory, subfolders, names in os.walk(folder):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            if name.endswith(SOURCE_SUFFIXES):
                seen = True
                yield Path(directory, name)
            elif name.endswith(PLAIN_YAML):
                plain.append(Path(directory, name))
    if not seen:
        yield from plain


class _Loader:
    """Follows imports depth first. The only mutable thing here, and private to one call."""

    def __init__(self, given: Files) -> None:
        self.given = given
        self.root = Path()
        self.files: dict[str, syntax.File] = {}
        self.imports: dict[str, dict[syntax.Import, str]] = {}
        self.suppressions: list[Suppression] = []
        self.diagnostics: list[Diagnostic] = []
        self._known: dict[Path, str] = {}

    def load(self, path: Path, chain: tuple[str, ...]) -> str | None:
        """Read and parse `path` once; its key in `files`, or None when it cannot be read."""
        real = path.resolve()
        if real in self._known:
            return self._known[real]
        source, diagnostics = self.given.read(path)
        self.diagnostics.extend(diagnostics)
        if source is None:
            return None
        self._known[real] = source.path
        return self.accept(source, real, chain)

    def accept(self, source: Source, real: Path, chain: tuple[str, ...]) -> str:
        """Parse a source that has been read and follow its imports."""
        file, suppressions, diagnostics = self.given.parse(source)
        self.files[source.path] = file
        self.suppressions.extend(suppressions)
        self.diagnostics.extend(diagnostics)
        targets: dict[syntax.Import, str] = {}
        self.imports[source.path] = targets
        for declaration in file.declarations:
            if isinstance(declaration, syntax.Import):
                target = self._follow(declaration, source, real, (*chain, source.path))
                if target is not None:
                    targets[declaration] = target
        return source.path

    def _follow(self, declaration: syntax.Import, source: Source, real: Path, chain: tuple[str, ...]) -> str | None:
        wanted = declaration.path
        if wanted.text.startswith(LIBRARY):
            return self._library(declaration, chain)
        path = real.parent / PurePosixPath(wanted.text)
        target = path.resolve()
        if not target.is_relative_to(self.root):
            self.diagnostics.append(
                report(
                    "IAM105",
                    f"`{wanted.text}` is outside the project",
                    wanted.span,
                    label=f"the project is `{display(self.root)}`",
                    help="copy the file into the project, or name a wider project with --root",
                )
            )
            return None
        if not self.given.has(target):
            self.diagnostics.append(_not_found(declaration, target))
            return None
        key = self._known.get(target)
        if key in chain:
            cycle = " -> ".join((*chain[chain.index(key) :], key))
            self.diagnostics.append(
                report(
                    "IAM104",
                    f"circular import: {cycle}",
                    wanted.span,
                    help="move what both files need into a third one",
                )
            )
            return None
        return self.load(Path(source.path).parent / PurePosixPath(wanted.text), chain)

    def _library(self, declaration: syntax.Import, chain: tuple[str, ...]) -> str | None:
        name = declaration.path.text
        if name in self.files:
            return name
        entry = Path(__file__).with_name("library") / f"{name.removeprefix(LIBRARY)}.iamdsl"
        if not entry.is_file():
            self.diagnostics.append(
                report(
                    "IAM106",
                    f"there is no `{name}` in the library",
                    declaration.path.span,
                    help="the library has `iamc:tiers`",
                )
            )
            return None
        source, diagnostics = from_bytes(entry.read_bytes(), name)
        self.diagnostics.extend(diagnostics)
        return self.accept(source, Path(name), chain) if source else None


def parse_source(source: Source) -> ParsedSource:
    """Parse by the file's name: YAML for .yaml and .yml, else the declaration language."""
    if source.path.endswith(PLAIN_YAML):
        from iamdsl.yaml import parse_yaml

        located = parse_yaml(source)
        return located.file, (), located.diagnostics
    from iamdsl.parse import parse
    from iamdsl.suppress import suppressions

    parsed = parse(source)
    found, problems = suppressions(parsed.comments)
    return parsed.file, found, (*parsed.diagnostics, *problems)


def _not_found(declaration: syntax.Import, target: Path) -> Diagnostic:
    from iamdsl.suggest import nearest

    wanted = declaration.path
    siblings = [p.name for p in sources_in(target.parent)] if target.parent.is_dir() else []
    near = nearest(target.name, siblings, 1)
    fix = None
    if near:
        corrected = str(PurePosixPath(wanted.text).with_name(near[0]))
        fix = Fix(wanted.span, f'"{corrected}"', f"import `{corrected}`")
    return report(
        "IAM106",
        f"`{wanted.text}` cannot be found",
        wanted.span,
        help=f"did you mean `{near[0]}`?" if near else "paths are relative to the file that imports",
        fix=fix,
    )


def project_root(paths: Sequence[Path]) -> Path:
    """The nearest folder above all of the files that holds `.git`, else their common parent."""
    if not paths:
        return Path.cwd()
    folders = [path.resolve().parent for path in paths]
    common = Path(os.path.commonpath(folders))
    for folder in (common, *common.parents):
        if (folder / ".git").exists():
            return folder
    return common


def display(path: Path) -> str:
    """The path as people write it: relative when it lies below the current folder, with forward slashes."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix() or "."
    except ValueError:
        return path.as_posix()


__all__ = ["Label", "Project", "display", "load_project", "load_text", "parse_source", "project_root", "sources_in"]
