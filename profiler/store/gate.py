"""The gate: one writer at a time among all processes, taken before SQLite's own write lock.

SQLite's busy handler is not fair: under eight writers some wait for seconds while others pass
twice. A file lock in front of it halves the worst wait. It also is what makes checkpoints
safe: see `store.engine`.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from profiler.errors import StoreError, StoreLocked

if sys.platform != "win32":
    import fcntl

_LONGEST_NAP_S = 0.02


def gate_of(database: Path) -> Path:
    """The file beside `database` whose lock is its gate."""
    return database.with_name(database.name + ".gate")


@contextmanager
def held(database: Path, timeout_s: float) -> Iterator[None]:
    """The gate of `database`, ours for the time of the block.

    The file is opened afresh each time: a descriptor that outlives the block would be carried
    into a forked child, and with it the lock. Without file locks (Windows) there is no gate, and
    SQLite's own lock does alone.

    Raises:
        StoreLocked: others held it for `timeout_s`.
        StoreError: the file cannot be made.

    """
    if sys.platform == "win32":
        yield
        return
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        gate = os.open(gate_of(database), flags, 0o600)
    except OSError as error:
        raise StoreError(
            f"{gate_of(database)} cannot be opened: {error.strerror}; "
            "make its folder writable or set PROFILER_HOME to another"
        ) from error
    try:
        _lock(gate, database, timeout_s)
        try:
            yield
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
    finally:
        os.close(gate)


def _lock(gate: int, database: Path, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    nap_s = 0.0005
    while True:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StoreLocked(
                    f"{database} is being written by another program for more than "
                    f"{timeout_s:g} s; nothing is lost, try again"
                ) from None
            time.sleep(nap_s)
            nap_s = min(nap_s * 2, _LONGEST_NAP_S)
        else:
            return
