"""What is used per day, smoothed: how much a day is expected to bring, by its weekday.

Exponential smoothing of a level with a factor for each weekday, a page of arithmetic on at most a
few dozen numbers. Estimates are floats; whoever shows them rounds.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from profiler.budgets.strays import Followed, Strays, strays_of

_PACES = (0.06, 0.2)
"""How fast the level follows; the one that would have told the past days best is taken."""
_HALF_LIFE_DAYS = 21
_SHRUNK_BY = 0.4
"""Weekdays are alike until they are seen to differ: each begins with so much of the mean."""
_ALIKE = (1.0,) * 7
_MOST_STRAYS = 3.5
"""A day further off than so many usual strays moves the level no more than that."""


class Habit(NamedTuple):
    """What days usually bring."""

    level: float
    """Of a day, weekdays evened out."""
    factors: tuple[float, ...]
    """By weekday, from that of day 0; their mean is 1."""
    days: int
    """How many days were seen."""
    strays: Strays
    """How far days are from what was expected of them."""

    def expected_of(self, weekdays: Sequence[float]) -> float:
        """What so many of each weekday bring, from that of day 0."""
        pairs = zip(self.factors, weekdays, strict=True)
        return self.level * sum(factor * days for factor, days in pairs)

    def between(self, weekdays: Sequence[float]) -> tuple[float, float]:
        """What so many of each weekday bring at least and at most, four of five times."""
        return self.strays.between(self.expected_of(weekdays), sum(weekdays))


def habit_of(amounts: Sequence[float], first: int = 0) -> Habit:
    """What consecutive days brought, the oldest first, as a habit; `first` is that one's number."""
    # one dear Monday does not make Mondays dear
    evened = _followed(amounts, _ALIKE, _PACES[0]).amounts
    factors = _factors(evened)
    found = [_followed(amounts, factors, pace) for pace in _PACES]
    best = min(found, key=lambda one: one.stray)
    turn = -first % 7
    strays = strays_of(best, _SHRUNK_BY)
    return Habit(best.levels[-1], factors[turn:] + factors[:turn], len(amounts), strays)


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
        return _ALIKE
    means = [
        (total + _SHRUNK_BY * mean) / (weight + _SHRUNK_BY)
        for total, weight in zip(sums, weights, strict=True)
    ]
    whole = sum(means)
    return tuple(7 * one / whole for one in means)


def _followed(amounts: Sequence[float], factors: Sequence[float], pace: float) -> Followed:
    """Follow the level through all days but so many as it begins with."""
    begins = min(7, len(amounts))
    level = sum(amounts[:begins]) / sum(factors[day % 7] for day in range(begins))
    # where next to nothing is left of a level, days do not stray by next to nothing
    least = sum(amounts) / len(amounts) / 2 or 1.0
    scale = max(level, least)
    offs = [amounts[day] - level * factors[day % 7] for day in range(begins)]
    usual = sum(map(abs, offs)) / begins * 1.25
    evened, levels, scales = list(amounts), [level] * begins, [scale] * begins
    squares = evened_squares = sum((off / scale) ** 2 for off in offs)
    for day in range(begins, len(amounts)):
        levels.append(level)
        scales.append(scale)
        factor = factors[day % 7]
        off = amounts[day] - level * factor
        squares += (off / scale) ** 2
        most = _MOST_STRAYS * usual
        if most and not -most <= off <= most:
            off = most if off > 0 else -most
            evened[day] = level * factor + off
        evened_squares += (off / scale) ** 2
        usual += pace * (abs(off) * 1.25 - usual)
        # a mean of the level and of what the day says it is; by as much as its weekday brings, or
        # one day without calls where a lot is usual would leave no level at all
        level += pace * factor * off / (1 - pace + pace * factor * factor)
        scale = max(level, least)
    stray, evenly = (math.sqrt(sum_ / len(amounts)) for sum_ in (squares, evened_squares))
    return Followed(evened, factors, [*levels, level], [*scales, scale], stray, evenly, pace)
