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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from profiler.errors import LedgerError
from profiler.ledger import faults
from profiler.ledger.schema import bring_up_to_date

if sys.platform != "win32":
    import fcntl

TIMEOUT_S = 2.0
"""A ledger that cannot be written for so long counts as out of reach."""

_CHECKPOINT_EVERY = 1_000
"""Transactions of one process between checkpoints: some 8 MB of write-ahead log."""

_LONGEST_NAP_S = 0.002

_LOOK_EVERY_S = 0.5
"""How often a program sees whether the file is still the one in its place."""


class _Own:
    """What one process has opened."""

    __slots__ = ("commits", "connection", "gate", "is_closed", "look_at_s", "pid", "place", "turn")

    def __init__(self, path: Path, timeout_s: float) -> None:
        self.pid = os.getpid()
        self.turn = threading.Lock()
        self.commits = 0
        self.is_closed = False
        _make(path)
        self.connection = sqlite3.connect(
            path, timeout=timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            self.place = _place_of(path)
            self.look_at_s = time.monotonic() + _LOOK_EVERY_S
            self.gate = os.open(_gate_of(path), os.O_RDWR | os.O_CREAT | _SAFE, 0o600)
        except OSError:
            self.connection.close()
            raise

    def is_in_place(self, path: Path) -> bool:
        """Whether the file at the path is the one that is open, as far as was looked lately."""
        now_s = time.monotonic()
        if now_s < self.look_at_s:
            return True
        if self.place != _place_of(path):
            return False
        self.look_at_s = now_s + _LOOK_EVERY_S
        return True

    def close(self) -> None:
        """Let go of all of it; the gate's lock, where it is held, at the very last."""
        self.is_closed = True
        self.connection.close()
        os.close(self.gate)


class _LeftBehind:
    """What was opened before, until it can be closed: another file is in its place."""

    def __init__(self) -> None:
        self._owns: list[_Own] = []

    def add(self, own: _Own) -> None:
        """Close it when nobody uses it any more."""
        if own not in self._owns and not own.is_closed:
            self._owns.append(own)

    def let_go(self) -> None:
        """Close it, but for what came across a fork or a thread is using.

        All or none: to close one descriptor of the gate gives back a lock held by another.
        """
        ours = [own for own in self._owns if own.pid == os.getpid()]
        taken = [own for own in ours if own.turn.acquire(blocking=False)]
        if ours and taken == ours and _is_locked(ours[-1].gate):
            self._owns = [own for own in self._owns if own not in ours]
            for own in ours:
                own.connection.close()
            for own in ours:
                own.close()
        for own in taken:
            own.turn.release()


class LedgerFile:
    """The file, for all threads of all processes that share this object."""

    def __init__(
        self,
        path: Path,
        timeout_s: float = TIMEOUT_S,
        begin: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        """`begin` fills a file that has just been made, in the transaction that makes it."""
        self.path = path
        self._timeout_s = timeout_s
        self._begin = begin
        self._left_behind = _LeftBehind()
        self._own: _Own | None = None
        self._door = (os.getpid(), threading.Lock())

    def writing(self) -> "Writing":
        """A transaction of this process alone; committed at the block's end, or not at all.

        Raises:
            LedgerError: the file cannot be reached or written; nothing of the block is kept.

        """
        return Writing(self)

    def begin(self) -> _Own:
        """Take the file's turn and begin to write."""
        own = self._with_turn()
        try:
            own.connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._give_back(own)
            self._forget_if_damaged(own, error)
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
            try:
                connection.execute("COMMIT")
            except sqlite3.Error:
                # on a full disk the transaction is still open
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            own.commits += 1
            if own.commits % _CHECKPOINT_EVERY == 0:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            self._give_back(own)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the ledger, seen without waiting for writers."""
        own: _Own | None = None
        try:
            own = self._with_thread_turn()
            try:
                own.connection.execute("BEGIN")
                try:
                    yield own.connection
                finally:
                    if own.connection.in_transaction:
                        own.connection.execute("ROLLBACK")
            finally:
                own.turn.release()
        except faults.KINDS as error:
            if own is not None:
                self._forget_if_damaged(own, error)
            raise self.explained(error) from error

    def close(self) -> None:
        """Let go of the file; it opens again when it is needed."""
        own, self._own = self._own, None
        atexit.unregister(self.close)
        if own is not None and own.pid == os.getpid():
            self._close(own)
        door = self._door_of_ours()
        # whoever is opening it lets go, too
        if door.acquire(blocking=False):
            self._left_behind.let_go()
            door.release()

    def _close(self, own: _Own) -> None:
        try:
            self._take(own)
        except LedgerError:
            # others are connected and busy, so that ours is not the last to close
            own.close()
        else:
            own.close()
            own.turn.release()

    def set_aside(self, aside: Path) -> None:
        """Move a file that is no ledger any more to `aside`, with its write-ahead log.

        Programs that have it open find out before they write again, and open what is there.

        Raises:
            LedgerError: others write to it, or it cannot be moved.

        """
        self.close()
        try:
            gate = os.open(_gate_of(self.path), os.O_RDWR | os.O_CREAT | _SAFE, 0o600)
            try:
                self._lock(gate)
                # the log first: beside a new ledger, it would be taken for that one's
                for suffix in ("-wal", "-shm", ""):
                    with suppress(FileNotFoundError):
                        self.path.with_name(self.path.name + suffix).rename(f"{aside}{suffix}")
                # whoever waits for the gate meanwhile has not looked for so long, and does then
                time.sleep(_LOOK_EVERY_S)
            finally:
                os.close(gate)
        except OSError as error:
            raise self.explained(error) from error

    def _with_turn(self) -> _Own:
        """What is opened, with the turn of all threads and processes."""
        own = self._own
        if own is None or own.pid != os.getpid():
            own = self._in_place()
        while True:
            self._take(own)
            if own is self._own and own.is_in_place(self.path):
                return own
            self._give_back(own)
            own = self._in_place()

    def _with_thread_turn(self) -> _Own:
        """What is opened, with the turn of all threads of this process."""
        while True:
            own = self._in_place()
            own.turn.acquire()
            if own is self._own:
                return own
            own.turn.release()

    def _in_place(self) -> _Own:
        """What is opened; anew where another file stands in the place of what was."""
        own = self._own
        if own is not None and own.pid == os.getpid() and own.is_in_place(self.path):
            return own
        return self._opened(own)

    def _opened(self, before: _Own | None) -> _Own:
        with self._door_of_ours():
            if self._own is not before and self._own is not None:
                return self._own
            self._own = None
            if before is not None:
                self._left_behind.add(before)
            self._left_behind.let_go()
            self._own = self._made()
            atexit.register(self.close)
            return self._own

    def _door_of_ours(self) -> threading.Lock:
        pid = os.getpid()
        if self._door[0] != pid:
            # the parent's may have been shut by a thread that is not in this child
            self._door = (pid, threading.Lock())
        return self._door[1]

    def _made(self) -> _Own:
        own = _Own(self.path, self._timeout_s)
        try:
            self._take(own)
            try:
                bring_up_to_date(own.connection, self.path, self._begin)
            finally:
                self._give_back(own)
        except BaseException:
            own.close()
            raise
        return own

    def _forget_if_damaged(self, own: _Own, error: BaseException) -> None:
        """Open anew next time: somebody may mend the file."""
        if faults.is_damage(error) and self._own is own:
            self._own = None
            self._left_behind.add(own)

    def _take(self, own: _Own) -> None:
        """Our thread's turn in this process, then our process's among all."""
        if not own.turn.acquire(timeout=self._timeout_s):
            raise faults.busy(self.path, self._timeout_s)
        try:
            if not own.is_closed:
                self._lock(own.gate)
        except BaseException:
            own.turn.release()
            raise

    def _lock(self, gate: int) -> None:
        if sys.platform == "win32":
            return
        deadline = time.monotonic() + self._timeout_s
        nap_s = 0.00005
        while not _is_locked(gate):
            if time.monotonic() >= deadline:
                raise faults.busy(self.path, self._timeout_s)
            time.sleep(nap_s)
            nap_s = min(nap_s * 2, _LONGEST_NAP_S)

    def _give_back(self, own: _Own) -> None:
        if sys.platform != "win32" and not own.is_closed:
            fcntl.lockf(own.gate, fcntl.LOCK_UN)
        own.turn.release()

    def explained(self, error: Exception) -> LedgerError:
        """What went wrong, where, and what to do."""
        return faults.explained(self.path, error)


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
        except faults.KINDS as error:
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
        except faults.KINDS as fault:
            raise self._file.explained(fault) from fault
        if isinstance(error, sqlite3.Error | UnicodeDecodeError):
            raise self._file.explained(error) from error


def _is_locked(gate: int) -> bool:
    """Lock it, if no other process has."""
    if sys.platform != "win32":
        try:
            fcntl.lockf(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
    return True


_SAFE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


def _gate_of(path: Path) -> Path:
    return path.with_name(path.name + ".gate")


def _place_of(path: Path) -> tuple[int, int] | None:
    """Which file is at the path, whatever it is called by then; `None` where none is."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _make(path: Path) -> None:
    """Make the file, and the folder it stands in, for their owner alone.

    SQLite gives its write-ahead log the mode of the file; so the file is there before SQLite is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | _SAFE, 0o600))
