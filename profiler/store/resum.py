"""What calls add up to, made from the calls again: to compare with what is kept, or to replace it.

Sums are kept by adding what each batch adds, money in two columns; only their values can be
compared, not the columns, as how a sum is split depends on the batches it came in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import add

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, select

from profiler.domain.periods import DAY_US
from profiler.store.circumstances import Circumstance
from profiler.store.digests import Digest, digest
from profiler.store.layout import GRAINS, HIGH, MONEY, SPLIT, Axis, Grain
from profiler.store.rollup import histogram_rows, presence_rows, rollup_rows
from profiler.store.rows import Row
from profiler.store.spans import DAY_H, month_of
from profiler.store.tables import calls, extras, histograms, presence, rollups

_BATCH = 20_000
_GRAIN = list(rollups.c.keys()).index("grain")
_WITH_EXTRAS = select(*calls.columns, extras.c.fields).select_from(
    calls.outerjoin(extras, and_(extras.c.at_us == calls.c.at_us, extras.c.tail == calls.c.tail))
)

Sums = dict[tuple[int, ...], tuple[int, ...]]
"""Sums by their keys."""


Bounds = tuple[int | None, int | None]
"""What the cheapest and the dearest of some calls cost, as `presence` has it."""

_NO_BOUNDS: Bounds = (None, None)


@dataclass(slots=True)
class Day:
    """What the calls of one UTC day add up to."""

    calls: int = 0
    rollups: Sums = field(default_factory=dict)
    histograms: Sums = field(default_factory=dict)
    presence: dict[tuple[int, ...], Bounds] = field(default_factory=dict)

    def take(self, rows: Sequence[Row], made_in: Mapping[int, Circumstance]) -> None:
        """Add calls."""
        self.calls += len(rows)
        _gather(self.rollups, rollups, rollup_rows(rows, made_in))
        _gather(self.histograms, histograms, histogram_rows(rows, made_in))
        for kind, number, stretch, *bounds in presence_rows(rows, made_in):
            there = self.presence.get((kind, number, stretch), _NO_BOUNDS)
            self.presence[kind, number, stretch] = _wider(there, (bounds[0], bounds[1]))

    @property
    def of_the_day(self) -> Sums:
        """The sums that no other day adds to."""
        return _but_months(self.rollups)

    @property
    def counts_of_the_day(self) -> Sums:
        """The counts that no other day adds to."""
        return _but_months(self.histograms)


def rows_of_day(connection: Connection, day: int) -> Iterator[list[Row]]:
    """The calls of a UTC day, each with its extras' text behind it, some at a time."""
    start_us = day * DAY_US
    query = _WITH_EXTRAS.where(calls.c.at_us >= start_us, calls.c.at_us < start_us + DAY_US)
    rows = map(tuple, connection.execute(query))
    while batch := list(islice(rows, _BATCH)):
        yield batch


def kept_of_day(connection: Connection, day: int) -> tuple[Sums, Sums]:
    """What is kept of a UTC day: its sums and its histograms, but those of months."""
    first_h, after_h = day * DAY_H, (day + 1) * DAY_H
    sums, counts = (
        _kept(connection, table, first_h, after_h, table.c.grain != int(Grain.MONTH))
        for table in (rollups, histograms)
    )
    return sums, counts


def digest_of_day(connection: Connection, day: int) -> Digest:
    """The digest of what is kept of a UTC day."""
    parts = kept_of_day(connection, day)
    return digest([(*key, *values) for part in parts for key, values in part.items()])


def split(sums: Sums, table: Table) -> Iterator[Row]:
    """`sums` as rows of `table`, money in two columns again."""
    names = [column.name for column in table.columns][len(table.primary_key.columns) :]
    money = [(names.index(name), names.index(name + HIGH)) for name in MONEY if name in names]
    for key, whole in sums.items():
        values = list(whole)
        for low, high in money:
            values[high], values[low] = divmod(values[low], SPLIT)
        yield (*key, *values)


def months(connection: Connection) -> Iterator[tuple[int, Sums, Sums]]:
    """Each month's first hour, what is kept of it, and what the sums of its days add up to."""
    for start_h in sorted({month_of(hour) for hour in connection.execute(_STARTS).scalars()}):
        after_h = month_of(start_h + 32 * DAY_H)
        for table, added in ((rollups, of_months), (histograms, counts_of_months)):
            is_month, is_day = (table.c.grain == int(one) for one in (Grain.MONTH, Grain.DAY))
            kept = _kept(connection, table, start_h, start_h + 1, is_month)
            yield start_h, kept, added(_kept(connection, table, start_h, after_h, is_day))


def of_months(days: Sums) -> Sums:
    """What sums of days add to those of their months, on the axes that have such."""
    return counts_of_months(
        {key: sums for key, sums in days.items() if Grain.MONTH in GRAINS[Axis(key[0])]}
    )


def counts_of_months(days: Sums) -> Sums:
    """The same of what is counted, whatever is measured."""
    added: Sums = {}
    for (kind, grain, start_h, *key), sums in days.items():
        if grain == Grain.DAY:
            _add(added, (kind, int(Grain.MONTH), month_of(start_h), *key), sums)
    return added


def _but_months(sums: Sums) -> Sums:
    return {key: values for key, values in sums.items() if key[_GRAIN] != Grain.MONTH}


def days_kept(connection: Connection) -> set[int]:
    """UTC days that sums or histograms are kept of."""
    hours: set[int] = set()
    for table in (rollups, histograms):
        query = select(table.c.start_h).where(table.c.grain != int(Grain.MONTH)).distinct()
        hours.update(connection.execute(query).scalars())
    return {hour // DAY_H for hour in hours}


def absent(connection: Connection, wanted: Mapping[tuple[int, ...], Bounds]) -> int:
    """How many entries of the index by time are missing, or leave out what some call costs."""
    stretches: dict[tuple[int, int], dict[int, Bounds]] = defaultdict(dict)
    for (kind, number, stretch), bounds in wanted.items():
        stretches[kind, number][stretch] = bounds
    lacking = 0
    for (kind, number), expected in stretches.items():
        found = connection.execute(
            _OCCURRING, {"kind": kind, "of": number, "first": min(expected), "last": max(expected)}
        )
        there: dict[int, Bounds] = {stretch: (low, high) for stretch, low, high in found}
        lacking += sum(
            stretch not in there or _wider(there[stretch], bounds) != there[stretch]
            for stretch, bounds in expected.items()
        )
    return lacking


def _wider(one: Bounds, other: Bounds) -> Bounds:
    """What holds both; what is not known bounds nothing."""
    lows, highs = (
        [bound for bound in ends if bound is not None] for ends in zip(one, other, strict=True)
    )
    return min(lows, default=None), max(highs, default=None)


_OCCURRING = select(presence.c.stretch, presence.c.low, presence.c.high).where(
    presence.c.kind == bindparam("kind"),
    presence.c.id == bindparam("of"),
    presence.c.stretch.between(bindparam("first"), bindparam("last")),
)
_STARTS = select(rollups.c.start_h).distinct()


def _kept(
    connection: Connection, table: Table, first_h: int, after_h: int, *also: ColumnElement[bool]
) -> Sums:
    within = (table.c.start_h >= first_h, table.c.start_h < after_h)
    found: Sums = {}
    _gather(found, table, map(tuple, connection.execute(select(table).where(*within, *also))))
    return found


def _gather(sums: Sums, table: Table, rows: Iterable[Row]) -> None:
    """Add rows of `table` to `sums`, money made whole."""
    width = len(table.primary_key.columns)
    names = [column.name for column in table.columns][width:]
    money = [(names.index(name), names.index(name + HIGH)) for name in MONEY if name in names]
    for row in rows:
        values = list(row[width:])
        for low, high in money:
            values[low] += values[high] * SPLIT
            values[high] = 0
        _add(sums, row[:width], tuple(values))


def _add(sums: Sums, key: tuple[int, ...], values: tuple[int, ...]) -> None:
    there = sums.get(key)
    sums[key] = tuple(map(add, there, values)) if there else values
