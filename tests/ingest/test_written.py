"""Whether databases were written to is told by their files."""

import sqlite3
from pathlib import Path

from profiler.ingest.written import Databases


def test_what_another_program_writes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    both = Databases(path, tmp_path / "none.db")
    both.take_over(60)
    assert both.is_taken_over()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("CREATE TABLE t (n)")
    assert not both.is_taken_over()
    both.take_over(60)
    other.execute("INSERT INTO t VALUES (1)")
    assert not both.is_taken_over()
    both.take_over(60)
    assert other.execute("SELECT n FROM t").fetchall() == [(1,)]
    assert both.is_taken_over()
    other.close()


def test_what_was_dealt_with_long_ago_is_looked_at_again(tmp_path: Path) -> None:
    one = Databases(tmp_path / "a.db")
    one.take_over(0)
    assert not one.is_taken_over()
