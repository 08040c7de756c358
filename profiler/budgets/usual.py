"""Sessions held against the usual one: what those that came as far ended with."""

from bisect import bisect_left
from collections.abc import Sequence

from profiler.domain.budgets import Forecast, Measure, Standing

LEAST_SESSIONS = 20
"""Among fewer that came as far nobody knows what is usual."""
_LOW, _MID, _HIGH = 0.1, 0.5, 0.9


class Usual:
    """What sessions used that were at work lately, each to its end or until now."""

    def __init__(self, standings: Sequence[Standing]) -> None:
        self._standings = standings
        self._sorted: dict[Measure, list[int]] = {}

    def foreseen(self, standing: Standing) -> Forecast:
        """What one that has used so much ends with, as sessions go."""
        limit = standing.tightest
        used = standing.used_up.of(limit.measure)
        ended = self._of(limit.measure)
        as_far = ended[bisect_left(ended, used) :]
        if len(as_far) < LEAST_SESSIONS:
            return Forecast(
                len(as_far),
                why_not=f"too little to forecast by: {len(as_far)} of {LEAST_SESSIONS} sessions "
                "that used as much",
            )
        low, mid, high = (as_far[int(share * (len(as_far) - 1))] for share in (_LOW, _MID, _HIGH))
        over = len(as_far) - bisect_left(as_far, limit.amount)
        return Forecast(len(as_far), low, mid, high, reached_by=over / len(as_far))

    def _of(self, measure: Measure) -> list[int]:
        if measure not in self._sorted:
            amounts = (one.used_up.of(measure) for one in self._standings)
            self._sorted[measure] = sorted(amounts)
        return self._sorted[measure]
