"""What time it is for budgets: never earlier than it was, never far ahead without reason.

A window is chosen by the time of day, so a clock that is set back would open a past window again
and one that is set far ahead a future one, each with its whole allowance. Within one boot the
machine's own count of time tells whether the wall clock was set.
"""

import sys
import time
from pathlib import Path
from typing import NamedTuple

from profiler.domain.periods import HOUR_US, SECOND_US

_MOST_BACK_US = 300 * SECOND_US
_MOST_AHEAD_US = 26 * HOUR_US


SET_US = _MOST_BACK_US
"""Whoever sees the clocks part by so much more than before may say that one was set."""


class Reading(NamedTuple):
    """What the clocks of this machine say at one moment."""

    wall_us: int
    boot_us: int
    """Since the machine started, time asleep included; says nothing about another boot."""
    boot: str
    """Which boot; empty where the machine does not tell."""


def read_clocks(boot: str) -> Reading:
    """Now; `boot` as `boot_id` told it."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    boot_ns = time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)
    return Reading(time.time_ns() // 1000, boot_ns // 1000, boot)


def boot_id() -> str:
    """The machine's present boot, where the system names it."""
    if sys.platform != "linux":
        return ""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def steady_us(now: Reading, seen: Reading) -> int:
    """The time to choose windows by, where `seen` is what was chosen by before.

    The wall clock, unless it went back, or leapt ahead of the machine's own count of time: then
    time goes on as that count does.
    """
    if not seen.wall_us:
        return now.wall_us
    if not now.boot or now.boot != seen.boot or now.boot_us < seen.boot_us:
        return max(now.wall_us, seen.wall_us)
    counted_us = seen.wall_us + now.boot_us - seen.boot_us
    leap_us = now.wall_us - counted_us
    if -_MOST_BACK_US <= leap_us <= _MOST_AHEAD_US:
        return max(now.wall_us, seen.wall_us)
    return counted_us
