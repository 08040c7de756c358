"""How many files, sockets and pipes this process has open."""

import os
from contextlib import suppress
from pathlib import Path

WHERE = Path("/dev/fd")
LINKS = Path("/proc/self/fd")
"""Where they tell what they are open on; not on macOS."""


def descriptors() -> int:
    """How many there are, but for the one that it takes to look."""
    return sum(1 for _ in WHERE.iterdir()) - 1


def held_below(folder: Path) -> list[str]:
    """The files in a folder that this process has open."""
    if not LINKS.is_dir():
        return []
    found = []
    for one in os.listdir(LINKS):  # noqa: PTH208  # asked after every test
        with suppress(OSError):
            found.append(os.readlink(f"{LINKS}/{one}"))  # noqa: PTH115  # likewise
    return sorted(one for one in found if one.startswith(f"{folder}/"))
