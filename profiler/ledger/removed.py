"""Budgets that were removed: they stay, marked as such, with everything that was counted."""

import json
import sqlite3
from typing import NamedTuple

from profiler.domain.budgets import Budget
from profiler.ledger.audit import Kind
from profiler.ledger.words import budget_of


class Removed(NamedTuple):
    """A budget that is in force no more."""

    budget: Budget
    source: str
    """`command`, or the path of the file that defined it."""
    at_us: int
    by: str
    """Who removed it; the file itself where it no longer defines it."""


def removed(connection: sqlite3.Connection) -> tuple[Removed, ...]:
    """Every one, the latest first."""
    rows = connection.execute(
        "SELECT words, source, removed_at_us, (SELECT who FROM audit "
        "WHERE audit.source = budgets.source AND budget = name AND kind = ? "
        "AND at_us = removed_at_us) FROM budgets WHERE removed_at_us IS NOT NULL "
        "ORDER BY removed_at_us DESC, id DESC",
        (Kind.REMOVED.value,),
    )
    return tuple(
        Removed(budget_of(json.loads(words), "UTC"), source, at_us, by or "")
        for words, source, at_us, by in rows
    )
