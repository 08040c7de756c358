"""Signals, and a terminal that is gone: the app leaves, and ends if it cannot."""

import signal
from pathlib import Path

import pytest

from profiler.tui.terminal.signals import ended_by_signals
from tests.support.terminal import Terminal

STUCK = """
import time
from profiler.tui.terminal.hangup import ended_with_its_terminal
with ended_with_its_terminal(lambda code: None):
    print("stays", flush=True)
    time.sleep(60)
"""


def test_the_second_signal_ends_what_the_first_could_not() -> None:
    left: list[int] = []
    with ended_by_signals(left.append):
        signal.raise_signal(signal.SIGTERM)
        assert left == [128 + signal.SIGTERM]
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGQUIT)
    assert ended.value.code == 128 + signal.SIGQUIT
    assert left == [128 + signal.SIGTERM]


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_does_not_leave_a_terminal_that_is_gone_is_ended(tmp_path: Path) -> None:
    with Terminal(script=STUCK, home=tmp_path) as terminal:
        terminal.wait_for("stays")
        terminal.vanish()
        assert terminal.survived_s() < 20
