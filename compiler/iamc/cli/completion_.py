"""`iamc completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what makes the Tab key complete commands and options.

    Put one of these where your shell starts: ~/.bashrc, ~/.zshrc, ~/.config/fish/config.fish.

    \b
    iamc completion bash    in .bashrc:      eval "$(iamc completion bash)"
    iamc completion zsh     in .zshrc:       eval "$(iamc completion zsh)"
    iamc completion fish    in config.fish:  iamc completion fish | source
    """
    from iamc.cli import main

    found = get_completion_class(shell)
    if found is None:
        raise AssertionError(f"click has no completion for {shell}")
    click.echo(found(main, {}, "iamc", "_IAMC_COMPLETE").source())
