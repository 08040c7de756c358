"""The way in: it needs nothing but the standard library, so that `profiler run` works anywhere.

Where a program's environment holds the shim alone (`pip install --no-deps`), `run` and
`--version` work all the same; every other command names the package it lacks.
"""

import gc
import os
import sys
from typing import NoReturn

from profiler._version import __version__
from profiler.errors import UsageError

WEB = ("textual_serve", "aiohttp")
"""What only `profiler tui --web` needs."""

EXIT_INTERRUPTED = 130

YOUNG_OBJECTS = 50_000
"""So many are made before garbage is looked for: what is imported is none, and a fifth of most
commands' time went into looking at it."""


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    _, *older = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, *older)
    try:
        code = exit_code_of(sys.argv[1:])
    except KeyboardInterrupt:
        # while it was still being imported: from there on the command line sees to it
        code = EXIT_INTERRUPTED
    gc.freeze()  # all of it ends with the process: nor is it looked at then
    sys.exit(code)


def exit_code_of(arguments: list[str]) -> int:
    """Run the command line; whatever goes wrong becomes a line on stderr and a code."""
    _open_closed_streams()
    # a label may hold what the terminal's encoding lacks; that must not end a report
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    home, rest = _home_in(arguments)
    try:
        if rest[:1] == ["statusline"] and (line := _line(rest[1:], home)) is not None:
            return _written(f"{line}\n")
        if rest[:1] == ["tui"] and (code := _app(rest[1:], home)) is not None:
            return code
        from profiler.cli.root import exit_code_of as run
    except ModuleNotFoundError as error:
        if not is_missing(error):
            raise
        return _without(error, arguments)
    return run(arguments)


def _open_closed_streams() -> None:
    """What the process was started without leads nowhere, in order of their numbers.

    The next file that is opened, such as a database, would take their places otherwise.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115  # open to the end


def _written(words: str) -> int:
    """Write to standard output without the rest of the command line; the exit code."""
    try:
        sys.stdout.write(words)
        sys.stdout.flush()
    except OSError as error:
        from profiler.cli.root import code_for

        return code_for(error)
    return 0


def _line(options: list[str], home: str) -> str | None:
    """The status line, drawn without the rest of the command line; `None` leaves it to that."""
    from profiler.cli.statusline import told

    return told(options, home)


def _app(options: list[str], home: str) -> int | None:
    """Run the terminal app without the rest of the command line; `None` leaves it to that."""
    from profiler.cli.app import opened

    return opened(options, home)


def is_missing(error: ModuleNotFoundError) -> bool:
    """Whether a package we depend on is not installed, and no file of ours is."""
    return bool(error.name) and not str(error.name).startswith("profiler.")


def missing(error: ModuleNotFoundError) -> str:
    """Which package is not installed, and how to install it."""
    package = str(error.name).partition(".")[0]
    extra = "'llm-cost-profiler[web]'" if package in WEB else "llm-cost-profiler"
    return (
        f"the package {package} is not installed; install what profiler needs: pip install {extra}"
    )


def _without(error: ModuleNotFoundError, arguments: list[str]) -> int:
    """Run what needs no package; say which one is missing for anything else."""
    home, rest = _home_in(arguments)
    if rest in (["--version"], ["-V"]):
        sys.stdout.write(f"profiler, version {__version__}\n")
        return 0
    words = missing(error)
    if rest[:1] == ["run"] and rest[1:2] not in ([], ["-h"], ["--help"]):
        from profiler.shim.launch import run

        if home:
            os.environ["PROFILER_HOME"] = os.path.abspath(home)  # noqa: PTH100 - as the shim does
        try:
            return run(rest[1:])
        except UsageError as wrong:
            words = str(wrong)
    sys.stderr.write(f"profiler: {words}\n")
    return UsageError.exit_code


def _home_in(arguments: list[str]) -> tuple[str, list[str]]:
    """The home named before the command, and the words behind it."""
    if arguments[:1] == ["--home"]:
        return "".join(arguments[1:2]), arguments[2:]
    if arguments and arguments[0].startswith("--home="):
        return arguments[0].removeprefix("--home="), arguments[1:]
    return "", arguments
