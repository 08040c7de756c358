"""What one process has opened of the ledger: SQLite's connection, and the gate before it."""

import os
import sqlite3
import sys
import threading
import time
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOOK_EVERY_S = 0.5
"""How often a program sees whether the file is still the one in its place."""

_LONGEST_NAP_S = 0.002
_SAFE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class Turn:
    """A lock that knows which thread has it: one that forks, or is interrupted, may be that one."""

    __slots__ = ("_lock", "_thread")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = 0

    def take(self, timeout_s: float = -1) -> bool:
        """Wait for it so long; for ever if less than 0, and never for the caller itself."""
        if self.is_mine or not self._lock.acquire(timeout=timeout_s):
            return False
        self._thread = threading.get_ident()
        return True

    def give_back(self) -> None:
        """Let others have it."""
        self._thread = 0
        self._lock.release()

    @property
    def is_mine(self) -> bool:
        """Whether the calling thread has it."""
        return self._thread == threading.get_ident()

    @property
    def is_taken(self) -> bool:
        """Whether any thread has it."""
        return self._thread != 0


class Own:
    """What one process has opened."""

    __slots__ = ("connection", "gate", "is_closed", "look_at_s", "pid", "place", "turn")

    def __init__(self, path: Path, timeout_s: float) -> None:
        self.pid = os.getpid()
        self.turn = Turn()
        self.is_closed = False
        _make(path)
        self.connection = sqlite3.connect(
            path, timeout=timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            self.place = _place_of(path)
            self.look_at_s = time.monotonic() + LOOK_EVERY_S
            self.gate = gate_in(path)
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
        self.look_at_s = now_s + LOOK_EVERY_S
        return True

    def close(self) -> None:
        """Let go of all of it; the gate's lock, where it is held, at the very last."""
        if self.is_closed:
            # the gate's number may by now be the host's own file
            return
        self.is_closed = True
        self.connection.close()
        os.close(self.gate)


class LeftBehind:
    """What was opened before, until it can be closed: another file is in its place."""

    def __init__(self) -> None:
        self._owns: list[Own] = []

    def add(self, own: Own) -> None:
        """Close it when nobody uses it any more."""
        if own not in self._owns and not own.is_closed:
            self._owns.append(own)

    def let_go(self) -> None:
        """Close it, but for what came across a fork or a thread is using.

        All or none: to close one descriptor of the gate gives back a lock held by another.
        """
        ours = [own for own in self._owns if own.pid == os.getpid()]
        taken = [own for own in ours if own.turn.take(0)]
        if ours and taken == ours and is_locked(ours[-1].gate):
            self._owns = [own for own in self._owns if own not in ours]
            for own in ours:
                own.connection.close()
            for own in ours:
                own.close()
        for own in taken:
            own.turn.give_back()


def is_locked(gate: int) -> bool:
    """Lock it, if no other process has."""
    if sys.platform != "win32":
        try:
            fcntl.lockf(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
    return True


def lock(gate: int, timeout_s: float) -> bool:
    """Wait so long to lock it; whether it is locked."""
    deadline = time.monotonic() + timeout_s
    nap_s = 0.00005
    while not is_locked(gate):
        if time.monotonic() >= deadline:
            return False
        time.sleep(nap_s)
        nap_s = min(nap_s * 2, _LONGEST_NAP_S)
    return True


def gate_in(path: Path) -> int:
    """Open the gate before the file at the path."""
    return os.open(path.with_name(path.name + ".gate"), os.O_RDWR | os.O_CREAT | _SAFE, 0o600)


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
