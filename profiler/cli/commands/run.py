"""`profiler run`: a program, started with its calls recorded."""

import os
from pathlib import Path
from typing import NoReturn

import click


class PassThrough(click.Command):
    """A command whose words are another program's: only a leading --help is its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep every word as typed, `--` included."""
        if args and args[0] in ctx.help_option_names:
            return super().parse_args(ctx, args)
        if not args:
            raise click.UsageError("name a script, -m and a module, or -- and a command", ctx)
        ctx.args = list(args)
        return ctx.args


@click.command(
    cls=PassThrough,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="SCRIPT|-m MODULE|-- COMMAND [ARG]...",
    epilog="""\b
Examples:
  profiler run answer.py --question "How many?"
  profiler run -m pytest tests
  profiler run -- uvicorn shop.app:app
""",
)
@click.pass_context
def run(ctx: click.Context) -> NoReturn:
    """Run `script.py ...`, `-m module ...` or `-- command ...` with its calls recorded.

    Nothing in the program changes; its exit code is passed on.
    """
    from profiler.shim.launch import run as launch

    home: Path | None = ctx.obj
    if home is not None:
        # The program inherits it, and so writes into the same home.
        os.environ["PROFILER_HOME"] = str(home.absolute())
    raise SystemExit(launch(ctx.args))
