"""The ledger's file: SQLite, opened by each process for itself, one writer at a time.

Writers queue at a file lock before SQLite's own, which is not fair; the write-ahead log is only
checkpointed, and the last connection only closed, by who holds that lock. POSIX locks belong to
a process and are not carried into a forked child, nor is anything else of ours: it is closed
before the fork, or the child leaves it alone, never closing it.
"""

import atexit
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from profiler.errors import LedgerError
from profiler.ledger import faults
from profiler.ledger.forks import FORKS
from profiler.ledger.opened import LOOK_EVERY_S, LeftBehind, Own, Turn, gate_in, lock
from profiler.ledger.schema import bring_up_to_date

if sys.platform != "win32":
    import fcntl

TIMEOUT_S = 2.0
"""A ledger that cannot be written for so long counts as out of reach."""

_CHECKPOINT_EVERY = 1_000
"""Transactions of one process between checkpoints: some 8 MB of write-ahead log."""

_GATE_BEFORE_FORK_S = 0.1
"""Whoever has the gate for longer is connected, so that ours is not the last to close."""


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
        # a program may fork, and so open it anew, more often than that
        self._commits = 0
        self._left_behind = LeftBehind()
        self._own: Own | None = None
        self._door = (os.getpid(), Turn())
        self._is_forking = False
        """Whether who has the door has it for a fork: all is closed, or cannot be."""
        self._is_cut_off = False
        """Whether this process was forked in the midst of it, so that SQLite is of no use here."""
        FORKS.tell(self)

    def writing(self) -> "Writing":
        """A transaction of this process alone; committed at the block's end, or not at all.

        Raises:
            LedgerError: the file cannot be reached or written; nothing of the block is kept.

        """
        return Writing(self)

    def begin(self) -> Own:
        """Take the file's turn and begin to write."""
        own = self._with_turn()
        try:
            own.connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._give_back(own)
            self._forget_if_damaged(own, error)
            raise
        return own

    def end(self, own: Own, *, is_kept: bool) -> None:
        """Commit what was written, or take it back, and let others have their turn."""
        connection = own.connection
        if own.pid != os.getpid():
            # the parent ends what it began
            own.turn.give_back()
            raise faults.forked(self.path)
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
            self._commits += 1
            if self._commits % _CHECKPOINT_EVERY == 0:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            self._give_back(own)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the ledger, seen without waiting for writers."""
        own: Own | None = None
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
                own.turn.give_back()
        except faults.KINDS as error:
            if own is not None:
                self._forget_if_damaged(own, error)
            raise faults.explained(self.path, error) from error

    def close(self) -> None:
        """Let go of the file; it opens again when it is needed."""
        own = self._own
        atexit.unregister(self.close)
        if own is not None and own.pid == os.getpid():
            self._close(own)
        door = self._door_of_ours()
        # whoever is opening it lets go, too
        if door.take(0):
            self._left_behind.let_go()
            door.give_back()

    def before_fork(self, until_s: float) -> None:
        """Close the file, between two transactions, and let no thread open it until `after_fork`.

        Where that takes too long, or the caller itself is in a transaction, all stays as it is.
        """
        until_s = min(until_s, time.monotonic() + self._timeout_s)
        if not self._door_of_ours().take(max(until_s - time.monotonic(), 0)):
            return
        self._is_forking = True
        own = self._own
        if own is None or own.pid != os.getpid():
            return
        if own.turn.take(max(until_s - time.monotonic(), 0)):
            atexit.unregister(self.close)
            try:
                lock(own.gate, min(_GATE_BEFORE_FORK_S, until_s - time.monotonic()))
                own.close()
                self._own = None
                self._left_behind.let_go()
            finally:
                own.turn.give_back()

    def after_fork(self) -> None:
        """Let threads open it again; in a child, see whether any can."""
        door = self._door_of_ours()
        if self._is_forking and door.is_mine:
            self._is_forking = False
            door.give_back()

    def _close(self, own: Own) -> None:
        is_taken = True
        try:
            self._take(own)
        except LedgerError:
            # others are connected and busy, so that ours is not the last to close
            is_taken = False
        own.close()
        if self._own is own:
            # not before: a fork waits for what it finds here
            self._own = None
        if is_taken:
            own.turn.give_back()

    def set_aside(self, aside: Path) -> None:
        """Move a file that is no ledger any more to `aside`, with its write-ahead log.

        Programs that have it open find out before they write again, and open what is there.

        Raises:
            LedgerError: others write to it, or it cannot be moved.

        """
        self.close()
        try:
            gate = gate_in(self.path)
            try:
                self._lock(gate)
                # the log first: beside a new ledger, it would be taken for that one's
                for suffix in ("-wal", "-shm", ""):
                    with suppress(FileNotFoundError):
                        self.path.with_name(self.path.name + suffix).rename(f"{aside}{suffix}")
                # whoever waits for the gate meanwhile has not looked for so long, and does then
                time.sleep(LOOK_EVERY_S)
            finally:
                os.close(gate)
        except OSError as error:
            raise faults.explained(self.path, error) from error

    def _with_turn(self) -> Own:
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

    def _with_thread_turn(self) -> Own:
        """What is opened, with the turn of all threads of this process."""
        while True:
            own = self._in_place()
            if not own.turn.take():
                raise faults.busy(self.path, 0)
            if own is self._own:
                return own
            own.turn.give_back()

    def _in_place(self) -> Own:
        """What is opened; anew where another file stands in the place of what was."""
        own = self._own
        if own is not None and own.pid == os.getpid() and own.is_in_place(self.path):
            return own
        return self._opened(own)

    def _opened(self, before: Own | None) -> Own:
        door = self._door_of_ours()
        if self._is_cut_off:
            raise faults.forked(self.path)
        if not door.take():
            raise faults.busy(self.path, 0)
        try:
            if self._own is not before and self._own is not None:
                return self._own
            self._own = None
            if before is not None:
                self._left_behind.add(before)
            self._left_behind.let_go()
            self._own = self._made()
            atexit.register(self.close)
            return self._own
        finally:
            door.give_back()

    def _door_of_ours(self) -> Turn:
        pid, door = self._door
        if pid == os.getpid():
            return door
        # the parent's may have been shut by a thread that is not in this child
        was_opening = door.is_taken and not self._is_forking
        was_used = self._own is not None and self._own.turn.is_taken
        self._is_cut_off = self._is_cut_off or was_opening or was_used
        self._is_forking = False
        self._door = (os.getpid(), Turn())
        return self._door[1]

    def _made(self) -> Own:
        own = Own(self.path, self._timeout_s)
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

    def _forget_if_damaged(self, own: Own, error: BaseException) -> None:
        """Open anew next time: somebody may mend the file."""
        if faults.is_damage(error) and self._own is own:
            self._own = None
            self._left_behind.add(own)

    def _take(self, own: Own) -> None:
        """Our thread's turn in this process, then our process's among all."""
        if not own.turn.take(self._timeout_s):
            raise faults.busy(self.path, self._timeout_s)
        try:
            if not own.is_closed:
                self._lock(own.gate)
        except BaseException:
            own.turn.give_back()
            raise

    def _lock(self, gate: int) -> None:
        if not lock(gate, self._timeout_s):
            raise faults.busy(self.path, self._timeout_s)

    def _give_back(self, own: Own) -> None:
        if sys.platform != "win32" and not own.is_closed:
            fcntl.lockf(own.gate, fcntl.LOCK_UN)
        own.turn.give_back()


class Writing:
    """One write transaction, as a block.

    A class, as every call of the user's program passes here twice: a generator costs it more.
    """

    __slots__ = ("_file", "_own")

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self._own: Own | None = None

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._own = self._file.begin()
        except faults.KINDS as error:
            raise faults.explained(self._file.path, error) from error
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
            raise faults.explained(self._file.path, fault) from fault
        if isinstance(error, sqlite3.Error | UnicodeDecodeError):
            raise faults.explained(self._file.path, error) from error
