"""Which budgets there are: those set by command, and those that files define.

A file's budgets are kept as they were when it last made sense, so that a file that is being
edited never leaves a program without limits. A budget that is removed stays, marked as such,
with everything that was counted on it.
"""

import json
import sqlite3
from collections.abc import Iterable

from profiler.domain.budgets import Budget
from profiler.errors import NotFound
from profiler.ledger import audit
from profiler.ledger.arming import arm_again
from profiler.ledger.defined import Defined
from profiler.ledger.words import kept_budget_of, words_of

COMMAND = "command"
"""The source of budgets that were set by command or in the terminal app."""


_COUNTS_BY = ("period", "zone", "scope", "each", "week_starts")
"""The words that decide which calls a budget counts, and where."""
_ALLOWS_BY = ("limits", "thresholds", "grace", "mode", "reserve_percent")
"""What decides how much of it may be used, and what is told as it is."""


def in_force(connection: sqlite3.Connection) -> tuple[Defined, ...]:
    """The budgets of all sources, by name."""
    rows = connection.execute(
        "SELECT id, source, words, is_unbooked FROM budgets WHERE removed_at_us IS NULL "
        "ORDER BY name, source"
    )
    return tuple(
        Defined(id_, source, _read(words), is_unbooked=bool(is_unbooked))
        for id_, source, words, is_unbooked in rows
    )


def save(connection: sqlite3.Connection, budget: Budget, source: str, who: str, at_us: int) -> None:
    """Keep `budget`; one of the same name and source is changed, and keeps its counters."""
    words = json.dumps(words_of(budget))
    before = connection.execute(
        "SELECT id, words FROM budgets WHERE source = ? AND name = ? AND removed_at_us IS NULL",
        (source, budget.name),
    ).fetchone()
    if before and before[1] == words:
        return
    if before is None:
        connection.execute(
            "INSERT INTO budgets (source, name, words, set_at_us) VALUES (?, ?, ?, ?)",
            (source, budget.name, words, at_us),
        )
    else:
        connection.execute(
            "UPDATE budgets SET words = ?, set_at_us = ? WHERE id = ?", (words, at_us, before[0])
        )
        old = _read(before[1])
        if any(getattr(old, word) != getattr(budget, word) for word in _ALLOWS_BY):
            arm_again(connection, Defined(before[0], source, budget), old.thresholds, at_us)
    count_version(connection)
    kind = audit.Kind.SET if before is None else audit.Kind.CHANGED
    was = json.loads(before[1]) if before else None
    named = (source, budget.name)
    audit.write(connection, at_us, kind, named, "", who, was=was, now=json.loads(words))


def remove(connection: sqlite3.Connection, name: str, source: str, who: str, at_us: int) -> None:
    """Take a budget out of force; what was counted on it stays.

    Raises:
        NotFound: there is none.

    """
    gone = connection.execute(
        "UPDATE budgets SET removed_at_us = ? "
        "WHERE source = ? AND name = ? AND removed_at_us IS NULL",
        (at_us, source, name),
    ).rowcount
    if not gone:
        raise NotFound(f"there is no budget {name!r}; `profiler budget list` shows them")
    count_version(connection)
    audit.write(connection, at_us, audit.Kind.REMOVED, (source, name), "", who)


def rename(
    connection: sqlite3.Connection, name: str, new: str, source: str, who: str, at_us: int
) -> None:
    """Call a budget something else; it keeps its counters.

    Raises:
        NotFound: there is none.

    """
    row = connection.execute(
        "SELECT words FROM budgets WHERE source = ? AND name = ? AND removed_at_us IS NULL",
        (source, name),
    ).fetchone()
    if row is None:
        raise NotFound(f"there is no budget {name!r}; `profiler budget list` shows them")
    was = json.loads(row[0])
    words = {**was, "name": new}
    connection.execute(
        "UPDATE budgets SET name = ?, words = ? "
        "WHERE source = ? AND name = ? AND removed_at_us IS NULL",
        (new, json.dumps(words), source, name),
    )
    count_version(connection)
    audit.write(connection, at_us, audit.Kind.CHANGED, (source, new), "", who, was=was, now=words)


def keep_file(
    connection: sqlite3.Connection,
    path: str,
    budgets: Iterable[Budget],
    at_us: int,
    *,
    has_past: bool,
) -> None:
    """The file at `path` defines exactly these budgets.

    With a past, what is new in it stays unbooked until its share of that is counted.
    """
    counted = {one.budget.name: one for one in in_force(connection) if one.source == path}
    defined = {budget.name: budget for budget in budgets}
    for name in counted.keys() - defined.keys():
        remove(connection, name, path, path, at_us)
    for name, budget in defined.items():
        save(connection, budget, path, path, at_us)
        if has_past and not _counts_alike(counted.get(name), budget):
            _leave_unbooked(connection, path, name)


def bring_back(
    connection: sqlite3.Connection, budget: Budget, source: str, at_us: int, *, has_past: bool
) -> None:
    """Keep a budget of a ledger that was lost; with a past, it stays unbooked for now."""
    save(connection, budget, source, "", at_us)
    if has_past:
        _leave_unbooked(connection, source, budget.name)


def booked(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """What was spent before these budgets is counted now."""
    found = connection.executemany(
        "UPDATE budgets SET is_unbooked = 0 WHERE id = ? AND is_unbooked", [(id_,) for id_ in ids]
    )
    if found.rowcount > 0:
        count_version(connection)


def count_version(connection: sqlite3.Connection) -> None:
    """What is in force has changed: every process reads it anew."""
    connection.execute("UPDATE state SET budgets_version = budgets_version + 1")


def _leave_unbooked(connection: sqlite3.Connection, source: str, name: str) -> None:
    connection.execute(
        "UPDATE budgets SET is_unbooked = 1 "
        "WHERE source = ? AND name = ? AND removed_at_us IS NULL",
        (source, name),
    )
    count_version(connection)


def _counts_alike(before: Defined | None, budget: Budget) -> bool:
    if before is None:
        return False
    was, now = words_of(before.budget), words_of(budget)
    return all(was[word] == now[word] for word in _COUNTS_BY)


def _read(words: str) -> Budget:
    return kept_budget_of(json.loads(words))
