"""How far each segment of the log has been read."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from profiler.store import dialect
from profiler.store.engine import Store
from profiler.store.tables import segments
from profiler.store.upsert import upsert

NOT_AT_ITS_END = -1
"""In place of a size: the file held more when it was last read."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading a segment resumes.

    The marker tells whether the file is still the one that was read: it is the hash of the
    last line before the offset, or of that line's end where it is very long.
    """

    generation: str
    """The segment's identity, from its header."""
    name: str
    offset_bytes: int = 0
    marker_bytes: int = 0
    """How many bytes before the offset the marker covers."""
    marker: str = ""
    skipping_from: int | None = None
    """Where the oversized line begins that reading is in the middle of."""
    size_bytes: int = NOT_AT_ITS_END
    """The file's size when it was read to its end."""
    mtime_ns: int = 0

    @property
    def unread_from(self) -> int:
        """Where what is not yet accounted for begins."""
        return self.offset_bytes if self.skipping_from is None else self.skipping_from


def all_positions(store: Store) -> list[Position]:
    """Every segment ever read, as it was left."""
    with store.reading() as connection:
        return [Position(*row) for row in connection.execute(_ALL)]


def positions_of(connection: Connection, generation: str) -> list[Position]:
    """Where the segment of that identity was left, under each of its names."""
    rows = connection.execute(_ALL.where(segments.c.generation == generation))
    return [Position(*row) for row in rows]


def save_positions(connection: Connection, positions: Iterable[Position]) -> None:
    """Set where reading resumes; part of the transaction that wrote what was read."""
    statement = upsert(connection, segments)
    keys = list(segments.primary_key.columns)
    changed = {
        column.name: statement.excluded[column.name]
        for column in segments.columns
        if not column.primary_key
    }
    rows = [
        (
            position.generation,
            position.name,
            position.offset_bytes,
            position.marker_bytes,
            position.marker,
            position.skipping_from,
            position.size_bytes,
            position.mtime_ns,
        )
        for position in positions
    ]
    dialect.write_many(
        connection, statement.on_conflict_do_update(index_elements=keys, set_=changed), rows
    )


def forget_positions(connection: Connection, positions: Iterable[Position]) -> None:
    """Segments are gone for good; should one come back, it is read from its start."""
    for position in positions:
        connection.execute(
            delete(segments).where(
                segments.c.generation == position.generation, segments.c.name == position.name
            )
        )


_ALL = select(
    segments.c.generation,
    segments.c.name,
    segments.c.offset_bytes,
    segments.c.marker_bytes,
    segments.c.marker,
    segments.c.skipping_from,
    segments.c.size_bytes,
    segments.c.mtime_ns,
)
