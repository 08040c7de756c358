"""Opening the database: modes of files, locks, damage, forks, checkpoints."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from profiler.domain.scopes import EVERYTHING
from profiler.errors import StoreCorrupt, StoreError, StoreLocked
from profiler.store import dialect, reads
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.gate import held
from profiler.store.writes import record
from tests.support.oracle import assert_sound
from tests.support.stored import START_US, a_call, a_store

ROOT = Path(__file__).parents[2]


def write(store: Store, count: int = 1, first: int = 0) -> None:
    """`count` more calls, a minute apart."""
    batch = [
        a_call(START_US + n * 60_000_000, session=f"s{n}") for n in range(first, first + count)
    ]
    with store.writing() as connection:
        record(connection, Dictionary(), batch)


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
def test_nobody_else_can_read_any_file(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    with Store.open(home / "p.db") as store:
        write(store)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    names = ("p.db", "p.db-shm", "p.db-wal", "p.db.gate")
    assert modes == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_database_left_readable_is_closed_to_others(tmp_path: Path) -> None:
    a_store(tmp_path / "p.db").close()
    (tmp_path / "p.db").chmod(0o644)
    a_store(tmp_path / "p.db").close()
    assert stat.S_IMODE((tmp_path / "p.db").stat().st_mode) == 0o600


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    a_store(tmp_path / "p.db", [a_call()]).close()
    with Store.open(tmp_path / "p.db") as store:
        assert reads.page(store, EVERYTHING, None, 5) == [a_call()]


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "p.db") as store:
        with pytest.raises(ZeroDivisionError), store.writing() as connection:
            assert record(connection, Dictionary(), [a_call()]) / 0
        assert reads.calls_ever(store) == 0
        assert_sound(store)


def test_readers_go_on_while_a_writer_writes(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db", [a_call()]) as store, store.writing() as connection:
        record(connection, Dictionary(), [a_call(tail=2)])
        assert reads.calls_ever(store) == 1


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with (
        a_store(tmp_path / "p.db") as store,
        pytest.raises(StoreError, match="read-only"),
        store.reading() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM calls")


def test_a_second_writer_waits_and_then_says_who_holds_it(tmp_path: Path) -> None:
    with Store.open(tmp_path / "p.db", timeout_s=0.05) as store:
        with held(store.path, 1), pytest.raises(StoreLocked, match=r"p\.db is being written"):
            write(store)
        write(store)
        assert reads.calls_ever(store) == 1


def test_a_database_another_program_locked_is_locked_not_broken(tmp_path: Path) -> None:
    with Store.open(tmp_path / "p.db", timeout_s=0.05) as store:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("PRAGMA wal_autocheckpoint=0")
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreLocked, match="try again"):
                write(store)
            other.execute("ROLLBACK")
        write(store)
        assert reads.calls_ever(store) == 1


def test_opening_an_up_to_date_database_waits_for_no_writer(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path / "p.db") as store,
        store.writing(),
        Store.open(store.path, timeout_s=0.05) as second,
    ):
        assert reads.calls_ever(second) == 0


def test_a_full_disk_stops_a_batch_whole_and_is_over_when_there_is_space(tmp_path: Path) -> None:
    with Store.open(tmp_path / "p.db") as store:
        write(store)
        with store.writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 5}")
        with pytest.raises(StoreError, match="the disk is full"):
            write(store, 5_000, first=1)
        assert reads.calls_ever(store) == 1
        assert_sound(store)
        with store.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        write(store, 5_000, first=1)
        assert reads.calls_ever(store) == 5_001


def test_a_disk_without_a_free_page_is_asked_about(tmp_path: Path) -> None:
    # so SQLite says it where the -shm file beside the database finds no room
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    words = str(dialect.explained(error, tmp_path / "p.db"))
    assert str(tmp_path / "p.db") in words
    assert "is its disk full" in words


READ_ONLY = """
import os, sys
from pathlib import Path
from profiler.errors import ProfilerError
from profiler.store.budgets import remove
from profiler.store.engine import Store
if os.geteuid() == 0:
    os.setuid(65534)
for name in ("held/p.db", "new/p.db"):
    try:
        with Store.open(Path(sys.argv[1]) / name) as store:
            remove(store, "x")
        print("wrote")
    except ProfilerError as error:
        print(type(error).__name__, error)
"""


def test_a_folder_we_may_not_write_is_said_so(tmp_path: Path) -> None:
    a_store(tmp_path / "held" / "p.db").close()
    (tmp_path / "new").mkdir()
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.geteuid() and "pytest" in folder.name:
            folder.chmod(folder.stat().st_mode | 0o011)
    command = [sys.executable, "-c", READ_ONLY, str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    lines = ran.stdout.splitlines()
    assert len(lines) == 2, ran.stderr
    assert all(line.startswith("StoreError") for line in lines)
    assert all("PROFILER_HOME" in line for line in lines)


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 500, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.db"
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match=r"p\.db is damaged.*left as it is"):
        Store.open(path)
    assert path.read_bytes() == content


def test_damage_is_noticed_when_the_database_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with Store.open(path) as store:
        write(store, 500)
        with store.reading() as connection:
            (page,) = connection.exec_driver_sql(
                "SELECT rootpage FROM sqlite_master WHERE name = 'segments'"
            ).one()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : (page - 1) * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match=r"p\.db is damaged.*profiler rebuild"):
        Store.open(path)
    assert path.read_bytes() == content


def test_damage_in_the_middle_is_found_by_a_check(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with Store.open(path) as store:
        write(store, 2_000)
    with path.open("r+b") as damaged:
        damaged.seek(path.stat().st_size // 2 // 4096 * 4096)
        damaged.write(b"\xff" * 8192)
    try:
        with Store.open(path) as store:
            faults = store.check()
    except StoreCorrupt as error:
        faults = [str(error)]
    assert faults


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE meta (x)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program's database"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "p.db"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("elsewhere")
    else:
        os.mkfifo(path)
    with pytest.raises(StoreError, match="not a regular file"):
        Store.open(path)


def test_a_home_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match=r"the folder .*home cannot be made"):
        Store.open(tmp_path / "home" / "p.db")


FORK = """
import os, sys
from pathlib import Path
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.stored import START_US, a_call
from profiler.store.dictionary import Dictionary
from profiler.store.writes import record
store = Store.open(Path(sys.argv[1]))
def write(tail):
    with store.writing() as connection:
        record(connection, Dictionary(), [a_call(tail=tail)])
write(1)
inherited = store._engines
child = os.fork()
if child == 0:
    write(2)
    assert store._engines is not inherited
    os._exit(0)
_, status = os.waitpid(child, 0)
write(3)
assert store._engines is inherited
print(status, reads.calls_ever(store), store.check())
"""


def test_a_forked_child_opens_connections_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORK, str(tmp_path / "p.db")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "0 3 []\n"


def test_threads_share_a_store(tmp_path: Path) -> None:
    with Store.open(tmp_path / "p.db", timeout_s=30) as store:
        threads = [threading.Thread(target=write, args=(store, 20, n * 20)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert reads.calls_ever(store) == 160
        assert_sound(store)


def test_the_write_ahead_log_is_copied_back_when_it_has_grown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 256 * 1024
    monkeypatch.setattr(dialect, "CHECKPOINT_BYTES", limit)
    with Store.open(tmp_path / "p.db") as store:
        for n in range(30):
            write(store, 100, first=n * 100)
        assert (tmp_path / "p.db-wal").stat().st_size < 3 * limit
        assert store.path.stat().st_size > limit
        assert reads.totals(store, EVERYTHING).calls == 3_000
        assert_sound(store)


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_which_sqlite_loses_pages_to_a_checkpoint_is_known(
    version: tuple[int, ...], has_bug: bool
) -> None:
    assert dialect.has_reset_bug(version) is has_bug


@pytest.mark.parametrize("has_bug", [True, False])
def test_where_sqlite_has_the_bug_no_writer_works_beside_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_bug: bool
) -> None:
    gate_was_held = []
    checkpoint = dialect.checkpoint

    def watched(engine: Engine, path: Path) -> None:
        try:
            with held(path, 0):
                gate_was_held.append(False)
        except StoreLocked:
            gate_was_held.append(True)
        checkpoint(engine, path)

    monkeypatch.setattr(dialect, "has_reset_bug", lambda: has_bug)
    monkeypatch.setattr(dialect, "CHECKPOINT_BYTES", 1)
    monkeypatch.setattr(dialect, "checkpoint", watched)
    with Store.open(tmp_path / "p.db") as store:
        write(store, 10)
        assert_sound(store)
    assert set(gate_was_held) == {has_bug}


def test_no_connection_checkpoints_on_its_own(tmp_path: Path) -> None:
    with Store.open(tmp_path / "p.db") as store:
        for transaction in (store.reading, store.writing):
            with transaction() as connection:
                every = connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one()
                assert every == 0


def test_a_long_question_is_given_up(tmp_path: Path) -> None:
    forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    asked: list[bool] = []

    def is_over() -> bool:
        asked.append(True)
        return len(asked) > 3

    with Store.open(tmp_path / "p.db") as store:
        gives_up = pytest.raises(StoreError, match="given up")
        with gives_up, store.until(is_over), store.reading() as connection:
            dialect.plain_rows(connection, forever, ())
        with store.reading() as connection:
            assert dialect.plain_rows(connection, "SELECT 1", ()) == [(1,)]
    assert len(asked) == 4


def test_what_is_read_in_one_state_misses_what_is_written_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with a_store(path, [a_call()]) as store, Store.open(path) as writer:
        with store.in_one_state():
            before = reads.calls_ever(store)
            with writer.writing() as connection:
                record(connection, Dictionary(), [a_call(tail=2)])
            assert reads.calls_ever(store) == len(reads.page(store, EVERYTHING, None, 9)) == before
        assert reads.calls_ever(store) == before + 1
