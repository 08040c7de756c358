"""What past days and hours brought to budgets, by the values they hold for.

Days come from sums by day, which are kept by UTC; so days here are UTC days. Those that several
budgets go by are read once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from profiler.budgets.counted import counted, has_tags
from profiler.domain.budgets import NOTHING, Amounts, Budget
from profiler.domain.periods import DAY_US, HOUR_US, Period, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.ledger.scoping import each_of, is_like
from profiler.store.days import Day, by_day
from profiler.store.engine import Store
from profiler.store.reads import series

HISTORY_DAYS = 42
HISTORY_HOURS = 24

Brought = dict[str, dict[int, Amounts]]
"""By value, then by day or hour counted from the first that was read."""
_UNCOUNTED = {Dimension.USER, Dimension.SESSION}
"""There may be any number of these: the sums of one are not found by reading those of all."""


class Reading:
    """What the past brought, as it is at one moment."""

    def __init__(self, store: Store, now_us: int) -> None:
        self._store = store
        self.today = now_us // DAY_US
        self.hour = now_us // HOUR_US
        self._labelled: dict[Dimension | None, Brought] = {}

    def hours(self, budget: Budget) -> Brought:
        """What each value's last whole hours brought."""
        edges = [hour * HOUR_US for hour in range(self.hour - HISTORY_HOURS, self.hour + 1)]
        return self._between(budget, edges)

    def days(self, budget: Budget) -> Brought:
        """What each value's last whole days brought."""
        labels = each_of(budget)
        if has_tags(budget) or len(labels) > 1:
            return self._between(budget, self._edges)
        by = Dimension(labels[0]) if labels else None
        named = {match.dimension for match in budget.scope} | ({by} if by else set())
        if len(named) > 1 or len(budget.scope) > 1:
            return self._between(budget, self._edges)
        if not by and named & _UNCOUNTED:
            first = self.today - HISTORY_DAYS
            return _by_label(by_day(self._store, None, first, self.today, budget.scope), first)
        found = self._of_labels(next(iter(named), None))
        if budget.scope:
            found = _matching(found, budget.scope[0].pattern)
        return found if by or not budget.scope else {"": _together(found.values())}

    @property
    def _edges(self) -> list[int]:
        return [day * DAY_US for day in range(self.today - HISTORY_DAYS, self.today + 1)]

    def _of_labels(self, by: Dimension | None) -> Brought:
        """The same by the values of one label, read once for all budgets that go by it."""
        if by not in self._labelled:
            first = self.today - HISTORY_DAYS
            self._labelled[by] = _by_label(by_day(self._store, by, first, self.today), first)
        return self._labelled[by]

    def _between(self, budget: Budget, edges: Sequence[int]) -> Brought:
        """What each stretch brought, where several labels decide, or tags."""
        labels = each_of(budget)
        found: defaultdict[str, dict[int, Amounts]] = defaultdict(dict)
        if has_tags(budget) or len(labels) > 1:
            always = replace(budget, period=Period.TOTAL)
            for place, ends in enumerate(pairwise(edges)):
                for value, sums in counted(self._store, always, Span(*ends)).items():
                    if sums.calls:
                        amounts = Amounts(sums.spend_pusd, sums.tokens, sums.calls)
                        found[value][place] = amounts
            return dict(found)
        by = Dimension(labels[0]) if labels else None
        for place, text, sums in series(self._store, by, edges, Filter(matches=budget.scope)):
            found[text][place] = Amounts(sums.spend_pusd, sums.tokens, sums.calls)
        return dict(found)


def _by_label(days: Iterable[Day], first: int) -> Brought:
    found: defaultdict[str, dict[int, Amounts]] = defaultdict(dict)
    for day, text, *sums in days:
        so_far, brought = found[text].get(day - first), Amounts(*sums)
        found[text][day - first] = so_far.plus(brought) if so_far else brought
    return dict(found)


def _matching(days: Brought, pattern: str) -> Brought:
    if "*" not in pattern:
        folded = pattern.lower()
        return {text: brought for text, brought in days.items() if text.lower() == folded}
    return {text: brought for text, brought in days.items() if is_like(pattern, text)}


def _together(several: Iterable[Mapping[int, Amounts]]) -> dict[int, Amounts]:
    found: dict[int, Amounts] = {}
    for days in several:
        for day, amounts in days.items():
            found[day] = found.get(day, NOTHING).plus(amounts)
    return found
