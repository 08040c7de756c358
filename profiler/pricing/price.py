"""Usage times rates, exact: the arithmetic of one set of rates.

Rates are integers: pico-dollars per unit, times one whole number (`scale`) that clears every
fraction, even the ninths of an hour of audio billed by the second. Sums of products are then
exact and are rounded once, half to even, when they become pico-dollars.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from profiler.domain.money import PUSD_PER_USD
from profiler.domain.usage import Usage, as_billed_units
from profiler.errors import Unpriceable
from profiler.pricing.formula import Band, Buckets, Charge, Formula, Rates, Shape, of_buckets
from profiler.pricing.sheet import Tiered, Usd
from profiler.pricing.units import Counts, Term, UnitTree, leaves


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a call's bill; the lines add up to its cost."""

    unit: str
    """What is counted, by genai-prices' usage name, without what finer lines count."""
    count: int
    rate_usd: Decimal
    """Dollars for `per` of them."""
    per: int
    pusd: int
    """Rounded so that the lines' sum is the cost; off by less than a pico-dollar."""


class Amounts(NamedTuple):
    """A call's cost and what its cache use was worth: pico-dollars, each rounded once."""

    pusd: int
    saved_pusd: int
    premium_pusd: int
    missed_pusd: int


_MAX_SHAPES = 256
"""Which units are counted comes from outside; whoever mixes them must not fill our memory."""

_MAX_UNITS = 64
"""More than rates know of; longer mixes are looked at each time."""


class Plan:
    """One set of rates, ready to multiply."""

    __slots__ = ("_formula", "_least_seconds", "_rates", "_shapes", "_usd")

    def __init__(
        self, usd: Mapping[str, Usd], tree: UnitTree, least_seconds: int = 0, identity: str = ""
    ) -> None:
        self._usd = usd
        self._least_seconds = least_seconds
        terms = tree.terms(usd)
        tiers = {start for rate in usd.values() if isinstance(rate, Tiered) for start in rate.above}
        exact = {above: _exact(usd, terms, above) for above in (*sorted(tiers, reverse=True), -1)}
        scale = lcm(*(rate.denominator for rates in exact.values() for rate in rates))
        bands = (
            Band(above, tuple(int(rate * scale) for rate in rates))
            for above, rates in exact.items()
        )
        self._rates = Rates(identity, tree, terms, tuple(bands), scale)
        self._formula = of_buckets(self._rates)
        self._shapes: dict[tuple[str, ...], Shape] = {}

    @property
    def rates(self) -> Rates:
        """What calls are charged by."""
        return self._rates

    @property
    def formula(self) -> Formula | None:
        """What a call is charged by that used nothing but the buckets.

        `None` where its amounts have to be rounded: `charge` does that.
        """
        return self._formula if self._rates.scale == 1 else None

    def charge(self, buckets: Buckets, more: Mapping[str, int]) -> Charge | None:
        """What the buckets and further units cost; `None` where they contradict each other."""
        charge = self._formula(*buckets)
        if charge is None or not more:
            return charge and self._rates.settled(*charge[:4])
        shape = None if self._least_seconds else self._shapes.get(tuple(more))
        quick = shape.quickly(charge, buckets, more.values()) if shape and shape.is_quick else None
        return quick or self._closely(charge, buckets, more)

    def _closely(self, charge: Charge, buckets: Buckets, more: Mapping[str, int]) -> Charge | None:
        """`charge` of the buckets with the further units, whatever they are."""
        if self._least_seconds:
            more = self._lengthened(more)
        counts = tuple(more.values())
        if min(counts) < 0:
            return None
        shape = self._shape(tuple(more))
        if shape.is_linear:
            band = self._rates.band(Usage(*buckets).total_input)
            amounts = shape.added(charge, band, buckets, counts)
        else:
            amounts = self._counted_out(Usage(*buckets, more))
        return amounts and self._rates.settled(*amounts)

    def amounts(self, usage: Usage) -> Amounts:
        """What `usage` costs.

        Raises:
            Unpriceable: the counts are unknown or contradict each other.

        """
        charged = self.charge(usage.buckets, usage.more)
        if charged is None:
            raise Unpriceable("the counts are unknown, negative or contradict each other")
        return Amounts(*charged[:4])

    def lines(self, usage: Usage) -> tuple[Line, ...]:
        """The bill behind `amounts(usage).pusd`, input first.

        Raises:
            Unpriceable: as `amounts`.

        """
        total = self.amounts(usage).pusd
        rates = self._rates
        counts = self._counts(usage)
        band = self._band(counts)
        billed = leaves(rates.terms, counts)
        scaled = map(int.__mul__, billed, band.by_term)
        lines = [
            Line(
                term.unit.usage,
                count,
                _usd_above(self._usd[term.key], band.above),
                term.unit.per,
                share,
            )
            for term, count, share in zip(
                rates.terms, billed, _shares(total, list(scaled), rates.scale), strict=True
            )
        ]
        places = {term.unit.usage: _place(term) for term in rates.terms}
        return tuple(sorted((line for line in lines if line.count), key=lambda x: places[x.unit]))

    def _shape(self, further: tuple[str, ...]) -> Shape:
        try:
            return self._shapes[further]
        except KeyError:
            shape = Shape(self._rates, further)
            if len(further) <= _MAX_UNITS:
                if len(self._shapes) >= _MAX_SHAPES:
                    self._shapes.clear()
                self._shapes[further] = shape
            return shape

    def _counted_out(self, usage: Usage) -> tuple[int, int, int, int] | None:
        """The scaled amounts, counted leaf by leaf."""
        counts = as_billed_units(usage)
        tree, saved, premium, missed = self._rates.tree, 0, 0, 0
        try:
            total = self._total(counts)
            if usage.cache_read:
                saved = self._total(tree.without_reads(counts)) - total
            if usage.cache_writes:
                premium = total - self._total(tree.without_writes(counts))
        except Unpriceable:
            return None
        if self._rates.has_reads:
            with suppress(Unpriceable):
                # Else nobody said which of the parts were written to a cache: promise nothing.
                missed = total - self._total(tree.all_read(counts))
        return total, saved, premium, missed

    def _total(self, counts: Counts) -> int:
        return sum(map(int.__mul__, leaves(self._rates.terms, counts), self._band(counts).by_term))

    def _counts(self, usage: Usage) -> Counts:
        counts = as_billed_units(usage)
        return self._lengthened(counts) if self._least_seconds else counts

    def _lengthened(self, counts: Counts) -> Counts:
        """`counts` with audio at least as long as the shortest that is billed."""
        seconds = counts.get("audio_seconds") or counts.get("input_audio_seconds")
        if not seconds:
            return counts
        billed = max(seconds, self._least_seconds)
        return {**counts, "audio_seconds": billed, "input_audio_seconds": billed}

    def _band(self, counts: Counts) -> Band:
        return self._rates.bands[self._rates.band(counts.get("input_tokens", 0))]


def _exact(usd: Mapping[str, Usd], terms: Iterable[Term], above: int) -> list[Fraction]:
    """Pico-dollars per unit of each term, for input above `above`."""
    return [
        Fraction(_usd_above(usd[term.key], above)) * PUSD_PER_USD / term.unit.per for term in terms
    ]


def _usd_above(usd: Usd, above: int) -> Decimal:
    """The rate of a call whose input lies above the threshold `above` and below the next."""
    if isinstance(usd, str):
        return Decimal(usd)
    crossed = [start for start in usd.above if start <= above]
    return Decimal(usd.above[max(crossed)] if crossed else usd.base)


def _shares(total: int, scaled: Sequence[int], scale: int) -> list[int]:
    """`scaled` in pico-dollars, adding up to `total`: the largest remainders are rounded up."""
    shares = [amount // scale for amount in scaled]
    by_remainder = sorted(range(len(scaled)), key=lambda place: -(scaled[place] % scale))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def _place(term: Term) -> tuple[int, int, str]:
    """Where a bill names the unit: input, output, the rest; the coarse before the fine."""
    direction = {"input": 0, "output": 1}.get(term.unit.dimensions.get("direction", ""), 2)
    return direction, len(term.unit.dimensions), term.unit.usage
