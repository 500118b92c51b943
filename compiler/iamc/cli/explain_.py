"""`iamc explain`."""

from __future__ import annotations

import click

from iamdsl.codes import CODES
from iamdsl.suggest import did_you_mean


@click.command(name="explain")
@click.argument("code")
def command(code: str) -> None:
    """Explain a diagnostic code.

    \b
    iamc explain IAM207
    """
    from iamdsl.pages import page

    text = page(code.upper())
    if text is None:
        raise click.UsageError(f"there is no diagnostic `{code}`. {did_you_mean(code, CODES)}".strip())
    click.echo(text, nl=False)
