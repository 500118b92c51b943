"""`iamc convert`."""

from __future__ import annotations

from pathlib import Path

import click

from iamc.cli.common import format_option, paths_or_here, show, stop
from iamdsl.diagnostics import errors


@click.command(name="convert")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(["iamdsl", "yaml"]), help="The other form, if not said.")
@format_option
def command(path: Path, form: str | None, style: str) -> None:
    """Convert a file between .iamdsl and YAML, and print it. A Policy Sentry template becomes .iamdsl.

    \b
    iamc convert template.yml
    iamc convert examples/acme/payments.iamdsl --to yaml
    """
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
    if (form or ("yaml" if file.origin == "iamdsl" else "iamdsl")) == "yaml":
        from iamdsl.yaml_print import to_yaml

        try:
            text = to_yaml(file)
        except ValueError as error:
            stop(f"{error}: two blocks or resources of one name cannot be YAML keys", style)
        click.echo(text, nl=False)
    else:
        from iamdsl.printing import to_iamdsl

        click.echo(to_iamdsl(file), nl=False)
