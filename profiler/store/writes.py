"""Calls into the store: each counted exactly once, rows and sums in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, case, func, or_

from profiler.domain.calls import Call
from profiler.domain.scopes import Dimension
from profiler.store import dialect, digests
from profiler.store.circumstances import Circumstances
from profiler.store.dictionary import Dictionary
from profiler.store.digests import Kind
from profiler.store.rollup import Made, histogram_rows, presence_rows, rollup_rows
from profiler.store.rows import SESSION, TOLD, USER, Entry, Row, entry_of
from profiler.store.tables import (
    calls,
    extras,
    histograms,
    losses,
    presence,
    rejections,
    rollups,
)
from profiler.store.upsert import upsert


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


def record(connection: Connection, dictionary: Dictionary, batch: Iterable[Call]) -> int:
    """Write the calls of `batch` that are not there yet; how many those were.

    Raises:
        StoreError: from the transaction around it; nothing of the batch is kept then.

    """
    return enter(connection, Circumstances(dictionary), map(entry_of, batch))


def enter(connection: Connection, circumstances: Circumstances, batch: Iterable[Entry]) -> int:
    """The same for entries, which cost less to make than calls."""
    horizon = digests.horizon_us(connection)
    by_key = {entry[:2]: entry for entry in batch if entry[0] >= horizon}
    # Sorted by key, rows append to the clustered table instead of splitting its pages.
    entries = [by_key[key] for key in sorted(by_key)]
    if not entries:
        return 0
    made_in = circumstances.of(connection, [entry[TOLD] for entry in entries])
    users, sessions = (
        circumstances.dictionary.ids(connection, kind, [entry[place] for entry in entries])
        for kind, place in ((Dimension.USER, USER), (Dimension.SESSION, SESSION))
    )
    rows = [
        (at_us, tail, made.id, users[user], sessions[session], *numbers)
        for (at_us, tail, _, user, session, numbers, _), made in zip(entries, made_in, strict=True)
    ]
    further = {entry[:2]: entry[-1] for entry in entries if entry[-1] is not None}
    return enter_rows(connection, rows, further, {made.id: made for made in made_in})


def enter_rows(
    connection: Connection, rows: list[Row], further: Mapping[Row, str], made: Made
) -> int:
    """The same for rows in the order of their keys; `further` has the extras of some keys."""
    new = _insert_new(connection, rows)
    whole = [(*row, further.get(row[:2]) if further else None) for row in new]
    digests.add(connection, Kind.CALLS, digests.by_day(whole))
    fields = [(*row[:2], row[-1]) for row in whole if row[-1] is not None]
    insert_new(connection, extras, fields)
    add_sums(connection, rollups, rollup_rows(new, made))
    add_sums(connection, histograms, histogram_rows(new, made))
    widen(connection, presence_rows(new, made))
    return len(new)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert those of `rows` whose keys are new; how many those were."""
    statement = upsert(connection, table).on_conflict_do_nothing()
    return dialect.write_many(connection, statement, rows)


def _insert_new(connection: Connection, rows: list[Row]) -> list[Row]:
    """Insert those of `rows` that are new calls, and return them.

    Nearly always all are new, so that is tried first; only when some were not is it worth
    looking up which.
    """
    attempt = connection.begin_nested()
    if insert_new(connection, calls, rows) == len(rows):
        attempt.commit()
        return rows
    attempt.rollback()
    there = {tuple(row[:2]) for row in dialect.rows_at(connection, calls, [r[:2] for r in rows])}
    new = [row for row in rows if row[:2] not in there]
    insert_new(connection, calls, new)
    return new


def add_sums(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add the sums in `rows` to those in `table`."""
    statement = upsert(connection, table)
    keys = list(table.primary_key.columns)
    sums: list[Column[Any]] = [column for column in table.columns if not column.primary_key]
    added = {column.name: column + statement.excluded[column.name] for column in sums}
    dialect.write_many(
        connection, statement.on_conflict_do_update(index_elements=keys, set_=added), rows
    )


def widen(connection: Connection, rows: Sequence[Row]) -> None:
    """Tell of what occurs where, within the costs told of already and those in `rows`."""
    statement = upsert(connection, presence)
    low, high = presence.c.low, presence.c.high
    cheaper, dearer = statement.excluded.low, statement.excluded.high
    # of one unknown and one known the known; no comparison with an unknown holds
    is_wider = or_(cheaper < low, dearer > high, and_(low.is_(None), cheaper.is_not(None)))
    changed = {
        "low": case((cheaper < low, cheaper), else_=func.coalesce(low, cheaper)),
        "high": case((dearer > high, dearer), else_=func.coalesce(high, dearer)),
    }
    keys = list(presence.primary_key.columns)
    dialect.write_many(
        connection,
        statement.on_conflict_do_update(index_elements=keys, set_=changed, where=is_wider),
        rows,
    )


def reject(connection: Connection, batch: Sequence[StoredRejection]) -> int:
    """Keep stretches that were no events; how many were not known yet."""
    rows = [
        (one.generation, one.offset_bytes, one.length_bytes, one.path, one.reason, one.at_us)
        for one in batch
    ]
    new = insert_new(connection, rejections, rows)
    if new:
        digests.seal(connection, rejections)
    return new


def keep_losses(connection: Connection, batch: Sequence[StoredLoss]) -> None:
    """Keep what programs say they could not log; a segment read again tells nothing new."""
    rows = [(one.generation, one.offset_bytes, one.dropped, one.faults, one.at_us) for one in batch]
    if insert_new(connection, losses, rows):
        digests.seal(connection, losses)
