"""What was read of stretches of time: kept while it holds, and while it is not too much."""

from collections.abc import Hashable
from threading import Lock
from typing import Any

from profiler.store.narrow import Narrowed

MOST = 4_000_000
"""Numbers: some 60 megabytes, at worst thrice that."""


_STRETCHES = 64


def share_of(narrowed: Narrowed) -> int:
    """The part of a filter's ids that each stretch is counted with: all stretches share them."""
    ids = [*narrowed.ids.values(), *narrowed.without.values(), narrowed.circumstances or ()]
    return sum(map(len, ids)) // _STRETCHES


class Remembered:
    """What was read last, by what was asked; what nobody asked for lately is let go of."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[object, Any, int]] = {}
        self._size = 0
        self._turn = Lock()

    def get(self, key: Hashable, stamp: object) -> Any | None:
        """What was kept under `key`; `None` where there is nothing that still holds."""
        with self._turn:
            known = self._known.pop(key, None)
            if known is None:
                return None
            if known[0] != stamp:
                self._size -= known[2]
                return None
            self._known[key] = known
            return known[1]

    def keep(self, key: Hashable, stamp: object, found: object, size: int) -> None:
        """Keep what holds as long as `stamp` does, and is `size` numbers."""
        with self._turn:
            before = self._known.pop(key, None)
            self._size += size - (before[2] if before else 0)
            self._known[key] = stamp, found, size
            while self._size > MOST:
                oldest = next(iter(self._known))
                self._size -= self._known.pop(oldest)[2]

    def __len__(self) -> int:
        return len(self._known)
