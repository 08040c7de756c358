"""Budgets for the made-up company: one easy, one to watch, one nearly spent."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from profiler.domain.budgets import Budget
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import Period, window
from profiler.domain.scopes import Dimension, Filter, Match

_PLANS = (
    # name, period, scope, how much of it is spent (%), limit when nothing is
    ("everything", Period.MONTHLY, (), 35, 100),
    ("helpdesk", Period.WEEKLY, (Match(Dimension.PROJECT, "helpdesk"),), 71, 20),
    ("code review", Period.TOTAL, (Match(Dimension.FEATURE, "review"),), 92, 50),
)


def demo_budgets(
    spend_pusd: Callable[[Filter], int], at_us: int, zone: ZoneInfo
) -> tuple[Budget, ...]:
    """Three budgets whose gauges are green, yellow and red at `at_us`.

    Args:
        spend_pusd: what the calls of a filter cost together.
        at_us: the moment the gauges are read.
        zone: the zone their days begin in.

    """
    budgets = []
    for name, period, scope, used_percent, idle_usd in _PLANS:
        spent = spend_pusd(Filter(span=window(period, at_us, zone), matches=scope))
        limit = _rounded_limit(spent * 100 // used_percent) or idle_usd * PUSD_PER_USD
        budgets.append(Budget(name, limit, period, zone.key, scope))
    return tuple(budgets)


def _rounded_limit(limit_pusd: int) -> int:
    """The limit a person would have set: two digits, then zeros."""
    step: int = 10 ** max(len(str(limit_pusd)) - 2, 0)
    return limit_pusd // step * step
