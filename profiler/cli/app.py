"""Starting the terminal app; the one place that does.

What is on the screen first waits for all that is imported before it, so this needs no click:
plain arguments are read here, and all others are left to the command.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from profiler.cli.clock import now_us
from profiler.config import Settings, read_settings
from profiler.domain.periods import moment_us
from profiler.errors import ProfilerError

if TYPE_CHECKING:
    from profiler.keeping.kept import Kept


def opened(arguments: list[str], home: str) -> int | None:
    """Run the app for these arguments; `None` where they are not plainly right."""
    since = arguments[1] if arguments[:1] == ["--since"] and len(arguments) > 1 else ""
    if len(arguments) != 2 * bool(since) or not has_terminal():
        return None
    try:
        settings = read_settings(Path(home) if home else None)
        check_since(since, settings)
    except ProfilerError:
        return None
    try:
        open_tui(settings, since)
    except BaseException as error:  # noqa: BLE001  becomes a message and a code
        from profiler.cli.root import code_for

        return code_for(error)
    return 0


def check_since(since: str, settings: Settings) -> None:
    """See that a range can begin there.

    Raises:
        UsageError: it is no moment.

    """
    if since:
        moment_us(since, now_us(), settings.zone)


def open_tui(settings: Settings, since: str = "", *, is_demo: bool = False) -> None:
    """Run the app until the user leaves it; the first figures stand before it is imported."""
    from profiler.cli.demo_home import demo_on_demand
    from profiler.store.glance import is_behind
    from profiler.tui.actions.keymap import Keys
    from profiler.tui.memory import NAME, Memory
    from profiler.tui.opening.first_frame import first_figures, opening
    from profiler.tui.opening.start import Start
    from profiler.tui.terminal.signals import ended_by_signals

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
        zone_set_by=settings.zone_set_by,
    )
    question = start.question(settings.zone, now_us())
    with ended_by_signals(), demo_on_demand() as open_demo:
        if not is_demo:
            start = replace(start, open_demo=open_demo)
        first = first_figures(settings, question, now_us())
        with opening(first, question.range.name) as is_shown:
            from profiler.tui.app import ProfilerApp, run

            start = replace(
                start,
                first=first,
                is_shown=is_shown,
                is_behind=first is None and is_behind(settings.database),
            )
            app = ProfilerApp(open_source, settings.zone, now_us, start)
        code = run(app)
    if code:
        raise SystemExit(code)


def has_terminal() -> bool:
    """Whether somebody can see the app and press keys; it is drawn on standard error."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    # a dumb one only ever writes on: nothing drawn can be drawn again
    streams = sys.stdin, sys.stdout, sys.stderr
    return os.environ.get("TERM") != "dumb" and all(stream.isatty() for stream in streams)
