"""The whole database: copied while others write to it, and put in the place of another.

Both by SQLite's own backup, which copies one committed state page by page: no file is copied
or renamed under a program that has it open, which would part it from its write-ahead log.
"""

import os
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from profiler.errors import ExportError, StoreCorrupt, StoreError, StoreLocked
from profiler.store import dialect, gate
from profiler.store.engine import Store

if sys.platform != "win32":
    import fcntl

_LOCKS_FROM, _LOCKED_BYTES = 0x40000000, 512
"""Where SQLite's locks are in a file, whatever its size."""

_PAGES_AT_ONCE = 2_048
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def copy_to(
    store: Store,
    target: Path,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    is_checked: bool = True,
) -> None:
    """Copy the state that `store` is in to the new file `target`, for its owner alone.

    The file appears under its name when it is whole, checked if wanted, and on the disk.
    `on_progress` is told how many pages are done, and of how many.

    Raises:
        ExportError: `target` is there already, or cannot be written; nothing is left behind.
        StoreError: the store cannot be read.

    """
    with _new(target) as part, store.reading() as connection:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise StoreError(f"{store.path} is no SQLite database; its own tools back it up")
        _copy(source, store.path, part, on_progress)
        if is_checked:
            _check(part)


def copy_file(path: Path, target: Path) -> None:
    """The same of any SQLite database of ours, at `path`."""
    with _new(target) as part:
        try:
            with closing(_opened(path, "rw")) as source:
                source.execute("PRAGMA query_only=ON")
                source.execute("BEGIN")
                _copy(source, path, part, None)
        except sqlite3.Error as error:
            raise dialect.explained(error, path) from error
        _check(part)


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


@contextmanager
def _new(target: Path) -> Iterator[Path]:
    """A private file to fill, which appears as `target` when the block ends without an error."""
    if os.path.lexists(target):
        raise ExportError(f"{target} exists already; name another file, it is never replaced")
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(part, _FLAGS, 0o600))
        try:
            yield part
            _appear(part, target)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    except OSError as error:
        raise ExportError(
            f"{target} cannot be written: {error.strerror}; choose another place"
        ) from error


def _copy(
    source: sqlite3.Connection,
    path: Path,
    part: Path,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    def tell(_: int, left: int, whole: int) -> None:
        if on_progress is not None:
            on_progress(whole - left, whole)

    try:
        # the first read fixes the state; without one, every commit meanwhile starts it over
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(_opened(part, "rw")) as target:
            source.backup(target, pages=_PAGES_AT_ONCE, progress=tell, sleep=0)
    except sqlite3.Error as error:
        raise dialect.explained(error, path) from error


def _check(part: Path) -> None:
    with closing(_opened(part, "rw")) as copy:
        try:
            found = copy.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            raise dialect.explained(error, part) from error
    if found != ("ok",):
        raise StoreCorrupt(f"the database is damaged: {found[0]}; profiler rebuild makes it anew")


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


def set_aside(path: Path, aside: Path, timeout_s: float = 5.0) -> None:
    """Move a file that is no database any more to `aside`, with its write-ahead log.

    Raises:
        StoreLocked: a program still has it open; one that does would write to what comes next.
        StoreError: it cannot be moved.

    """
    with gate.held(path, timeout_s):
        try:
            with _nobody_in(path):
                path.rename(aside)
                for suffix in ("-wal", "-journal"):
                    with suppress(FileNotFoundError):
                        path.with_name(path.name + suffix).rename(f"{aside}{suffix}")
                path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{path} cannot be moved: {error.strerror}") from error


@contextmanager
def _nobody_in(path: Path) -> Iterator[None]:
    """Hold the bytes that every connection of SQLite's holds a lock on while it is open."""
    if sys.platform == "win32":
        # there, nobody can move what somebody has open
        yield
        return
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCKED_BYTES, _LOCKS_FROM)
        except OSError:
            raise StoreLocked(
                f"{path} is open in another program; end it, and run profiler rebuild again"
            ) from None
        yield
