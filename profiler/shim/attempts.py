"""The HTTP attempts of one call: what those that were retried failed with, and the wait between."""

from __future__ import annotations

import time

from profiler.shim.failures import Failure

_MAX_FAILURES = 32


class Attempts:
    """Counts the attempts an SDK makes on its own for one call of the host's."""

    __slots__ = ("_failed", "_failed_ns", "count", "doubtful", "failures", "wait_us")

    def __init__(self) -> None:
        self.count = 1
        self.failures: list[str] = []
        """Error class of each attempt after which another was wanted, in order."""
        self.doubtful = 0
        """So many failed, and may be on the bill all the same."""
        self.wait_us = 0
        """From the failures to the attempts that followed."""
        self._failed: Failure | None = None
        """How the latest attempt failed, while no other has begun."""
        self._failed_ns = 0

    def fail(self, error: object) -> None:
        """The attempt under way has failed; whether another follows is not known yet."""
        self._failed = Failure(error)
        self._failed_ns = time.perf_counter_ns()

    def begin(self) -> None:
        """An attempt begins: the first one, or one after a failure."""
        if self._failed is not None:
            self.count += 1
            self._keep(self._failed)

    def end(self, failure: Failure, *, is_counted: bool = False) -> None:
        """The call has failed, though its usage may have been counted by then.

        A program that gave up while an SDK waited had one more failure.
        """
        if failure.is_abandoned and self._failed is not None:
            self._keep(self._failed)
            failure.billed = "no"
        self.doubtful += not is_counted and failure.billed != "no"
        if self.doubtful:
            failure.billed = "unknown"

    def at_least(self, count: int) -> None:
        """The SDK itself says that it made so many."""
        self.count = max(self.count, count)

    def told(self) -> dict[str, object]:
        """What is said of them; nothing where the first attempt was the only one."""
        told: dict[str, object] = {"attempts": self.count} if self.count > 1 else {}
        if self.failures:
            told["failures"] = self.failures
        if self.wait_us:
            told["retry_wait_us"] = self.wait_us
        return told

    def _keep(self, failed: Failure) -> None:
        self._failed = None
        self.wait_us += max(time.perf_counter_ns() - self._failed_ns, 0) // 1000
        self.doubtful += failed.billed != "no"
        if len(self.failures) < _MAX_FAILURES:
            self.failures.append(failed.error)
