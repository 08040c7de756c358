"""A group whose commands are imported when they are called, not when they are listed."""

from difflib import get_close_matches
from importlib import import_module

import click


class LazyGroup(click.Group):
    """Commands by name: where each one lives, and its line in the help."""

    commands_by_name: tuple[tuple[str, str, str], ...] = ()
    """(name, `module:attribute`, help in one line), in the order of the help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order of the help."""
        return [name for name, _, _ in self.commands_by_name]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name, imported now; `None` when there is none."""
        for name, place, _ in self.commands_by_name:
            if name == cmd_name:
                module, _, attribute = place.partition(":")
                found = getattr(import_module(module), attribute)
                if isinstance(found, click.Command):
                    return found
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command the first argument names; a near miss is told what is near."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            raise click.UsageError(f"there is no command {name!r}{self._nearest(name)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands from what is known without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, _, line in self.commands_by_name])

    def _nearest(self, name: str) -> str:
        near = get_close_matches(name, [known for known, _, _ in self.commands_by_name])
        return f"; did you mean {' or '.join(near)}?" if near else ""


class DefaultGroup(click.Group):
    """A group that runs its `default` command when the first word names none of its own."""

    default = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command's name in front where no other is named."""
        asks_for_help = bool(args) and args[0] in ctx.help_option_names
        if not asks_for_help and (not args or args[0] not in self.commands):
            args = [self.default, *args]
        return super().parse_args(ctx, args)
