"""What was told, to whom, and who has seen it: the alert log."""

import sqlite3
from collections.abc import Sequence

from profiler.domain.alerts import Alert, Delivery
from profiler.domain.budgets import Action, Measure
from profiler.errors import NotFound
from profiler.ledger import audit

_COLUMNS = (
    "alerts.id, name, source, value, threshold, at_us, action, measure, used, amount, end_us, "
    "expected, reaches_at_us, addressed, seen_by, seen_at_us"
)
_FROM = f"SELECT {_COLUMNS} FROM alerts JOIN budgets ON budgets.id = alerts.budget "  # noqa: S608  # constants


def open_alerts(connection: sqlite3.Connection, now_us: int, limit: int = 1_000) -> list[Alert]:
    """What nobody acknowledged, of windows that have not ended, the latest first."""
    rows = connection.execute(
        _FROM + "WHERE seen_at_us IS NULL AND removed_at_us IS NULL "
        "AND (end_us IS NULL OR end_us > ?) ORDER BY at_us DESC, alerts.id DESC LIMIT ?",
        (now_us, limit),
    )
    return [_read(row) for row in rows]


def all_alerts(connection: sqlite3.Connection, limit: int = 1_000) -> list[Alert]:
    """Every alert, the latest first."""
    rows = connection.execute(_FROM + "ORDER BY at_us DESC, alerts.id DESC LIMIT ?", (limit,))
    return [_read(row) for row in rows]


def alerts_by_id(connection: sqlite3.Connection, ids: Sequence[int]) -> tuple[Alert, ...]:
    """Those alerts, in that order."""
    rows = (connection.execute(_FROM + "WHERE alerts.id = ?", (one,)).fetchone() for one in ids)
    return tuple(_read(row) for row in rows if row is not None)


def deliveries(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Delivery]:
    """What became of telling of those alerts, oldest first."""
    marks = ", ".join("?" * len(ids))
    rows = connection.execute(
        "SELECT alert, target, is_escalation, state, due_us, attempts, message, sent_at_us, said "  # noqa: S608  # question marks
        f"FROM deliveries WHERE alert IN ({marks}) ORDER BY id",
        tuple(ids),
    )
    return [Delivery(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]


def acknowledge(
    connection: sqlite3.Connection, ids: Sequence[int], by: str, now_us: int
) -> list[Alert]:
    """Say that somebody has seen them; nobody is told of them any more, who was not told yet.

    Raises:
        NotFound: there is no such alert; none is changed.

    """
    found = alerts_by_id(connection, ids)
    if missing := set(ids) - {one.id for one in found}:
        raise NotFound(f"there is no alert {min(missing)}; `profiler alerts list` shows them")
    fresh = [one for one in found if one.is_open]
    for one in fresh:
        connection.execute(
            "UPDATE alerts SET seen_by = ?, seen_at_us = ? WHERE id = ?", (by, now_us, one.id)
        )
        connection.execute(
            "UPDATE deliveries SET state = 'dropped', said = 'acknowledged before' "
            "WHERE alert = ? AND state = 'waiting' AND message = ''",
            (one.id,),
        )
        told = {"alert": one.id, "threshold": one.threshold, "acknowledged": True}
        audit.write(
            connection, now_us, audit.Kind.ALERT, (one.source, one.budget), one.value, by, **told
        )
    return fresh


def _read(row: sqlite3.Row | tuple[object, ...]) -> Alert:
    values = list(row)
    values[6], values[7] = Action(values[6]), Measure(values[7])
    return Alert(*values)
