"""What a budget counts, as a filter of calls."""

from zoneinfo import ZoneInfo

from profiler.domain.budgets import Standing
from profiler.domain.periods import Span
from profiler.ledger.scoping import each_of, parts_of
from profiler.tui.asking.opened import between, fitting, joined, labelled


def calls_of(standing: Standing, shown: Span, zone: ZoneInfo) -> str:
    """The filter that leads from the calls of `shown` to those of one standing, in its window."""
    budget = standing.budget
    each = each_of(budget)
    words = [fitting(one.dimension.value, one.pattern) for one in budget.scope]
    words += [fitting("tag", f"{one.name}={one.pattern}") for one in budget.tags]
    for name, value in zip(each, parts_of(standing.value, len(each)), strict=False):
        words.append(labelled(name, value))
    return joined([*words, between(standing.window, shown, zone)])
