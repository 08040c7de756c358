"""Whether anything was written to databases, without opening one."""

import time
from pathlib import Path

Written = tuple[tuple[int, int], ...]
"""Time of the last change (ns) and size (bytes) of each file; zeros for one that is not there."""


class Databases:
    """SQLite files that other programs write to, too."""

    def __init__(self, *files: Path) -> None:
        self._files = tuple(Path(f"{file}{end}") for file in files for end in ("", "-wal"))
        self._taken_over: Written = ()
        self._holds_until_s = 0.0

    def written(self) -> Written:
        """What differs once one of them was written to, by whatever program."""
        return tuple(map(_stamp, self._files))

    def take_over(self, holds_s: float) -> None:
        """Note that all that is written by now was dealt with; that holds so long at most."""
        self._taken_over, self._holds_until_s = self.written(), time.monotonic() + holds_s

    def is_taken_over(self) -> bool:
        """Whether nothing was written since, and that not long ago."""
        return time.monotonic() < self._holds_until_s and self.written() == self._taken_over


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
