"""The first figures, straight from the sums that are kept: the driver alone, nothing imported.

SQLAlchemy takes longer to import than these figures take to read. They are the same as `reads`
gives for whole stretches of time; questions about some calls only are left to it.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Self

from profiler.domain.outcomes import Basis, Outcome
from profiler.domain.periods import DAY_US, Span
from profiler.domain.totals import FIELDS, NOTHING, Totals
from profiler.errors import SchemaMismatch, StoreCorrupt, StoreError, StoreLocked
from profiler.store.layout import GRAINS, HIGH, MONEY, SPLIT, SUMS, Axis, Grain
from profiler.store.spans import pieces

VERSION = 3
"""The newest schema whose sums are laid out as they are read here."""

_TIMEOUT_S = 0.2
_NEVER, _FOREVER = -(2**62), 2**62
_REMOVED = 1
"""`digests.Kind.SUMS`: a day whose calls were removed."""


class Glance:
    """A look at the database that changes nothing in it; for one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        (gone,) = self._one(f"SELECT MAX(day) FROM digests WHERE kind = {_REMOVED}")
        self._gone_us = 0 if gone is None else (gone + 1) * DAY_US

    @classmethod
    def open(cls, path: Path) -> Self | None:
        """A look at the database at `path`; `None` where there is none yet.

        Raises:
            StoreLocked: another program holds it.
            StoreCorrupt: it is damaged, or no database.
            SchemaMismatch: a newer program wrote it.
            StoreError: it cannot be read.

        """
        if not path.exists() or not path.stat().st_size:
            return None
        try:
            return cls(_connected(path))
        except sqlite3.Error as error:
            raise explained(error, path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def totals(self, span: Span) -> Totals:
        """What all calls in `span` add up to."""
        cut = pieces(span, GRAINS[Axis.WHOLE], self._gone_us)
        found = [self._kept(grain, *ends) for grain, *ends in cut.whole]
        found += [self._scanned(edge) for edge in cut.edges]
        return sum(found, NOTHING)

    def calls_ever(self) -> int:
        """How many calls the store holds."""
        return self._kept(Grain.MONTH, None, None).calls

    def last_call_at_us(self) -> int | None:
        """When the newest call started; `None` without calls."""
        (newest,) = self._one("SELECT MAX(at_us) FROM calls")
        return None if newest is None else int(newest)

    def lost(self) -> tuple[int, int]:
        """Calls that programs could not log, and faults of ours in them."""
        dropped, faults = self._one("SELECT SUM(dropped), SUM(faults) FROM losses")
        return int(dropped or 0), int(faults or 0)

    def rejections(self) -> int:
        """How many stretches of the log were no events."""
        return int(self._one("SELECT COUNT(*) FROM rejections")[0] or 0)

    def latest_read_us(self) -> int:
        """The latest moment anything of the log was read at; 0 before that."""
        found = self._connection.execute("SELECT value FROM meta WHERE key = 'latest_read_us'")
        row = found.fetchone()
        return int(row[0]) if row else 0

    def _kept(self, grain: Grain, first: int | None, after: int | None) -> Totals:
        row = self._one(_KEPT, int(Axis.WHOLE), int(grain), *_closed(first, after))
        return _totals(row)

    def _scanned(self, edge: Span) -> Totals:
        return _totals(self._one(_SCANNED, *_closed(edge.start_us, edge.end_us)))

    def _one(self, text: str, *values: int) -> Sequence[int | None]:
        row: Sequence[int | None] = self._connection.execute(text, values).fetchone()
        return row


def explained(error: sqlite3.Error, path: Path) -> StoreError:
    """What went wrong, in the terms that the rest of the program knows."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreLocked(f"{path} is in use by another program; try again")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreCorrupt(f"{path} is damaged: {error}; `profiler doctor` tells more")
    return StoreError(f"{path} cannot be read: {error}; `profiler doctor` tells more")


def is_behind(path: Path) -> bool:
    """Whether the database is of an older version, as far as can be told at a glance."""
    with suppress(sqlite3.Error, OSError, ValueError):
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=_TIMEOUT_S)) as connection:
            return 0 < _version(connection) < VERSION
    return False


def _connected(path: Path) -> sqlite3.Connection:
    """A connection that has seen that the database is ours and not newer than we are."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=_TIMEOUT_S, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        _check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection) != VERSION:
        raise SchemaMismatch(
            f"{path} was written by another version of profiler; "
            "upgrade with pip install -U llm-cost-profiler"
        )


def _version(connection: sqlite3.Connection) -> int:
    """0 where none is told."""
    query = "SELECT value FROM meta WHERE key = 'schema_version'"
    with closing(connection.execute(query)) as found:
        row = found.fetchone()
    return int(row[0]) if row else 0


def _closed(first: int | None, after: int | None) -> tuple[int, int]:
    return _NEVER if first is None else first, _FOREVER if after is None else after


def _totals(row: Sequence[int | None]) -> Totals:
    values = [value or 0 for value in row]
    money = zip(MONEY, values[len(FIELDS) :], strict=True)
    high = {field: amount * SPLIT for field, amount in money}
    return Totals(*(values[at] + high.get(field, 0) for at, field in enumerate(FIELDS)))


_KEPT = (
    f"SELECT {', '.join(f'SUM({name})' for name in SUMS)} FROM rollups "
    "WHERE axis = ? AND grain = ? AND start_h >= ? AND start_h < ?"
)

_COUNTED = {
    "calls": "1",
    "errors": f"outcome = {int(Outcome.ERROR)}",
    "aborted": f"outcome = {int(Outcome.ABORTED)}",
    "retries": "MAX(attempts - 1, 0)",
    "unpriced_calls": "cost_pusd IS NULL",
    "estimated_calls": f"basis = {int(Basis.ESTIMATED)}",
    "derived_calls": f"basis = {int(Basis.DERIVED)}",
    "input_tokens": "IFNULL(input, 0)",
    "cache_read_tokens": "cache_read",
    "cache_write_tokens": "cache_write + cache_write_5m + cache_write_1h",
    "output_tokens": "IFNULL(output, 0)",
    "reasoning_tokens": "reasoning",
    "latency_us": "IFNULL(latency_us, 0)",
    "timed_calls": "latency_us IS NOT NULL",
    "first_chunk_us": "IFNULL(first_chunk_us, 0)",
    "streamed_calls": "first_chunk_us IS NOT NULL",
}
_PAID = {
    "spend_pusd": "IFNULL(cost_pusd, 0)",
    "estimated_pusd": f"IFNULL(cost_pusd, 0) * (basis = {int(Basis.ESTIMATED)})",
    "derived_pusd": f"IFNULL(cost_pusd, 0) * (basis = {int(Basis.DERIVED)})",
    "cache_saved_pusd": "cache_saved_pusd",
    "cache_premium_pusd": "cache_premium_pusd",
    "cache_missed_pusd": "cache_missed_pusd",
}
_VALUES = {
    **_COUNTED,
    **{name: f"({value}) % {SPLIT}" for name, value in _PAID.items()},
    **{name + HIGH: f"({value}) / {SPLIT}" for name, value in _PAID.items()},
}
_SCANNED = (
    f"SELECT {', '.join(f'SUM({_VALUES[name]})' for name in SUMS)} "
    "FROM calls JOIN circumstances ON circumstances.id = calls.circumstance_id "
    "WHERE at_us >= ? AND at_us < ?"
)
