"""The outbox: what is to be told of budgets, written down in the transaction that found it out.

One row per budget, value, window and threshold, whoever finds it and however often. A window that
was reset may cross a threshold anew: its row begins another round. Of refusals only the first of
a round is written down; a round that is over, since more was allowed, is negative.
"""

import sqlite3
from typing import NamedTuple

from profiler.domain.alerts import FORECAST, REFUSED
from profiler.domain.budgets import Action, Limit
from profiler.domain.periods import Span
from profiler.ledger.counters import start_of

TOLD = frozenset({Action.NOTIFY, Action.DOWNGRADE, Action.BLOCK})
"""An alert goes out for these: each action does what the gentler ones do."""

_PUT = (
    "INSERT INTO alerts (budget, value, start_us, threshold, at_us, end_us, action, measure, "
    "used, amount, expected, reaches_at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (budget, value, start_us, threshold) DO UPDATE SET round = abs(round) + 1, "
    "at_us = excluded.at_us, action = excluded.action, measure = excluded.measure, "
    "used = excluded.used, amount = excluded.amount, expected = excluded.expected, "
    "addressed = '', seen_by = '', seen_at_us = NULL"
)
_PUT_FIRST = f"{_PUT} WHERE alerts.round < 0"


class Told(NamedTuple):
    """What there is to tell of one standing."""

    budget: int
    value: str
    window: Span
    threshold: str
    """In percent, `forecast` or `refused`."""
    action: Action
    limit: Limit
    used: int
    expected: int | None = None
    """What the window will end with, or a refused call may use."""
    reaches_at_us: int | None = None


def put(connection: sqlite3.Connection, told: Told, now_us: int) -> None:
    """Write it down; what was told before is told again, as a new round."""
    _insert(connection, _PUT, told, now_us)


def put_first(connection: sqlite3.Connection, told: Told, now_us: int) -> None:
    """Write it down, unless it was in this round."""
    _insert(connection, _PUT_FIRST, told, now_us)


def end_rounds(connection: sqlite3.Connection, budget: int) -> None:
    """More is allowed: what is refused or foreseen from now on is told anew."""
    connection.execute(
        "UPDATE alerts SET round = -abs(round) WHERE budget = ? AND threshold IN (?, ?)",
        (budget, REFUSED, FORECAST),
    )


def _insert(connection: sqlite3.Connection, statement: str, told: Told, now_us: int) -> None:
    connection.execute(
        statement,
        (
            told.budget,
            told.value,
            start_of(told.window),
            told.threshold,
            now_us,
            told.window.end_us,
            told.action.value,
            told.limit.measure.value,
            told.used,
            told.limit.amount,
            told.expected,
            told.reaches_at_us,
        ),
    )


def is_told(
    connection: sqlite3.Connection, budget: int, value: str, window: Span, threshold: str
) -> bool:
    """Whether a standing's threshold was told of in this round of its window."""
    found = connection.execute(
        "SELECT 1 FROM alerts WHERE budget = ? AND value = ? AND start_us = ? AND threshold = ? "
        "AND round > 0",
        (budget, value, start_of(window), threshold),
    )
    return found.fetchone() is not None


def is_due(connection: sqlite3.Connection, now_us: int) -> bool:
    """Whether somebody is to be told of something now."""
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM alerts WHERE addressed = '') OR EXISTS "
        "(SELECT 1 FROM deliveries WHERE state = 'waiting' AND due_us <= ? AND lease_us <= ?)",
        (now_us, now_us),
    )
    return bool(found.fetchone()[0])
