"""The audit trail: every change, breach, override, block and downgrade; never changed or cut."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from profiler.domain.alerts import MOST_REFUSED
from profiler.domain.periods import Span

PAGE = 200
"""Entries that a screen reads at once."""
_FOREVER_US = 2**62


class Kind(StrEnum):
    """What happened."""

    SET = "set"
    CHANGED = "changed"
    REMOVED = "removed"
    BREACH = "breach"
    """A threshold was crossed: once per value, window and threshold."""
    BLOCK = "block"
    DOWNGRADE = "downgrade"
    ASKED = "asked"
    GRANTED = "granted"
    DENIED = "denied"
    REVOKED = "revoked"
    RESET = "reset"
    RECOUNTED = "recounted"
    """A counter said something else than its calls add up to, and was put right."""
    CHARGED = "charged"
    """A hold was never heard of again."""
    ALERT = "alert"
    CLOCK = "clock"
    """The clock was set, and time goes on by the machine's own count."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail."""

    id: int
    at_us: int
    kind: Kind
    source: str
    """Where the budget is defined."""
    budget: str
    value: str
    who: str
    """The program or the person; empty for the ledger itself."""
    details: Mapping[str, object]


def write(
    connection: sqlite3.Connection,
    at_us: int,
    kind: Kind,
    named: tuple[str, str],
    value: str,
    who: str,
    **details: object,
) -> None:
    """Add an entry about the budget `named` by its source and name."""
    connection.execute(
        "INSERT INTO audit (at_us, kind, source, budget, value, who, details) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (at_us, kind.value, *named, value, who, json.dumps(details)),
    )


def entries(
    connection: sqlite3.Connection, budget: str | None = None, after: int = 0, limit: int = 1_000
) -> Iterator[Entry]:
    """The trail, or one budget's, oldest first, from behind the entry `after`."""
    rows = connection.execute(
        "SELECT id, at_us, kind, source, budget, value, who, details FROM audit "
        "WHERE id > ? AND (? IS NULL OR budget = ?) ORDER BY id LIMIT ?",
        (after, budget, budget, limit),
    )
    yield from map(_entry, rows)


def newest(
    connection: sqlite3.Connection, budget: str | None, limit: int, before: int | None = None
) -> tuple[Entry, ...]:
    """The end of the trail, or of one budget's, newest first; `before` an entry if given."""
    rows = connection.execute(
        "SELECT id, at_us, kind, source, budget, value, who, details FROM audit "
        "WHERE (? IS NULL OR budget = ?) AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        (budget, budget, before, before, limit),
    )
    return tuple(map(_entry, rows))


def newest_id(connection: sqlite3.Connection) -> int:
    """The number of the trail's newest entry; 0 before there is one."""
    (found,) = connection.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()
    return int(found)


def _entry(row: tuple[int, int, str, str, str, str, str, str]) -> Entry:
    id_, at_us, kind, source, budget, value, who, details = row
    return Entry(id_, at_us, Kind(kind), source, budget, value, who, json.loads(details))


def resets(
    connection: sqlite3.Connection, budget: str, value: str, since_us: int
) -> tuple[Entry, ...]:
    """When one value of a budget was made to start afresh since then, oldest first."""
    rows = connection.execute(
        "SELECT id, at_us, kind, source, budget, value, who, details FROM audit "
        "WHERE budget = ? AND kind = 'reset' AND value = ? AND at_us >= ? ORDER BY id",
        (budget, value, since_us),
    )
    return tuple(map(_entry, rows))


def refused_calls(connection: sqlite3.Connection, span: Span) -> int:
    """How many calls were refused in a span, among the newest `MOST_REFUSED` entries."""
    (found,) = connection.execute(
        "SELECT count(DISTINCT json_extract(details, '$.call')) FROM audit "
        "WHERE id > (SELECT coalesce(max(id), 0) FROM audit) - ? AND kind = 'block' "
        "AND at_us >= ? AND at_us < ?",
        (MOST_REFUSED, span.start_us or 0, _FOREVER_US if span.end_us is None else span.end_us),
    ).fetchone()
    return int(found)


def settings(
    connection: sqlite3.Connection, named: tuple[str, str]
) -> list[tuple[int, Mapping[str, object]]]:
    """How the budget `named` by source and name was set, oldest first: since when, its words."""
    rows = connection.execute(
        "SELECT at_us, details FROM audit WHERE source = ? AND budget = ? "
        "AND kind IN ('set', 'changed') ORDER BY id",
        named,
    )
    return [(at_us, json.loads(details)["now"]) for at_us, details in rows]
