"""Pages for whoever is waiting: in any order, and none keeps looking for long.

A page by time is what `pages` gives, but where only each call itself tells whether it is wanted
(its tags, its latency), the search stops after a while and says from where it goes on.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from profiler.domain.calls import Call
from profiler.domain.places import UNPRICED, Place
from profiler.domain.scopes import Filter
from profiler.store import dialect
from profiler.store.distributions import distribution
from profiler.store.engine import Store
from profiler.store.layout import Axis, Measure, Presence
from profiler.store.narrow import Narrowed, narrow, of_calls, where, within
from profiler.store.pages import Towards, beyond, next_rows
from profiler.store.rollup import counted_as
from profiler.store.rows import AT, COLUMNS, Row, calls_of
from profiler.store.stretches import Occurring, Stretches, costing, stretch_count
from profiler.store.sums import axis_of, totals

LOOKED_AT = 6_000
"""So many calls are looked at one by one before the search stops."""

_MOST = 2**63 - 1
_NAMES = ", ".join(COLUMNS)
_COST = AT["cost_pusd"]


class Looked(NamedTuple):
    """Calls in the order asked for, and where the search stopped before it was through."""

    calls: list[Call]
    reached: Place | None = None


class Matching(NamedTuple):
    """How many calls are wanted."""

    calls: int
    is_exact: bool = True
    """Else there are at least so many."""
    spend_pusd: int | None = None
    """What they cost; `None` unless it is known without looking at each."""
    unpriced_calls: int = 0


def look(
    store: Store, wanted: Filter, place: Place | None, limit: int, towards: Towards = "older"
) -> Looked:
    """Up to `limit` wanted calls beyond `place`, newest first either way."""
    is_back = towards == "older"
    cursor = (place[0], place[1]) if place else None
    with store.reading() as connection:
        narrowed = narrow(connection, wanted, is_for_few=True)
        reached = None
        if _must_walk(connection, narrowed):
            rows, reached = _walked(connection, narrowed, limit, cursor, is_back=is_back)
        else:
            rows = next_rows(connection, narrowed, limit, cursor, is_back=is_back)
        found = calls_of(store, connection, rows)
    return Looked(found if is_back else found[::-1], reached)


def look_by_cost(
    store: Store, wanted: Filter, place: Place | None, limit: int, towards: Towards = "older"
) -> Looked:
    """Up to `limit` wanted calls beyond `place`, the dearest first; `older` means cheaper."""
    is_back = towards == "older"
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        counted = _counted(store, narrowed)
        priced = partial(_priced, counted=counted)
        steps = (priced, _unpriced) if is_back else (_unpriced, priced)
        rows: list[Row] = []
        for step in steps:
            if len(rows) < limit and not narrowed.is_nothing:
                rows += step(connection, narrowed, limit - len(rows), place, is_back=is_back)
        found = calls_of(store, connection, rows)
    return Looked(found if is_back else found[::-1])


def matching(store: Store, wanted: Filter, most: int) -> Matching:
    """How many calls are wanted: exact where sums are kept, else counted up to `most`."""
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        if narrowed.is_nothing:
            return Matching(0, spend_pusd=0)
        is_told = axis_of((), narrowed) is not None
        if not is_told and _must_walk(connection, narrowed):
            rows, reached = _walked(connection, narrowed, most, None, is_back=True)
            return Matching(len(rows), is_exact=reached is None and len(rows) < most)
        if not is_told:
            count = len(next_rows(connection, narrowed, most, None, is_back=True))
            return Matching(count, is_exact=count < most)
    kept = totals(store, wanted)
    return Matching(kept.calls, spend_pusd=kept.spend_pusd, unpriced_calls=kept.unpriced_calls)


def _must_walk(connection: Connection, narrowed: Narrowed) -> bool:
    """Whether only the calls themselves tell which are wanted, and they may be many."""
    wanted = narrowed.wanted
    if not wanted.bounds and not wanted.tags:
        return False
    stretches = Stretches.telling(connection, narrowed)
    return stretches is None or not stretches.are_few


def _walked(
    connection: Connection,
    narrowed: Narrowed,
    limit: int,
    cursor: tuple[int, int] | None,
    *,
    is_back: bool,
) -> tuple[list[Row], Place | None]:
    """What is found among the next calls, and the last of them if there are more."""
    if narrowed.is_nothing:
        return [], None
    by_time = f"ORDER BY at_us {'DESC, tail DESC' if is_back else 'ASC, tail ASC'}"
    keys = where([*beyond(cursor, is_back=is_back), *within("at_us", narrowed.wanted.span)])
    wanted = where(of_calls(narrowed))
    near = f"(SELECT {_NAMES} FROM calls WHERE {keys.text} {by_time} LIMIT {LOOKED_AT})"
    text = f"SELECT {_NAMES} FROM {near} WHERE {wanted.text} {by_time} LIMIT ?"
    rows = dialect.plain_rows(connection, text, (*keys.values, *wanted.values, limit))
    if len(rows) == limit:
        return rows, None
    text = f"SELECT at_us, tail FROM calls WHERE {keys.text} {by_time} LIMIT 1 OFFSET ?"
    last = dialect.plain_rows(connection, text, (*keys.values, LOOKED_AT - 1))
    return rows, (last[0][0], last[0][1]) if last else None


def _unpriced(
    connection: Connection, narrowed: Narrowed, limit: int, place: Place | None, *, is_back: bool
) -> list[Row]:
    if narrowed.wanted.is_priced:
        return []
    cursor = (place[1], place[2]) if place and place[0] == UNPRICED else None
    if place and not cursor and not is_back:
        return []
    again = narrow(connection, replace(narrowed.wanted, is_priced=False))
    return next_rows(connection, again, limit, cursor, is_back=is_back)


def _counted(store: Store, narrowed: Narrowed) -> dict[int, int] | None:
    """Calls by magnitude of their costs; `None` where no sums tell."""
    if axis_of((), narrowed) is not Axis.MODEL:
        return None
    by_model = distribution(store, Measure.COST, narrowed.wanted)
    return dict(sum(map(Counter, by_model.values()), Counter[int]()))


def _priced(
    connection: Connection,
    narrowed: Narrowed,
    limit: int,
    place: Place | None,
    *,
    is_back: bool,
    counted: Mapping[int, int] | None,
) -> list[Row]:
    """The next by cost: magnitude by magnitude, each of them where it occurs."""
    if place and place[0] == UNPRICED:
        if is_back:
            return []
        place = None
    found: list[Row] = []
    magnitudes = _magnitudes(connection, narrowed, limit, place, counted, is_back=is_back)
    for bounded in _by_magnitude(narrowed, limit, magnitudes):
        by_cost = beyond(place, is_back=is_back, by="cost_pusd, at_us, tail")
        # searched by the span, each stretch would be read from the beginning of that
        span = within("+at_us", narrowed.wanted.span)
        condition = where([*by_cost, *span, *of_calls(bounded)])
        stretches = Stretches.telling(connection, bounded)
        if stretches is not None:
            most = limit - len(found)
            found += stretches.ranked(condition, most, by=(_COST, 0, 1), is_back=is_back)
        if len(found) == limit:
            break
    return found


def _magnitudes(
    connection: Connection,
    narrowed: Narrowed,
    limit: int,
    place: Place | None,
    counted: Mapping[int, int] | None,
    *,
    is_back: bool,
) -> Iterator[tuple[int, int]]:
    """The magnitudes that wanted calls beyond `place` may have, and of about how many calls."""
    wanted = narrowed.wanted
    above = -1 if wanted.cost_above_pusd is None else wanted.cost_above_pusd
    below = _MOST if wanted.cost_below_pusd is None else wanted.cost_below_pusd
    if place and is_back:
        below = min(below, place[0] + 1)
    elif place:
        above = max(above, place[0] - 1)
    costs = replace(wanted, cost_above_pusd=above, cost_below_pusd=below)
    there = [i for one in costing(connection, costs) for i in one.ids]
    for magnitude in sorted(there, reverse=is_back):
        if counted is None:
            one = Occurring(Presence.COST, (magnitude,))
            yield magnitude, stretch_count(connection, one, limit)
        elif magnitude in counted:
            yield magnitude, counted[magnitude]


def _by_magnitude(
    narrowed: Narrowed, limit: int, magnitudes: Iterator[tuple[int, int]]
) -> Iterator[Narrowed]:
    """What is wanted cut by costs: at first so few that they may just be enough."""
    enough, gathered, some = limit, 0, list[int]()
    for magnitude, count in magnitudes:
        some.append(magnitude)
        gathered += count
        if gathered >= enough:
            yield _costing_as(narrowed, min(some), max(some))
            enough, gathered, some = enough * 4, 0, []
    if some:
        yield _costing_as(narrowed, min(some), max(some))


def _costing_as(narrowed: Narrowed, first: int, last: int) -> Narrowed:
    """Narrowed further to costs of the magnitudes from `first` to `last`."""
    wanted = narrowed.wanted
    low, high = _least(first) - 1, _least(last + 1)
    if wanted.cost_above_pusd is not None:
        low = max(low, wanted.cost_above_pusd)
    if wanted.cost_below_pusd is not None:
        high = min(high, wanted.cost_below_pusd)
    return replace(narrowed, wanted=replace(wanted, cost_above_pusd=low, cost_below_pusd=high))


def _least(magnitude: int) -> int:
    """The least cost that is counted as that, or as more."""
    return bisect_left(range(_MOST), magnitude, key=counted_as)
