"""`profiler tui`: the terminal app. The one place that starts it."""

import errno
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler.cli.home import now_us
from profiler.config import Settings, read_settings
from profiler.domain.periods import moment_us
from profiler.errors import UsageError

if TYPE_CHECKING:
    from profiler.keeping.kept import Kept


@click.command(
    epilog="""\b
Examples:
  profiler tui
  profiler tui --since 24h
  profiler tui --demo
  profiler tui --web
"""
)
@click.option(
    "--since",
    metavar="WHEN",
    help="Show calls from here on: 24h; 7d (whole days, today among them); today, month, "
    "2026-11-22.",
)
@click.option("--demo", "is_demo", is_flag=True, help="Show a month of made-up calls.")
@click.option("--web", "in_browser", is_flag=True, help="Show it in a browser, on this machine.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help="With --web: the port to listen on. Default: one that is free.",
)
@click.pass_obj
def tui(
    home: Path | None, since: str | None, port: int | None, *, is_demo: bool, in_browser: bool
) -> None:
    """Watch calls and spend live in the terminal. Press ? in it for help."""
    if in_browser:
        options = [*(["--since", since] if since else []), *(["--demo"] if is_demo else [])]
        _serve(home, port, options)
        return
    if port is not None:
        raise UsageError("--port is for --web; the terminal needs none")
    settings = read_settings(home)
    if since:
        moment_us(since, now_us(), settings.zone)  # complains before anything is drawn
    if not has_terminal():
        raise UsageError(
            "the TUI needs a terminal that can move its cursor; `profiler report` prints the same "
            "numbers anywhere"
        )
    if not is_demo:
        open_tui(settings, since or "")
        return
    from profiler.cli.demo_home import demo_home

    with demo_home(home) as made_up:
        open_tui(made_up, since or "", is_demo=True)


def open_tui(settings: Settings, since: str = "", *, is_demo: bool = False) -> None:
    """Run the app until the user leaves it; the first figures stand before it is imported."""
    from profiler.cli.demo_home import demo_on_demand
    from profiler.tui.keymap import Keys
    from profiler.tui.memory import NAME, Memory
    from profiler.tui.opening import first_figures, opening
    from profiler.tui.start import Start

    def open_source() -> "Kept":
        # Called by the feed's thread: the first frame does not wait for SQLAlchemy.
        from profiler.keeping.kept import Kept

        return Kept.open(settings)

    start = Start(
        since=since,
        is_demo=is_demo,
        memory=Memory(settings.home / NAME),
        keys=Keys(settings.keys),
        log_folder=settings.log_folder,
    )
    question = start.question(settings.zone, now_us())
    first = first_figures(settings, question, now_us())
    with opening(first, question.range.name) as is_shown:
        from profiler.tui.app import run
    start = replace(start, first=first, is_shown=is_shown)
    with demo_on_demand() as open_demo:
        if not is_demo:
            start = replace(start, open_demo=open_demo)
        code = run(open_source, settings.zone, now_us, start)
    if code:
        raise SystemExit(code)


def _serve(home: Path | None, port: int | None, options: list[str]) -> None:
    """Serve the app to a browser until Ctrl-C."""
    from profiler.tui.web import LocalServer, free_port

    command = [sys.executable, "-m", "profiler"]
    if home:
        command += ["--home", str(home.absolute())]
    chosen = port or free_port()
    server = LocalServer(
        [*command, "tui", *options],
        chosen,
        lambda address: click.echo(f"profiler: open {address}\nCtrl-C ends it.", err=True),
    )
    try:
        server.serve()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageError(f"port {chosen} is taken; name another with --port") from None


def has_terminal() -> bool:
    """Whether somebody can see the app and press keys; it is drawn on standard error."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    # a dumb one only ever writes on: nothing drawn can be drawn again
    streams = sys.stdin, sys.stdout, sys.stderr
    return os.environ.get("TERM") != "dumb" and all(stream.isatty() for stream in streams)
