"""The database made anew: from what can be relied on in the old one, the archives and the log.

Nothing is lost by it: the old file is copied aside before the new one takes its place, and that
is one transaction of SQLite's, which programs that are reading do not even notice.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from profiler.config import Settings
from profiler.domain.calls import Call
from profiler.domain.periods import DAY_US
from profiler.errors import NotFound, StoreCorrupt, StoreError
from profiler.ingest.drain import Progress, drain
from profiler.keeping.places import dated, ledger_beside
from profiler.ledger.book import path_in
from profiler.pricing.card import Card
from profiler.store import copying
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.purging import days_before, forget_day, move_horizon, purged_before_us
from profiler.store.salvage import Salvaged, salvage, take_sums
from profiler.store.writes import record

_BATCH = 5_000
_PART = ".rebuilt.db"
_ABANDONED_S = 86_400


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Where the calls of the new database are from."""

    salvaged: Salvaged
    archived: int
    """Calls from archives."""
    logged: int
    """Calls from the log."""
    aside: Path | None
    """Where the old file is now; `None` where there was none."""
    missing: dict[int, int] = field(default_factory=dict)
    """Calls by UTC day that were written once and that nothing tells of any more."""


def rebuild(
    settings: Settings,
    card: Card,
    source: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Rebuilt:
    """Make the home's database anew; `source` is taken for the old one where it is given.

    Raises:
        NotFound: there is no file `source`.
        SchemaMismatch: a newer program wrote the old one; nothing was touched.
        StoreError: the new one cannot be written, or not put in its place; the old one stays.

    """
    live = settings.database
    if source is not None and not source.is_file():
        raise NotFound(f"there is no file {source}; `profiler backup` makes one")
    _remove_abandoned(live.parent)
    part = live.with_name(f".{secrets.token_hex(8)}{_PART}")
    try:
        with Store.open(part) as new:
            taken, archived = _from_old_and_archives(source or live, new, settings)
            logged = drain(new, card, settings.log_folder, on_progress=on_progress).events
            missing = _missing(new, taken)
            new.settle()
        _check_settled(part)
        aside = _put(part, live)
        if source is not None:
            _bring_back_ledger(source, settings)
    finally:
        for suffix in ("", "-wal", "-shm", ".gate"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    return Rebuilt(taken, archived, logged, aside, missing)


def _remove_abandoned(home: Path) -> None:
    """Remove what rebuilds left that were killed a day ago or more."""
    for path in home.glob(f".*{_PART}*"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _ABANDONED_S:
                path.unlink()


def _from_old_and_archives(old_path: Path, new: Store, settings: Settings) -> tuple[Salvaged, int]:
    """What can be relied on in the old database, which may be none, and how many archived calls."""
    try:
        with ExitStack() as opened:
            old = opened.enter_context(Store.open(old_path)) if old_path.exists() else None
            taken = salvage(old, new) if old else Salvaged()
            archived = _from_archives(new, settings, taken)
            if old and taken.days_gone:
                take_sums(old, new, taken.days_gone)
            return taken, archived
    except StoreCorrupt:
        return Salvaged(), _from_archives(new, settings, Salvaged())


def _bring_back_ledger(source: Path, settings: Settings) -> None:
    """Bring back the ledger that was backed up with `source`, where there is none: one that is
    there is newer.
    """
    ledger = path_in(str(settings.home))
    if ledger_beside(source).is_file() and not ledger.exists():
        copying.copy_file(ledger_beside(source), ledger)


def _from_archives(new: Store, settings: Settings, taken: Salvaged) -> int:
    """Take over archived calls, but those of days whose sums are there; how many."""
    if settings.archive is None or not settings.archive.is_dir():
        return 0
    # it reads Parquet, which takes long to import
    from profiler.report.archive import SUFFIX, archived_calls  # noqa: PLC0415

    found = 0
    gone_before_us = 0
    for path in sorted(settings.archive.glob(f"*{SUFFIX}")):
        wanted = (
            call
            for call in archived_calls(path)
            if call.started_at_us // DAY_US not in taken.days_gone
        )
        while batch := list(islice(wanted, _BATCH)):
            with new.writing() as connection:
                found += record(connection, Dictionary(), batch)
            gone_before_us = max(gone_before_us, *map(_end_of_day, batch))
    _let_go(new, gone_before_us)
    return found


def _end_of_day(call: Call) -> int:
    return (call.started_at_us // DAY_US + 1) * DAY_US


def _let_go(new: Store, before_us: int) -> None:
    """Remove again what was archived: it is the archive's, only its sums are the database's."""
    for day in days_before(new, before_us):
        forget_day(new, day)
    if before_us > purged_before_us(new):
        move_horizon(new, before_us)


def _missing(new: Store, taken: Salvaged) -> dict[int, int]:
    if not taken.lost:
        return {}
    there = {
        day.start_us // DAY_US: day.calls
        for day in days_before(new, (max(taken.lost) + 1) * DAY_US)
    }
    lacking = {day: calls - there.get(day, 0) for day, calls in taken.lost.items()}
    return {day: calls for day, calls in lacking.items() if calls > 0}


def _check_settled(part: Path) -> None:
    log = part.with_name(f"{part.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreError(f"{part} is open in another program; run profiler rebuild again")


def _put(part: Path, live: Path) -> Path | None:
    """Put the new database in the old one's place, and the old one aside; where that is."""
    if not live.exists():
        part.rename(live)
        return None
    aside = dated(live.parent, f"{live.stem}-aside", live.suffix, time.time())
    try:
        with Store.open(live) as old:
            copying.copy_to(old, aside, is_checked=False)
        copying.replace_whole(live, part)
    except StoreCorrupt:
        aside.unlink(missing_ok=True)
        copying.set_aside(live, aside)
        part.rename(live)
    return aside
