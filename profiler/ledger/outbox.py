"""The outbox: what is to be told of budgets, written down in the transaction that found it out.

One row per budget, value, window and threshold, whoever finds it and however often. A window that
was reset may cross a threshold anew: its row begins another round.
"""

import sqlite3
from typing import NamedTuple

from profiler.domain.budgets import Action, Limit
from profiler.domain.periods import Span
from profiler.ledger.counters import start_of

TOLD = frozenset({Action.NOTIFY, Action.DOWNGRADE, Action.BLOCK})
"""An alert goes out for these: each action does what the gentler ones do."""


class Told(NamedTuple):
    """What there is to tell of one standing."""

    budget: int
    value: str
    window: Span
    threshold: str
    """In percent, or `forecast`."""
    action: Action
    limit: Limit
    used: int
    expected: int | None = None
    """What the window will end with; a forecast's alone."""
    reaches_at_us: int | None = None


def put(connection: sqlite3.Connection, told: Told, now_us: int) -> None:
    """Write it down; what was told before is told again, as a new round."""
    connection.execute(
        "INSERT INTO alerts (budget, value, start_us, threshold, at_us, end_us, action, measure, "
        "used, amount, expected, reaches_at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (budget, value, start_us, threshold) DO UPDATE SET round = round + 1, "
        "at_us = excluded.at_us, action = excluded.action, measure = excluded.measure, "
        "used = excluded.used, amount = excluded.amount, addressed = '', seen_by = '', "
        "seen_at_us = NULL",
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
    """Whether a standing's threshold was told of in this window."""
    found = connection.execute(
        "SELECT 1 FROM alerts WHERE budget = ? AND value = ? AND start_us = ? AND threshold = ?",
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
