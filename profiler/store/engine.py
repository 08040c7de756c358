"""The database, opened: who may write when, and what failures are called.

One writer at a time among all processes (`gate`, then `BEGIN IMMEDIATE`), any number of
readers beside it, each seeing one state throughout. The write-ahead log is on, synchronous is
NORMAL: after a power cut the database is a past committed state, and reading the event log
again brings it up to date.
"""

import os
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

from profiler.errors import StoreError, StoreLocked
from profiler.store import dialect, gate
from profiler.store.circumstances import Circumstance
from profiler.store.digests import Digest
from profiler.store.migrations import (
    MIGRATIONS,
    Migration,
    check_still_known,
    is_current,
    migrate,
    newest_of,
)
from profiler.store.remembered import Remembered


@dataclass(frozen=True, slots=True)
class _Engines:
    """One process's connections."""

    pid: int
    writer: Engine
    reader: Engine


class Store:
    """The opened database; safe to use from several threads."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        self.path = path
        self.label_texts: dict[int, str] = {}
        """Labels already looked up by id; they never change."""
        self.circumstances: dict[int, Circumstance] = {}
        """The same of what calls were made in."""
        self.tagged_days: dict[Hashable, tuple[Digest, Mapping[Any, Sequence[int]]]] = {}
        """What calls with tags added up to on whole days, behind what those days were made of."""
        self.leading = Remembered()
        """What came first in stretches of sums, behind what those added up to."""
        self._timeout_s = timeout_s
        self._patience = threading.local()
        self._left_behind: list[_Engines] = []
        self._engines = self._connect()
        self._newest: int | None = None
        """The newest schema that can be read and written, once the database is opened."""

    @classmethod
    def open(
        cls, path: Path, *, timeout_s: float = 5.0, steps: Sequence[Migration] = MIGRATIONS
    ) -> "Store":
        """The database at `path`, made or brought up to date where needed.

        `timeout_s` is how long a write waits for other writers.

        Raises:
            StoreLocked: another program holds it.
            StoreCorrupt: it is damaged, or no database.
            SchemaMismatch: a newer program wrote it.
            StoreError: it cannot be created, read or written.

        """
        dialect.create_file(path)
        store = cls(path, timeout_s)
        try:
            store._bring_up_to_date(steps)
            store._newest = newest_of(steps)
        except BaseException:
            store._dispose()
            raise
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and cannot change it."""
        shared: Connection | None = getattr(self._patience, "shared", None)
        if shared is not None:
            with self._explaining():
                yield shared
            return
        with self._explaining(), self._own_engines().reader.begin() as connection:
            is_over: Callable[[], bool] | None = getattr(self._patience, "is_over", None)
            with dialect.stopping(connection, is_over) if is_over else nullcontext():
                yield connection

    @contextmanager
    def in_one_state(self) -> Iterator[None]:
        """Within it all that this thread reads is of one state of the database.

        To begin a transaction takes as long as a short question: asking forty begins one.
        """
        with self.reading() as connection:
            self._check_known(connection)
            before, self._patience.shared = getattr(self._patience, "shared", None), connection
            try:
                yield
            finally:
                self._patience.shared = before

    @contextmanager
    def until(self, is_over: Callable[[], bool]) -> Iterator[None]:
        """Within it what this thread reads fails soon after `is_over` says so."""
        self._patience.is_over = is_over
        try:
            yield
        finally:
            del self._patience.is_over

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that alone may write; committed at the block's end, or not at all.

        Raises:
            SchemaMismatch: a newer program has changed the tables meanwhile.

        """
        engine = self._own_engines().writer
        with gate.held(self.path, self._timeout_s), self._explaining():
            with engine.begin() as connection:
                self._check_known(connection)
                yield connection
            if dialect.has_reset_bug():
                dialect.checkpoint(engine, self.path)
        if not dialect.has_reset_bug():
            with self._explaining():
                dialect.checkpoint(engine, self.path)

    def _check_known(self, connection: Connection) -> None:
        """See that a newer program has not changed the tables under us: it may do so any time."""
        if self._newest is not None:
            check_still_known(connection, self._newest, self.path)

    def settle(self) -> bool:
        """Bring all that was committed to the disk; false while somebody reads an older state."""
        engine = self._own_engines().writer
        with gate.held(self.path, self._timeout_s), self._explaining():
            return dialect.settle(engine)

    def check(self) -> list[str]:
        """What is wrong with the file's structure; empty when sound. Reads every page."""
        with self.reading() as connection:
            return dialect.faults(connection)

    def close(self) -> None:
        """Give every connection back to the system.

        The last connection to close checkpoints, so closing holds the gate; when others keep it
        for long, closing goes ahead, as they are connected and ours is not the last.
        """
        try:
            with gate.held(self.path, min(self._timeout_s, 1.0)):
                self._dispose()
        except StoreError:
            self._dispose()

    def _dispose(self) -> None:
        engines = self._engines
        if engines.pid == os.getpid():
            engines.reader.dispose()
            engines.writer.dispose()

    def _connect(self) -> _Engines:
        return _Engines(
            os.getpid(),
            dialect.writing_engine(self.path, self._timeout_s),
            dialect.reading_engine(self.path, self._timeout_s),
        )

    def _own_engines(self) -> _Engines:
        """The engines of this process: no connection is ever used, or closed, across a fork."""
        if self._engines.pid != os.getpid():
            self._left_behind.append(self._engines)
            self._engines = self._connect()
        return self._engines

    def _bring_up_to_date(self, steps: Sequence[Migration]) -> None:
        with self._explaining():
            # The reader cannot look: in WAL mode it needs files that only a writer makes.
            looking = self._engines.writer.execution_options(looks_only=True)
            with looking.begin() as connection:
                if is_current(connection, self.path, steps):
                    dialect.glance(connection, self.path)
                    return
        with gate.held(self.path, self._timeout_s), self._explaining():
            dialect.use_wal(self._engines.writer)
        with self.writing() as connection:
            migrate(connection, self.path, steps)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise dialect.explained(error.orig, self.path) from error
        except dialect.DriverError as error:
            raise dialect.explained(error, self.path) from error
        except UnicodeDecodeError as error:
            # SQLite quotes what it could not read, and the quote is no text
            raise dialect.damaged(self.path, error.reason) from error
        except PoolTimeout as error:
            raise StoreLocked(f"{self.path} is in use by too many threads; try again") from error
