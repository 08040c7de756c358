"""What was written, in 128 bits a day: a sum of hashes, one per row, whatever their order.

SQLite does not notice a bit that a disk or a memory chip turned over in the middle of a number.
A sum of hashes does, and is kept up by adding what each batch adds, so that keeping it costs
less than a microsecond a call.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from hashlib import blake2b
from typing import Any, NamedTuple

from msgspec.msgpack import Encoder
from sqlalchemy import Connection, Table, select

from profiler.domain.periods import DAY_US
from profiler.store import dialect
from profiler.store.tables import (
    budgets,
    calibration,
    circumstances,
    digests,
    labels,
    losses,
    meta,
    rejections,
    suspects,
)
from profiler.store.upsert import upsert

TABLES = (labels, circumstances, budgets, rejections, losses, meta, calibration, suspects)
"""Tables that are digested whole: they only grow, or are small. A table's place is its number,
so a further one comes last.
"""

LATEST_READ = "latest_read_us"
"""The key in `meta` of the latest moment anything was read at."""

_BYTES = 16
_ALL = 1 << 8 * _BYTES


class Kind(IntEnum):
    """What is summed up."""

    CALLS = 0
    """The calls of a UTC day, with what few of them have."""
    SUMS = 1
    """What the calls of a UTC day added up to, when they were removed."""
    TABLE = 2
    """One of `TABLES`, whole; in place of a day, its number."""


class Digest(NamedTuple):
    """How many rows there were, and the sum of their hashes."""

    rows: int
    sum: int

    def __add__(self, other: object) -> "Digest":
        if not isinstance(other, Digest):
            return NotImplemented
        return Digest(self.rows + other.rows, (self.sum + other.sum) % _ALL)

    def __neg__(self) -> "Digest":
        return Digest(-self.rows, -self.sum % _ALL)


NONE = Digest(0, 0)


def digest(rows: Iterable[Sequence[Any]]) -> Digest:
    """The digest of `rows`: numbers, texts and `None`."""
    encode = Encoder().encode
    hashes = [
        int.from_bytes(blake2b(encode(row), digest_size=_BYTES).digest(), "big") for row in rows
    ]
    return Digest(len(hashes), sum(hashes) % _ALL)


def by_day(rows: Iterable[Sequence[Any]]) -> dict[int, Digest]:
    """The digests of rows that begin with a moment, by UTC day."""
    days: dict[int, list[Sequence[Any]]] = {}
    for row in rows:
        days.setdefault(row[0] // DAY_US, []).append(row)
    return {day: digest(some) for day, some in days.items()}


def add(connection: Connection, kind: Kind, added: Mapping[int, Digest]) -> None:
    """Add to what is kept; a negative digest takes away."""
    there = kept(connection, kind, tuple(added))
    keep(connection, kind, {day: there.get(day, NONE) + one for day, one in added.items()})


def keep(connection: Connection, kind: Kind, found: Mapping[int, Digest]) -> None:
    """Keep these digests in place of those of the same days."""
    statement = upsert(connection, digests)
    changed = {name: statement.excluded[name] for name in ("rows", "sum")}
    rows = [(int(kind), day, one.rows, f"{one.sum:032x}") for day, one in found.items()]
    dialect.write_many(
        connection,
        statement.on_conflict_do_update(
            index_elements=[digests.c.kind, digests.c.day], set_=changed
        ),
        rows,
    )


def kept(
    connection: Connection, kind: Kind, days: Sequence[int] | None = None
) -> dict[int, Digest]:
    """The digests that are kept, of those days or of all."""
    query = select(digests.c.day, digests.c.rows, digests.c.sum).where(digests.c.kind == int(kind))
    if days is not None:
        query = query.where(dialect.any_of(digests.c.day, list(days)))
    return {day: Digest(rows, int(text, 16)) for day, rows, text in connection.execute(query)}


def horizon_us(connection: Connection) -> int:
    """Calls that began before this were removed; 0 where none ever was."""
    text = "SELECT MAX(day) FROM digests WHERE kind = ?"
    ((last,),) = dialect.plain_rows(connection, text, (int(Kind.SUMS),))
    return 0 if last is None else (last + 1) * DAY_US


def of_table(connection: Connection, table: Table) -> Digest:
    """The digest of a small table, as it is now; without the clock that every batch sets."""
    query = select(table)
    if table is meta:
        query = query.where(meta.c.key != LATEST_READ)
    return digest(tuple(row) for row in connection.execute(query))


def grow(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows that have just been inserted to what is kept of their table."""
    if rows:
        add(connection, Kind.TABLE, {TABLES.index(table): digest(rows)})


def seal(connection: Connection, table: Table) -> None:
    """Keep the digest of a small table that has just been written to."""
    keep(connection, Kind.TABLE, {TABLES.index(table): of_table(connection, table)})
