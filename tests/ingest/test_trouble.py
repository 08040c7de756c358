"""A database that is locked, full, read-only, damaged or newer: ingest stops, and loses nothing."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from profiler.errors import SchemaMismatch, StoreCorrupt, StoreError, StoreLocked
from profiler.ingest import drain as draining, tail
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.migrations import Migration
from profiler.store.positions import all_positions
from tests.support.descriptors import held_below
from tests.support.events import a_segment, append, some_events
from tests.support.oracle import assert_sound

CARD = Card.load()


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Another program writes and writes."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("PRAGMA wal_autocheckpoint=0")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(store: Store) -> Iterator[None]:
    """The disk has room for five more pages."""
    with store.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 5}")
    yield
    with store.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """The file may not be written to; said by the connection, since root may write anywhere."""
    with closing(store._engines.writer.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA query_only=ON")
    yield
    with closing(store._engines.writer.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA query_only=OFF")


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        (locked, StoreLocked, "nothing is lost, try again"),
        (full, StoreError, "the disk is full.*reading resumes by itself"),
        (read_only, StoreError, "is read-only"),
    ],
)
def test_ingest_stops_whole_and_goes_on_when_it_can(
    tmp_path: Path,
    trouble: Callable[[Store], AbstractContextManager[None]],
    error: type[StoreError],
    words: str,
) -> None:
    segment = a_segment(tmp_path / "log", some_events(3))
    with Store.open(tmp_path / "p.db", timeout_s=0.1) as store:
        drain(store, CARD, tmp_path / "log")
        append(segment, some_events(800, feature="new"))
        left = all_positions(store)
        with trouble(store):
            for _ in range(2):
                with pytest.raises(error, match=words):
                    drain(store, CARD, tmp_path / "log")
            assert all_positions(store) == left
            assert reads.calls_ever(store) == 3
        found = drain(store, CARD, tmp_path / "log")
        assert (found.events, found.duplicates) == (800, 0)
        assert_sound(store)


def test_a_disk_that_fills_up_on_the_way_keeps_the_batches_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "BATCH_EVENTS", 10)
    monkeypatch.setattr(draining, "BATCH_BYTES", 4_000)
    for _ in range(12):
        a_segment(tmp_path / "log", some_events(100, feature="f"))
    with Store.open(tmp_path / "p.db") as store:
        with full(store), pytest.raises(StoreError, match="the disk is full"):
            drain(store, CARD, tmp_path / "log")
        before = reads.calls_ever(store)
        assert 0 < before < 1_200
        found = drain(store, CARD, tmp_path / "log")
        assert (found.events, found.duplicates) == (1_200 - before, 0)
        assert_sound(store)


class FailingSystem:
    """`os`, one of whose calls fails as disks, network folders and full tables of files do."""

    def __init__(self, fails_at: int, code: int) -> None:
        self._fails_at = fails_at
        self._code = code
        self.calls = 0

    def __getattr__(self, name: str) -> object:
        found = getattr(os, name)
        return (
            self._counted(found) if name in {"open", "fstat", "lseek", "read", "scandir"} else found
        )

    def _counted(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            self.calls += 1
            if self.calls - 1 == self._fails_at:
                raise OSError(self._code, os.strerror(self._code))
            return call(*arguments, **named)

        return counted


@pytest.mark.parametrize("code", [errno.EIO, errno.EMFILE])
def test_whichever_look_at_the_log_fails_the_next_pass_brings_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    segments = [a_segment(tmp_path / "log", some_events(2)) for _ in range(2)]
    place = written = 0
    with Store.open(tmp_path / "p.db") as store:
        drain(store, CARD, tmp_path / "log")
        while True:
            for segment in segments:
                append(segment, some_events(2))
            written += 4
            failing = FailingSystem(place, code)
            with monkeypatch.context() as patched:
                patched.setattr(tail, "os", failing)
                first = drain(store, CARD, tmp_path / "log")
            second = drain(store, CARD, tmp_path / "log")
            assert (first.events + second.events, first.duplicates + second.duplicates) == (4, 0)
            assert held_below(tmp_path / "log") == []
            if failing.calls <= place:
                break
            place += 1
        assert place > 10
        assert reads.calls_ever(store) == 4 + written
        assert_sound(store)


def test_a_database_that_is_damaged_is_left_as_it_is(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", some_events(50))
    with Store.open(tmp_path / "p.db") as store:
        drain(store, CARD, tmp_path / "log")
    content = bytearray((tmp_path / "p.db").read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    (tmp_path / "p.db").write_bytes(content)
    with pytest.raises(StoreCorrupt, match="profiler rebuild"):
        Store.open(tmp_path / "p.db")
    assert (tmp_path / "p.db").read_bytes() == content


def test_an_older_program_touches_nothing_of_a_newer_ones(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", some_events(50))
    newer = Migration(10_000, "from the future", lambda _: None)
    with Store.open(tmp_path / "p.db", steps=(newer,)) as store:
        drain(store, CARD, tmp_path / "log")
        files = {path: path.read_bytes() for path in tmp_path.glob("p.db*")}
        with pytest.raises(SchemaMismatch, match="nothing was changed"):
            Store.open(tmp_path / "p.db")
        names = ("p.db", "p.db-wal")
        assert all(path.read_bytes() == files[path] for path in files if path.name in names)
    before = (tmp_path / "p.db").read_bytes()
    with pytest.raises(SchemaMismatch):
        Store.open(tmp_path / "p.db")
    assert (tmp_path / "p.db").read_bytes() == before
    assert {path.name for path in tmp_path.glob("p.db*")} == {"p.db", "p.db.gate"}
