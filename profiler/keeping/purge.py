"""Calls that are old enough go: archived first, their sums kept.

Days are UTC days, and go whole. A day whose calls changed while they were archived stays until
the next time; nothing is ever removed that is not on the disk, where an archive is wanted.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from profiler.domain.calls import Call
from profiler.domain.periods import DAY_US, Span
from profiler.domain.scopes import Filter
from profiler.ingest.clearing import remove_old_segments
from profiler.ingest.tail import listed
from profiler.keeping.places import dated, private_folder
from profiler.report.output import output_file
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.purging import StoredDay, days_before, forget_day, move_horizon
from profiler.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Purge:
    """What is old enough to go."""

    before_us: int
    days: tuple[StoredDay, ...]
    """Those that have calls, oldest first."""
    store_bytes: int
    """What the calls take in the database, about."""
    log_bytes: int
    """What segments of the log take that nobody has written to since."""

    @property
    def calls(self) -> int:
        """How many calls."""
        return sum(day.calls for day in self.days)

    @property
    def span(self) -> Span:
        """From the first of the days to the end of the last."""
        if not self.days:
            return Span(self.before_us, self.before_us)
        return Span(self.days[0].start_us, self.days[-1].start_us + DAY_US)


@dataclass(frozen=True, slots=True)
class Purged:
    """What went."""

    calls: int = 0
    segments: int = 0
    archive: Path | None = None
    """Where the calls are now; `None` where none went, or no archive is wanted."""
    days_left: int = 0
    """Days that got new calls meanwhile; they go the next time."""


def due(workspace: Workspace, days: int, now_us: int) -> Purge:
    """What is more than `days` old: the calls of UTC days that ended before then."""
    store, log_folder = workspace.store, workspace.settings.log_folder
    before_us = first_kept_us(days, now_us)
    found = tuple(days_before(store, before_us))
    share = sum(day.calls for day in found) / max(reads.calls_ever(store), 1)
    since_ns = (now_us - days * DAY_US) * 1_000
    return Purge(
        before_us,
        found,
        round(store.path.stat().st_size * share),
        sum(seen.size_bytes for seen in listed(log_folder) if seen.mtime_ns < since_ns),
    )


def first_kept_us(days: int, now_us: int) -> int:
    """Where the UTC day begins that is the first to stay."""
    return (now_us - days * DAY_US) // DAY_US * DAY_US


def purge(
    workspace: Workspace,
    what: Purge,
    archive: Path | None,
    days: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> Purged:
    """Archive `what` into the folder `archive`, if one is given; then remove it, and old segments.

    Raises:
        ExportError: the archive cannot be written; nothing was removed.
        StoreError: the store cannot be written; days removed before that are archived.

    """
    store = workspace.store
    path = _archived(store, what, archive, on_progress) if what.days and archive else None
    gone = [day for day in what.days if forget_day(store, day)]
    if len(gone) == len(what.days):
        move_horizon(store, what.before_us)
    segments = remove_old_segments(store, workspace.settings.log_folder, days, time.time_ns())
    return Purged(
        sum(day.calls for day in gone), segments, path, days_left=len(what.days) - len(gone)
    )


def _archived(
    store: Store,
    what: Purge,
    archive: Path,
    on_progress: Callable[[int, int], None] | None,
) -> Path:
    # PyArrow takes as long to import as what is due takes to find
    from profiler.report.archive import SUFFIX, write_archive  # noqa: PLC0415

    first = time.strftime("calls-%Y%m%d", time.gmtime(what.days[0].start_us // 1_000_000))
    path = dated(private_folder(archive), first, SUFFIX, time.time())
    calls = _counted(reads.each(store, Filter(what.span)), what.calls, on_progress)
    with output_file(path, may_replace=False) as file:
        write_archive(calls, file)
    _settle_folder(archive)
    return path


def _counted(
    calls: Iterator[Call], whole: int, on_progress: Callable[[int, int], None] | None
) -> Iterator[Call]:
    for done, call in enumerate(calls, 1):
        yield call
        if on_progress is not None and not done % 1_000:
            on_progress(done, whole)


def _settle_folder(folder: Path) -> None:
    """Bring the folder's new name to the disk too; a power cut must not take what is to stay."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
