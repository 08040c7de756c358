"""Stretches of the history of calls, by time or by cost, and how many calls there are."""

from dataclasses import replace
from typing import Literal

from profiler.analysis.results.snapshot import Matched, Page
from profiler.domain.scopes import Filter
from profiler.store import looking
from profiler.store.engine import Store

COUNTED = 1_000
"""Where no sums tell how many calls match, they are counted up to here."""

Order = Literal["time", "cost"]


def page(
    store: Store,
    wanted: Filter,
    place: tuple[int, ...] | None,
    limit: int,
    towards: Literal["older", "newer"] = "older",
    order: Order = "time",
) -> Page:
    """A stretch beyond `place`, itself excluded: the newest first, or the dearest.

    Without a place from that end, and with how many calls there are. By cost, `older` is cheaper.
    """
    look = looking.look if order == "time" else looking.look_by_cost
    calls, reached = look(store, wanted, place, limit + 1, towards)
    goes_on = len(calls) > limit or reached is not None
    if towards == "older":
        found = Page(tuple(calls[:limit]), has_older=goes_on, has_newer=place is not None)
    else:
        found = Page(tuple(calls[-limit:]), has_older=place is not None, has_newer=goes_on)
    if len(calls) <= limit:
        found = replace(found, reached=reached)
    return found if place else replace(found, matched=_matched(store, wanted))


def _matched(store: Store, wanted: Filter) -> Matched:
    found = looking.matching(store, wanted, COUNTED)
    return Matched(*found)
