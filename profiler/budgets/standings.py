"""Where budgets stand: spend in the window that contains now, against the limit."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from profiler.domain.budgets import Budget, Standing
from profiler.domain.money import rounded
from profiler.domain.periods import Span, window
from profiler.domain.scopes import Filter
from profiler.store.engine import Store
from profiler.store.reads import totals


def standings(store: Store, budgets: Iterable[Budget], now_us: int) -> tuple[Standing, ...]:
    """Each budget's standing, the fullest first."""
    found = [standing(store, budget, now_us) for budget in budgets]
    return tuple(sorted(found, key=lambda s: (-s.used, s.budget.name)))


def standing(store: Store, budget: Budget, now_us: int) -> Standing:
    """One budget's standing in the window that contains `now_us`."""
    current = window(budget.period, now_us, ZoneInfo(budget.zone))
    spent = totals(store, Filter(span=current, matches=budget.scope))
    return Standing(
        budget=budget,
        window=current,
        spent=spent,
        projected_pusd=projected(spent.spend_pusd, current, now_us),
    )


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
