"""A terminal that is gone for good: the app ends, whether or not a signal says so.

A closed window sends SIGHUP, which ends a program. Where that is ignored (`nohup`, some
supervisors) or never sent, reading from the terminal finds its end at once, over and over, and
what is written to it fails: Textual would spin, or wait for a thread of its own that is dead.
"""

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from profiler.tui.terminal.signals import ended_by_signals

GONE = 128 + signal.SIGHUP if hasattr(signal, "SIGHUP") else 129
"""How a program ends that was hung up on, in a shell's words."""
_GRACE_S = 1.0


@contextmanager
def ended_with_its_terminal(leave: Callable[[int], object]) -> Iterator[None]:
    """Within the block, call `leave` with an exit code once the terminal is gone, or on a signal.

    It is called from another thread. Where that does not end the block soon after the terminal
    is gone, the process ends all the same.
    """
    stream, has_left = sys.__stdin__, Event()
    if stream is not None and hasattr(select, "poll") and stream.isatty():
        watched = (stream.fileno(), leave, has_left)
        Thread(target=_watch, args=watched, name="hang-up", daemon=True).start()

    def leave_soon(code: int) -> None:
        # only from a thread of its own is a loop woken that waits
        Thread(target=leave, args=(code,), name="signal", daemon=True).start()

    try:
        with ended_by_signals(leave_soon):
            yield
    finally:
        has_left.set()


def _watch(terminal: int, leave: Callable[[int], object], has_left: Event) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # a hang-up is told unasked, and nothing else
    (_, told), *_ = poll.poll()
    if not told & select.POLLHUP or has_left.is_set():
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # what is still drawn goes nowhere, and fails nobody
        os.dup2(nowhere, stream)
    leave(GONE)
    if not has_left.wait(_GRACE_S):
        os._exit(GONE)
