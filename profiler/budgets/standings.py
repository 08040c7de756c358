"""Where budgets stand: what is used in the window that contains now, against the limits."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from profiler.budgets.counted import counted
from profiler.budgets.registry import InLedger
from profiler.domain.budgets import Budget, Standing
from profiler.domain.money import rounded
from profiler.domain.periods import Span, window
from profiler.domain.totals import NOTHING
from profiler.store.engine import Store

_NOWHERE = InLedger()


def standings(
    store: Store,
    budgets: Iterable[Budget],
    now_us: int,
    in_ledger: Mapping[tuple[str, str], InLedger] | None = None,
) -> tuple[Standing, ...]:
    """Each budget's standings, one per value it holds for, the fullest first.

    `in_ledger` is what the ledger knows beyond the store, by the budget's name and the value.
    """
    found = [one for budget in budgets for one in standings_of(store, budget, now_us, in_ledger)]
    return tuple(sorted(found, key=lambda s: (-s.used, s.budget.name, s.value)))


def standings_of(
    store: Store,
    budget: Budget,
    now_us: int,
    in_ledger: Mapping[tuple[str, str], InLedger] | None = None,
) -> list[Standing]:
    """One budget's standings in the window that contains `now_us`."""
    current = window(budget.period, now_us, ZoneInfo(budget.zone), budget.week_start)
    found = []
    # a budget for each of some values shows itself before there is any
    for value, spent in (counted(store, budget, current) or {"": NOTHING}).items():
        more = (in_ledger or {}).get((budget.name, value), _NOWHERE)
        pusd = spent.spend_pusd + more.beyond.cost_pusd
        found.append(
            Standing(
                budget=budget,
                window=current,
                spent=spent,
                projected_pusd=projected(pusd, current, now_us),
                value=value,
                held=more.held,
                beyond=more.beyond,
                extra=more.extra,
            )
        )
    return found


def projected(spent_pusd: int, current: Span, now_us: int) -> int | None:
    """Spend at the window's end if it goes on as it has: spent × whole / elapsed.

    `None` for a window without an end, and before a hundredth of it has passed: a pace read
    from so little says nothing.
    """
    if current.start_us is None or current.end_us is None:
        return None
    whole, elapsed = current.end_us - current.start_us, now_us - current.start_us
    if elapsed * 100 < whole:
        return None
    return rounded(spent_pusd * whole, min(elapsed, whole))
