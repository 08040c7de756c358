"""A glance sees what the reads see, and says in the same words why it cannot."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.domain.calls import Call
from profiler.domain.periods import EVER, HOUR_US, Span
from profiler.domain.scopes import Filter
from profiler.domain.totals import NOTHING
from profiler.errors import SchemaMismatch, StoreCorrupt, StoreLocked
from profiler.store import migrations, reads
from profiler.store.glance import VERSION, Glance
from tests.support.stored import START_US, a_call, a_store, batches, spans


def glance_at(path: Path) -> Glance:
    glance = Glance.open(path)
    assert glance is not None
    return glance


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls=batches, asked=st.lists(spans(), min_size=1, max_size=8))
def test_it_gives_the_same_totals_as_the_reads(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Call], asked: list[Span]
) -> None:
    path = tmp_path_factory.mktemp("s") / "p.db"
    with a_store(path, calls) as store, glance_at(path) as glance:
        for span in [EVER, *asked]:
            assert glance.totals(span) == reads.totals(store, Filter(span=span))
        assert glance.calls_ever() == reads.calls_ever(store)
        assert glance.last_call_at_us() == reads.last_call_at_us(store)
        assert glance.lost() == (reads.lost_calls(store), reads.swallowed_faults(store))
        assert glance.rejections() == reads.rejection_count(store)


def test_it_sees_a_database_that_nobody_has_open(tmp_path: Path) -> None:
    a_store(tmp_path / "p.db", [a_call(), a_call(START_US + 3 * HOUR_US, 2)]).close()
    with glance_at(tmp_path / "p.db") as glance:
        assert glance.totals(EVER).calls == 2


def test_it_sees_an_empty_database(tmp_path: Path) -> None:
    a_store(tmp_path / "p.db").close()
    with glance_at(tmp_path / "p.db") as glance:
        assert glance.totals(EVER) == NOTHING
        assert glance.last_call_at_us() is None


def test_it_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    assert Glance.open(tmp_path / "p.db") is None
    assert list(tmp_path.iterdir()) == []


def test_it_knows_the_newest_schema() -> None:
    newest = migrations.MIGRATIONS[-1].version if migrations.MIGRATIONS else migrations.FIRST
    assert newest == VERSION


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    a_store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    with pytest.raises(SchemaMismatch, match="another version"):
        Glance.open(path)


def test_what_is_no_database_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    path.write_bytes(b"no database at all" * 300)
    with pytest.raises(StoreCorrupt, match="damaged"):
        Glance.open(path)


def test_a_database_held_by_another_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    a_store(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match="in use"):
        Glance.open(path)
    holder.close()
