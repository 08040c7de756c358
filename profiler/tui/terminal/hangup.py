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
from functools import partial
from threading import Event, Thread

GONE = 128 + signal.SIGHUP if hasattr(signal, "SIGHUP") else 129
"""How a program ends that was hung up on, in a shell's words."""
_GRACE_S = 1.0


@contextmanager
def ended_with_its_terminal(leave: Callable[[], object]) -> Iterator[None]:
    """Within the block, call `leave` from another thread once the terminal is gone.

    Where that does not end the block soon, the process ends all the same.
    """
    stream, has_left = sys.__stdin__, Event()
    restore = _on_hang_up(leave)
    if stream is not None and hasattr(select, "poll") and stream.isatty():
        watched = (stream.fileno(), leave, has_left)
        Thread(target=_watch, args=watched, name="hang-up", daemon=True).start()
    try:
        yield
    finally:
        has_left.set()
        restore()


def _on_hang_up(leave: Callable[[], object]) -> Callable[[], object]:
    """Leave in good order on SIGHUP, which else ends a program on the spot; returns what undoes it.

    What was made for the time of the app, as made-up calls are, would stay behind.
    """
    if not hasattr(signal, "SIGHUP") or signal.getsignal(signal.SIGHUP) is not signal.SIG_DFL:
        return lambda: None
    signal.signal(signal.SIGHUP, lambda _number, _frame: leave())
    return partial(signal.signal, signal.SIGHUP, signal.SIG_DFL)


def _watch(terminal: int, leave: Callable[[], object], has_left: Event) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # a hang-up is told unasked, and nothing else
    (_, told), *_ = poll.poll()
    if not told & select.POLLHUP or has_left.is_set():
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # what is still drawn goes nowhere, and fails nobody
        os.dup2(nowhere, stream)
    leave()
    if not has_left.wait(_GRACE_S):
        os._exit(GONE)
