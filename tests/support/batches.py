"""Calls as a batch, field by field, without a store."""

from collections.abc import Sequence
from operator import attrgetter

from profiler.domain.calls import Call
from profiler.store.batches import Field


class GivenBatch:
    """The batch that a store would give of these calls."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls

    def __len__(self) -> int:
        return len(self._calls)

    def field(self, path: str) -> Field:
        """One field of each of them."""
        return list(map(attrgetter(path), self._calls))
