"""Single calls in time order: pages of the history by keyset, one call, all of them.

A page never skips rows (OFFSET) and never joins labels. It is looked for first by walking from
where it begins; what is too sparse for that is found by the stretches of time in which the
rarest of what is wanted occurs.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from sqlalchemy import Connection

from profiler.domain.calls import Call
from profiler.domain.periods import Span
from profiler.domain.scopes import Filter
from profiler.errors import NotFound
from profiler.store import dialect
from profiler.store.engine import Store
from profiler.store.narrow import Condition, Narrowed, narrow, of_calls, where
from profiler.store.rows import COLUMNS, Row, calls_of
from profiler.store.stretches import Stretches

Towards = Literal["older", "newer"]
Cursor = tuple[int, int]

WALKED = 2_000
"""So many calls are looked at one by one before anything else is tried."""

_STREAMED = 1_000
_ID = re.compile("[0-9a-f]{1,30}")
_TIME_DIGITS = 14
_TAIL_DIGITS = 16
_NAMES = ", ".join(COLUMNS)


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
    with store.reading() as connection:
        narrowed = narrow(connection, wanted, is_for_few=True)
        rows = next_rows(connection, narrowed, limit, cursor, is_back=is_back)
        found = calls_of(store, connection, rows)
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
        condition = _between(low, high)
        text = f"SELECT {_NAMES} FROM calls WHERE {condition.text} LIMIT 2"
        with store.reading() as connection:
            rows = connection.exec_driver_sql(text, condition.values)
            found = calls_of(store, connection, [tuple(row) for row in rows])
    if not found:
        raise NotFound(f"no call has the id {call_id!r}; `profiler calls` lists them")
    if len(found) > 1:
        raise NotFound(f"several calls' ids begin with {call_id!r}; write more of it")
    return found[0]


def count_upto(store: Store, wanted: Filter, limit: int) -> int:
    """How many calls are wanted, counting no further than `limit`."""
    with store.reading() as connection:
        return len(next_rows(connection, narrow(connection, wanted), limit, None, is_back=True))


def _between(low: str, high: str) -> Condition:
    (first, first_tail), (last, last_tail) = (
        (int(text[:_TIME_DIGITS], 16), min(int(text[_TIME_DIGITS:], 16), 2**63 - 1))
        for text in (low, high)
    )
    if first == last:
        return Condition("at_us = ? AND tail BETWEEN ? AND ?", (first, first_tail, last_tail))
    return Condition("at_us BETWEEN ? AND ?", (first, last))


def next_rows(
    connection: Connection,
    narrowed: Narrowed,
    limit: int,
    cursor: Cursor | None,
    *,
    is_back: bool,
) -> list[Row]:
    """The next matching rows in time order."""
    if narrowed.is_nothing or limit <= 0:
        return []
    wanted, span = of_calls(narrowed), narrowed.wanted.span
    keys = ahead(cursor, span, is_back=is_back)
    if not wanted or narrowed.wanted.ids:
        read = source(narrowed)
        return _walked(connection, [*keys, *wanted], limit, is_back=is_back, read=read)
    last = _last_near(connection, keys, is_back=is_back)
    near = ahead(cursor, span, is_back=is_back, last=last)
    rows = _walked(connection, [*near, *wanted], limit, is_back=is_back)
    if last is None or len(rows) == limit:
        return rows
    if narrowed.unresolved:
        narrowed = narrow(connection, narrowed.wanted)
        wanted = of_calls(narrowed)
    lacking = limit - len(rows)
    keys = ahead(last, span, is_back=is_back)
    if narrowed.is_nothing:
        return rows
    stretches = Stretches.telling(connection, narrowed)
    if stretches is None:
        return rows + _walked(connection, [*keys, *wanted], lacking, is_back=is_back)
    # Searched by the cursor, a stretch would be read from its beginning to there.
    bounds = [Condition(key.text.replace("at_us", "+at_us"), key.values) for key in keys]
    return rows + stretches.rows(where([*bounds, *wanted]), lacking, last, is_back=is_back)


def ahead(
    cursor: Cursor | None, span: Span, *, is_back: bool, last: Cursor | None = None
) -> list[Condition]:
    """What lies in `span` beyond `cursor`, up to `last` where that is given.

    At either end it is bounded once: of two bounds SQLite searches by one that it takes, and
    passes by all that the other leaves out.
    """
    start, end = span.start_us, span.end_us
    begins, ends = (last, cursor) if is_back else (cursor, last)
    found = []
    if begins is not None and (start is None or begins >= (start, 0)):
        found.append(Condition(f"(at_us, tail) {'>=' if is_back else '>'} (?, ?)", begins))
    elif start is not None:
        found.append(Condition("at_us >= ?", (start,)))
    if ends is not None and (end is None or ends < (end, 0)):
        found.append(Condition(f"(at_us, tail) {'<' if is_back else '<='} (?, ?)", ends))
    elif end is not None:
        found.append(Condition("at_us < ?", (end,)))
    return found


def _last_near(
    connection: Connection, keys: Sequence[Condition], *, is_back: bool
) -> Cursor | None:
    """The last call of those looked at one by one; `None` where these are all."""
    condition = where(keys)
    text = (
        f"SELECT at_us, tail FROM calls WHERE {condition.text} {_by_time(is_back=is_back)} "
        f"LIMIT 1 OFFSET {WALKED}"
    )
    found = dialect.plain_rows(connection, text, condition.values)
    return (found[0][0], found[0][1]) if found else None


_CALLS = Condition("calls")


def source(narrowed: Narrowed) -> Condition:
    """Where all wanted calls are read from: few where they are named, or must have tags."""
    wanted = narrowed.wanted
    if wanted.ids:
        keys = sorted({(int(one[:_TIME_DIGITS], 16), _tail_of(one)) for one in wanted.ids})
        return Condition(*dialect.keyed("calls", keys))
    if any(one.is_there for one in wanted.tags):
        return Condition("extras CROSS JOIN calls USING (at_us, tail)")
    return _CALLS


def _tail_of(call_id: str) -> int:
    return min(int(call_id[_TIME_DIGITS:], 16), 2**63 - 1)


def _walked(
    connection: Connection,
    conditions: Sequence[Condition],
    limit: int,
    *,
    is_back: bool,
    read: Condition = _CALLS,
) -> list[Row]:
    """The next rows by looking at every one."""
    condition = where(conditions)
    order = _by_time(is_back=is_back)
    text = f"SELECT {_NAMES} FROM {read.text} WHERE {condition.text} {order} LIMIT ?"
    return dialect.plain_rows(connection, text, (*read.values, *condition.values, limit))


def _by_time(*, is_back: bool) -> str:
    return f"ORDER BY at_us {'DESC, tail DESC' if is_back else 'ASC, tail ASC'}"


def beyond(
    cursor: tuple[int, ...] | None, *, is_back: bool, by: str = "at_us, tail"
) -> list[Condition]:
    """What comes after `cursor` in the order of the columns `by`."""
    if cursor is None:
        return []
    places = ", ".join("?" * len(cursor))
    return [Condition(f"({by}) {'<' if is_back else '>'} ({places})", cursor)]
