"""Calls whose programs had their clocks ahead: when they say they began, and where they are filed.

A call is found again by what its line says, so that its line may be read twice; and the latest
moment anything was read at never goes back, so that what was in time once stays so.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select, tuple_

from profiler.store import dialect, digests
from profiler.store.digests import LATEST_READ
from profiler.store.tables import meta, suspects
from profiler.store.upsert import upsert

Key = tuple[int, int]
"""When the call says it began, microseconds since the epoch, and its id's tail."""

_CHUNK = 500


class Suspects:
    """What one write transaction knows and learns of them."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest_read_us(self, now_us: int) -> int:
        """The latest moment anything was read at; from here on no less than `now_us`."""
        query = select(meta.c.value).where(meta.c.key == LATEST_READ)
        found = self._connection.execute(query).scalar()
        if found is not None and int(found) >= now_us:
            return int(found)
        statement = upsert(self._connection, meta)
        later = statement.on_conflict_do_update(
            index_elements=[meta.c.key], set_={"value": statement.excluded.value}
        )
        dialect.write_many(self._connection, later, [(LATEST_READ, str(now_us))])
        return now_us

    def claimed_span(self) -> tuple[int, int]:
        """The first and the last moment they claim; of no width where there are none."""
        claimed = suspects.c.claimed_us
        query = select(func.min(claimed), func.max(claimed))
        first, last = self._connection.execute(query).one()
        return (1, 0) if first is None else (first, last)

    def filed(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Where those of `keys` are filed that are known."""
        wanted = list(keys)
        key = tuple_(suspects.c.claimed_us, suspects.c.tail)
        found: dict[Key, int] = {}
        for start in range(0, len(wanted), _CHUNK):
            query = select(suspects).where(key.in_(wanted[start : start + _CHUNK]))
            found |= {(row[0], row[1]): row[2] for row in self._connection.execute(query)}
        return found

    def file(self, keys: Iterable[Key], at_us: int) -> None:
        """From now on those calls are filed under `at_us`."""
        rows = [(*key, at_us) for key in keys]
        statement = upsert(self._connection, suspects).on_conflict_do_nothing()
        if dialect.write_many(self._connection, statement, rows) == len(rows):
            digests.grow(self._connection, suspects, rows)
        else:
            digests.seal(self._connection, suspects)
