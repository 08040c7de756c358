"""What can be relied on in a database, taken over into a new one; the rest comes from the log.

Rows are taken as they are, with what they cost when they were priced: only a day whose digest
is right, and only where every label and circumstance is one with its index.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from profiler.store import digests, resum, writes
from profiler.store.circumstances import circumstances_of
from profiler.store.digests import NONE, Digest, Kind
from profiler.store.engine import Store
from profiler.store.tables import calibration, circumstances, histograms, labels, rollups

_DICTIONARY = (labels, circumstances)
_UNREADABLE = (DBAPIError, ValueError, KeyError, TypeError, OverflowError)


@dataclass(slots=True)
class Salvaged:
    """What was taken over, and what could not be."""

    calls: int = 0
    days_gone: set[int] = field(default_factory=set)
    """UTC days whose calls were removed, and whose sums can be relied on: see `take_sums`."""
    lost: dict[int, int] = field(default_factory=dict)
    """UTC days whose calls cannot be relied on, and how many calls were written then."""
    tables: list[str] = field(default_factory=list)
    """Small tables that cannot be relied on."""


def salvage(old: Store, new: Store) -> Salvaged:
    """Take over from `old` into the empty `new` all calls and tables that are as they were written.

    What calls that are gone added up to is only judged; archived ones may have to come first.
    """
    taken = Salvaged()
    with old.reading() as source:
        written = _digests(source, Kind.TABLE)
        sound = [table for table in digests.TABLES if _is_sound(source, table, written)]
        has_dictionary = all(table in sound for table in _DICTIONARY)
        for table in digests.TABLES:
            if table is calibration and table in sound:
                continue
            if table in sound and (has_dictionary or table not in _DICTIONARY):
                _take_table(source, new, table)
            elif table not in sound and table not in _DICTIONARY:
                taken.tables.append(table.name)
        gone = _digests(source, Kind.SUMS)
        for day, one in _digests(source, Kind.CALLS).items():
            if day in gone or not one.rows:
                continue
            if has_dictionary and _take_calls(source, new, day, one):
                taken.calls += one.rows
            else:
                taken.lost[day] = one.rows
        # where every call is read anew, all of them teach anew; what they taught would count twice
        if calibration in sound and (taken.calls or gone or not taken.lost):
            _take_table(source, new, calibration)
        if has_dictionary:
            taken.days_gone = {
                day for day, one in gone.items() if _are_sums_sound(source, day, one)
            }
    return taken


def _digests(source: Connection, kind: Kind) -> dict[int, Digest]:
    try:
        return digests.kept(source, kind)
    except _UNREADABLE:
        return {}


def _is_sound(source: Connection, table: Table, written: Mapping[int, Digest]) -> bool:
    try:
        return digests.of_table(source, table) == written.get(digests.TABLES.index(table), NONE)
    except _UNREADABLE:
        return False


def _take_calls(source: Connection, new: Store, day: int, written: Digest) -> bool:
    try:
        # looked at first, then taken: a day may be more than fits into memory
        found = sum((digests.digest(batch) for batch in resum.rows_of_day(source, day)), NONE)
        if found != written:
            return False
        with new.writing() as target:
            for batch in resum.rows_of_day(source, day):
                made_in = circumstances_of(source, (row[2] for row in batch), {})
                rows = [row[:-1] for row in batch]
                further = {row[:2]: row[-1] for row in batch if row[-1] is not None}
                writes.enter_rows(target, rows, further, made_in)
    except _UNREADABLE:
        return False
    return True


def _are_sums_sound(source: Connection, day: int, written: Digest) -> bool:
    try:
        return resum.digest_of_day(source, day) == written
    except _UNREADABLE:
        return False


def take_sums(old: Store, new: Store, days: Iterable[int]) -> None:
    """Take over what the calls of days added up to that were removed; no call of them comes back.

    Once they are taken over, the new database takes in no call of such days any more.
    """
    with old.reading() as source, new.writing() as target:
        for day in days:
            sums, counts = resum.kept_of_day(source, day)
            for table, found in (
                (rollups, sums),
                (rollups, resum.of_months(sums)),
                (histograms, counts),
                (histograms, resum.counts_of_months(counts)),
            ):
                writes.add_sums(target, table, list(resum.split(found, table)))
            digests.keep(target, Kind.SUMS, {day: resum.digest_of_day(target, day)})


def _take_table(source: Connection, new: Store, table: Table) -> None:
    rows: list[tuple[Any, ...]] = [tuple(row) for row in source.execute(select(table))]
    with new.writing() as target:
        writes.insert_new(target, table, rows)
        digests.seal(target, table)
