"""Calls into the store: each counted exactly once, rows and sums in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, select, tuple_

from profiler.domain.calls import Call
from profiler.store import dialect
from profiler.store.dictionary import Dictionary
from profiler.store.rollup import latency_rows, rollup_rows
from profiler.store.rows import Row, rows_of
from profiler.store.tables import calls, latency_buckets, losses, rejections, rollups

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class StoredRejection:
    """A stretch of the log that was no event, and where to find it."""

    generation: str
    """The segment's identity."""
    path: str
    """The segment's file name when it was read."""
    offset_bytes: int
    length_bytes: int
    reason: str
    at_us: int
    """When it was read."""


@dataclass(frozen=True, slots=True)
class StoredLoss:
    """Calls that a program could not log, as its segment tells it."""

    generation: str
    offset_bytes: int
    dropped: int
    at_us: int
    """When the program could write again."""
    faults: int = 0
    """Failures of our own code that the program did not see."""


def record(connection: Connection, dictionary: Dictionary, batch: Sequence[Call]) -> int:
    """Write the calls of `batch` that are not there yet; how many those were.

    Raises:
        StoreError: from the transaction around it; nothing of the batch is kept then.

    """
    rows = rows_of(connection, dictionary, list({call.id: call for call in batch}.values()))
    # Sorted by key, rows append to the clustered table instead of splitting its pages.
    rows.sort(key=lambda row: row[:2])
    new = _insert_new(connection, rows)
    _add(connection, rollups, rollup_rows(new))
    _add(connection, latency_buckets, latency_rows(new))
    return len(new)


def _insert_new(connection: Connection, rows: list[Row]) -> list[Row]:
    """Insert those of `rows` that are new, and return them.

    Nearly always all are new, so that is tried first; only when some were not is it worth
    looking up which.
    """
    statement = dialect.upsert(connection, calls).on_conflict_do_nothing()
    attempt = connection.begin_nested()
    if dialect.write_many(connection, statement, rows) == len(rows):
        attempt.commit()
        return rows
    attempt.rollback()
    there = _already_there(connection, rows)
    new = [row for row in rows if row[:2] not in there]
    dialect.write_many(connection, statement, new)
    return new


def _already_there(connection: Connection, rows: list[Row]) -> set[tuple[Any, ...]]:
    key = tuple_(calls.c.at_us, calls.c.tail)
    there: set[tuple[Any, ...]] = set()
    for start in range(0, len(rows), _CHUNK):
        keys = [row[:2] for row in rows[start : start + _CHUNK]]
        query = select(calls.c.at_us, calls.c.tail).where(key.in_(keys))
        there.update(tuple(found) for found in connection.execute(query))
    return there


def _add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add the sums in `rows` to those in `table`."""
    statement = dialect.upsert(connection, table)
    keys = list(table.primary_key.columns)
    sums: list[Column[Any]] = [column for column in table.columns if not column.primary_key]
    added = {column.name: column + statement.excluded[column.name] for column in sums}
    dialect.write_many(
        connection, statement.on_conflict_do_update(index_elements=keys, set_=added), rows
    )


def reject(connection: Connection, batch: Sequence[StoredRejection]) -> int:
    """Keep stretches that were no events; how many were not known yet."""
    rows = [
        (one.generation, one.offset_bytes, one.length_bytes, one.path, one.reason, one.at_us)
        for one in batch
    ]
    statement = dialect.upsert(connection, rejections).on_conflict_do_nothing()
    return dialect.write_many(connection, statement, rows)


def keep_losses(connection: Connection, batch: Sequence[StoredLoss]) -> None:
    """Keep what programs say they could not log; a segment read again tells nothing new."""
    rows = [(one.generation, one.offset_bytes, one.dropped, one.faults, one.at_us) for one in batch]
    statement = dialect.upsert(connection, losses).on_conflict_do_nothing()
    dialect.write_many(connection, statement, rows)
