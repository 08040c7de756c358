"""Lines -> this process's segment. One write per line, no thread, no lock, no wait."""

from __future__ import annotations

import atexit
import errno
import os
import sys
import time

from profiler.log import encode, paths
from profiler.shim.breaker import (
    MAX_WRITE_NS,
    PAUSE_S,
    Breaker,
    has_waited_for_disk,
    sleep_count,
)
from profiler.shim.guard import Faults, quiet

_FLAGS = (
    os.O_WRONLY
    | os.O_APPEND
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_STANDARD_STREAMS = 2
"""Descriptors up to here are the host's to print to, even while they are closed."""


SEGMENT_BYTES = 64 * 1024 * 1024
"""A segment that has grown to this is followed by another, between two lines."""


class Segment:
    """An open segment of this process.

    Nobody closes it: it closes when the last thread that may write to it lets go of it, so that
    none can find the host's file under the same number.
    """

    __slots__ = ("_may_be_followed", "descriptor", "identity", "is_torn", "path", "room_bytes")

    def __init__(self, path: str, descriptor: int) -> None:
        status = os.fstat(descriptor)
        self.path = path
        self.descriptor = descriptor
        self.identity = (status.st_dev, status.st_ino)
        self.is_torn = False
        """Whether the last write was cut short, so that a line stands unfinished."""
        self.room_bytes = SEGMENT_BYTES
        """How much more it takes; one more line always fits."""
        self._may_be_followed = [True]

    def is_whole(self) -> bool:
        """Whether the descriptor is still ours and its file still has a name.

        A daemonising host closes every descriptor; the number may by now be its own file.
        """
        try:
            status = os.fstat(self.descriptor)
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self.identity and status.st_nlink > 0

    def append(self, line: bytes) -> bool:
        """Writes `line` at once; false if only a part of it fitted."""
        content = b"\n" + line if self.is_torn else line
        written = os.write(self.descriptor, content)
        self.room_bytes -= written
        is_whole = written == len(content)
        if self.is_torn is is_whole:
            self.is_torn = not is_whole
        return is_whole

    def claim(self) -> bool:
        """Whether the caller, and no other thread, is to open the segment that follows."""
        try:
            return self._may_be_followed.pop()
        except IndexError:
            return False

    def go_on(self) -> None:
        """None could be opened: as much again is written here before the next try."""
        self.room_bytes = SEGMENT_BYTES
        self._may_be_followed.append(True)

    def __del__(self) -> None:
        try:
            status = os.fstat(self.descriptor)
            if (status.st_dev, status.st_ino) == self.identity:
                os.close(self.descriptor)
        except OSError:
            return

    def discard(self) -> None:
        """Takes back a segment nothing was written to."""
        os.unlink(self.path)


class Writer:
    """Appends lines to a segment of its own, opened at the first line, after a fork, and when full.

    What cannot be written is dropped and counted: the host's program matters more than its log.
    The log is told how many as soon as it can be written again.
    """

    __slots__ = (
        "_breaker",
        "_faults",
        "_folder",
        "_has_warned",
        "_pid",
        "_segments",
        "_sleeps",
    )

    def __init__(self, folder: str, faults: Faults | None = None) -> None:
        self._folder = folder
        self._faults = Faults() if faults is None else faults
        """What is told of beside the lines lost."""
        self._segments: dict[int, Segment] = {}
        self._breaker = Breaker()
        self._pid = os.getpid()
        self._has_warned = False
        self._sleeps = sleep_count()
        atexit.register(self._tell_last)

    @property
    def dropped(self) -> int:
        """Lines lost since the program began."""
        return self._breaker.dropped

    def write(self, line: bytes) -> None:
        """Appends `line`, or drops it."""
        breaker = self._breaker
        pid = os.getpid()
        if pid != self._pid:
            self._begin_after_fork(pid)
        if not breaker.is_calm and breaker.is_open():
            breaker.drop()
            return
        try:
            segment = self._segment(pid)
            # asking how often a thread slept takes as long as half a write
            sleeps = None if breaker.is_calm else self._sleeps
            slept = sleeps() if sleeps is not None else -1
            began_ns = time.perf_counter_ns()
            is_written = segment.append(line)
            took_ns = time.perf_counter_ns() - began_ns
        except OSError as error:
            self._fail(error.strerror)
            return
        if not is_written:
            self._fail(None)
        elif took_ns > MAX_WRITE_NS and has_waited_for_disk(sleeps, slept):
            self._pause_if_again(took_ns)
        elif self._faults.untold or not breaker.is_calm:
            breaker.succeed()
            if breaker.untold or self._faults.untold:
                self._tell(segment)

    def close(self) -> None:
        """Closes this process's segment, if one is open."""
        self._tell_last()
        atexit.unregister(self._tell_last)
        self._segments.pop(os.getpid(), None)

    def _segment(self, pid: int) -> Segment:
        segment = self._segments.get(pid)
        if segment is not None:
            if segment.is_whole():
                return segment if segment.room_bytes > 0 else self._followed(pid, segment)
            self._segments.pop(pid, None)
        opened = _opened(self._folder)
        # two threads may both have opened one: the first to arrive here is kept, atomically
        kept = self._segments.setdefault(pid, opened)
        if kept is not opened:
            opened.discard()
        return kept

    def _followed(self, pid: int, full: Segment) -> Segment:
        """The segment after `full`, or `full` itself where there is none yet."""
        if not full.claim():
            return full
        try:
            opened = _opened(self._folder)
        except OSError:
            full.go_on()
            return full
        self._segments[pid] = opened
        return opened

    def _pause_if_again(self, took_ns: int) -> None:
        self._breaker.slow()
        if self._breaker.is_open():
            took_ms = took_ns // 1_000_000
            self._warn(f"a write took {took_ms} ms, again, so writing pauses for {PAUSE_S:g} s")

    def _fail(self, why: str | None) -> None:
        self._breaker.fail()
        self._warn(why or "no space left")

    def _tell(self, segment: Segment) -> None:
        """Writes down how many calls were lost, and how often we failed ourselves."""
        dropped, faults = self._breaker.claim(), self._faults.claim()
        is_told = not (dropped or faults)
        try:
            is_told = is_told or segment.append(encode.loss_line(dropped, faults=faults))
        except OSError as error:
            self._warn(error.strerror)
        finally:
            if not is_told:
                self._breaker.return_(dropped)
                self._faults.return_(faults)

    @quiet
    def _tell_last(self) -> None:
        """Tells what is untold: a program may end before its log can be written again."""
        pid = os.getpid()
        if pid != self._pid:
            self._begin_after_fork(pid)
        has_failed = pid in self._faults.untold and not self._breaker.is_open()
        # one that failed at all it was to tell has no segment yet
        segment = self._segment(pid) if has_failed else self._segments.get(pid)
        has_lost = has_failed or self._breaker.untold > 0
        if has_lost and segment is not None and segment.is_whole():
            self._tell(segment)

    def _begin_after_fork(self, pid: int) -> None:
        self._pid = pid
        self._breaker.forget()

    def _warn(self, why: str | None) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn(f"calls are not being logged to {self._folder}: {why}")


def warn(message: str) -> None:
    """One line on stderr, where there is one."""
    try:
        sys.stderr.write(f"profiler: {message}\n")
    except Exception:  # noqa: BLE001  # stderr is the host's: closed, replaced or None
        return


def into_log(message: str) -> None:
    """A warning of `logging`'s logger `profiler` where the program has set that up, else a line on
    stderr.
    """
    logging = sys.modules.get("logging")
    log = logging.getLogger("profiler") if logging else None
    if log is not None and log.hasHandlers():
        log.warning("%s", message)
    else:
        warn(message)


def _opened(folder: str) -> Segment:
    _make(folder)
    identity = os.urandom(16).hex()
    path = os.path.join(folder, paths.segment_name(identity))
    descriptor = os.open(path, _FLAGS, 0o600)
    if descriptor <= _STANDARD_STREAMS:
        descriptor = _moved(descriptor)
    _hold(descriptor)
    segment = Segment(path, descriptor)
    is_whole = False
    try:
        is_whole = segment.append(encode.header_line(identity))
    finally:
        if not is_whole:
            segment.discard()
    if not is_whole:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return segment


def _make(folder: str) -> None:
    """Makes the log's folder and ours above it, each for their owner alone."""
    if os.path.isdir(folder):
        return
    home = os.path.dirname(folder)
    os.makedirs(os.path.dirname(home), exist_ok=True)
    for path in (home, folder):
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            continue


def _hold(descriptor: int) -> None:
    """Tells whoever clears old segments away that this one is still written to."""
    try:
        import fcntl  # no such module on Windows, where open files cannot be removed

        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return


def _moved(descriptor: int) -> int:
    """The same file under a number the host will not print to."""
    import fcntl  # only a host that closed its standard streams pays for this

    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _STANDARD_STREAMS + 1)
    os.close(descriptor)
    return moved
