"""One set of rates as sums of counts times integers, ready for the calls of a whole log.

What a call costs is a linear form: once it is known which units are counted, nothing has to be
looked up any more. Forms are derived from the tree of units, which stays the judge of all that
is not worth one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from profiler.domain.money import rounded
from profiler.pricing.units import Term, UnitTree

Buckets = tuple[int | None, int, int, int, int, int | None, int]
"""As `domain.usage.Usage.buckets`: fresh, read, written (for an unknown time, 5 minutes, an
hour), output, reasoning."""

Charge = tuple[int, int, int, int, str]
"""Cost, saved by cache reads, premium for cache writes, missed: pico-dollars, each rounded once;
and the rate's identity."""

Formula = Callable[..., Charge | None]
"""Takes the buckets one by one; `None` where they are unknown or contradict each other."""

_FRESH, _READ, _WRITE, _BRIEF, _LONG, _OUTPUT, _REASONING = range(7)
_FIRST_FURTHER = 7
_COUNTED: dict[str, tuple[int, ...]] = {
    "input_tokens": (_FRESH, _READ, _WRITE, _BRIEF, _LONG),
    "cache_read_tokens": (_READ,),
    "cache_write_tokens": (_WRITE, _BRIEF, _LONG),
    "cache_write_5m_tokens": (_BRIEF,),
    "cache_write_1h_tokens": (_LONG,),
    "output_tokens": (_OUTPUT,),
    "output_reasoning_tokens": (_REASONING,),
}
"""What the buckets say of units."""

_Sum = Mapping[int, int]
"""A linear form: how many times each count goes into it, by its place."""


class Band(NamedTuple):
    """The scaled rates of calls whose whole input lies above a threshold."""

    above: int
    by_term: tuple[int, ...]


class Rates(NamedTuple):
    """What formulas are made from."""

    identity: str
    tree: UnitTree
    terms: tuple[Term, ...]
    bands: tuple[Band, ...]
    """The highest threshold first; the last holds for all that is left."""
    scale: int
    """Of the rates: what they are multiplied by to be integers."""

    @property
    def has_reads(self) -> bool:
        """Whether reading from a cache has a rate of its own."""
        return any(term.unit.usage == "cache_read_tokens" for term in self.terms)

    def band(self, whole_input: int) -> int:
        """The place of the band that a call of so much input falls into."""
        above = (n for n, band in enumerate(self.bands[:-1]) if whole_input > band.above)
        return next(above, len(self.bands) - 1)

    def settled(self, total: int, saved: int, premium: int, missed: int) -> Charge:
        """Scaled amounts as pico-dollars, each rounded once."""
        scale = self.scale
        if scale == 1:
            return total, saved, premium, missed, self.identity
        return (
            rounded(total, scale),
            rounded(saved, scale) if saved else 0,
            rounded(premium, scale) if premium else 0,
            rounded(missed, scale) if missed else 0,
            self.identity,
        )


class Prices(NamedTuple):
    """What one token of each bucket costs in a band, scaled."""

    fresh: int
    read: int
    write: int
    brief: int
    long: int
    output: int
    reasoning: int
    """Beyond its price as output."""
    call: int
    """Per call, whatever it used."""


def of_buckets(rates: Rates) -> Formula:
    """The formula for the buckets alone, scaled: `Rates.settled` is still to be applied."""
    *higher, lowest = ((band.above, prices_in(rates, band)) for band in rates.bands)
    base, identity, has_reads = lowest[1], rates.identity, rates.has_reads

    def charge(
        fresh: int | None,
        read: int,
        write: int,
        brief: int,
        long: int,
        output: int | None,
        reasoning: int,
    ) -> Charge | None:
        if fresh is None or output is None:
            return None
        if fresh < 0 or read < 0 or write < 0 or brief < 0 or long < 0 or reasoning < 0:
            return None
        if output < reasoning:
            return None
        written = write + brief + long
        prices = base
        for above, dearer in higher:
            if fresh + read + written > above:
                prices = dearer
                break
        fresh_rate, read_rate, write_rate, brief_rate, long_rate, out_rate, beyond, per_call = (
            prices
        )
        discount = fresh_rate - read_rate
        total = fresh * fresh_rate + read * read_rate + output * out_rate + per_call
        if beyond:
            total += reasoning * beyond
        premium = 0
        if written:
            paid = write * write_rate + brief * brief_rate + long * long_rate
            total += paid
            premium = paid - written * fresh_rate
        return total, read * discount, premium, fresh * discount if has_reads else 0, identity

    return charge


def prices_in(rates: Rates, band: Band) -> Prices:
    """What single tokens cost in a band."""
    total = _total(band, _leaves(rates.terms, _Counted.of(())))
    by_bucket = [total.get(place, 0) for place in range(_FIRST_FURTHER)]
    return Prices._make((*by_bucket, total.get(_ONCE, 0)))


_ONCE = -1
"""The place of what is counted once per call."""


class _Counted(NamedTuple):
    """Which units are counted, and as what."""

    sums: Mapping[str, _Sum]
    always: frozenset[str]
    """Those that count as known even where they are zero."""

    @classmethod
    def of(cls, further: Sequence[str]) -> "_Counted":
        """What the buckets and the units of `further` count."""
        buckets = {usage: dict.fromkeys(places, 1) for usage, places in _COUNTED.items()}
        own = {usage: {place: 1} for place, usage in enumerate(further, _FIRST_FURTHER)}
        return cls({**buckets, **own}, frozenset(further))

    def without(self, gone: Iterable[str]) -> "_Counted":
        left = {usage: counted for usage, counted in self.sums.items() if usage not in gone}
        return _Counted(left, self.always)

    def all_read(self, tree: UnitTree) -> "_Counted":
        """Every token read from a cache that was not written to one."""
        reads: dict[str, _Sum] = {}
        for read, whole, rivals in tree.rivals:
            if whole in self.sums:
                reads[read] = self.sums[whole]
                for rival in rivals:
                    reads[read] = _minus(reads[read], self.sums.get(rival, {}))
        return _Counted({**self.sums, **reads}, self.always | reads.keys())


_Values = tuple[int, ...]


class _Condition(NamedTuple):
    """What contradicts itself."""

    holds: Callable[[_Values], bool]
    is_rare: bool
    """Whether it cannot hold where nothing was read from a cache and there is as much fresh input
    as all further counts add up to."""


class _Part(NamedTuple):
    """What one further unit adds to the amounts of the buckets, scaled."""

    total: int
    saved: int
    premium: int
    missed: int


class Shape:
    """What further units of certain kinds add to the buckets' formula."""

    def __init__(self, rates: Rates, further: Sequence[str]) -> None:
        counted = _Counted.of(further)
        best = counted.all_read(rates.tree)
        self.is_linear = _COUNTED.keys().isdisjoint(further) and not any(
            _is_mixed(best.sums[read]) for read, _, _ in rates.tree.rivals if read in best.sums
        )
        """Whether amounts are sums at all; elsewhere the tree must count them."""
        self._wrong = _contradictions(rates.terms, counted)
        self._cannot_read = _contradictions(rates.terms, best) if rates.has_reads else ()
        self._parts = [
            tuple(_parts(rates, band, counted, best, len(further))) for band in rates.bands
        ]
        is_even = len(rates.bands) == rates.scale == 1 and not any(
            p.premium for p in self._parts[0]
        )
        conditions = (*self._wrong, *self._cannot_read)
        self.is_quick = self.is_linear and is_even and all(one.is_rare for one in conditions)
        """Whether nearly every call can be charged `quickly`."""
        self._quick = [(part.total, part.missed) for part in self._parts[0]]

    def quickly(self, charge: Charge, buckets: Buckets, counts: Iterable[int]) -> Charge | None:
        """`charge` of the buckets with `counts` added; `None` where it takes a closer look."""
        total, saved, premium, missed, identity = charge
        left, read = buckets[0] or 0, buckets[1]
        for count, (cost, waste) in zip(counts, self._quick, strict=True):
            if count < 0:
                return None
            left -= count
            total += count * cost
            missed += count * waste
        if left < 0 or read:
            return None
        return total, saved, premium, missed, identity

    def added(
        self, charge: Charge, band: int, buckets: Buckets, counts: Sequence[int]
    ) -> tuple[int, int, int, int] | None:
        """`charge` of the buckets, scaled, with the further `counts`; `None` if they contradict."""
        total, saved, premium, missed, _ = charge
        for count, (cost, worth, extra, waste) in zip(counts, self._parts[band], strict=True):
            if count:
                total += count * cost
                saved += count * worth
                premium += count * extra
                missed += count * waste
        values: _Values = (*(bucket or 0 for bucket in buckets), *counts, 0)
        if any(wrong.holds(values) for wrong in self._wrong):
            return None
        if missed and any(wrong.holds(values) for wrong in self._cannot_read):
            # Nobody said which of the parts were written to a cache: promise nothing.
            missed = 0
        _, read, write, brief, long, *_ = values
        return total, saved if read else 0, premium if write or brief or long else 0, missed


def _parts(
    rates: Rates, band: Band, counted: _Counted, best: _Counted, length: int
) -> Iterable[_Part]:
    def total_of(counts: _Counted) -> _Sum:
        return _total(band, _leaves(rates.terms, counts))

    total = total_of(counted)
    saved = _minus(total_of(counted.without(rates.tree.reads)), total)
    premium = _minus(total, total_of(counted.without(rates.tree.writes)))
    missed = _minus(total, total_of(best)) if rates.has_reads else {}
    for place in range(_FIRST_FURTHER, _FIRST_FURTHER + length):
        yield _Part(*(amount.get(place, 0) for amount in (total, saved, premium, missed)))


def _total(band: Band, leaves: Sequence[_Sum]) -> _Sum:
    total: dict[int, int] = {}
    for rate, leaf in zip(band.by_term, leaves, strict=True):
        for place, times in leaf.items():
            total[place] = total.get(place, 0) + rate * times
    return total


def _leaves(terms: Sequence[Term], counted: _Counted) -> list[_Sum]:
    """How much each term bills, as `units.leaves` counts it."""
    found: list[_Sum] = []
    for term in terms:
        leaf: _Sum = {_ONCE: 1}
        if term.unit.usage != "requests":
            leaf = counted.sums.get(term.unit.usage, {})
            for place in term.parts:
                leaf = _minus(leaf, found[place])
        found.append(leaf)
    return found


def _contradictions(terms: Sequence[Term], counted: _Counted) -> tuple[_Condition, ...]:
    """When `units.leaves` refuses, given that no count is negative and output holds reasoning."""
    conditions = [_is_negative(leaf) for leaf in _leaves(terms, counted) if _is_mixed(leaf)]
    for term in terms:
        conditions += _absences(term, counted)
    return tuple(conditions)


def _absences(term: Term, counted: _Counted) -> Iterable[_Condition]:
    """When a count is missing beside others that overlap it."""
    usage, sums = term.unit.usage, counted.sums
    if usage == "requests" or usage in counted.always:
        return
    whole = sums.get(usage, {})
    held = whole.keys() | ({_REASONING} if _OUTPUT in whole else set())
    for finer in term.finer & sums.keys():
        if not sums[finer].keys() <= held:
            yield _all_of((sums[finer],), whole)
    for a, b in term.crossings:
        if a in sums and b in sums:
            yield _all_of((sums[a], sums[b]), whole)


def _all_of(told: Sequence[_Sum], untold: _Sum) -> _Condition:
    """All of `told` are something, and `untold` is nothing."""
    some, none = [_places(one) for one in told], _places(untold)
    needs_reads = any(one.keys() == {_READ} for one in told)
    needs_further = any(min(one) >= _FIRST_FURTHER for one in told)
    return _Condition(
        lambda values: not sum(none(values)) and all(sum(one(values)) for one in some),
        is_rare=needs_reads or (needs_further and _FRESH in untold),
    )


def _is_negative(leaf: _Sum) -> _Condition:
    """A leaf is less than nothing."""
    most = leaf.get(_FRESH, 0)
    plus = _places({place: times for place, times in leaf.items() if times > 0})
    minus = _places({place: -times for place, times in leaf.items() if times < 0})
    return _Condition(
        lambda values: sum(plus(values)) < sum(minus(values)),
        is_rare=all(
            place >= _FIRST_FURTHER and -times <= most for place, times in leaf.items() if times < 0
        ),
    )


def _places(linear: _Sum) -> Callable[[_Values], tuple[int, ...]]:
    """What takes the counts of a sum, each as often as it goes into it, from among `values`."""
    places = [place for place, times in linear.items() for _ in range(times)]
    # Two places at least, or no tuple is made; the last of the values is a zero.
    return itemgetter(*places, -1, -1)


def _is_mixed(linear: _Sum) -> bool:
    """Whether it can be negative; output is no less than reasoning."""
    coefficients = dict(linear)
    if coefficients.get(_REASONING, 0) < 0:
        coefficients[_REASONING] += coefficients.get(_OUTPUT, 0)
    return min(coefficients.values(), default=0) < 0


def _minus(whole: _Sum, part: _Sum) -> _Sum:
    left = dict(whole)
    for place, times in part.items():
        left[place] = left.get(place, 0) - times
    return {place: times for place, times in left.items() if times}
