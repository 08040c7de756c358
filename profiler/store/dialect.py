"""What differs between databases; everything that is SQLite alone stands here.

SQLite from 3.7.0 to 3.51.2 (but for 3.50.7 and 3.44.6) has the "WAL-reset" bug: a checkpoint
that starts while another connection's commit restarts the write-ahead log can lose pages.
Several processes with a WAL are exactly its trigger. So automatic checkpoints are off on every
connection, and we checkpoint by hand: where SQLite has the bug under the gate that every writer
holds, so that no commit can overlap one, and elsewhere beside other writers.
"""

import json
import os
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    QueuePool,
    Table,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.sql.dml import Insert

from profiler.errors import StoreCorrupt, StoreError, StoreLocked

APPLICATION_ID = 0x70726F66
"""`prof`: tells our databases from other programs'."""

CHECKPOINT_BYTES = 32 * 1024 * 1024
"""A write-ahead log beyond this is copied back into the database after a commit.

Batches of a long read change the same pages over and over, and each copying back waits for the
disk: rarely is better. The log's own size matters little to readers.
"""

_RESTART_BYTES = 256 * 1024 * 1024
"""Beyond this, readers are waited for, so that the log can start over."""

_MENDED: dict[tuple[int, ...], tuple[int, ...]] = {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}
"""Older lines that got the mend too, and since when."""

_SAMPLED = ("meta", "segments", "budgets")
"""Tables small enough to be looked through each time the database is opened."""

_PRIMARY = 0xFF
_STEPS = 20_000
"""So many steps of SQLite's take about a millisecond."""

DriverError = sqlite3.Error
_COUNTED = {"preserve_rowcount": True}


def has_reset_bug(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether SQLite of that version can lose pages when a checkpoint meets a commit."""
    mended = _MENDED.get(version[:2], (3, 51, 3))
    return (3, 7, 0) <= version < mended


def create_file(path: Path) -> None:
    """Make the database's file, readable by its owner alone, before SQLite sees it.

    SQLite would create it, its log and its index with the umask's mode; they take the mode
    of a file that is there. An existing file is never opened here: closing a descriptor drops
    every lock this process has on the file.

    Raises:
        StoreError: it cannot be made, or what is there is no regular file.

    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder {path.parent} cannot be made: {error.strerror}; "
            "move away what is in its place or set PROFILER_HOME to another"
        ) from error
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        _check_existing(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be created: {error.strerror}; "
            "make its folder writable or set PROFILER_HOME to another"
        ) from error


def _check_existing(path: Path) -> None:
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(
                f"{path} is not a regular file; move it away or set PROFILER_HOME to another folder"
            )
        if found.st_mode & 0o077 and hasattr(os, "geteuid") and found.st_uid == os.geteuid():
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be examined: {error.strerror}") from error


def writing_engine(path: Path, timeout_s: float) -> Engine:
    """Connections that write: a transaction takes the write lock at its beginning.

    A deferred transaction that turned from reading to writing would fail at once when another
    process wrote in between, whatever the timeout. With the execution option `looks_only` it
    takes none.
    """
    engine = _engine(path, "rw", timeout_s, ("PRAGMA synchronous=NORMAL",), pool_size=1)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        looks_only = connection.get_execution_options().get("looks_only", False)
        connection.exec_driver_sql("BEGIN" if looks_only else "BEGIN IMMEDIATE")

    return engine


def reading_engine(path: Path, timeout_s: float) -> Engine:
    """Connections that cannot write; a transaction sees one state of the database throughout."""
    engine = _engine(path, "ro", timeout_s, ("PRAGMA query_only=ON",), pool_size=4)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _engine(
    path: Path, mode: str, timeout_s: float, pragmas: Sequence[str], pool_size: int
) -> Engine:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False
        )
        for pragma in (
            "PRAGMA trusted_schema=OFF",
            "PRAGMA wal_autocheckpoint=0",
            f"PRAGMA journal_size_limit={CHECKPOINT_BYTES}",
            f"PRAGMA cache_size=-{8_192 if mode == 'ro' else 32_768}",
            "PRAGMA temp_store=MEMORY",
            *pragmas,
        ):
            connection.execute(pragma)
        connection.create_function("fits", 2, _fits, deterministic=True)
        return connection

    return create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=pool_size, max_overflow=16
    )


def use_wal(engine: Engine) -> None:
    """Turn the write-ahead log on; it stays on, and asking again costs nothing."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def application_id(connection: Connection) -> int:
    """What the file says it is; 0 for a new one, and for databases of programs that do not say."""
    return int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())


def claim(connection: Connection) -> None:
    """Write into the file that it is ours."""
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")


def checkpoint(engine: Engine, path: Path) -> None:
    """Copy the write-ahead log into the database if it has grown; where SQLite has the reset bug
    the gate must be held.
    """
    try:
        size = os.stat(f"{path}-wal").st_size  # noqa: PTH116 — a name, not a path of ours
    except OSError:
        return
    if size < CHECKPOINT_BYTES:
        return
    kind = "RESTART" if size >= _RESTART_BYTES else "PASSIVE"
    connection = engine.raw_connection()
    try:
        connection.cursor().execute(f"PRAGMA wal_checkpoint({kind})")
    finally:
        connection.close()


def settle(engine: Engine) -> bool:
    """Copy the whole write-ahead log into the database, which waits for the disk; whether that
    was possible. The gate must be held.
    """
    connection = engine.raw_connection()
    try:
        found = connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    finally:
        connection.close()
    is_busy, pages, copied = found
    return not is_busy and pages == copied


def faults(connection: Connection) -> list[str]:
    """What SQLite finds wrong with the file's structure; empty when sound."""
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


def glance(connection: Connection, path: Path) -> None:
    """Look for damage in a sample that is small however large the database is.

    Raises:
        StoreCorrupt: some is found.

    """
    for table in _SAMPLED:
        found = connection.exec_driver_sql(f"PRAGMA quick_check('{table}')").scalar_one()
        if found != "ok":
            raise damaged(path, str(found))
    # asked for both at once, SQLite reads every row
    for end in ("min", "max"):
        connection.exec_driver_sql(f"SELECT {end}(at_us) FROM calls").one()


_MANY = 200


def any_of(column: ColumnElement[int], ids: list[int]) -> ColumnElement[bool]:
    """Whether `column` is one of `ids`; beyond a few they travel as one JSON parameter, as the
    number of parameters is limited.
    """
    if len(ids) <= _MANY:
        return column.in_(ids)
    rows = func.json_each(json.dumps(ids)).table_valued("value")
    return column.in_(select(rows.c.value))


def among(column: str, ids: list[int]) -> tuple[str, tuple[Any, ...]]:
    """The same in text: the condition, and the values of its parameters."""
    if len(ids) <= _MANY:
        return f"{column} IN ({', '.join('?' * len(ids))})", tuple(ids)
    return f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(ids),)


@lru_cache(maxsize=256)
def fitting(pattern: str) -> re.Pattern[str]:
    """A label's pattern: `*` is any text, case is ignored."""
    parts = (re.escape(part) for part in pattern.split("*"))
    letters = re.ASCII if pattern.isascii() else re.UNICODE
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL | letters)


def _fits(pattern: str, label: str) -> bool:
    return fitting(pattern).fullmatch(label) is not None


def tagged(name: str, pattern: str, fits: str = "fits(?, value)") -> tuple[str, tuple[Any, ...]]:
    """Whether a row of `calls` has a tag of that name that `pattern` fits."""
    text = f"""EXISTS (SELECT 1 FROM
        (SELECT at_us AS of_us, tail AS of_tail, fields FROM extras), json_each(fields, '$.tags')
        WHERE of_us = at_us AND of_tail = tail AND key = ? AND {fits})"""
    return text, (name, pattern)


def fitted(column: str, pattern: str) -> tuple[str, tuple[Any, ...]]:
    """Whether the text of the label in `column` is one that `pattern` fits."""
    label = f"(SELECT labels.value FROM labels WHERE labels.id = {column})"
    return f"fits(?, IFNULL({label}, ''))", (pattern,)


def write_many(connection: Connection, statement: Insert, rows: Sequence[tuple[Any, ...]]) -> int:
    """`statement` once per row, its table's columns in order; how many rows it changed.

    Handed to the driver whole: SQLAlchemy's own executemany costs more than the insert itself.
    """
    if not rows:
        return 0
    compiled = statement.compile(dialect=connection.dialect)
    if not connection.dialect.positional:
        names = compiled.params
        parameters = [dict(zip(names, row, strict=True)) for row in rows]
        return connection.execute(statement, parameters, execution_options=_COUNTED).rowcount
    return connection.exec_driver_sql(
        str(compiled), list(rows), execution_options=_COUNTED
    ).rowcount


def rows_at(connection: Connection, table: Table, keys: Sequence[tuple[int, int]]) -> Sequence[Any]:
    """The rows of `table` whose key of two numbers is one of `keys`, however many those are."""
    first, second = table.primary_key.columns
    there, values = keyed(table.name, keys, first.name, second.name)
    return connection.exec_driver_sql(f"SELECT {table.name}.* FROM {there}", values).all()


def keyed(
    table: str, keys: Sequence[tuple[int, int]], first: str = "at_us", second: str = "tail"
) -> tuple[str, tuple[Any, ...]]:
    """Where to read the rows of `table` from that have such keys of two columns."""
    on = f"{first} = json_extract(k.value, '$[0]') AND {second} = json_extract(k.value, '$[1]')"
    return f"json_each(?) AS k CROSS JOIN {table} ON {on}", (json.dumps(keys),)


@contextmanager
def stopping(connection: Connection, is_over: Callable[[], bool]) -> Iterator[None]:
    """What `connection` is asked within fails soon after `is_over` says so."""
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(is_over, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def plain_rows(
    connection: Connection, text: str, values: tuple[object, ...]
) -> list[tuple[Any, ...]]:
    """What the driver itself finds: SQLAlchemy's rows cost as much again as reading them."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, values)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def ids_of(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]
) -> tuple[list[int], list[tuple[Any, ...]]]:
    """The id of each of `rows`, which are unique in `table`; and those that are new, inserted.

    One by one: an insert of many tells no ids.
    """
    names = [column.name for column in table.columns if not column.primary_key]
    same = " AND ".join(f"{name} = ?" for name in names)
    find = f"SELECT id FROM {table.name} WHERE {same}"
    places = ", ".join("?" * len(names))
    make = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places}) RETURNING id"
    cursor = connection.connection.cursor()
    try:
        found, made = [], []
        for row in rows:
            there = cursor.execute(find, row).fetchone()
            if there is None:
                there = cursor.execute(make, row).fetchone()
                made.append((*there, *row))
            found.append(int(there[0]))
    finally:
        cursor.close()
    return found, made


def damaged(path: Path, why: str) -> StoreCorrupt:
    """The error for a file with damage in it."""
    return StoreCorrupt(
        f"{path} is damaged or is no database ({why}); it was left as it is: "
        "`profiler rebuild` sets it aside and reads the event log anew"
    )


def explained(error: BaseException | None, path: Path) -> StoreError:
    """The driver's `error` as ours: what, where, and what to do."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & _PRIMARY if isinstance(code, int) else None
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreLocked(f"{path} is locked by another program; nothing is lost, try again")
    if primary == sqlite3.SQLITE_INTERRUPT:
        return StoreError(f"{path}: the question was given up before it was answered")
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(path, str(error))
    if primary == sqlite3.SQLITE_FULL:
        return StoreError(
            f"{path} cannot grow: the disk is full; free some space, reading resumes by itself"
        )
    if primary == sqlite3.SQLITE_IOERR:
        return StoreError(f"{path} is out of reach ({error}): is its disk full, or gone?")
    if primary == sqlite3.SQLITE_READONLY:
        return StoreError(
            f"{path} is read-only; make the file and its folder writable "
            "or set PROFILER_HOME to another folder"
        )
    if primary == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            f"{path} cannot be opened; make the file and its folder readable and writable "
            "or set PROFILER_HOME to another folder"
        )
    return StoreError(f"{path} failed: {error}")
