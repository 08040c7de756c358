"""Where a call stands among others: what a page of calls begins after."""

from profiler.domain.calls import Call

Place = tuple[int, ...]
"""By time (start, tail), by cost (pico-dollars, start, tail)."""

UNPRICED = -1
"""In place of a cost: calls without one come after the cheapest."""


def place_of(call: Call, *, by_cost: bool) -> Place:
    """Where a call stands in either order."""
    if not by_cost:
        return call.cursor
    return (UNPRICED if call.cost.pusd is None else call.cost.pusd, *call.cursor)
