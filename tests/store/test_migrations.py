"""A schema is changed whole or not at all, and never by two at once."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from profiler.domain.scopes import EVERYTHING
from profiler.errors import SchemaMismatch, StoreCorrupt
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.migrations import FIRST, MIGRATIONS, Migration
from tests.support.released import NEWEST
from tests.support.stored import a_call, a_store

ROOT = Path(__file__).parents[2]


def adding(table: str) -> Migration:
    """A step that makes a table of that name."""

    def apply(connection: Connection) -> None:
        connection.exec_driver_sql(f"CREATE TABLE {table} (x INTEGER)")

    return Migration(NEWEST + len(table), f"add {table}", apply)


def tables(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(inspect(connection).get_table_names())


def test_an_old_database_gets_the_steps_it_lacks_and_keeps_its_calls(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    a_store(path, [a_call()]).close()
    Store.open(path, steps=(adding("a"),)).close()
    with Store.open(path, steps=(adding("a"), adding("bb"))) as store:
        assert {"a", "bb", "calls"} <= tables(store)
        assert reads.page(store, EVERYTHING, None, 9) == [a_call()]


def test_a_step_that_fails_takes_the_ones_before_it_back(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    a_store(path, [a_call()]).close()

    def fail(_: Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Store.open(path, steps=(adding("a"), Migration(9, "fail", fail)))
    with Store.open(path) as store:
        assert "a" not in tables(store)
        assert reads.calls_ever(store) == 1


def test_a_newer_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    a_store(path).close()
    Store.open(path, steps=(adding("a"),)).close()
    before = path.read_bytes()
    with pytest.raises(SchemaMismatch, match=r"newer version.*schema 4, this one knows 3.*pip"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_database_that_becomes_newer_while_open_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with a_store(path, [a_call()]) as store:
        Store.open(path, steps=(*MIGRATIONS, adding("newer"))).close()
        with pytest.raises(SchemaMismatch, match="nothing was changed"), store.writing() as writer:
            writer.exec_driver_sql("DELETE FROM calls")
        with pytest.raises(SchemaMismatch), store.in_one_state():
            pass
        assert reads.calls_ever(store) == 1


def test_a_database_of_an_unreleased_layout_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with a_store(path) as store, store.writing() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = 'another' WHERE key = 'layout'")
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match=r"p\.db are laid out .* `profiler rebuild`"):
        Store.open(path)
    assert path.read_bytes() == before


def test_steps_are_numbered_in_order() -> None:
    versions = [FIRST, *(step.version for step in MIGRATIONS)]
    assert versions == list(range(FIRST, FIRST + len(versions)))


KILLED = """
import os, signal, sys
from pathlib import Path
from profiler.store.engine import Store
from profiler.store.migrations import Migration
def half(connection):
    connection.exec_driver_sql("CREATE TABLE half (x INTEGER)")
    connection.exec_driver_sql("DELETE FROM calls")
def die(connection):
    os.kill(os.getpid(), signal.SIGKILL)
Store.open(Path(sys.argv[1]), steps=(Migration(8, "half", half), Migration(9, "die", die)))
"""


def test_a_migration_killed_in_the_middle_never_happened(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    a_store(path, [a_call()]).close()
    ran = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, check=False)
    assert ran.returncode == -signal.SIGKILL
    with Store.open(path) as store:
        assert "half" not in tables(store)
        assert reads.calls_ever(store) == reads.count_upto(store, EVERYTHING, 9) == 1
        assert store.check() == []


KILLED_AT_BIRTH = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from profiler.store.engine import Store
from profiler.store.tables import rollups
event.listen(rollups, "after_create", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
Store.open(Path(sys.argv[1]))
"""


def test_a_database_killed_at_its_making_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    ran = subprocess.run([sys.executable, "-c", KILLED_AT_BIRTH, str(path)], cwd=ROOT, check=False)
    assert ran.returncode == -signal.SIGKILL
    with a_store(path, [a_call()]) as store:
        assert reads.calls_ever(store) == 1


BOTH = """
import sys
from pathlib import Path
from profiler.store.engine import Store
from profiler.store.migrations import Migration
def count(connection):
    connection.exec_driver_sql("CREATE TABLE once (x INTEGER)")
    print("migrated", flush=True)
print("ready", flush=True); sys.stdin.readline()
with Store.open(Path(sys.argv[1]), timeout_s=30, steps=(Migration(9, "count", count),)) as store:
    assert store.check() == []
"""


@pytest.mark.parametrize("is_new", [False, True])
def test_of_many_that_open_at_once_one_migrates(tmp_path: Path, *, is_new: bool) -> None:
    path = tmp_path / "p.db"
    if not is_new:
        a_store(path).close()
    command = [sys.executable, "-c", BOTH, str(path)]
    openers = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for opener in openers:
        assert opener.stdout is not None
        assert opener.stdout.readline() == "ready\n"
    said = [opener.communicate("go\n")[0] for opener in openers]
    assert [opener.returncode for opener in openers] == [0, 0, 0, 0]
    assert sorted(said) == ["", "", "", "" if is_new else "migrated\n"]
