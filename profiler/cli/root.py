"""Arguments -> command -> exit code. Nothing heavier than click is imported to print help."""

import errno
import os
import sys
import traceback
from pathlib import Path
from typing import TextIO

import click

from profiler._version import __version__
from profiler.cli.lazy import LazyGroup
from profiler.cli.main import EXIT_INTERRUPTED, is_missing, missing
from profiler.errors import ExportError, ProfilerError, UsageError

EXIT_FAULT = 70
"""An error of ours that nobody foresaw (EX_SOFTWARE)."""

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}

_COMMANDS = "profiler.cli.commands"


class Commands(LazyGroup):
    """What `profiler` can do."""

    commands_by_name = (
        ("run", f"{_COMMANDS}.run:run", "Run a program with its calls recorded."),
        ("tui", f"{_COMMANDS}.tui:tui", "Watch calls and spend live in the terminal."),
        ("report", f"{_COMMANDS}.report:report", "Show where the money goes."),
        ("flame", f"{_COMMANDS}.flame:flame", "Draw spend by call stack as a flame graph."),
        ("top", f"{_COMMANDS}.top:top", "Print the dearest groups, live."),
        (
            "statusline",
            f"{_COMMANDS}.statusline:statusline",
            "Print what is spent in one line, for tmux or a prompt.",
        ),
        ("calls", f"{_COMMANDS}.calls:calls", "List calls, or open one."),
        ("export", f"{_COMMANDS}.export:export", "Write calls to CSV, JSON lines or Parquet."),
        ("budget", f"{_COMMANDS}.budget:budget", "Set, list and remove limits on spend."),
        ("alerts", f"{_COMMANDS}.alerts:alerts", "See what budgets had to tell, and who was told."),
        ("estimate", f"{_COMMANDS}.estimate:estimate", "Price a prompt before it is sent."),
        ("prices", f"{_COMMANDS}.prices:prices", "Show the rates in force, and set your own."),
        ("whatif", f"{_COMMANDS}.whatif:whatif", "Reprice calls on another model."),
        ("reprice", f"{_COMMANDS}.reprice:reprice", "Price calls again by the rates of now."),
        ("ingest", f"{_COMMANDS}.ingest:ingest", "Load recorded calls without a screen."),
        ("backup", f"{_COMMANDS}.backup:backup", "Copy the database while it is in use."),
        ("verify", f"{_COMMANDS}.verify:verify", "Check that every figure is as it was written."),
        ("rebuild", f"{_COMMANDS}.rebuild:rebuild", "Make the database anew from what is sound."),
        ("purge", f"{_COMMANDS}.purge:purge", "Archive and remove old calls; sums stay."),
        ("config", f"{_COMMANDS}.config:config", "Show and check what profiler.toml says."),
        ("doctor", f"{_COMMANDS}.doctor:doctor", "Check that everything is in order."),
        ("completion", f"{_COMMANDS}.completion:completion", "Complete commands in your shell."),
        ("demo", f"{_COMMANDS}.demo:demo", "Try it all on a month of made-up calls."),
    )


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `profiler demo`, then `profiler run your_program.py`.",
)
@click.version_option(__version__, "--version", "-V", prog_name="profiler")
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the log and the database are. Default: $PROFILER_HOME, else the platform's "
    "state folder.",
)
@click.pass_context
def root(ctx: click.Context, home: Path | None) -> None:
    """See what your calls to language models cost, live and line by line."""
    ctx.obj = home
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def exit_code_of(arguments: list[str]) -> int:
    """Run the command line; whatever goes wrong becomes a line on stderr and a code."""
    try:
        returned = root.main(arguments, prog_name="profiler", standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - the one place where a fault becomes a message
        return code_for(error)
    return returned if isinstance(returned, int) else 0


def code_for(error: BaseException) -> int:
    """The exit code an error means; what it has to say goes to stderr."""
    match error:
        case click.ClickException():
            error.show()
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return EXIT_INTERRUPTED
        case BrokenPipeError():
            _silence(sys.stdout)
            return 1
        case OSError() if error.errno in _UNWRITABLE and error.filename is None:
            _silence(sys.stdout)
            _say(f"cannot write the output: {error.strerror}")
            return ExportError.exit_code
        case SystemExit():
            return error.code if isinstance(error.code, int) else int(error.code is not None)
        case ProfilerError():
            _say(str(error))
            return error.exit_code
        case ModuleNotFoundError() if is_missing(error):
            _say(missing(error))
            return UsageError.exit_code
    return _fault(error)


def _fault(error: BaseException) -> int:
    if os.environ.get("PROFILER_DEBUG"):
        traceback.print_exception(error)
    else:
        _say(
            f"unexpected fault: {type(error).__name__}; this is a bug in profiler. "
            "Set PROFILER_DEBUG=1 and run it again to see where"
        )
    return EXIT_FAULT


def _say(message: str) -> None:
    from profiler.display import plain

    click.echo(f"profiler: {plain(message)}", err=True)


def _silence(stream: TextIO) -> None:
    """Point a broken pipe at nothing, so that the interpreter's last flush finds no fault."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)
