"""Old calls go, a UTC day at a time; what they add up to stays.

What lies before the horizon is gone for good: a line of the log that tells of it again counts
as known already, or it would be added to sums that it is in.
"""

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from profiler.domain.periods import DAY_US
from profiler.store import digests
from profiler.store.digests import NONE, Kind
from profiler.store.engine import Store
from profiler.store.resum import digest_of_day
from profiler.store.tables import calls, extras


@dataclass(frozen=True, slots=True)
class StoredDay:
    """The calls of one UTC day that the store still holds."""

    start_us: int
    calls: int


def purged_before_us(store: Store) -> int:
    """The horizon, as the store has it now."""
    with store.reading() as connection:
        return digests.horizon_us(connection)


def days_before(store: Store, before_us: int) -> list[StoredDay]:
    """The days before `before_us` that have calls, oldest first."""
    day = calls.c.at_us // DAY_US
    query = select(day, func.count()).where(calls.c.at_us < before_us).group_by(day).order_by(day)
    with store.reading() as connection:
        return [StoredDay(start * DAY_US, count) for start, count in connection.execute(query)]


def forget_day(store: Store, day: StoredDay) -> bool:
    """Remove the calls of `day`; false, and nothing is removed, where they are not so many now."""
    number = day.start_us // DAY_US
    with store.writing() as connection:
        written = digests.kept(connection, Kind.CALLS, [number]).get(number, NONE)
        if written.rows != day.calls:
            return False
        for table in (calls, extras):
            within = (table.c.at_us >= day.start_us, table.c.at_us < day.start_us + DAY_US)
            connection.execute(delete(table).where(*within))
        digests.keep(connection, Kind.CALLS, {number: NONE})
        digests.keep(connection, Kind.SUMS, {number: digest_of_day(connection, number)})
    return True


def move_horizon(store: Store, before_us: int) -> None:
    """Take in no call any more that began before `before_us`, where a UTC day begins."""
    with store.writing() as connection:
        if before_us > digests.horizon_us(connection):
            # a day without calls is one whose sums are nothing
            digests.add(connection, Kind.SUMS, {before_us // DAY_US - 1: NONE})
