"""Captured text is kept for a while, and then its files go."""

import time
from pathlib import Path

from profiler.log.paths import SUFFIX

_DAY_S = 86_400
_BETWEEN_LOOKS_S = 3_600.0


class Retention:
    """Removes the text files of one folder that were last written to too long ago; none where
    `days` is `None`.

    A program begins a new file each day, so that no file holds text much older than its last.
    """

    def __init__(self, folder: Path, days: int | None) -> None:
        self._folder = folder
        self._days = days
        self._looks_again_at_s = 0.0

    def enforce(self) -> int:
        """Look for old files, but not more than once an hour; how many went."""
        now_s = time.monotonic()
        if self._days is None or now_s < self._looks_again_at_s:
            return 0
        self._looks_again_at_s = now_s + _BETWEEN_LOOKS_S
        return remove_old_texts(self._folder, self._days, time.time())


def remove_old_texts(folder: Path, days: int, now_s: float) -> int:
    """Remove files last written to more than `days` before `now_s`; how many there were."""
    removed = 0
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            if path.stat().st_mtime < now_s - days * _DAY_S:
                path.unlink()
                removed += 1
        except OSError:
            # another program was faster, or it is not ours; the next look tries again
            continue
    return removed
