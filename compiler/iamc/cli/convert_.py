"""`iamc convert`."""

from __future__ import annotations

from pathlib import Path

import click

from iamc.cli.common import format_option, paths_or_here, show
from iamc.cli.working import working
from iamdsl.diagnostics import errors


@click.command(name="convert")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(["iamdsl", "yaml"]), help="The other form, if not said.")
@click.option("--role", metavar="NAME", help="The name of the role that a JSON policy becomes.  [default: the file's]")
@format_option
def command(path: Path, form: str | None, role: str | None, style: str) -> None:
    """Convert a file between .iamdsl and YAML, comments included, and print it.

    A Policy Sentry template becomes .iamdsl, and so does an IAM policy in JSON: access levels are recognised, and the
    result is proved to mean the same. Where it cannot be, it is printed all the same, with findings and status 1.

    \b
    iamc convert template.yml
    iamc convert examples/acme/payments.iamdsl --to yaml
    iamc convert policy.json --role deployer
    """
    if path.suffix == ".json":
        _from_policy(path, role, style)
        return
    from iamc.project import parse_source
    from iamdsl.reading import read

    paths_or_here([path], style)
    source, problems = read(path)
    if source is None:
        show(problems, style)
        raise SystemExit(1)
    file, _, diagnostics = parse_source(source)
    show(diagnostics, style)
    if errors(diagnostics):
        raise SystemExit(1)
    from iamdsl.tidy import tidied
    from iamdsl.transcribe import transcribed

    chosen = form or ("yaml" if file.origin == "iamdsl" else "iamdsl")
    kept = tidied(file) if file.origin == "policy-sentry" else file
    with working("converting", style) as progress:
        text = transcribed(kept, source, chosen, progress)
    click.echo(text, nl=False)


def _from_policy(path: Path, role: str | None, style: str) -> None:
    """Print the declarations that stand for a JSON policy."""
    import re

    from iamc.cli.common import catalog_of, status
    from iamc.decompile import UndeclarableError, decompile, documents_in, same_meaning, undeclarable
    from iamc.pipeline import Context, compile_project
    from iamc.project import load_text
    from iamc.settings import Settings
    from iamdsl.printing import to_iamdsl
    from iamdsl.reading import read
    from iamdsl.source import Source

    paths_or_here([path], style)
    source, problems = read(path)
    if source is None:
        show(problems, style)
        raise SystemExit(1)
    catalog = catalog_of({})
    context = Context.of(catalog, Settings())
    try:
        documents = documents_in(source.text)
        name = role or "-".join(re.findall(r"[A-Za-z0-9]+", path.stem)) or "role"
        text = to_iamdsl(decompile(documents, name, context.vocabulary))
    except UndeclarableError as error:
        show([undeclarable(str(error))], style)
        raise SystemExit(1) from error
    click.echo(text, nl=False)
    result = compile_project(load_text(Source(f"{name}.iamdsl", text)), catalog, context.settings)
    found = list(result.diagnostics)
    if not result.failed:
        found += same_meaning(documents, result, context.universe)
    show(found, style)
    raise SystemExit(status(found))
