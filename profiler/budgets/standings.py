"""Where budgets stand: what is used in the window that contains now, against the limits."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from profiler.budgets.counted import counted
from profiler.budgets.forecast import Outlooks
from profiler.budgets.registry import InLedger
from profiler.domain.budgets import Budget, Standing
from profiler.domain.periods import window
from profiler.domain.totals import NOTHING
from profiler.store.engine import Store

_NOWHERE = InLedger()


def standings(
    store: Store,
    budgets: Iterable[Budget],
    now_us: int,
    in_ledger: Mapping[tuple[Budget, str], InLedger] | None = None,
    outlooks: Outlooks | None = None,
    *,
    waits: bool = True,
) -> tuple[Standing, ...]:
    """Each budget's standings, one per value it holds for, the fullest first.

    `in_ledger` is what the ledger knows beyond the store, by budget and value;
    `outlooks` makes forecasts, for whoever shows them; who does not wait for what they are made
    from has them a little later.
    """
    found: list[Standing] = []
    for budget in budgets:
        ours = standings_of(store, budget, now_us, in_ledger)
        found += outlooks.foreseen(ours, now_us, waits=waits) if outlooks else ours
    return tuple(sorted(found, key=lambda s: (-s.used, s.budget.name, s.value)))


def standings_of(
    store: Store,
    budget: Budget,
    now_us: int,
    in_ledger: Mapping[tuple[Budget, str], InLedger] | None = None,
) -> list[Standing]:
    """One budget's standings in the window that contains `now_us`."""
    current = window(budget.period, now_us, ZoneInfo(budget.zone), budget.week_start)
    found = []
    # a budget for each of some values shows itself before there is any
    for value, spent in (counted(store, budget, current) or {"": NOTHING}).items():
        more = (in_ledger or {}).get((budget, value), _NOWHERE)
        found.append(
            Standing(
                budget=budget,
                window=current,
                spent=spent,
                value=value,
                held=more.held,
                beyond=more.beyond,
                extra=more.extra,
            )
        )
    return found
