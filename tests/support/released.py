"""Databases as released versions wrote them, kept as text.

`python -m tests.support.released` writes the one of today's schema. Once a version is released its
file never changes again: a later schema comes with a migration and a file of its own.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from profiler.domain.calls import Basis, Call, Cost, Outcome, call_id
from profiler.domain.periods import DAY_US
from profiler.domain.usage import Usage
from profiler.store import dialect
from profiler.store.engine import Store
from profiler.store.migrations import FIRST, MIGRATIONS
from profiler.store.positions import Position, save_positions
from profiler.store.purging import days_before, forget_day
from profiler.store.writes import StoredLoss, StoredRejection, keep_losses, reject
from tests.support.stored import START_US, a_call, a_store

FOLDER = Path(__file__).parents[1] / "data" / "databases"
NEWEST = MIGRATIONS[-1].version if MIGRATIONS else FIRST


def released() -> list[int]:
    """The versions of the schema that there are databases of."""
    return sorted(int(path.stem) for path in FOLDER.glob("*.sql"))


def restored(version: int, path: Path) -> Path:
    """The database of that version, made at `path`."""
    dialect.create_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FOLDER / f"{version}.sql").read_text("utf-8"))
        connection.execute(f"PRAGMA application_id={dialect.APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode=WAL")
    return path


def its_calls() -> list[Call]:
    """The calls every such database holds, oldest first; those of the first day went."""
    plain = [
        a_call(
            id=call_id(at_us, number),
            started_at_us=at_us,
            user="ada",
            session=f"s{number}",
            feature="search",
        )
        for number, at_us in enumerate(range(START_US, START_US + 3 * DAY_US, DAY_US), 1)
    ]
    unpriced = replace(
        plain[-1],
        id=call_id(START_US + 3 * DAY_US, 9),
        started_at_us=START_US + 3 * DAY_US,
        outcome=Outcome.ERROR,
        error="rate_limit",
        status=429,
        usage=Usage(),
        cost=Cost(None, Basis.NO_USAGE),
        tags={"team": "growth"},
        stack=("app.py:3 main", "app.py:9 ask"),
    )
    return [*plain, unpriced]


def fill(path: Path) -> None:
    """Make a database with a little of everything."""
    with a_store(path, its_calls()) as store:
        assert forget_day(store, days_before(store, START_US + DAY_US)[0])
        with store.writing() as connection:
            reject(connection, [StoredRejection("g", "a.jsonl", 5, 9, "not JSON", START_US)])
            keep_losses(connection, [StoredLoss("g", 77, 3, START_US)])
            save_positions(connection, [Position("g", "a.jsonl", 100, 10, "ab" * 32)])


def write(path: Path) -> None:
    """Write down today's database, made at `path`."""
    fill(path)
    with Store.open(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        text = "\n".join(connection.iterdump())
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{NEWEST}.sql").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        write(Path(folder) / "p.db")
