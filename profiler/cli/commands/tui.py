"""`profiler tui`: the terminal app."""

import errno
import sys
from pathlib import Path

import click

from profiler.cli.app import check_since, has_terminal, open_tui
from profiler.config import read_settings
from profiler.errors import UsageError


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
    check_since(since or "", settings)  # complains before anything is drawn
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


def _serve(home: Path | None, port: int | None, options: list[str]) -> None:
    """Serve the app to a browser until Ctrl-C."""
    from profiler.tui.terminal.web import LocalServer, free_port

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
