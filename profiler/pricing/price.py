"""Usage times rates, exact: the arithmetic of one set of rates.

Rates are integers: pico-dollars per unit, times one whole number (`scale`) that clears every
fraction, even the ninths of an hour of audio billed by the second. Sums of products are then
exact and are rounded once, half to even, when they become pico-dollars.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import lcm
from typing import NamedTuple

from profiler.domain.money import PUSD_PER_USD, rounded
from profiler.domain.usage import Usage, as_billed_units
from profiler.errors import Unpriceable
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


class _Rates(NamedTuple):
    """The scaled rates of `domain.usage.Usage`'s buckets."""

    fresh: int
    read: int
    write: int
    write_5m: int
    write_1h: int
    output: int
    reasoning: int
    call: int
    """Per call, whatever it used."""


_CHAINS = (
    ("input_tokens",),
    ("cache_read_tokens", "input_tokens"),
    ("cache_write_tokens", "input_tokens"),
    ("cache_write_5m_tokens", "cache_write_tokens", "input_tokens"),
    ("cache_write_1h_tokens", "cache_write_tokens", "input_tokens"),
    ("output_tokens",),
    ("output_reasoning_tokens", "output_tokens"),
    ("requests",),
)
"""Which rates each bucket may have, the finest first; without one it is free."""


class _Band(NamedTuple):
    """The scaled rates of calls whose whole input lies above a threshold."""

    above: int
    by_term: tuple[int, ...]
    by_bucket: _Rates


class Plan:
    """One set of rates, ready to multiply."""

    __slots__ = (
        "_bands",
        "_has_reads",
        "_is_flat",
        "_least_seconds",
        "_scale",
        "_telling",
        "_terms",
        "_tree",
        "_usd",
    )

    def __init__(self, usd: Mapping[str, Usd], tree: UnitTree, least_seconds: int = 0) -> None:
        self._tree = tree
        self._terms = tree.terms(usd)
        self._usd = usd
        self._least_seconds = least_seconds
        self._has_reads = any(t.unit.usage == "cache_read_tokens" for t in self._terms)
        tiers = {start for rate in usd.values() if isinstance(rate, Tiered) for start in rate.above}
        exact = {above: self._exact(above) for above in (*sorted(tiers, reverse=True), -1)}
        self._scale = lcm(*(rate.denominator for rates in exact.values() for rate in rates))
        self._bands = tuple(self._band(above, rates) for above, rates in exact.items())
        self._is_flat = not tiers
        self._telling = frozenset(usage for term in self._terms for usage in _telling(term))

    def amounts(self, usage: Usage) -> Amounts:
        """What `usage` costs.

        Raises:
            Unpriceable: the counts are unknown or contradict each other.

        """
        fresh, read, output, reasoning = (
            usage.input,
            usage.cache_read,
            usage.output,
            usage.reasoning,
        )
        write, brief, long = usage.cache_write, usage.cache_write_5m, usage.cache_write_1h
        if fresh is None or output is None:
            raise Unpriceable("the provider gave no count of input or of output")
        if min(fresh, read, write, brief, long, reasoning, output - reasoning) < 0:
            raise Unpriceable("a count is negative, or a part exceeds its whole")
        if usage.more and not (fresh and output and self._is_beside(usage.more)):
            return self._further(usage)
        written = write + brief + long
        rates = self._bands[0] if self._is_flat else self._band_for(fresh + read + written)
        fresh_rate, read_rate, write_rate, brief_rate, long_rate, out_rate, think_rate, per_call = (
            rates.by_bucket
        )
        discount = fresh_rate - read_rate
        total = fresh * fresh_rate + read * read_rate + output * out_rate + per_call
        if reasoning:
            total += reasoning * (think_rate - out_rate)
        premium = 0
        if written:
            paid = write * write_rate + brief * brief_rate + long * long_rate
            total += paid
            premium = paid - written * fresh_rate
        return self._rounded(
            total, read * discount, premium, fresh * discount if self._has_reads else 0
        )

    def lines(self, usage: Usage) -> tuple[Line, ...]:
        """The bill behind `amounts(usage).pusd`, input first.

        Raises:
            Unpriceable: as `amounts`.

        """
        total = self.amounts(usage).pusd
        counts = self._counts(usage)
        whole_input = counts.get("input_tokens", 0)
        billed = leaves(self._terms, counts)
        scaled = map(int.__mul__, billed, self._band_for(whole_input).by_term)
        lines = [
            Line(term.unit.usage, count, self._usd_at(term, whole_input), term.unit.per, share)
            for term, count, share in zip(
                self._terms, billed, _shares(total, list(scaled), self._scale), strict=True
            )
        ]
        places = {term.unit.usage: _place(term) for term in self._terms}
        return tuple(sorted((line for line in lines if line.count), key=lambda x: places[x.unit]))

    def exact_pusd(self, usage: Usage) -> Fraction:
        """The cost before it is rounded, for usage that has one.

        Raises:
            Unpriceable: the parts of a count exceed it.

        """
        return Fraction(self._total(self._counts(usage)), self._scale)

    def _is_beside(self, more: Mapping[str, int]) -> bool:
        """Whether none of it can change what the buckets cost."""
        return self._telling.isdisjoint(more) and min(more.values()) >= 0

    def _further(self, usage: Usage) -> Amounts:
        """The amounts of usage with parts or units beyond the buckets: audio, images, searches."""
        if min(usage.more.values()) < 0:
            raise Unpriceable("a count is negative")
        counts = self._counts(usage)
        total = self._total(counts)
        saved = premium = missed = 0
        if usage.cache_read:
            saved = self._total(self._tree.without_reads(counts)) - total
        if usage.cache_writes:
            premium = total - self._total(self._tree.without_writes(counts))
        if self._has_reads:
            missed = total - self._best(counts, total)
        return self._rounded(total, saved, premium, missed)

    def _best(self, counts: Counts, total: int) -> int:
        """What a perfect cache would have made of it."""
        try:
            return self._total(self._tree.all_read(counts))
        except Unpriceable:
            # Nobody said which of the parts were written to a cache: promise nothing.
            return total

    def _rounded(self, total: int, saved: int, premium: int, missed: int) -> Amounts:
        scale = self._scale
        if scale == 1:
            return Amounts(total, saved, premium, missed)
        return Amounts(
            rounded(total, scale),
            rounded(saved, scale) if saved else 0,
            rounded(premium, scale) if premium else 0,
            rounded(missed, scale) if missed else 0,
        )

    def _counts(self, usage: Usage) -> Counts:
        counts = as_billed_units(usage)
        seconds = counts.get("audio_seconds") or counts.get("input_audio_seconds")
        if self._least_seconds and seconds:
            billed = max(seconds, self._least_seconds)
            return {**counts, "audio_seconds": billed, "input_audio_seconds": billed}
        return counts

    def _total(self, counts: Counts) -> int:
        rates = self._band_for(counts.get("input_tokens", 0)).by_term
        return sum(map(int.__mul__, leaves(self._terms, counts), rates))

    def _band_for(self, whole_input: int) -> _Band:
        for band in self._bands[:-1]:
            if whole_input > band.above:
                return band
        return self._bands[-1]

    def _usd_at(self, term: Term, whole_input: int) -> Decimal:
        return Decimal(_usd_above(self._usd[term.key], self._band_for(whole_input).above))

    def _exact(self, above: int) -> list[Fraction]:
        """Pico-dollars per unit of each term, for input above `above`."""
        return [
            Fraction(_usd_above(self._usd[term.key], above)) * PUSD_PER_USD / term.unit.per
            for term in self._terms
        ]

    def _band(self, above: int, exact: Sequence[Fraction]) -> _Band:
        by_term = tuple(int(rate * self._scale) for rate in exact)
        by_usage = {term.unit.usage: rate for term, rate in zip(self._terms, by_term, strict=True)}
        buckets = (next((by_usage[u] for u in names if u in by_usage), 0) for names in _CHAINS)
        return _Band(above, by_term, _Rates(*buckets))


def _telling(term: Term) -> Iterator[str]:
    """Usages that a term bills, or that show its own count to be missing.

    Unrated parts of all input and of all output tell nothing where there was input and output.
    """
    yield term.unit.usage
    yield from chain.from_iterable(term.crossings)
    if term.unit.usage not in {"input_tokens", "output_tokens"}:
        yield from term.finer


def _usd_above(usd: Usd, above: int) -> str:
    """The rate of a call whose input lies above the threshold `above` and below the next."""
    if isinstance(usd, str):
        return usd
    crossed = [start for start in usd.above if start <= above]
    return usd.above[max(crossed)] if crossed else usd.base


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
