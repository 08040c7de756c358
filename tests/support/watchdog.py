"""Watches an event loop: what each of its callbacks takes of the processor."""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

MOST_S = 0.05
"""What a callback may take, on a machine as fast as the yardstick says."""
_YARDSTICK_S = 0.0021
"""What `_yardstick` takes on a quiet machine. Two programs that share a core slow each other
down to half, in processor time too."""


class Slow(NamedTuple):
    """A callback that held up the loop."""

    while_doing: str
    took_s: float
    callback: str


class Watchdog:
    """Every callback that took longer than it may, and what was being done then."""

    def __init__(self) -> None:
        self.slow: list[Slow] = []
        self.doing = "starting"

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch every event loop within the block.

        The tests' own objects are put aside, as the app does with its own: the collector would
        look at ten times as many as in a program by itself.
        """
        gc.collect()
        gc.freeze()
        thresholds = gc.get_threshold()
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> Any:
            # of the processor, not the clock: other programs share the machine
            began = time.thread_time()
            try:
                return run(handle)
            finally:
                self._note(time.thread_time() - began, handle)

        try:
            with patch.object(asyncio.Handle, "_run", timed):
                yield
        finally:
            gc.set_threshold(*thresholds)
            gc.unfreeze()

    def _note(self, took_s: float, handle: asyncio.Handle) -> None:
        if took_s > MOST_S:
            took_s /= max(1.0, _yardstick() / _YARDSTICK_S)
        if took_s > MOST_S:
            self.slow.append(Slow(self.doing, took_s, repr(handle)))


def _yardstick() -> float:
    """What a fixed piece of work takes of the processor just now."""
    began = time.thread_time()
    found = {}
    for number in range(20_000):
        found[number % 997] = (number, str(number))
    return time.thread_time() - began
