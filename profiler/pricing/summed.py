"""What sums of tokens cost, without looking at calls.

A cost is linear in tokens, so a sum of calls costs what the summed tokens do: exactly, as long as
every call has the same rates. Where rates depend on how long a call's input was, how long a cache
write was kept or at what hour the call was made, sums cannot tell, and there are bounds instead.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from profiler.domain.money import rounded
from profiler.domain.periods import HOUR_US
from profiler.pricing.formula import Buckets, Prices, Rates, prices_in
from profiler.pricing.offer import Offer

_HOURS = 24


class Tokens(NamedTuple):
    """What some calls used together."""

    calls: int
    fresh: int
    read: int
    written: int
    """To caches, however long those were kept."""
    output: int
    reasoning: int
    """A part of `output`."""

    @property
    def whole_input(self) -> int:
        """Fresh, cached and newly cached."""
        return self.fresh + self.read + self.written


class Bounds(NamedTuple):
    """What the tokens cost at least and at most, pico-dollars."""

    low_pusd: int
    high_pusd: int
    by_tiers: bool = False
    """Whether they differ as longer inputs have other rates."""
    by_lifetimes: bool = False
    """Whether they differ as caches kept longer have other rates."""
    by_hours: bool = False
    """Whether they differ by the time of day."""


def writes_text(offer: Offer, at_us: int) -> bool:
    """Whether output is rated at all: it is not for embeddings."""
    return any(term.unit.usage == "output_tokens" for term in offer.at(at_us).plan.rates.terms)


def bounds(offer: Offer, tokens: Tokens, at_us: int) -> Bounds:
    """What `tokens` cost at the rates in force in the day from `at_us` on."""
    plans = {offer.at(at_us + hour * HOUR_US).plan for hour in range(_HOURS)}
    each = [_bounds(plan.rates, tokens) for plan in plans]
    low, high = min(one.low_pusd for one in each), max(one.high_pusd for one in each)
    is_one = len({one[:2] for one in each}) == 1
    return Bounds(
        low,
        high,
        by_tiers=any(one.by_tiers for one in each),
        by_lifetimes=any(one.by_lifetimes for one in each),
        by_hours=not is_one,
    )


def of_each(offer: Offer, calls: Sequence[Buckets], at_us: int) -> Bounds:
    """What calls cost that are known one by one: exact, but where rates change with the hour."""
    hours = [at_us + hour * HOUR_US for hour in range(_HOURS)]
    plans = {offer.at(hour).plan: hour for hour in reversed(hours)}
    sums = [
        sum(charge[0] for used in calls if (charge := offer.charge(hour, used)))
        for hour in plans.values()
    ]
    return Bounds(min(sums), max(sums), by_hours=min(sums) != max(sums))


def _bounds(rates: Rates, tokens: Tokens) -> Bounds:
    *higher, lowest = rates.bands
    # as long as all inputs together are no longer than a threshold, none of them is
    reached = [band for band in higher if tokens.whole_input > band.above]
    prices = [prices_in(rates, band) for band in (*reached, lowest)]
    amounts = [tuple(_amounts(one, tokens)) for one in prices]
    columns = list(zip(*amounts, strict=True))
    low = sum(min(low for low, _ in column) for column in columns)
    high = sum(max(high for _, high in column) for column in columns)
    return Bounds(
        rounded(low, rates.scale),
        rounded(high, rates.scale),
        by_tiers=any(len(set(column)) > 1 for column in columns),
        by_lifetimes=any(low != high for one in amounts for low, high in one),
    )


def _amounts(prices: Prices, tokens: Tokens) -> Iterator[tuple[int, int]]:
    """The least and the most that each kind of token costs, scaled."""
    plain = (
        tokens.fresh * prices.fresh,
        tokens.read * prices.read,
        tokens.output * prices.output,
        tokens.reasoning * prices.reasoning,
        tokens.calls * prices.call,
    )
    yield from zip(plain, plain, strict=True)
    written = [tokens.written * each for each in (prices.write, prices.brief, prices.long)]
    yield min(written), max(written)
