"""Calibration: how many tokens a family of models makes of so much text, learned from its calls.

What is learned are sums of integers, so neither the order of calls nor how they were read in
batches matters. A family with few calls leans on what is taken for granted of it: a `Ratio`
counts like `PRIOR_CALLS` calls of the user's own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PRIOR_CALLS = 5
"""How many calls of one's own outweigh what was taken for granted."""

_MILLI = 1000
_TENTH = 1.2816
"""A tenth of what is spread normally lies beyond so many deviations, on either side."""


class Side(StrEnum):
    """What tokens are counted of, and by which units they are reckoned."""

    INPUT = "input"
    """By bytes of text sent, in calls that offered no tools."""
    TOOLED_INPUT = "input with tools"
    """By the same bytes: the tools' own descriptions are read too, and were not measured."""
    OUTPUT = "output"
    """By bytes of text received; thinking that is not shown left out."""
    REASONING = "reasoning"
    """By calls: thinking that is not shown, done before the first word."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """What is taken for granted of a family nobody has measured yet."""

    per_mille: int
    """Tokens per thousand units."""
    spread: int
    """How far calls lie from it: the deviation of the binary logarithm, in thousandths."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What measured calls of one family tell about one side; every field but the last adds."""

    calls: int = 0
    units: int = 0
    tokens: int = 0
    logs: int = 0
    """Binary logarithms of tokens per unit, in thousandths."""
    squares: int = 0
    """Their squares."""
    most_tokens: int = 0
    """Of any one call."""

    def __add__(self, other: "Learned") -> "Learned":
        return Learned(
            self.calls + other.calls,
            self.units + other.units,
            self.tokens + other.tokens,
            self.logs + other.logs,
            self.squares + other.squares,
            max(self.most_tokens, other.most_tokens),
        )


NOTHING_LEARNED = Learned()

Key = tuple[str, Side]
"""A family, `provider/model`, and a side."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """All that is learned."""

    learned: Mapping[Key, Learned] = field(default_factory=dict)

    def of(self, family: str, side: Side) -> Learned:
        """What is learned of one side of a family."""
        return self.learned.get((family, side), NOTHING_LEARNED)


UNCALIBRATED = Calibration()


@dataclass(frozen=True, slots=True)
class Expected:
    """An estimated count of tokens: of ten calls like it, one has fewer than `low`, one more than
    `high`.
    """

    tokens: int
    low: int
    high: int


NONE_EXPECTED = Expected(0, 0, 0)


def add_observed(sums: list[int], units: int, tokens: int) -> None:
    """Add what one measured call tells to `sums`, in the order of the fields of `Learned`."""
    log = round(math.log2((tokens or 1) / units) * _MILLI)
    sums[0] += 1
    sums[1] += units
    sums[2] += tokens
    sums[3] += log
    sums[4] += log * log
    sums[5] = max(sums[5], tokens)


def expected(learned: Learned, granted: Ratio, units: int) -> Expected:
    """How many tokens `units` are, never beyond the most that was measured and one per unit.

    A ratio of nothing takes nothing for granted: without calls, nothing is expected then.
    """
    weight = PRIOR_CALLS if granted.per_mille else 0
    number = learned.calls + weight
    if not units or not number:
        return NONE_EXPECTED
    mean_units = learned.units / learned.calls if learned.calls else 1.0
    tokens = learned.tokens + weight * mean_units * granted.per_mille / _MILLI
    middle = units * tokens / (learned.units + weight * mean_units)
    mean, deviation = _spread(learned, granted, weight)
    most = max(units, learned.most_tokens)
    count = min(math.ceil(middle), most)
    low = math.floor(units * math.exp2(mean - _TENTH * deviation))
    high = math.ceil(units * math.exp2(mean + _TENTH * deviation))
    return Expected(count, min(low, count), max(min(high, most), count))


def _spread(learned: Learned, granted: Ratio, weight: int) -> tuple[float, float]:
    """Mean and deviation of the binary logarithm of tokens per unit."""
    prior = math.log2(granted.per_mille / _MILLI) if weight else 0.0
    number = learned.calls + weight
    mean = (learned.logs / _MILLI + weight * prior) / number
    squares = learned.squares / _MILLI**2 + weight * (prior**2 + (granted.spread / _MILLI) ** 2)
    return mean, math.sqrt(max(0.0, squares / number - mean**2))
