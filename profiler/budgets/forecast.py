"""Where a budget is heading: what its window will end with, and when its limit will be reached.

What past days brought comes from sums by day, which are kept by UTC; so days here are UTC days,
and a window counts the part of each that lies in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from profiler.budgets.smoothing import Habit, habit_of
from profiler.domain.budgets import (
    NOTHING,
    Amounts,
    Budget,
    Forecast,
    Measure,
    Standing,
)
from profiler.domain.periods import DAY_US, HOUR_US, Period, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.ledger.scoping import each_of, is_like
from profiler.store.days import Day, by_day
from profiler.store.engine import Store
from profiler.store.reads import series

HISTORY_DAYS = 42
LEAST_DAYS = 7
"""With less than a week behind it nobody knows what weekdays are like."""
FARTHEST_DAYS = 366
"""How far ahead a limit without a window's end is looked for."""
MOST_VALUES = 2_000
"""A budget for each of more values than these is not forecast: nobody reads so many."""

_STRAYS = 1.2816
"""So many standard deviations to each side hold four of five outcomes."""
_READ_AGAIN_US = HOUR_US
_TAG = "tag:"
_UNCOUNTED = {Dimension.USER, Dimension.SESSION}
"""There may be any number of these: the sums of one are not found by reading those of all."""


class _Past(NamedTuple):
    """What every whole day brought, by value; days count from `HISTORY_DAYS` ago."""

    today: int
    days: dict[str, dict[int, Amounts]]
    habits: dict[tuple[str, Measure], Habit | int]
    """Or how many days there were, where they are too few."""


class Outlooks:
    """Forecasts of standings; what past days brought is read once in a while."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read_at_us = 0
        self._past: dict[Budget, _Past] = {}
        self._labelled: dict[Dimension | None, dict[str, dict[int, Amounts]]] = {}

    def foreseen(self, standings: Sequence[Standing], now_us: int) -> list[Standing]:
        """The standings of one budget, each with its forecast where one can be made."""
        budget = standings[0].budget
        if len(standings) > MOST_VALUES or not is_foreseeable(budget):
            return list(standings)
        past = self._past_of(budget, now_us)
        ahead = _Ahead(standings[0].window, now_us)
        return [replace(one, forecast=_forecast(past, one, ahead)) for one in standings]

    def _past_of(self, budget: Budget, now_us: int) -> _Past:
        today, read_us = now_us // DAY_US, self._read_at_us
        if read_us // DAY_US != today or abs(now_us - read_us) >= _READ_AGAIN_US:
            self._read_at_us, self._past, self._labelled = now_us, {}, {}
        past = self._past.get(budget)
        if past is None:
            past = self._past[budget] = _Past(today, self._days(budget, today), {})
        return past

    def _days(self, budget: Budget, today: int) -> dict[str, dict[int, Amounts]]:
        """What each value's days brought."""
        label = next(iter(each_of(budget)), None)
        by = Dimension(label) if label else None
        named = {match.dimension for match in budget.scope} | ({by} if by else set())
        if len(named) > 1 or len(budget.scope) > 1:
            return self._asked(budget, by, today)
        if not by and named & _UNCOUNTED:
            first = today - HISTORY_DAYS
            return _by_label(by_day(self._store, None, first, today, budget.scope), first)
        days = self._of_labels(next(iter(named), None), today)
        if budget.scope:
            days = _matching(days, budget.scope[0].pattern)
        return days if by or not budget.scope else {"": _together(days.values())}

    def _of_labels(self, by: Dimension | None, today: int) -> dict[str, dict[int, Amounts]]:
        """The same by the values of one label, read once for all budgets that go by it."""
        if by not in self._labelled:
            first = today - HISTORY_DAYS
            self._labelled[by] = _by_label(by_day(self._store, by, first, today), first)
        return self._labelled[by]

    def _asked(
        self, budget: Budget, by: Dimension | None, today: int
    ) -> dict[str, dict[int, Amounts]]:
        """The same where several labels decide."""
        edges = [day * DAY_US for day in range(today - HISTORY_DAYS, today + 1)]
        found: defaultdict[str, dict[int, Amounts]] = defaultdict(dict)
        for place, text, sums in series(self._store, by, edges, Filter(matches=budget.scope)):
            found[text][place] = Amounts(sums.spend_pusd, sums.tokens, sums.calls)
        return dict(found)


def _by_label(days: Iterable[Day], first: int) -> dict[str, dict[int, Amounts]]:
    found: defaultdict[str, dict[int, Amounts]] = defaultdict(dict)
    for day, text, *sums in days:
        so_far, brought = found[text].get(day - first), Amounts(*sums)
        found[text][day - first] = so_far.plus(brought) if so_far else brought
    return dict(found)


def _matching(days: dict[str, dict[int, Amounts]], pattern: str) -> dict[str, dict[int, Amounts]]:
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


def is_foreseeable(budget: Budget) -> bool:
    """Whether sums by day tell what such a budget's calls bring, and its window is long enough."""
    labels = each_of(budget)
    has_tags = budget.tags or any(name.startswith(_TAG) for name in labels)
    is_short = budget.period in {Period.CALL, Period.SESSION, Period.HOURLY}
    ends = Dimension.SESSION.value in labels
    return not (has_tags or ends or len(labels) > 1 or is_short)


class _Ahead:
    """The time from now to a window's end, day by day."""

    def __init__(self, window: Span, now_us: int) -> None:
        farthest_us = now_us + FARTHEST_DAYS * DAY_US
        self.is_endless = window.end_us is None
        self._now_us = now_us
        self._end_us = farthest_us if window.end_us is None else window.end_us
        self.days = max(0.0, (self._end_us - now_us) / DAY_US)
        self.weekdays = [0.0] * 7
        """How many of each are to come; parts of a day count as such."""
        for start_us, until_us in self._stretches():
            self.weekdays[start_us // DAY_US % 7] += (until_us - start_us) / DAY_US

    def reached_us(self, habit: Habit, left: float) -> int | None:
        """When days will have brought as much as is left, if they will."""
        for start_us, until_us in self._stretches():
            amount = habit.expected(start_us // DAY_US) * (until_us - start_us) / DAY_US
            if amount >= left:
                return start_us + round((until_us - start_us) * left / amount)
            left -= amount
        return None

    def _stretches(self) -> Iterator[tuple[int, int]]:
        start_us = self._now_us
        while start_us < self._end_us:
            until_us = min(self._end_us, (start_us // DAY_US + 1) * DAY_US)
            yield start_us, until_us
            start_us = until_us


def _forecast(past: _Past, standing: Standing, ahead: _Ahead) -> Forecast:
    limit, used = standing.tightest, standing.amount
    habit = _habit(past, standing.value, limit.measure)
    if isinstance(habit, int):
        return Forecast(habit)
    coming, left = habit.expected_of(ahead.weekdays), limit.amount - used
    reached_us = ahead.reached_us(habit, left) if 0 < left <= coming else None
    if ahead.is_endless:
        return Forecast(habit.days, reaches_at_us=reached_us)
    spread = _STRAYS * habit.spread(ahead.days)
    low, mid, high = max(0.0, coming - spread), coming, coming + spread
    return Forecast(
        habit.days, used + round(low), used + round(mid), used + round(high), reached_us
    )


def _habit(past: _Past, value: str, measure: Measure) -> Habit | int:
    found = past.habits.get((value, measure))
    if found is None:
        days = past.days.get(value, {})
        first = min(days, default=HISTORY_DAYS)
        seen = HISTORY_DAYS - first
        if seen < LEAST_DAYS:
            found = seen
        else:
            whole = range(first, HISTORY_DAYS)
            amounts = [days.get(day, NOTHING).of(measure) for day in whole]
            found = habit_of(amounts, past.today - HISTORY_DAYS + first)
        past.habits[value, measure] = found
    return found
