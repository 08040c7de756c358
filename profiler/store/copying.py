"""The whole database: copied while others write to it, and put in the place of another.

Both by SQLite's own backup, which copies one committed state page by page: no file is copied
or renamed under a program that has it open, which would part it from its write-ahead log.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from profiler.errors import ExportError, StoreError
from profiler.store import dialect, gate
from profiler.store.engine import Store

_PAGES_AT_ONCE = 2_048
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def copy_to(
    store: Store, target: Path, on_progress: Callable[[int, int], None] | None = None
) -> None:
    """Copy the state that `store` is in to the new file `target`, for its owner alone.

    The file appears under its name when it is whole, checked and on the disk. `on_progress` is
    told how many pages are done, and of how many.

    Raises:
        ExportError: `target` is there already, or cannot be written; nothing is left behind.
        StoreError: the store cannot be read.

    """
    if os.path.lexists(target):
        raise ExportError(f"{target} exists already; name another file, it is never replaced")
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(part, _FLAGS, 0o600))
        try:
            _copy(store, part, on_progress)
            _appear(part, target)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    except OSError as error:
        raise ExportError(
            f"{target} cannot be written: {error.strerror}; choose another place"
        ) from error


def replace_whole(path: Path, new: Path, timeout_s: float = 5.0) -> None:
    """Make the database at `path` hold what `new` holds, in one transaction.

    Programs that have it open go on, and see what is new at their next look.

    Raises:
        StoreLocked: others write to it for longer than `timeout_s`.
        StoreError: it cannot be written, or is no database any more; nothing was changed.

    """
    with gate.held(path, timeout_s):
        try:
            with closing(_opened(new, "ro")) as source, closing(_opened(path, "rw")) as target:
                target.execute("PRAGMA wal_autocheckpoint=0")
                source.backup(target, sleep=0.05)
                target.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            raise dialect.explained(error, path) from error


def _copy(store: Store, part: Path, on_progress: Callable[[int, int], None] | None) -> None:
    def tell(_: int, left: int, whole: int) -> None:
        if on_progress is not None:
            on_progress(whole - left, whole)

    with store.reading() as connection:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise StoreError(f"{store.path} is no SQLite database; its own tools back it up")
        # the first read fixes the state; without one, every commit meanwhile starts it over
        source.execute("SELECT count(*) FROM meta").fetchone()
        with closing(_opened(part, "rw")) as target:
            try:
                source.backup(target, pages=_PAGES_AT_ONCE, progress=tell, sleep=0)
                found = target.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.Error as error:
                raise dialect.explained(error, part) from error
    if found != ("ok",):
        raise StoreError(f"{store.path} is damaged: {found[0]}; run profiler rebuild")


def _appear(part: Path, target: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    try:
        # unlike a rename, a link never takes the place of what appeared meanwhile
        target.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:
        part.rename(target)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None)
