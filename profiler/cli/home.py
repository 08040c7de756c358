"""The home a command works in, opened with everything its log holds read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.clock import now_us as now_us  # noqa: PLC0414  commands have it from here
from profiler.cli.filters import Query
from profiler.cli.progress import Meter
from profiler.config import Settings, home_folder, is_there, read_settings
from profiler.errors import NotFound, ProfilerError

if TYPE_CHECKING:
    from profiler.ingest.drain import Drained
    from profiler.workspace import Workspace


@contextmanager
def read_home(
    home: Path | None, *, purges: bool = True, may_make: bool = False
) -> Iterator["Workspace"]:
    """The workspace over `home`, up to date with its log; what is too old goes if `purges`.

    Raises:
        NotFound: somebody named a folder that is not there, and who asks has nothing to write.
        StoreError: the database cannot be opened; the message says why and what to do.

    """
    if not may_make:
        check_named(home)
    with read_by(read_settings(home), purges=purges) as workspace:
        yield workspace


@contextmanager
def read_by(settings: Settings, *, purges: bool = True) -> Iterator["Workspace"]:
    """The workspace of these settings, up to date with its log, as `read_home` gives it."""
    from profiler.keeping.kept import Kept
    from profiler.workspace import Workspace

    kind = Kept if purges else Workspace
    with kind.open(settings) as workspace:
        drained = drain_showing(workspace)
        if drained.rejections:
            click.echo(
                f"profiler: {drained.rejections} new stretches of the log were no events; "
                "`profiler doctor` says where",
                err=True,
            )
        say_notices(drained)
        try:
            yield workspace
        except ProfilerError as error:
            if str(error) not in drained.notices:
                raise
            # what keeps the ledger from being read was said with the notices
            raise click.exceptions.Exit(error.exit_code) from error


def check_named(home: Path | None) -> None:
    """See that a home that somebody named is there: a slip of the pen must not make an empty one.

    Raises:
        NotFound: it is not.
        StoreError: nobody may look.

    """
    folder = home_folder(home)
    if (home or os.environ.get("PROFILER_HOME")) and not is_there(folder):
        raise NotFound(
            f"there is no folder {folder}, so nothing was recorded there; name another with "
            "--home or PROFILER_HOME, or record some calls: profiler run app.py"
        )


def say_notices(drained: "Drained") -> None:
    """Say on stderr what a pass over the log has to say besides."""
    for words in drained.notices:
        click.echo(f"profiler: {display.plain(words)}", err=True)


def say_if_none(workspace: "Workspace", calls: int, query: Query) -> None:
    """Say on stderr why there is nothing to show, where there is nothing."""
    from profiler.store import reads

    if calls:
        return
    if not reads.calls_ever(workspace.store):
        words = "no calls yet; record some: profiler run app.py, or look around: profiler demo"
    elif query.words:
        words = "no call matches"
        if any(":" in word and "*" not in word for word in query.words):
            words += "; labels match whole, * is any text: feature:*search*"
    else:
        words = "no call began in that time"
    click.echo(f"profiler: {words}", err=True)


def drain_showing(workspace: "Workspace") -> "Drained":
    """Load what the log holds, showing on stderr how far it has come if that takes long."""
    with Meter("bytes of log") as meter:
        return workspace.drain(lambda done: meter.show(done.bytes_read, done.bytes_total))
