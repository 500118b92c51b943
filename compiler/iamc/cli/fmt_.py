"""`iamc fmt`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from iamc.cli.common import CANNOT_RUN, FINDINGS, format_option, paths_or_here, show
from iamdsl.diagnostics import Diagnostic
from iamdsl.source import Source


@click.command(name="fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; leave with 1 if a file is not in form.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@format_option
def command(paths: tuple[Path, ...], check: bool, diff: bool, style: str) -> None:
    """Format .iamdsl files; `-` reads the standard input and prints.

    Leaves with 1 when a file was changed (or would be), so that a hook stops the commit.

    \b
    iamc fmt examples/acme
    iamc fmt --check --diff examples/acme
    """
    changed = False
    found: list[Diagnostic] = []
    for path, source in _sources(paths_or_here(paths, style), found):
        text, problems = _formatted(source)
        found.extend(problems)
        if text is None:
            continue
        if path is None and not (check or diff):
            click.echo(text, nl=False)
        elif text != source.text:
            changed = True
            if diff:
                click.echo(_difference(source, text), nl=False)
            if path is not None and not (check or diff):
                path.write_text(text, encoding="utf-8", newline="\n")
            click.echo(f"{'would change' if check or diff else 'changed'} {source.path}", err=True)
    show(found, style)
    if any(finding.code.startswith("IAM9") for finding in found):
        raise SystemExit(CANNOT_RUN)
    raise SystemExit(FINDINGS if changed or found else 0)


def _formatted(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    from iamdsl.format import format_source

    result = format_source(source)
    return result.text, tuple(result.diagnostics)


def _sources(paths: list[Path], found: list[Diagnostic]) -> Iterator[tuple[Path | None, Source]]:
    from iamc.project import sources_in
    from iamdsl.reading import from_bytes, read

    for path in paths:
        if str(path) == "-":
            source, problems = from_bytes(sys.stdin.buffer.read(), "<stdin>")
            found.extend(problems)
            if source is not None:
                yield None, source
            continue
        files = list(sources_in(path)) if path.is_dir() else [path]
        for file in files:
            if file.suffix == ".iamdsl":
                source, problems = read(file)
                found.extend(problems)
                if source is not None:
                    yield file, source


def _difference(source: Source, text: str) -> str:
    import difflib

    lines = difflib.unified_diff(
        source.text.splitlines(keepends=True), text.splitlines(keepends=True), source.path, source.path
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
