"""What is used per day, smoothed: how much a day is expected to bring, by its weekday, and how
far days stray from that.

Exponential smoothing of a level with a factor for each weekday, a page of arithmetic on at most a
few dozen numbers. Estimates are floats; whoever shows them rounds.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

_PACES = (0.06, 0.2)
"""How fast the level follows; the one that would have told the past days best is taken."""
_LEAST_DRIFT = 0.2
"""Levels are never trusted more than if they drifted so much from day to day."""
_HALF_LIFE_DAYS = 21
_SHRUNK_BY = 0.4
"""Weekdays are alike until they are seen to differ: each begins with so much of the mean."""
_MOST_STRAYS = 2.5
"""A day further off than so many usual strays moves the level no more than that."""


class Habit(NamedTuple):
    """What days usually bring."""

    level: float
    """Of a day, weekdays evened out."""
    factors: tuple[float, ...]
    """By weekday, from that of day 0; their mean is 1."""
    days: int
    """How many days were seen."""
    stray: float
    """How far a day is from what was expected of it: a standard deviation."""
    pace: float

    def expected(self, day: int) -> float:
        """What `day` brings, counted as the days were that were seen."""
        return self.level * self.factors[day % 7]

    def expected_of(self, weekdays: Sequence[float]) -> float:
        """What so many of each weekday bring, from that of day 0."""
        pairs = zip(self.factors, weekdays, strict=True)
        return self.level * sum(factor * days for factor, days in pairs)

    def spread(self, days: float) -> float:
        """The standard deviation of the sum over the next `days`: days stray, and levels drift."""
        pace = max(self.pace, _LEAST_DRIFT)
        drift = pace * pace * days * max(0.0, days - 1) * (2 * days - 1) / 6
        return self.stray * math.sqrt(days + drift)


def habit_of(amounts: Sequence[float], first: int = 0) -> Habit:
    """What consecutive days brought, the oldest first, as a habit; `first` is that one's number."""
    factors = _factors(amounts)
    found = [_smoothed(amounts, factors, pace) for pace in _PACES]
    best = min(found, key=lambda habit: habit.stray)
    turn = -first % 7
    return best._replace(factors=factors[turn:] + factors[:turn])


def _factors(amounts: Sequence[float]) -> tuple[float, ...]:
    """How much more or less than the mean each weekday brings; recent weeks count for more."""
    fade = 0.5 ** (1 / _HALF_LIFE_DAYS)
    sums, weights = [0.0] * 7, [0.0] * 7
    weight = 1.0
    for day in range(len(amounts) - 1, -1, -1):
        sums[day % 7] += weight * amounts[day]
        weights[day % 7] += weight
        weight *= fade
    mean = sum(sums) / sum(weights)
    if mean <= 0:
        return (1.0,) * 7
    means = [
        (total + _SHRUNK_BY * mean) / (weight + _SHRUNK_BY)
        for total, weight in zip(sums, weights, strict=True)
    ]
    whole = sum(means)
    return tuple(7 * one / whole for one in means)


def _smoothed(amounts: Sequence[float], factors: Sequence[float], pace: float) -> Habit:
    """Follow the level through all days but so many as it begins with."""
    begins = min(7, len(amounts))
    level = sum(amounts[:begins]) / sum(factors[day % 7] for day in range(begins))
    strays = [abs(amounts[day] - level * factors[day % 7]) for day in range(begins)]
    usual = sum(strays) / begins * 1.25
    squares = sum(stray * stray for stray in strays)
    for day in range(begins, len(amounts)):
        factor = factors[day % 7]
        off = amounts[day] - level * factor
        squares += off * off
        most = _MOST_STRAYS * usual
        if most and not -most <= off <= most:
            off = most if off > 0 else -most
        usual += pace * (abs(off) * 1.25 - usual)
        level += pace * factor * off
        if level < 0:
            level = 0.0
    return Habit(level, tuple(factors), len(amounts), math.sqrt(squares / len(amounts)), pace)
