"""When programs ran, as the names of their segments tell it."""

import calendar
import time
from pathlib import Path

from profiler.log.paths import STAMP, SUFFIX


def latest_run_us(log_folder: Path) -> int | None:
    """When the program that began its newest segment last was started; `None` without any.

    A long run has several segments; they carry the number of its process.
    """
    try:
        names = [path.name for path in log_folder.glob(f"*{SUFFIX}")]
    except OSError:
        return None
    begun = sorted(parts for name in names if (parts := _begun(name)))
    if not begun:
        return None
    process = begun[-1][1]
    return min(at_us for at_us, of in begun if of == process)


def _begun(name: str) -> tuple[int, str] | None:
    """When the segment was begun, and by which process."""
    stamp, _, rest = name.partition("-")
    try:
        return calendar.timegm(time.strptime(stamp, STAMP)) * 1_000_000, rest.partition("-")[0]
    except ValueError:
        return None
