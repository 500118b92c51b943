"""`iamc compile`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from iamc.catalog import Catalog
from iamc.cli.common import HUMAN, catalog_of, paths_or_here, project_options, settings_of, show, status, stop
from iamc.cli.locked import held_to_lock
from iamc.cli.projects import read_project
from iamc.cli.staged import judge_staged, staged_option
from iamc.cli.targeting import Wanted, beyond_documents, in_scope_option, target_options, wanted_of, write_profiles
from iamc.cli.working import working
from iamc.emit.files import MANIFEST, pretty, write_all
from iamc.emit.manifest import Outputs, manifest, outputs_of
from iamc.incremental import compile_changed
from iamc.pipeline import Result, compile_project
from iamc.project import sources_in
from iamc.quotas import quotas
from iamc.settings import Settings
from iamdsl.cache import Cache, user_cache
from iamdsl.diagnostics import Diagnostic, ordered


@click.command(name="compile")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the documents and a manifest here.",
)
@target_options
@click.option("--verify", is_flag=True, help="Write nothing; fail unless the folder of -o holds this output.")
@staged_option
@click.option("--stats", is_flag=True, help="Say how full the documents are.")
@click.option("--locked", is_flag=True, help="Fail unless every level and pattern stands for what iamc.lock says.")
@click.option("--incremental", is_flag=True, help="Compile only the files that changed since the last time.")
@in_scope_option
@project_options
def command(
    output: Path | None, verify: bool, staged: bool, stats: bool, locked: bool, incremental: bool, **options: Any
) -> None:
    """Compile declarations to policy documents.

    PATHS are .iamdsl files, YAML files (Policy Sentry templates too) or folders of them; `-` reads one .iamdsl file
    from the standard input. Without -o the documents are printed.

    \b
    iamc compile template.yml
    iamc compile examples/acme -o build
    iamc compile examples/acme --wildcards words --stats -o build
    iamc compile examples/acme --target inventory -o build
    iamc compile examples/acme --target inventory -o build --verify
    """
    _refuse(output, verify, staged, options["aws_config"])
    if staged:
        output = judge_staged(options, output)
    wanted, settings, catalog = wanted_of(options, output), settings_of(options), catalog_of(options)
    style: str = options["style"]
    result: Result | None = None
    others: dict[str, str] = {}
    with working("compiling", style) as progress:
        sources = _sources(options) if incremental and not (stats or locked or wanted.more) else []
        if sources:
            cache = Cache(None) if options["no_cache"] else user_cache()
            outputs, diagnostics = compile_changed(sources, options["root"], catalog, settings, cache, progress)
        else:
            result = compile_project(read_project(options), catalog, settings, progress)
            outputs, others, found = _outputs(result, wanted, catalog)
            if locked:
                found += held_to_lock(options, result.organisation.units, catalog, required=True)
            diagnostics = ordered(found)
    texts = {name: pretty(text) for name, text in outputs.files.items()} | others
    texts[MANIFEST] = manifest(outputs, catalog.identity, settings, others)
    if verify and output and not status(diagnostics):
        diagnostics = [*diagnostics, *_differences(output, texts)]
    show(diagnostics, style)
    if verify or status(diagnostics):
        raise SystemExit(status(diagnostics))
    if output is not None:
        _write(output, texts, style)
        write_profiles(wanted, others, style)
    elif style in HUMAN:
        click.echo(_printed(outputs.files), nl=False)
    if stats and result and style in HUMAN:
        click.echo(_stats(result, settings), err=True, nl=False)


def _outputs(result: Result, wanted: Wanted, catalog: Catalog) -> tuple[Outputs, dict[str, str], list[Diagnostic]]:
    """The policy documents, the files of other targets, and all findings."""
    found, others = list(result.diagnostics), dict[str, str]()
    if wanted.more:
        result, others, beyond = beyond_documents(result, wanted, catalog)
        found += beyond
    outputs, problems = outputs_of(result.compiled)
    return outputs, others, [*found, *problems]


def _refuse(output: Path | None, verify: bool, staged: bool, profiles: Path | None) -> None:
    if verify and output is None:
        raise click.UsageError("--verify compares with a folder: name it with -o")
    if verify and profiles is not None:
        raise click.UsageError("--verify writes nothing, so it cannot keep --aws-config")
    if staged and not verify:
        raise click.UsageError("--staged only judges: use it with --verify")


def _differences(output: Path, texts: Mapping[str, str]) -> list[Diagnostic]:
    from iamc.emit.verify import command_line, differences

    return differences(output, texts, command_line(sys.argv[1:]))


def _write(output: Path, texts: Mapping[str, str], style: str) -> None:
    """Write all files; leaves with 2 where that cannot be done."""
    try:
        write_all(output, texts)
    except OSError as error:
        stop(f"cannot write to `{output}`: {error.strerror or error}", style, "IAM902")


def _sources(options: dict[str, Any]) -> list[Path]:
    """The files that PATHS mean; none for the standard input, of which nothing can be known beforehand."""
    paths = paths_or_here(options["paths"], options["style"])
    return [file for path in paths if str(path) != "-" for file in (sources_in(path) if path.is_dir() else [path])]


def _printed(files: Mapping[str, str]) -> str:
    """One document as it is; several as one object by file name."""
    if len(files) == 1:
        return pretty(next(iter(files.values())))
    every = {name: json.loads(text) for name, text in files.items()}
    return json.dumps(every, indent=2, ensure_ascii=False) + "\n"


def _stats(result: Result, settings: Settings) -> str:
    lines = [f"{'documents':>9} {'at least':>8} {'characters':>10}  role"]
    for unit in result.compiled:
        characters = sum(document.characters for document in unit.documents)
        lines.append(f"{len(unit.documents):9} {unit.lower_bound:8} {characters:10,}  {unit.unit.name}")
    quota = settings.limits or quotas()[settings.quota]
    each = f"{quota.characters:,} characters, {quota.count} for each {quota.holder}"
    attached = ", AWS managed policies included" if quota.attached else ""
    shorter = settings.wildcards in ("exact", "auto") and any(len(unit.documents) > 1 for unit in result.compiled)
    hint = "; names could be shorter: `--wildcards words`" if shorter else ""
    lines += [f"quota: {quota.name} ({each}{attached})", f"wildcards: {settings.wildcards}{hint}"]
    return "\n".join(lines) + "\n"
