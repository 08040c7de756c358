"""Signals that end a program: it leaves in good order, whatever it shows or has made.

By themselves they end it on the spot: a terminal would stay in its other screen with its mouse
caught, and a folder of made-up calls would stay behind.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_ENDING = ("SIGHUP", "SIGTERM", "SIGQUIT")
_SHELL_BASE = 128
"""What a shell adds to a signal's number to tell how a program ended."""


@contextmanager
def ended_by_signals(leave: Callable[[int], object] | None = None) -> Iterator[None]:
    """Within the block, the first such signal calls `leave` with the exit code it means.

    The next one, and each without a `leave`, ends the block where it stands. What is ignored, as
    `nohup` has it, stays so.
    """
    is_leaving = False

    def end(number: int, _frame: FrameType | None) -> None:
        nonlocal is_leaving
        if leave is None or is_leaving:
            raise SystemExit(_SHELL_BASE + number)
        is_leaving = True
        leave(_SHELL_BASE + number)

    before = {}
    with suppress(ValueError):  # signals are the main thread's alone
        for number in (getattr(signal, name) for name in _ENDING if hasattr(signal, name)):
            if signal.getsignal(number) not in {signal.SIG_IGN, None}:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, kept in before.items():
            signal.signal(number, kept)
