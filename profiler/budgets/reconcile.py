"""Whether the ledger and the store tell the same: each sum against what it should be the sum of."""

import sqlite3
from typing import NamedTuple
from zoneinfo import ZoneInfo

from profiler.budgets.booking import amounts_of
from profiler.budgets.counted import counted
from profiler.domain.budgets import NOTHING, Amounts, Measure
from profiler.domain.periods import Period, Span, to_moment
from profiler.ledger import audit, counters
from profiler.ledger.book import Ledger
from profiler.ledger.refusals import shown
from profiler.store.engine import Store

_UTC = ZoneInfo("UTC")
_COUNTED = ("held", "settled")
_FIELDS = ("pusd", "tokens", "calls")
_SUMS = (
    "SELECT counters.id, name, value, start_us, "
    "held_pusd, held_tokens, held_calls, settled_pusd, settled_tokens, settled_calls, "
    "coalesce(sum(pusd) FILTER (WHERE state = 0), 0), "
    "coalesce(sum(tokens) FILTER (WHERE state = 0), 0), "
    "coalesce(sum(holds.calls) FILTER (WHERE state = 0), 0), "
    "coalesce(sum(pusd) FILTER (WHERE state > 0), 0), "
    "coalesce(sum(tokens) FILTER (WHERE state > 0), 0), "
    "coalesce(sum(holds.calls) FILTER (WHERE state > 0), 0) "
    "FROM counters JOIN budgets ON budgets.id = counters.budget "
    "LEFT JOIN holds ON holds.counter = counters.id GROUP BY counters.id"
)


class _Counted(NamedTuple):
    """One counter, and what its calls add up to."""

    id: int
    budget: str
    value: str
    window: Span
    held: Amounts
    settled: Amounts
    held_by_calls: Amounts
    settled_by_calls: Amounts

    @property
    def is_wrong(self) -> bool:
        return (self.held, self.settled) != (self.held_by_calls, self.settled_by_calls)

    @property
    def words(self) -> str:
        """`team · ada since 2026-11-01 00:00: $5.00 settled, but its calls add up to $4.00`."""
        whose = f" · {self.value}" if self.value else ""
        start_us = self.window.start_us
        since = "" if start_us is None else f" since {to_moment(start_us, _UTC):%Y-%m-%d %H:%M} UTC"
        parts = [
            f"{shown(said.of(m), m)} {what}, but its calls add up to {shown(true.of(m), m)}"
            for what, said, true in (
                ("held", self.held, self.held_by_calls),
                ("settled", self.settled, self.settled_by_calls),
            )
            for m in Measure
            if said.of(m) != true.of(m)
        ]
        return f"{self.budget}{whose}{since}: {'; '.join(parts)}"


class Reconciled(NamedTuple):
    """What comparing them found."""

    counters: int
    """Looked at."""
    wrong: tuple[str, ...]
    """What does not add up, one sentence each; empty where all is well."""
    behind: tuple[str, ...]
    """What the store has counted and the ledger has not taken over yet."""
    untold: Amounts
    """Charged for calls that no event tells of: their programs were killed, or are running."""


def reconcile(store: Store, ledger: Ledger) -> Reconciled:
    """Compare every counter with its calls, and those of the present with the store's sums.

    Raises:
        LedgerError: the ledger is out of reach.
        StoreError: the same of the store.

    """
    with ledger.reading() as (connection, terms, now_us):
        rows = _counted(connection)
        present = [
            (one, value, window, counter.booked)
            for one in terms.by_id.values()
            if one.budget.period is not Period.CALL
            for window in [terms.window(one, now_us)]
            for value, counter in counters.in_window(connection, one.id, window)
        ]
    wrong = tuple(row.words for row in rows if row.is_wrong)
    untold = NOTHING
    for row in rows:
        untold = untold.plus(row.settled)
    behind = []
    named: dict[int, set[str]] = {}
    for one, value, _, _ in present:
        named.setdefault(one.id, set()).add(value)
    windows = {one.id: (one.budget, window) for one, _, window, _ in present}
    sums = {
        id_: counted(store, budget, window, named[id_]) for id_, (budget, window) in windows.items()
    }
    for one, value, _, booked in present:
        total = sums[one.id].get(value)
        known = amounts_of(total) if total else NOTHING
        if known != booked:
            measure = one.limits[0].measure
            whose = f" · {value}" if value else ""
            behind.append(
                f"{one.budget.name}{whose}: the store counts {shown(known.of(measure), measure)}, "
                f"the ledger took over {shown(booked.of(measure), measure)}"
            )
    return Reconciled(len(rows), wrong, tuple(behind), untold)


def recount(ledger: Ledger, by: str) -> int:
    """Have every counter say what its calls add up to; how many did not.

    Raises:
        LedgerError: the ledger is out of reach; nothing is changed.

    """
    with ledger.writing() as (connection, _, now_us):
        wrong = [one for one in _counted(connection) if one.is_wrong]
        for one in wrong:
            named = connection.execute(
                "SELECT source, name FROM budgets JOIN counters ON counters.budget = budgets.id "
                "WHERE counters.id = ?",
                (one.id,),
            ).fetchone()
            connection.execute(
                f"UPDATE counters SET {_ALL_FIELDS} WHERE id = ?",  # noqa: S608  # constants
                (*one.held_by_calls, *one.settled_by_calls, one.id),
            )
            audit.write(
                connection, now_us, audit.Kind.RECOUNTED, named, one.value, by, found=one.words
            )
    return len(wrong)


_ALL_FIELDS = ", ".join(f"{what}_{field} = ?" for what in _COUNTED for field in _FIELDS)


def _counted(connection: sqlite3.Connection) -> list[_Counted]:
    return [
        _Counted(
            row[0],
            row[1],
            row[2],
            counters.span_of(row[3], None),
            *(Amounts(*row[start : start + 3]) for start in range(4, 16, 3)),
        )
        for row in connection.execute(_SUMS)
    ]
