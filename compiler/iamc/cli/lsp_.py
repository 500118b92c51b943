"""`iamc lsp`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iamc.cli.common import catalog_of, settings_of, stop, targets_config_option


@click.command(name="lsp")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--quota", default="managed-policy", show_default=True, help="The kind of policy to fit.")
@click.option("--quotas", type=click.Path(path_type=Path, dir_okay=False), help="The limits of your accounts.")
@click.option("--documents", type=click.IntRange(1), help="How many documents a role may have.")
@click.option("--database", type=click.Path(path_type=Path, dir_okay=False), help="Another action database.")
@click.option("--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Your additions to the database.")
@targets_config_option
def command(paths: tuple[Path, ...], **options: Any) -> None:
    """Serve an editor over standard input and output, by the Language Server Protocol.

    Each of PATHS is a project, as for `iamc check`; without any, each folder that the editor has open is one.
    Editors start this command; docs/editor.md says what it does for them.

    \b
    iamc lsp
    iamc lsp policies/prod policies/staging --overlay overlay.yml
    """
    try:
        from iamc.lsp.requests import create
    except ImportError:
        stop("the language server needs pygls: pip install 'iamc[lsp]'")
    from iamc.pipeline import Context

    for path in paths:
        if not path.exists():
            stop(f"`{path}` does not exist")
    choices = {**options, "wildcards": "auto", "sids": None, "drop_unmatched": False, "today": None, "style": "concise"}
    create(Context.of(catalog_of(options), settings_of(choices)), paths).start_io()
