"""The command line: thin. Each command parses its arguments, calls one function, renders and exits.

Exit status: 0 clean, 1 findings, 2 could not run.
"""

from __future__ import annotations

import atexit
import gc
from importlib import import_module

import click

# A compile makes many values and drops few: looking for garbage as often as Python does by default only costs time.
gc.set_threshold(100_000, 50, 50)
# Nor is there anything to gain from the last look, when the interpreter ends: it takes a hook 10 ms.
atexit.register(gc.freeze)

COMMANDS = {
    "compile": "Compile declarations to policy documents.",
    "check": "Check declarations without writing anything.",
    "convert": "Convert between .iamdsl and YAML.",
    "drift": "Show what another action database changes.",
    "diff": "Show what a change lets people do.",
    "explain": "Explain a code, a verdict or a line.",
    "fmt": "Format .iamdsl files.",
    "lsp": "Serve an editor.",
    "lock": "Write down what the action database decides.",
    "init": "Begin a project.",
    "query": "Ask the action database.",
    "report": "Show who may do what, as one HTML page.",
    "test": "Run the checks of declarations.",
}


class _Lazy(click.Group):
    """Imports a command's module when the command is called, so that the others cost nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"iamc.cli.{cmd_name}_").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from iamdsl.suggest import did_you_mean

            ctx.fail(f"no such command `{args[0]}`. {did_you_mean(args[0], COMMANDS)}".strip())
        return super().resolve_command(ctx, args)


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="iamc", message="iamc %(version)s")
def main() -> None:
    """Compile access declarations into proved, least-privilege AWS IAM policies.

    \b
    iamc compile examples/acme -o build    write the policies of a project
    iamc check examples/acme               find what is wrong, write nothing
    iamc explain IAM207                    what a diagnostic means
    iamc query actions s3 --level list     what a level stands for
    """
