"""How many files, sockets and pipes this process has open."""

from pathlib import Path

WHERE = Path("/dev/fd")


def descriptors() -> int:
    """How many there are, but for the one that it takes to look."""
    return sum(1 for _ in WHERE.iterdir()) - 1
