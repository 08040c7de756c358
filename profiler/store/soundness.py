"""Whether the database still says what was written into it.

Four looks, each for what the others cannot see: SQLite's own at pages and indexes; the digests
at rows that no index repeats; the calls at the sums kept of them; the sums of days at those of
months.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from profiler.domain.periods import DAY_US, EPOCH
from profiler.store import digests, resum
from profiler.store.circumstances import Circumstance, circumstances_of
from profiler.store.digests import NONE, Digest, Kind
from profiler.store.engine import Store
from profiler.store.tables import calls

_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written."""

    what: str
    """What it is in: the calls of a day, the sums of a month, the file."""
    says: str
    day: int | None = None
    """The UTC day whose calls cannot be relied on, counted from the epoch."""


def damages(store: Store, on_progress: Callable[[int, int], None] | None = None) -> list[Damage]:
    """Everything that is not as it was written; empty when all is.

    `on_progress` is told how many calls were looked at, of how many.

    Raises:
        StoreError: it cannot be read at all.

    """
    found = [Damage("the file", fault) for fault in store.check()[:_MOST_FAULTS]]
    with store.reading() as connection:
        found += _Look(connection, on_progress).everywhere()
    return found


@dataclass(slots=True)
class _Look:
    """One look at the whole database."""

    connection: Connection
    on_progress: Callable[[int, int], None] | None
    _made_in: dict[int, Circumstance] = field(default_factory=dict)
    _done: int = 0

    def everywhere(self) -> list[Damage]:
        """What is not as it was written."""
        found: list[Damage] = []
        for look in (self._days, self._months, self._tables):
            with readable(found):
                found.extend(look())
        return found

    def _days(self) -> Iterator[Damage]:
        written = digests.kept(self.connection, Kind.CALLS)
        gone = digests.kept(self.connection, Kind.SUMS)
        whole = sum(one.rows for one in written.values())
        kept_from = digests.horizon_us(self.connection) // DAY_US
        for day in sorted({*written, *gone, *resum.days_kept(self.connection), *self._began()}):
            if day < kept_from:
                yield from self._day_gone(day, gone.get(day, NONE))
            else:
                yield from self._day(day, written.get(day, NONE))
            if self.on_progress is not None:
                self.on_progress(self._done, whole)

    def _day(self, day: int, written: Digest) -> Iterator[Damage]:
        found, expected = NONE, resum.Day()
        for batch in resum.rows_of_day(self.connection, day):
            found += digests.digest(batch)
            rows = [row[:-1] for row in batch]
            numbers = (row[2] for row in rows)
            expected.take(rows, circumstances_of(self.connection, numbers, self._made_in))
        self._done += found.rows
        if found != written:
            says = "a figure or a label of theirs has changed"
            if found.rows != written.rows:
                says = f"{found.rows} are there, {written.rows} were written"
            yield Damage(f"the calls of {_date(day)}", says, day)
        sums, histograms = resum.kept_of_day(self.connection, day)
        if (sums, histograms) != (expected.of_the_day, expected.counts_of_the_day):
            yield Damage(f"the sums of {_date(day)}", "they are not what its calls add up to", day)
        missing = resum.absent(self.connection, expected.presence)
        if missing:
            yield Damage(f"the calls of {_date(day)}", f"{missing} ways to find them are gone", day)

    def _day_gone(self, day: int, written: Digest) -> Iterator[Damage]:
        """A day whose calls were removed: its sums are what they were then, and no call is left."""
        if resum.digest_of_day(self.connection, day) != written:
            yield Damage(f"the sums of {_date(day)}", "they are not as they were written", day)
        if any(resum.rows_of_day(self.connection, day)):
            yield Damage(f"the calls of {_date(day)}", "they were removed, and are there", day)

    def _months(self) -> Iterator[Damage]:
        for start_h, kept, added in resum.months(self.connection):
            if kept != added:
                month = datetime.fromtimestamp(start_h * 3600, UTC)
                yield Damage(f"the sums of {month:%Y-%m}", "they are not what its days add up to")

    def _tables(self) -> Iterator[Damage]:
        written = digests.kept(self.connection, Kind.TABLE)
        for number, table in enumerate(digests.TABLES):
            if digests.of_table(self.connection, table) != written.get(number, NONE):
                yield Damage(f"the table of {table.name}", "it is not as it was written")

    def _began(self) -> Iterator[int]:
        """The UTC days that calls began in."""
        query = select(calls.c.at_us // DAY_US).distinct()
        yield from self.connection.execute(query).scalars()


@contextmanager
def readable(found: list[Damage]) -> Iterator[None]:
    """Take what cannot be read at all for damage: a text that is none, a number out of bounds."""
    try:
        yield
    except (DBAPIError, ValueError, KeyError, TypeError, OverflowError) as error:
        found.append(Damage("the file", f"it holds what cannot be read: {error}"))


def _date(day: int) -> str:
    return f"{EPOCH + timedelta(days=day):%Y-%m-%d}"
