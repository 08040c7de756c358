"""Old calls go, a UTC day at a time; what they add up to stays.

What lies before the horizon is gone for good: a line of the log that tells of it again counts
as known already, or it would be added to sums that it is in.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from profiler.domain.periods import DAY_US
from profiler.store import dialect
from profiler.store.engine import Store
from profiler.store.tables import calls, extras, meta

_HORIZON = "purged_before_us"


@dataclass(frozen=True, slots=True)
class StoredDay:
    """The calls of one UTC day that the store still holds."""

    start_us: int
    calls: int


def horizon_us(connection: Connection) -> int:
    """Calls that began before this were removed; 0 where none ever was."""
    found = connection.execute(select(meta.c.value).where(meta.c.key == _HORIZON)).scalar()
    return int(found or 0)


def purged_before_us(store: Store) -> int:
    """The horizon, as the store has it now."""
    with store.reading() as connection:
        return horizon_us(connection)


def days_before(store: Store, before_us: int) -> list[StoredDay]:
    """The days before `before_us` that have calls, oldest first."""
    day = calls.c.at_us // DAY_US
    query = select(day, func.count()).where(calls.c.at_us < before_us).group_by(day).order_by(day)
    with store.reading() as connection:
        return [StoredDay(start * DAY_US, count) for start, count in connection.execute(query)]


def forget_day(store: Store, day: StoredDay) -> bool:
    """Remove the calls of `day`; false, and nothing is removed, where they are not so many now."""
    within = _within(calls, day)
    with store.writing() as connection:
        count = connection.execute(select(func.count()).where(*within)).scalar_one()
        if count != day.calls:
            return False
        connection.execute(delete(calls).where(*within))
        connection.execute(delete(extras).where(*_within(extras, day)))
        _move_horizon(connection, day.start_us + DAY_US)
    return True


def _within(table: Table, day: StoredDay) -> tuple[ColumnElement[bool], ...]:
    return table.c.at_us >= day.start_us, table.c.at_us < day.start_us + DAY_US


def move_horizon(store: Store, before_us: int) -> None:
    """Take in no call that began before `before_us` any more."""
    with store.writing() as connection:
        _move_horizon(connection, before_us)


def _move_horizon(connection: Connection, before_us: int) -> None:
    if before_us <= horizon_us(connection):
        return
    statement = dialect.upsert(connection, meta).values(key=_HORIZON, value=str(before_us))
    connection.execute(
        statement.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": str(before_us)})
    )
