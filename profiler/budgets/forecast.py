"""Where a budget is heading: what its window will end with, and when its limit will be reached.

Days and hours are told by what those before them brought, sessions by what others ended with.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from profiler.budgets.brought import HISTORY_DAYS, HISTORY_HOURS, Brought, Reading
from profiler.budgets.pace import Pace, pace_of
from profiler.budgets.smoothing import Habit, habit_of
from profiler.budgets.usual import Usual
from profiler.domain.budgets import NOTHING, Budget, Forecast, Measure, Standing
from profiler.domain.periods import DAY_US, HOUR_US, Period, Span
from profiler.domain.scopes import Dimension
from profiler.errors import ProfilerError
from profiler.ledger.scoping import each_of
from profiler.store.engine import Store

LEAST_DAYS = 7
"""With less than a week behind it nobody knows what weekdays are like."""
LEAST_HOURS = 6
FARTHEST_DAYS = 366
"""How far ahead a limit without a window's end is looked for."""
MOST_VALUES = 2_000
"""A budget for each of more values than these is not forecast: nobody reads so many."""


class _Past(NamedTuple):
    """What one budget's past brought, by value."""

    begins: int
    """The number of the first day, or hour, that was read."""
    brought: Brought
    learned: dict[tuple[str, Measure], Habit | Pace | int]
    """Or how many days or hours there were, where they are too few."""


class Outlooks:
    """Forecasts of standings; what the past brought is read once an hour."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reading = Reading(store, 0)
        self._past: dict[Budget, _Past] = {}
        self._before: dict[Budget, _Past] = {}
        """What was known an hour ago, for whoever does not wait."""
        self._awaited: list[tuple[Sequence[Standing], int]] = []
        self._reader: threading.Thread | None = None
        self._is_reading = threading.Lock()

    def foreseen(
        self, standings: Sequence[Standing], now_us: int, *, waits: bool = True
    ) -> list[Standing]:
        """The standings of one budget, each with its forecast, or why there is none.

        Who does not wait is told by what is known already; the rest is read in the background.
        """
        budget = standings[0].budget
        if why_not := _why_not(budget, len(standings)):
            return [replace(one, forecast=Forecast(0, why_not=why_not)) for one in standings]
        if budget.period is Period.SESSION:
            usual = Usual(standings)
            return [replace(one, forecast=usual.foreseen(one)) for one in standings]
        past = self._past_of(budget, now_us) if waits else self._known(standings, now_us)
        if past is None:
            return list(standings)
        ahead = _Ahead(standings[0].window, now_us)
        return [replace(one, forecast=_forecast(past, one, ahead)) for one in standings]

    def close(self) -> None:
        """Let what is being read in the background come to its end."""
        self._awaited.clear()
        if self._reader is not None:
            self._reader.join()

    def _known(self, standings: Sequence[Standing], now_us: int) -> _Past | None:
        budget = standings[0].budget
        if self._reading.hour == now_us // HOUR_US and budget in self._past:
            return self._past[budget]
        self._awaited.append((standings, now_us))
        if self._reader is None or not self._reader.is_alive():
            self._reader = threading.Thread(target=self._read_awaited, daemon=True)
            self._reader.start()
        return self._past.get(budget) or self._before.get(budget)

    def _read_awaited(self) -> None:
        # what cannot be read is not foreseen, and whoever asks again has it tried again
        with suppress(ProfilerError, IndexError):
            while True:
                standings, now_us = self._awaited.pop()
                past = self._past_of(standings[0].budget, now_us)
                for one in standings:
                    _learned(past, one)

    def _past_of(self, budget: Budget, now_us: int) -> _Past:
        with self._is_reading:
            if self._reading.hour != now_us // HOUR_US:
                self._before = self._before | self._past
                self._reading, self._past = Reading(self._store, now_us), {}
            reading, past = self._reading, self._past.get(budget)
            if past is None:
                if budget.period is Period.HOURLY:
                    past = _Past(reading.hour - HISTORY_HOURS, reading.hours(budget), {})
                else:
                    past = _Past(reading.today - HISTORY_DAYS, reading.days(budget), {})
                self._past[budget] = past
                self._before.pop(budget, None)
            return past


def _why_not(budget: Budget, values: int) -> str:
    """Why such a budget is not forecast; empty where it is."""
    if budget.period is Period.CALL:
        return "not forecast: each call stands alone"
    if budget.period is Period.SESSION:
        return ""
    if Dimension.SESSION.value in each_of(budget):
        return "not forecast: a session ends before its days can be told"
    if values > MOST_VALUES:
        return f"not forecast: {values:,} values are too many"
    return ""


class _Ahead:
    """The time from now to a window's end, day by day."""

    def __init__(self, window: Span, now_us: int) -> None:
        farthest_us = now_us + FARTHEST_DAYS * DAY_US
        self.is_endless = window.end_us is None
        self.now_us = now_us
        self.end_us = farthest_us if window.end_us is None else window.end_us
        begun_us = self.end_us - HOUR_US if window.start_us is None else window.start_us
        self.left = max(0.0, (self.end_us - now_us) / (self.end_us - begun_us))
        """The share of the window that is to come."""
        self._edges_us = [now_us]
        self._weekdays: list[Sequence[float]] = [(0.0,) * 7]
        """How many of each are to come until each edge; parts of a day count as such."""
        for start_us, until_us in self._stretches():
            weekdays = list(self._weekdays[-1])
            weekdays[start_us // DAY_US % 7] += (until_us - start_us) / DAY_US
            self._edges_us.append(until_us)
            self._weekdays.append(weekdays)

    @property
    def weekdays(self) -> Sequence[float]:
        """How many of each are to come."""
        return self._weekdays[-1]

    def reached_us(self, left: float, bring: Callable[[Sequence[float]], float]) -> int | None:
        """When days will have brought as much as is left, by what so many weekdays `bring`;
        `None` where they will not.
        """
        place = bisect_left(self._weekdays, left, key=bring)
        if place in (0, len(self._weekdays)):
            return None
        before, after = (bring(self._weekdays[at]) for at in (place - 1, place))
        start_us, until_us = self._edges_us[place - 1 : place + 1]
        return start_us + round((until_us - start_us) * (left - before) / (after - before))

    def _stretches(self) -> Iterator[tuple[int, int]]:
        start_us = self.now_us
        while start_us < self.end_us:
            until_us = min(self.end_us, (start_us // DAY_US + 1) * DAY_US)
            yield start_us, until_us
            start_us = until_us


def _forecast(past: _Past, standing: Standing, ahead: _Ahead) -> Forecast:
    learned = _learned(past, standing)
    if isinstance(learned, Pace):
        return _of_hour(learned, standing, ahead)
    if isinstance(learned, Habit):
        return _of_days(learned, standing, ahead)
    is_hourly = standing.budget.period is Period.HOURLY
    needed = f"{LEAST_HOURS} whole hours" if is_hourly else f"{LEAST_DAYS} whole days"
    return Forecast(learned, why_not=f"too little to forecast by: {learned} of {needed} with calls")


def _of_hour(pace: Pace, standing: Standing, ahead: _Ahead) -> Forecast:
    limit, used = standing.tightest, standing.amount
    coming, left = pace.coming(max(0, used), ahead.left), limit.amount - used
    reached_us = None
    if 0 < left <= coming:
        reached_us = ahead.now_us + round((ahead.end_us - ahead.now_us) * left / coming)
    low, high = pace.between(max(0, used), ahead.left)
    return _ending(HISTORY_HOURS, used, (low, coming, high), reached_us)


def _of_days(habit: Habit, standing: Standing, ahead: _Ahead) -> Forecast:
    limit, used = standing.tightest, standing.amount
    left = limit.amount - used
    reached_us = ahead.reached_us(left, habit.expected_of)
    if ahead.is_endless:
        soonest_us = ahead.reached_us(left, lambda weekdays: habit.between(weekdays)[1])
        latest_us = ahead.reached_us(left, lambda weekdays: habit.between(weekdays)[0])
        return Forecast(
            habit.days, reaches_at_us=reached_us, soonest_us=soonest_us, latest_us=latest_us
        )
    low, high = habit.between(ahead.weekdays)
    coming = habit.expected_of(ahead.weekdays)
    return _ending(habit.days, used, (low, coming, high), reached_us)


def _ending(
    behind: int, used: int, coming: tuple[float, float, float], reached_us: int | None
) -> Forecast:
    low, mid, high = (used + round(amount) for amount in coming)
    return Forecast(behind, low, mid, high, reached_us)


def _learned(past: _Past, standing: Standing) -> Habit | Pace | int:
    key = standing.value, standing.tightest.measure
    found = past.learned.get(key)
    if found is None:
        is_hourly = standing.budget.period is Period.HOURLY
        found = past.learned[key] = _taught(past, *key, is_hourly=is_hourly)
    return found


def _taught(past: _Past, value: str, measure: Measure, *, is_hourly: bool) -> Habit | Pace | int:
    brought = past.brought.get(value, {})
    all_of, least = (HISTORY_HOURS, LEAST_HOURS) if is_hourly else (HISTORY_DAYS, LEAST_DAYS)
    first = min(brought, default=all_of)
    if all_of - first < least:
        return all_of - first
    amounts = [brought.get(place, NOTHING).of(measure) for place in range(first, all_of)]
    return pace_of(amounts) if is_hourly else habit_of(amounts, past.begins + first)
