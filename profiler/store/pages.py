"""Single calls in time order: pages of the history by keyset, one call, all of them.

A page never skips rows (OFFSET) and never joins labels: it is read by the index that suits the
filter, and labels are looked up afterwards.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, true, tuple_

from profiler.domain.calls import Call
from profiler.domain.scopes import Dimension, Filter
from profiler.errors import NotFound
from profiler.store.calibration import with_bands
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.narrow import Narrowed, among, narrow, number_conditions, scanning, within
from profiler.store.rows import Row, call_of, label_ids_of
from profiler.store.tables import DEAR_PUSD, INDEXED, calls, is_dear

Towards = Literal["older", "newer"]
Cursor = tuple[int, int]

_FEW_LABELS = 20
"""Up to so many labels each have their own walk in time order, and the walks are merged."""

_FEW_CALLS = 5_000
"""So few matches are sorted at once; more lie dense enough to walk past the others."""

_STREAMED = 1_000
_ID = re.compile("[0-9a-f]{1,30}")
_TIME_DIGITS = 14
_TAIL_DIGITS = 16


def page(
    store: Store,
    wanted: Filter,
    cursor: Cursor | None,
    limit: int,
    *,
    towards: Towards = "older",
) -> list[Call]:
    """Up to `limit` wanted calls next to `cursor`, itself excluded; newest first either way.

    Without a cursor: the newest page, or towards newer the oldest.
    """
    is_back = towards == "older"
    keyset = _beyond(cursor, is_back=is_back)
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        rows = _next_rows(connection, narrowed, limit, keyset, is_back=is_back)
        found = _calls(store, connection, rows)
    return found if is_back else found[::-1]


def each(store: Store, wanted: Filter) -> Iterator[Call]:
    """Every wanted call, oldest first, holding a page at a time."""
    cursor: Cursor | None = None
    while True:
        stretch = page(store, wanted, cursor, _STREAMED, towards="newer")
        yield from reversed(stretch)
        if len(stretch) < _STREAMED:
            return
        cursor = stretch[0].cursor


def one(store: Store, call_id: str) -> Call:
    """The call with that id, or whose id alone begins so.

    Raises:
        NotFound: no call has it, or several.

    """
    prefix = call_id.strip().lower()
    found: list[Call] = []
    if _ID.fullmatch(prefix):
        low, high = (prefix.ljust(_TIME_DIGITS + _TAIL_DIGITS, filler) for filler in ("0", "f"))
        query = select(calls).where(_between(low, high)).limit(2)
        with store.reading() as connection:
            found = _calls(store, connection, [tuple(row) for row in connection.execute(query)])
    if not found:
        raise NotFound(f"no call has the id {call_id!r}; `profiler calls` lists them")
    if len(found) > 1:
        raise NotFound(f"several calls' ids begin with {call_id!r}; write more of it")
    return found[0]


def count_upto(store: Store, wanted: Filter, limit: int) -> int:
    """How many calls are wanted, counting no further than `limit`."""
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        return 0 if narrowed.is_nothing else _count(connection, scanning(narrowed), limit)


def _between(low: str, high: str) -> ColumnElement[bool]:
    (first, first_tail), (last, last_tail) = (
        (int(text[:_TIME_DIGITS], 16), min(int(text[_TIME_DIGITS:], 16), 2**63 - 1))
        for text in (low, high)
    )
    if first == last:
        return and_(calls.c.at_us == first, calls.c.tail.between(first_tail, last_tail))
    return calls.c.at_us.between(first, last)


def _calls(store: Store, connection: Connection, rows: Sequence[Row]) -> list[Call]:
    ids = {i for row in rows for i in label_ids_of(row)}
    label = texts(connection, ids, store.label_texts)
    return with_bands(connection, [call_of(row, label) for row in rows])


def _count(connection: Connection, condition: ColumnElement[bool], limit: int) -> int:
    some = select(literal(1).label("one")).select_from(calls).where(condition).limit(limit)
    return int(connection.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def _next_rows(
    connection: Connection,
    narrowed: Narrowed,
    limit: int,
    keyset: list[ColumnElement[bool]],
    *,
    is_back: bool,
) -> list[Row]:
    """The next matching rows in time order, by the index that suits the filter."""
    if narrowed.is_nothing or limit <= 0:
        return []
    rest = [*keyset, *within(calls.c.at_us, narrowed.wanted.span)]
    rest += number_conditions(narrowed.wanted)
    few = next((one for one in INDEXED if 0 < len(narrowed.ids.get(one, ())) <= _FEW_LABELS), None)
    if few is not None:
        others = [*rest, *_labelled(narrowed, without=few)]
        rows: list[Row] = []
        for label in narrowed.ids[few]:
            condition = and_(calls.c[f"{few}_id"] == label, *others)
            rows += _run(connection, condition, limit, is_back=is_back)
        rows.sort(key=lambda row: row[:2], reverse=is_back)
        return rows[:limit]
    condition = and_(true(), *rest, *_labelled(narrowed))
    sparse = _sparse(narrowed)
    if sparse is not None and _count(connection, sparse, _FEW_CALLS) < _FEW_CALLS:
        return _run(connection, and_(sparse, condition), limit, is_back=is_back, is_sorted=True)
    return _run(connection, condition, limit, is_back=is_back)


def _labelled(narrowed: Narrowed, without: Dimension | None = None) -> list[ColumnElement[bool]]:
    """What labels must be, in a form that no index serves.

    A planner that knows no statistics would rather look up every matching label and sort what
    it finds than walk in time order and stop after a page.
    """
    return [
        among(calls.c[f"{dimension}_id"] + 0, ids)
        for dimension, ids in narrowed.ids.items()
        if dimension is not without
    ]


def _sparse(narrowed: Narrowed) -> ColumnElement[bool] | None:
    """A condition that an index can count quickly, and that may leave only a few calls."""
    above = narrowed.wanted.cost_above_pusd
    if above is not None and above >= DEAR_PUSD:
        # The planner searches by the first bound it meets; the other only admits the index.
        return and_(calls.c.cost_pusd > above, is_dear)
    for dimension in INDEXED:
        if dimension in narrowed.ids:
            return among(calls.c[f"{dimension}_id"], narrowed.ids[dimension])
    return None


def _run(
    connection: Connection,
    condition: ColumnElement[bool],
    limit: int,
    *,
    is_back: bool,
    is_sorted: bool = False,
) -> list[Row]:
    """Rows in time order; `is_sorted` sorts what another index finds."""
    order = (calls.c.at_us + 0, calls.c.tail) if is_sorted else (calls.c.at_us, calls.c.tail)
    query = (
        select(calls)
        .where(condition)
        .order_by(*(column.desc() if is_back else column.asc() for column in order))
        .limit(limit)
    )
    return [tuple(row) for row in connection.execute(query)]


def _beyond(cursor: Cursor | None, *, is_back: bool) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    key, place = tuple_(calls.c.at_us, calls.c.tail), tuple_(*cursor)
    return [key < place if is_back else key > place]
