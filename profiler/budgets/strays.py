"""How far days will be from what is expected of them, told by how far past ones were.

Every past day is an origin from which the weeks after it were told too: what they were off by,
beyond what days stray from one to the next, is how much levels drift.
"""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

OUTCOMES = 1.2816
"""So many standard deviations to each side hold four of five outcomes."""
_WEEKS = 1, 2, 3
"""How far ahead past days are told, to see how levels drift."""
_USUAL_DRIFT = 0.2
"""How far levels drift in a day where none was seen yet, in strays of a day; it counts as much as
one stretch of weeks does."""
_UNSEEN = 2
"""Drift is rarely even: the stretches that were seen show less of it than is to come."""


class Followed(NamedTuple):
    """Consecutive days, each told from those before it."""

    amounts: Sequence[float]
    """What they brought; outliers evened out."""
    factors: Sequence[float]
    """How much more or less than the mean each weekday brings, from that of the first day."""
    levels: Sequence[float]
    """What each was expected to bring, weekdays evened out; then what the next one is."""
    scales: Sequence[float]
    """What to measure each by, and the next: days stray more where they bring more."""
    stray: float
    """How far days were off, outliers and all, by their scales: a standard deviation."""
    usual: float
    """The same, outliers evened out."""
    pace: float
    """How fast the levels follow."""


class Strays(NamedTuple):
    """How far days stray, as variances of what one brings."""

    day: float
    """From one day to the next."""
    usual_day: float
    """The same, outliers evened out: they bring more, so days fall short by no more than this."""
    level: float
    """The level, as it is known today."""
    weekday: float
    """A weekday's part of it."""
    drift: float
    """The level, from one day to the next."""

    def between(self, expected: float, days: float) -> tuple[float, float]:
        """What four of five times as many days bring at least and at most, of which so much is
        expected. Levels rise further than they fall.
        """
        part = days % 7
        known = self.level * days * days + self.weekday * part * (7 - part) / 7
        off = OUTCOMES * math.sqrt(known + self.drift * _walked(days))
        chance = OUTCOMES * math.sqrt(self.day * days)
        least_chance = OUTCOMES * math.sqrt(self.usual_day * days)
        if expected <= 0:
            return 0.0, off + chance
        less = off * expected / (expected + off)
        more = off * (1 + min(1.0, off / expected) / 2)
        low = expected - math.hypot(less, least_chance)
        return max(0.0, low), expected + math.hypot(more, chance)


def strays_of(followed: Followed, shrunk_by: float) -> Strays:
    """How far days will stray, by how far the past ones did.

    Each weekday's factor was drawn towards the mean by as much as `shrunk_by` days would draw it.
    """
    seen = len(followed.amounts) / 7
    # the days told the factors that they are told by, and so look nearer to them than they are
    own = 1 / (seen + shrunk_by)
    kept = (1 - own) ** 2 + max(0.0, seen - 1) * own * own
    day = followed.stray**2 / kept
    level = max(followed.pace / (2 - followed.pace), 1 / len(followed.amounts))
    usual_day = followed.usual**2 / kept
    drift = _drift(followed, usual_day, level)
    square = followed.scales[-1] ** 2
    kinds = (day, usual_day, day * level, day * own, drift)
    return Strays(*(kind * square for kind in kinds))


def _drift(followed: Followed, day: float, level: float) -> float:
    """How far levels drift in a day, as a variance: what told weeks were off by, beyond what
    days that stray so far make of a level that is known so well.
    """
    brought = list(accumulate(followed.amounts, initial=0.0))
    share = [followed.factors[place % 7] for place in range(len(followed.amounts))]
    shares = list(accumulate(share, initial=0.0))
    found, stretches = day * _USUAL_DRIFT**2, 1.0
    for ahead in (7 * weeks for weeks in _WEEKS):
        origins = range(7, len(followed.amounts) - ahead + 1)
        if not origins:
            break
        squares = 0.0
        for at in origins:
            told = followed.levels[at] * (shares[at + ahead] - shares[at])
            off = (brought[at + ahead] - brought[at] - told) / followed.scales[at]
            squares += off * off
        beyond = squares / len(origins) - day * (ahead + level * ahead * ahead)
        # stretches that overlap tell little more than those side by side
        several = len(origins) / ahead
        found += several * max(0.0, beyond) / _walked(ahead)
        stretches += several
    return _UNSEEN * found / stretches


def _walked(days: float) -> float:
    """The variance of a sum of so many days whose level takes a step of variance 1 each day."""
    return days * (days + 1) * (2 * days + 1) / 6
