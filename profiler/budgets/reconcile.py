"""Whether the ledger and the store tell the same: each sum against what it should be the sum of."""

from typing import NamedTuple

from profiler.budgets.booking import amounts_of
from profiler.budgets.counted import counted
from profiler.domain.budgets import NOTHING, Amounts
from profiler.domain.periods import Period
from profiler.ledger import counters
from profiler.ledger.book import Ledger
from profiler.ledger.refusals import shown
from profiler.store.engine import Store

_SUMS = (
    "SELECT id, held_pusd, held_tokens, held_calls, settled_pusd, settled_tokens, settled_calls, "
    "coalesce(sum(pusd) FILTER (WHERE state = 0), 0), "
    "coalesce(sum(tokens) FILTER (WHERE state = 0), 0), "
    "coalesce(sum(holds.calls) FILTER (WHERE state = 0), 0), "
    "coalesce(sum(pusd) FILTER (WHERE state > 0), 0), "
    "coalesce(sum(tokens) FILTER (WHERE state > 0), 0), "
    "coalesce(sum(holds.calls) FILTER (WHERE state > 0), 0) "
    "FROM counters LEFT JOIN holds ON holds.counter = counters.id GROUP BY counters.id"
)


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
        rows = connection.execute(_SUMS).fetchall()
        present = [
            (one, value, window, counter.booked)
            for one in terms.defined
            if one.budget.period is not Period.CALL
            for window in [terms.window(one, now_us)]
            for value, counter in counters.in_window(connection, one.id, window)
        ]
    wrong = tuple(
        f"counter {row[0]} holds {row[1:4]} and has settled {row[4:7]}, "
        f"but its calls add up to {row[7:10]} and {row[10:13]}"
        for row in rows
        if row[1:7] != row[7:13]
    )
    untold = NOTHING
    for row in rows:
        untold = untold.plus(Amounts(*row[4:7]))
    behind = []
    named: dict[int, set[str]] = {}
    for one, value, _, _ in present:
        named.setdefault(one.id, set()).add(value)
    sums = {
        one.id: counted(store, one.budget, window, named[one.id]) for one, _, window, _ in present
    }
    for one, value, _, booked in present:
        total = sums[one.id].get(value)
        known = amounts_of(total) if total else NOTHING
        if known != booked:
            measure = one.limits[0].measure
            behind.append(
                f"{one.budget.name} {value}: the store counts {shown(known.of(measure), measure)}, "
                f"the ledger took over {shown(booked.of(measure), measure)}"
            )
    return Reconciled(len(rows), wrong, tuple(behind), untold)
