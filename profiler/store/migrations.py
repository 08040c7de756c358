"""The schema's history: a recorded list of steps, applied all or none.

Why not Alembic: importing it takes 690 ms, more than everything else a command does, and it
runs each step in a transaction of its own, outside the gate. Here every missing step and the
new version number are one `BEGIN IMMEDIATE` transaction: a crash in the middle leaves the old
schema whole, and of two processes that open an old database one migrates while the other
waits and finds it done.

A new database gets today's tables at once and counts as having had every step.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, update
from sqlalchemy.schema import CreateTable

from profiler.errors import SchemaMismatch, StoreCorrupt, StoreError
from profiler.store import dialect, digests
from profiler.store.layout import COUNTED_GRAINS, GRAINS, STRETCH_BITS
from profiler.store.tables import meta, metadata

_VERSION = "schema_version"
_LAYOUT = "layout"
_ASKED = f"SELECT value FROM meta WHERE key = '{_VERSION}'"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from the version before."""

    version: int
    name: str
    apply: Callable[[Connection], None]


FIRST = 1
"""The version of the first tables."""


def _keep_whole(connection: Connection) -> None:
    # what a database is brought forward with is imported when one is
    from profiler.store.whole import keep_whole  # noqa: PLC0415

    keep_whole(connection)


def _bound_presence(connection: Connection) -> None:
    from profiler.store.bounding import bound_presence  # noqa: PLC0415

    bound_presence(connection)


MIGRATIONS: tuple[Migration, ...] = (
    Migration(2, "what all calls add up to, by itself", _keep_whole),
    Migration(3, "where the cheapest and the dearest calls are", _bound_presence),
)
"""What changed since the first tables, in order."""


def is_current(connection: Connection, path: Path, steps: Sequence[Migration] = MIGRATIONS) -> bool:
    """Whether there is nothing to do; reads only.

    Raises:
        SchemaMismatch: a newer program wrote the database.
        StoreCorrupt: a program that was never released did.
        StoreError: it belongs to another program.

    """
    version = _version(connection, path)
    newest = newest_of(steps)
    _refuse_newer(version, newest, path)
    if version == newest and _told(connection, _LAYOUT) != layout():
        raise StoreCorrupt(
            f"the tables of {path} are laid out as no released version of profiler has them; "
            "nothing was changed: `profiler rebuild` sets it aside and reads the event log anew"
        )
    return version == newest


def check_still_known(connection: Connection, newest: int, path: Path) -> None:
    """See that no newer program has changed an open database meanwhile.

    Past SQLAlchemy, which takes longer than this one row.

    Raises:
        SchemaMismatch: one has.

    """
    cursor = connection.connection.cursor()
    try:
        told = cursor.execute(_ASKED).fetchone()
    finally:
        cursor.close()
    _refuse_newer(int(told[0]) if told else 0, newest, path)


def _refuse_newer(version: int, newest: int, path: Path) -> None:
    if version > newest:
        raise SchemaMismatch(
            f"{path} was written by a newer version of profiler (schema {version}, this one knows "
            f"{newest}); nothing was changed: upgrade with pip install -U llm-cost-profiler"
        )


def layout() -> str:
    """What today's tables look like, and by what they are summed, as a hash of it."""
    made = (str(CreateTable(table)) for table in metadata.sorted_tables)
    summed = ("".join(made), *sorted(GRAINS.items()), COUNTED_GRAINS, STRETCH_BITS)
    return hashlib.sha256(repr(summed).encode()).hexdigest()


def migrate(connection: Connection, path: Path, steps: Sequence[Migration] = MIGRATIONS) -> None:
    """Apply what is missing, within the write transaction that `connection` is in."""
    if is_current(connection, path, steps):
        return
    version = _version(connection, path)
    if version == 0:
        _create(connection, newest_of(steps))
        return
    for step in steps:
        if step.version > version:
            step.apply(connection)
    for key, value in {_VERSION: str(newest_of(steps)), _LAYOUT: layout()}.items():
        connection.execute(update(meta).where(meta.c.key == key).values(value=value))
    digests.seal(connection, meta)


def newest_of(steps: Sequence[Migration]) -> int:
    """The version that a database has after the last of the steps."""
    return steps[-1].version if steps else FIRST


def _create(connection: Connection, version: int) -> None:
    metadata.create_all(connection, checkfirst=False)
    dialect.claim(connection)
    rows = {
        _VERSION: version,
        _LAYOUT: layout(),
        "created_at_us": time.time_ns() // 1000,
    }
    for key, value in rows.items():
        connection.execute(insert(meta).values(key=key, value=str(value)))
    digests.seal(connection, meta)


def _version(connection: Connection, path: Path) -> int:
    """The schema's version; 0 for an empty database."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if "meta" not in tables or dialect.application_id(connection) != dialect.APPLICATION_ID:
        raise StoreError(
            f"{path} is another program's database; "
            "move it away or set PROFILER_HOME to another folder"
        )
    return int(_told(connection, _VERSION) or 0)


def _told(connection: Connection, key: str) -> str | None:
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()
