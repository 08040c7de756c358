"""Calls restated: other costs for calls that are stored, and the sums moved by the difference."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select

from profiler.domain.calls import Call
from profiler.store import dialect, digests
from profiler.store.circumstances import circumstances_of
from profiler.store.dictionary import Dictionary
from profiler.store.digests import Kind
from profiler.store.engine import Store
from profiler.store.layout import STRETCH_BITS
from profiler.store.rollup import histogram_rows, presence_rows, rollup_rows
from profiler.store.rows import Row
from profiler.store.tables import calls, extras, histograms, meta, presence, rollups
from profiler.store.writes import add_sums, insert_new, record

_AUDIT = "repricing "


@dataclass(frozen=True, slots=True)
class Repricing:
    """The record that calls were priced again."""

    at_us: int
    source: str
    """The prices: their source and version."""
    sha256: str
    calls: int
    newly_priced: int
    difference_pusd: int


def restate(store: Store, moved: Sequence[Call]) -> int:
    """Put `moved`, calls with other costs, in the place of those stored; how many were there.

    One transaction: a call that went meanwhile is not brought back.

    Raises:
        StoreError: the store cannot be written; nothing moved.

    """
    by_key = {call.cursor: call for call in moved}
    with store.writing() as connection:
        old = [tuple(row) for row in dialect.rows_at(connection, calls, list(by_key))]
        before = _occurring(connection, old)
        _take_away(connection, old)
        record(connection, Dictionary(), [by_key[row[:2]] for row in old])
        for table, count in ((rollups, rollups.c.calls), (histograms, histograms.c.calls)):
            connection.execute(delete(table).where(count == 0))
        after = _occurring(connection, _in_stretches_of(connection, old))
        _delete(connection, presence, sorted({row[:3] for row in before | after}))
        insert_new(connection, presence, sorted(after))
    return len(old)


def keep_repricing(store: Store, done: Repricing) -> None:
    """Keep that calls were priced again.

    Raises:
        StoreError: the store cannot be written.

    """
    with store.writing() as connection:
        key = f"{_AUDIT}{done.at_us:016d} {time.monotonic_ns()}"
        connection.execute(insert(meta).values(key=key, value=json.dumps(asdict(done))))
        digests.seal(connection, meta)


def repricings(store: Store) -> list[Repricing]:
    """Every repricing there was, oldest first."""
    query = select(meta.c.value).where(meta.c.key.startswith(_AUDIT)).order_by(meta.c.key)
    with store.reading() as connection:
        return [Repricing(**json.loads(value)) for value in connection.scalars(query)]


def _take_away(connection: Connection, old: Sequence[Row]) -> None:
    """Remove calls and all that they were added to."""
    keys = [row[:2] for row in old]
    fields = {(at, tail): text for at, tail, text in dialect.rows_at(connection, extras, keys)}
    by_day = digests.by_day((*row, fields.get(row[:2])) for row in old)
    digests.add(connection, Kind.CALLS, {day: -written for day, written in by_day.items()})
    made = circumstances_of(connection, (row[2] for row in old), {})
    add_sums(connection, rollups, _negative(rollups, rollup_rows(old, made)))
    add_sums(connection, histograms, _negative(histograms, histogram_rows(old, made)))
    _delete(connection, calls, keys)
    _delete(connection, extras, keys)


def _occurring(connection: Connection, rows: Sequence[Row]) -> set[Row]:
    """What occurs in calls, and in which stretches of time."""
    made = circumstances_of(connection, (row[2] for row in rows), {})
    return set(presence_rows(rows, made))


def _in_stretches_of(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """All calls that lie in the same stretches of time as `rows`."""
    found: list[Row] = []
    for stretch in sorted({row[0] >> STRETCH_BITS for row in rows}):
        first, after = stretch << STRETCH_BITS, (stretch + 1) << STRETCH_BITS
        query = select(calls).where(calls.c.at_us >= first, calls.c.at_us < after)
        found += (tuple(row) for row in connection.execute(query))
    return found


def _delete(connection: Connection, table: Table, keys: Sequence[Row]) -> None:
    """Remove the rows of `table` with those keys."""
    columns = list(table.primary_key.columns)
    there = and_(*(column == bindparam(f"at_{column.name}") for column in columns))
    if keys:
        rows = [
            {f"at_{c.name}": part for c, part in zip(columns, key, strict=True)} for key in keys
        ]
        connection.execute(delete(table).where(there), rows)


def _negative(table: Table, rows: Iterable[Row]) -> list[Row]:
    """`rows` of sums as what takes them away again."""
    keys = len(table.primary_key.columns)
    return [(*row[:keys], *(-number for number in row[keys:])) for row in rows]
