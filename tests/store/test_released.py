"""Databases of every released version come forward; a newer one is left as it is."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from profiler.domain.scopes import EVERYTHING
from profiler.errors import SchemaMismatch
from profiler.store import reads
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.migrations import MIGRATIONS, Migration
from profiler.store.soundness import damages
from profiler.store.writes import record
from tests.support.cli import profiler
from tests.support.released import NEWEST, its_calls, released, restored
from tests.support.stored import START_US, a_call


def adding_a_table(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE shelves (id INTEGER PRIMARY KEY) STRICT")


def filling_it(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO shelves SELECT DISTINCT user_id FROM calls")


LATER = (
    *MIGRATIONS,
    Migration(NEWEST + 1, "add shelves", adding_a_table),
    Migration(NEWEST + 2, "fill them", filling_it),
)
"""What two later versions might change."""


def test_todays_schema_has_its_database() -> None:
    assert released()[-1] == NEWEST, "write it: python -m tests.support.released"


@pytest.mark.parametrize("version", released())
@pytest.mark.parametrize("steps", [MIGRATIONS, LATER])
def test_an_old_database_comes_forward_whole(
    version: int, steps: tuple[Migration, ...], tmp_path: Path
) -> None:
    with Store.open(restored(version, tmp_path / "p.db"), steps=steps) as store:
        assert list(reads.each(store, EVERYTHING)) == its_calls()[1:]
        assert reads.calls_ever(store) == len(its_calls())
        assert (reads.rejection_count(store), reads.lost_calls(store)) == (1, 3)
        assert damages(store) == []
        with store.writing() as connection:
            assert record(connection, Dictionary(), [a_call(started_at_us=START_US * 2)]) == 1


def test_each_step_is_taken_once(tmp_path: Path) -> None:
    path = restored(NEWEST, tmp_path / "p.db")
    for steps in (LATER[:-1], LATER, LATER):
        with Store.open(path, steps=steps) as store, store.reading() as connection:
            shelves = connection.exec_driver_sql("SELECT count(*) FROM shelves").scalar_one()
            assert shelves == (0 if len(steps) < len(LATER) else 1)


@pytest.mark.parametrize("command", ["report", "verify", "rebuild", "purge", "doctor"])
def test_a_program_that_meets_a_newer_schema_says_so_and_touches_nothing(
    command: str, tmp_path: Path
) -> None:
    path = restored(NEWEST, tmp_path / "profiler.db")
    with Store.open(path, steps=LATER):
        pass
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    ran = profiler(command, home=tmp_path)
    assert ran.returncode == (1 if command == "doctor" else SchemaMismatch.exit_code)
    assert "written by a newer version of profiler" in ran.stderr + ran.stdout
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before
