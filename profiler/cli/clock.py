"""The clock of the command line."""

import time


def now_us() -> int:
    """Now, in microseconds since the epoch."""
    return time.time_ns() // 1000
