"""When to stop writing for a while, and the count of what was lost meanwhile."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAX_FAILURES = 5
"""Failures in a row after which writing pauses."""
MAX_WRITE_NS = 50_000_000
"""A write that slept longer is slow: the host waits for each one."""
MAX_SLOW_WRITES = 3
"""Slow writes in a row after which writing pauses too. Every disk stalls at times: one slow write
costs the host less than a pause costs the log.
"""
PAUSE_S = 30.0

_CONTENDED_NS = 5_000_000
"""Passing the interpreter on takes microseconds where no other thread wants it."""


class Breaker:
    """Opens after failures or slow writes; after a pause one line is tried again."""

    __slots__ = (
        "_failures",
        "_is_untold",
        "_resumes_at_s",
        "_slow_writes",
        "_told",
        "dropped",
        "is_calm",
    )

    def __init__(self) -> None:
        self._failures = self._slow_writes = 0
        self._resumes_at_s = 0.0
        self._told = 0
        self._is_untold = [True]
        self.is_calm = True
        """Whether nothing went wrong lately, so that there is nothing to ask and nothing to do."""
        self.dropped = 0
        """Lines lost since the program began."""

    @property
    def untold(self) -> int:
        """Lines lost that the log does not tell of yet."""
        return self.dropped - self._told

    def is_open(self) -> bool:
        """Whether nothing may be written now."""
        return bool(self._resumes_at_s) and time.monotonic() < self._resumes_at_s

    def drop(self) -> None:
        """One line is lost."""
        self.dropped += 1
        self.is_calm = False

    def fail(self) -> None:
        """One line is lost because it could not be written."""
        self.drop()
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self.pause()

    def slow(self) -> None:
        """A line was written, but the host waited for it."""
        self._slow_writes += 1
        self.is_calm = False
        if self._slow_writes >= MAX_SLOW_WRITES:
            self.pause()

    def succeed(self) -> None:
        """A line was written in good time."""
        self._failures, self._slow_writes, self._resumes_at_s = 0, 0, 0.0
        # in this order, another thread that loses a line meanwhile has the last word
        self.is_calm = True
        if self.untold:
            self.is_calm = False

    def pause(self) -> None:
        """Nothing is to be written for a while."""
        self.is_calm = False
        self._resumes_at_s = time.monotonic() + PAUSE_S

    def claim(self) -> int:
        """How many lost lines the caller, and nobody else, is to tell the log of."""
        try:
            self._is_untold.pop()
        except IndexError:
            return 0
        claimed = self.untold
        self._told += claimed
        self._is_untold.append(True)
        return claimed

    def return_(self, claimed: int) -> None:
        """They could not be told."""
        self._told -= claimed

    def forget(self) -> None:
        """What a parent lost before a fork is the parent's to tell."""
        self._told = self.dropped
        self._is_untold = [True]


def sleep_count() -> Callable[[], int] | None:
    """What tells how often this thread has slept so far; `None` where the system does not say."""
    try:
        import resource

        usage, whose = resource.getrusage, resource.RUSAGE_THREAD
    except (ImportError, AttributeError):
        return None
    return lambda: usage(whose).ru_nvcsw


def has_waited_for_disk(sleeps: Callable[[], int] | None, slept: int) -> bool:
    """Whether a write that was slow, and before which this thread had `slept`, was so by the disk.

    A thread that never slept was only kept from running, and one that has to queue for the
    interpreter right now was kept by other threads: a busy machine is no reason to lose calls.
    """
    if sleeps is not None and sleeps() == slept:
        return False
    began_ns = time.perf_counter_ns()
    time.sleep(0)
    return time.perf_counter_ns() - began_ns < _CONTENDED_NS
