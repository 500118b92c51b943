"""Groups of commands whose modules are imported when they are called, so that the others cost nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """Commands with a line about each, in sections; `NAME` is `command` of the module `PACKAGE.NAME_`."""

    def __init__(
        self, *arguments: Any, package: str, sections: Mapping[str, Mapping[str, str]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._package = package
        self._sections = sections
        self._known = {name: text for section in sections.values() for name, text in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, sorted."""
        return sorted(self._known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in self._known:
            return None
        command: click.Command = import_module(f"{self._package}.{cmd_name}_").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, without importing any, and the options."""
        from click.shell_completion import CompletionItem

        begun = [(name, text) for name, text in sorted(self._known.items()) if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=text) for name, text in begun), *options]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The names and the lines about them, in the order given, without importing any."""
        longest = max(map(len, self._known))
        for title, section in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(longest), text) for name, text in section.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """What click resolves; for a name that is not known, also the nearest."""
        if args and args[0] not in self._known and not args[0].startswith("-"):
            from iamdsl.suggest import did_you_mean

            ctx.fail(f"no such command `{args[0]}`. {did_you_mean(args[0], self._known)}".strip())
        return super().resolve_command(ctx, args)
