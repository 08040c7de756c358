"""Pages for whoever is waiting: in any order, and none keeps looking for long.

A page by time is what `pages` gives, but where only each call itself tells whether it is wanted
(its tags, its latency), the search stops after a while and says from where it goes on.
"""

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection

from profiler.domain.calls import Call
from profiler.domain.latency import bucket_of
from profiler.domain.places import UNPRICED, Place
from profiler.domain.scopes import Dimension, Filter, Quantity
from profiler.store import dialect
from profiler.store.cuts import axis_of
from profiler.store.engine import Store
from profiler.store.layout import Grain, Measure
from profiler.store.narrow import Condition, Narrowed, narrow, of_calls, where, within
from profiler.store.pages import Towards, ahead, beyond, next_rows, source
from profiler.store.rows import AT, COLUMNS, Row, calls_of
from profiler.store.stretches import MOST_LISTS, Stretches
from profiler.store.sums import totals

LOOKED_AT = 6_000
"""So many calls are looked at one by one before the search stops."""

_NAMES = ", ".join(COLUMNS)
_COST = AT["cost_pusd"]
_LARGEST = bucket_of(2**63 - 1)


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
        narrowed = _narrowed(connection, wanted, is_for_few=True)
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
        narrowed = _narrowed(connection, wanted)
        steps = (_priced, _unpriced) if is_back else (_unpriced, _priced)
        rows: list[Row] = []
        for step in steps:
            if len(rows) < limit and not narrowed.is_nothing:
                rows += step(connection, narrowed, limit - len(rows), place, is_back=is_back)
        found = calls_of(store, connection, rows)
    return Looked(found if is_back else found[::-1])


def matching(store: Store, wanted: Filter, most: int) -> Matching:
    """How many calls are wanted: exact where sums are kept, else counted up to `most`."""
    with store.reading() as connection:
        narrowed = _narrowed(connection, wanted)
        if narrowed.is_nothing:
            return Matching(0, spend_pusd=0)
        is_told = axis_of((), narrowed) is not None and not _are_sums_many(narrowed)
        if not is_told and _must_walk(connection, narrowed):
            rows, reached = _walked(connection, narrowed, most, None, is_back=True)
            return Matching(len(rows), is_exact=reached is None and len(rows) < most)
        if not is_told:
            count = len(next_rows(connection, narrowed, most, None, is_back=True))
            return Matching(count, is_exact=count < most)
    kept = totals(store, wanted)
    return Matching(kept.calls, spend_pusd=kept.spend_pusd, unpriced_calls=kept.unpriced_calls)


_COUNTED = {Quantity.LATENCY: Measure.LATENCY, Quantity.FIRST: Measure.FIRST_CHUNK}
"""What is bounded, and counted by its magnitude."""


def _narrowed(connection: Connection, wanted: Filter, *, is_for_few: bool = False) -> Narrowed:
    """`wanted` resolved; nothing is wanted where no call was ever counted within its bounds."""
    narrowed = narrow(connection, wanted, is_for_few=is_for_few)
    text = """SELECT 1 FROM histograms WHERE measure = ? AND grain = ?
        AND bucket BETWEEN ? AND ? LIMIT 1"""
    for bound in wanted.bounds:
        if bound.quantity in _COUNTED:
            least = 0 if bound.above is None else bucket_of(bound.above)
            most = _LARGEST if bound.below is None else bucket_of(bound.below)
            values = int(_COUNTED[bound.quantity]), int(Grain.MONTH), least, most
            if not dialect.plain_rows(connection, text, values):
                return replace(narrowed, circumstances=frozenset())
    return narrowed


def _are_sums_many(narrowed: Narrowed) -> bool:
    """Whether sums of nearly all sessions would be read, of which there are many."""
    if Dimension.SESSION not in narrowed.dimensions:
        return False
    return len(narrowed.ids.get(Dimension.SESSION, ())) not in range(1, MOST_LISTS)


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
    keys = where(ahead(cursor, narrowed.wanted.span, is_back=is_back))
    wanted = where(of_calls(narrowed))
    read = source(narrowed)
    near = f"(SELECT {_NAMES} FROM {read.text} WHERE {keys.text} {by_time} LIMIT {LOOKED_AT})"
    text = f"SELECT {_NAMES} FROM {near} WHERE {wanted.text} {by_time} LIMIT ?"
    near_values = (*read.values, *keys.values)
    rows = dialect.plain_rows(connection, text, (*near_values, *wanted.values, limit))
    if len(rows) == limit:
        return rows, None
    text = f"SELECT at_us, tail FROM {read.text} WHERE {keys.text} {by_time} LIMIT 1 OFFSET ?"
    last = dialect.plain_rows(connection, text, (*near_values, LOOKED_AT - 1))
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


def _priced(
    connection: Connection, narrowed: Narrowed, limit: int, place: Place | None, *, is_back: bool
) -> list[Row]:
    """The next by cost, from the stretches that hold the dearest, or the cheapest."""
    if place and place[0] == UNPRICED:
        if is_back:
            return []
        place = None
    by_cost = beyond(place, is_back=is_back, by="cost_pusd, at_us, tail")
    # searched by the span, each stretch would be read from the beginning of that span
    span = within("+at_us", narrowed.wanted.span)
    priced = Condition("cost_pusd IS NOT NULL")
    condition = where([priced, *by_cost, *span, *of_calls(narrowed)])
    read = source(narrowed)
    if read.text != "calls":
        order = "DESC" if is_back else "ASC"
        text = f"""SELECT {_NAMES} FROM {read.text} WHERE {condition.text}
            ORDER BY cost_pusd {order}, at_us {order}, tail {order} LIMIT ?"""
        return dialect.plain_rows(connection, text, (*read.values, *condition.values, limit))
    by, reached = (_COST, 0, 1), place[0] if place else None
    for stretches in Stretches.costing(connection, narrowed):
        found = stretches.ranked(condition, limit, by=by, beyond=reached, is_back=is_back)
        if found is not None:
            return found
    return []
