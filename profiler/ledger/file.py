"""The ledger's file: SQLite, opened by each process for itself, one writer at a time.

Writers queue at a file lock before SQLite's own, which is not fair; the write-ahead log is only
checkpointed, and the last connection only closed, by who holds that lock. POSIX locks belong to
a process and are not carried into a forked child, nor is anything else of ours: a child opens
its own connection, and leaves the inherited one alone, never closing it.
"""

import atexit
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from profiler.errors import LedgerError
from profiler.ledger.schema import bring_up_to_date

if sys.platform != "win32":
    import fcntl

TIMEOUT_S = 2.0
"""A ledger that cannot be written for so long counts as out of reach."""

_CHECKPOINT_EVERY = 1_000
"""Transactions of one process between checkpoints: some 8 MB of write-ahead log."""

_LONGEST_NAP_S = 0.002


class _Own:
    """What one process has opened."""

    __slots__ = ("commits", "connection", "gate", "pid", "turn")

    def __init__(self, path: Path) -> None:
        self.pid = os.getpid()
        self.turn = threading.Lock()
        self.commits = 0
        _make(path)
        self.gate = os.open(_gate_of(path), os.O_RDWR | os.O_CREAT | _SAFE, 0o600)
        self.connection = sqlite3.connect(
            path, timeout=TIMEOUT_S, isolation_level=None, check_same_thread=False
        )


class LedgerFile:
    """The file, for all threads of all processes that share this object."""

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_S) -> None:
        self.path = path
        self._timeout_s = timeout_s
        self._left_behind: list[_Own] = []
        self._own: _Own | None = None

    def writing(self) -> "Writing":
        """A transaction of this process alone; committed at the block's end, or not at all.

        Raises:
            LedgerError: the file cannot be reached or written; nothing of the block is kept.

        """
        return Writing(self)

    def begin(self) -> _Own:
        """Take the file's turn and begin to write."""
        own = self._opened()
        self._take(own)
        try:
            own.connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._give_back(own)
            raise
        return own

    def end(self, own: _Own, *, is_kept: bool) -> None:
        """Commit what was written, or take it back, and let others have their turn."""
        connection = own.connection
        try:
            if not is_kept:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                return
            connection.execute("COMMIT")
            own.commits += 1
            if own.commits % _CHECKPOINT_EVERY == 0:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            self._give_back(own)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the ledger, seen without waiting for writers."""
        with self._explaining():
            own = self._opened()
            with own.turn:
                own.connection.execute("BEGIN")
                try:
                    yield own.connection
                finally:
                    own.connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file; it opens again when it is needed."""
        own, self._own = self._own, None
        atexit.unregister(self.close)
        if own is None or own.pid != os.getpid():
            return
        try:
            self._take(own)
        except LedgerError:
            # others are connected and busy, so that ours is not the last to close
            own.connection.close()
        else:
            own.connection.close()
            self._give_back(own)
        os.close(own.gate)

    def _opened(self) -> _Own:
        own = self._own
        if own is not None and own.pid == os.getpid():
            return own
        if own is not None:
            self._left_behind.append(own)
        own = _Own(self.path)
        self._take(own)
        try:
            bring_up_to_date(own.connection, self.path)
        finally:
            self._give_back(own)
        self._own = own
        atexit.register(self.close)
        return own

    def _take(self, own: _Own) -> None:
        """Our thread's turn in this process, then our process's among all."""
        deadline = time.monotonic() + self._timeout_s
        if not own.turn.acquire(timeout=self._timeout_s):
            raise self._busy()
        if sys.platform == "win32":
            return
        nap_s = 0.00005
        while True:
            try:
                fcntl.lockf(own.gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                if time.monotonic() >= deadline:
                    own.turn.release()
                    raise self._busy() from None
                time.sleep(nap_s)
                nap_s = min(nap_s * 2, _LONGEST_NAP_S)
            else:
                return

    def _give_back(self, own: _Own) -> None:
        if sys.platform != "win32":
            fcntl.lockf(own.gate, fcntl.LOCK_UN)
        own.turn.release()

    def _busy(self) -> LedgerError:
        return LedgerError(
            f"{self.path} is being written by another program for more than "
            f"{self._timeout_s:g} s; try again"
        )

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self.explained(error) from error

    def explained(self, error: sqlite3.Error | OSError) -> LedgerError:
        """What went wrong, where, and what to do."""
        if isinstance(error, OSError):
            return LedgerError(
                f"{self.path} cannot be opened: {error.strerror}; make its folder writable, "
                "or set PROFILER_HOME to another"
            )
        return LedgerError(f"{self.path} cannot be used: {error}; `profiler doctor` tells more")


class Writing:
    """One write transaction, as a block.

    A class, as every call of the user's program passes here twice: a generator costs it more.
    """

    __slots__ = ("_file", "_own")

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self._own: _Own | None = None

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._own = self._file.begin()
        except (sqlite3.Error, OSError) as error:
            raise self._file.explained(error) from error
        return self._own.connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        own, self._own = self._own, None
        if own is None:
            return
        try:
            self._file.end(own, is_kept=kind is None)
        except (sqlite3.Error, OSError) as fault:
            raise self._file.explained(fault) from fault
        if isinstance(error, sqlite3.Error):
            raise self._file.explained(error) from error


_SAFE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


def _gate_of(path: Path) -> Path:
    return path.with_name(path.name + ".gate")


def _make(path: Path) -> None:
    """Make the file, and the folder it stands in, for their owner alone.

    SQLite gives its write-ahead log the mode of the file; so the file is there before SQLite is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | _SAFE, 0o600))
