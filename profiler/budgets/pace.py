"""What is used per hour, smoothed: what the rest of an hour is expected to bring.

The hours before tell where the hour began, its own use tells more of it the further it is on.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from profiler.budgets.strays import OUTCOMES

_FOLLOWS = 0.7
"""How much of each hour's surprise the level takes on: hours are like those just before them."""
_FADES = 0.1
"""Hours of long ago say little of how far this one may be off."""
_TRUSTED = 0.2
"""The share of an hour after which its own pace counts as much as that of the hours before."""


class Pace(NamedTuple):
    """What hours bring of late."""

    level: float
    """Of a whole hour."""
    stray: float
    """How far an hour is from what the one before let expect: a standard deviation."""

    def coming(self, used: float, left: float) -> float:
        """What is to come in the share of the hour that is left, with so much used in it."""
        gone = 1 - left
        # of gone / (gone + trusted) the hour's own pace is used / gone
        return left * (self.level * _TRUSTED + used) / (gone + _TRUSTED)

    def between(self, used: float, left: float) -> tuple[float, float]:
        """What comes at least and at most, four of five times."""
        coming, off = self.coming(used, left), OUTCOMES * self.stray * math.sqrt(left)
        return max(0.0, coming - off), coming + off


def pace_of(amounts: Sequence[float]) -> Pace:
    """What consecutive whole hours brought, the oldest first, as a pace."""
    level = amounts[0]
    squares = weight = 0.0
    for amount in amounts[1:]:
        off = amount - level
        squares = squares * (1 - _FADES) + off * off
        weight = weight * (1 - _FADES) + 1
        level += _FOLLOWS * off
    return Pace(level, math.sqrt(squares / weight) if weight else 0.0)
