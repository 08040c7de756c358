"""One model's rates over time: which of them is in force when, and what they are called."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import NamedTuple

from profiler.domain.periods import HOUR_US, to_us
from profiler.pricing.formula import Buckets, Charge, Formula
from profiler.pricing.match import Found
from profiler.pricing.price import Plan
from profiler.pricing.sheet import Context, Entry, Usd
from profiler.pricing.units import UnitTree

_DAY_US = 24 * HOUR_US
_NEVER_US = 2**100
"""Beyond every moment."""


class Rate(NamedTuple):
    """A set of rates under the name that calls keep."""

    identity: str
    """`genai-prices@0.2.3 openai/gpt-5.1 flex from 2026-10-12`: source, provider and model as
    listed, what limits the entry, then each variant that really changed a rate."""
    plan: Plan


class _InForce(NamedTuple):
    """A rate, and how long it holds."""

    from_us: int
    until_us: int
    rate: Rate
    formula: Formula | None
    """Of the rate, for the buckets alone."""


class Offer:
    """What one model costs in one context."""

    __slots__ = (
        "_cuts",
        "_daily_cuts",
        "_entries",
        "_found",
        "_last",
        "_rates",
        "_source",
        "_tree",
    )

    def __init__(self, source: str, tree: UnitTree, found: Found, context: Context) -> None:
        self._source = source
        self._tree = tree
        self._found = found
        asked = [v for v in found.model.variants if context.items() >= v.when.items()]
        variants = [_Timed(v) for v in asked] if found.is_own else []
        standard = [_Timed(entry) for entry in found.model.rates]
        self._entries = (standard, variants)
        timed = standard + variants
        self._cuts = sorted({t.start_us for t in timed if t.start_us is not None})
        self._daily_cuts = sorted({edge for t in timed for edge in t.daily_us or ()})
        self._rates: dict[tuple[int, ...], Rate] = {}
        self._last = self._in_force(0)

    @property
    def model(self) -> str:
        """The name the model is listed by."""
        return self._found.model.id

    def at(self, at_us: int) -> Rate:
        """The rate in force then."""
        from_us, until_us, rate, _ = self._last
        return rate if from_us <= at_us < until_us else self._in_force(at_us).rate

    def charge(
        self,
        at_us: int,
        buckets: Buckets,
        more: Mapping[str, int] | None = None,
    ) -> Charge | None:
        """What a call at that time cost; `None` where its usage is unknown or contradictory.

        Nothing is made but the result: this is what loading a log spends its time on.
        """
        from_us, until_us, rate, formula = self._last
        if not from_us <= at_us < until_us:
            _, _, rate, formula = self._in_force(at_us)
        if formula is None or more:
            return rate.plan.charge(buckets, more or {})
        return formula(*buckets)

    def _in_force(self, at_us: int) -> _InForce:
        cuts = [-_NEVER_US, *self._cuts, _NEVER_US]
        midnight_us = at_us - at_us % _DAY_US
        for edge in self._daily_cuts:
            cuts += (midnight_us + edge + day for day in (-_DAY_US, 0, _DAY_US))
        from_us = max(cut for cut in cuts if cut <= at_us)
        until_us = min(cut for cut in cuts if cut > at_us)
        rate = self._rate(at_us)
        found = _InForce(from_us, until_us, rate, rate.plan.formula)
        # One assignment: a thread that prices another moment must not mix its edges into ours.
        self._last = found
        return found

    def _rate(self, at_us: int) -> Rate:
        standard, variants = self._entries
        holding = [place for place, entry in enumerate(standard) if entry.holds(at_us)]
        chosen = holding[-1] if holding else 0
        added = [place for place, variant in enumerate(variants) if variant.holds(at_us)]
        key = (chosen, *added)
        if key not in self._rates:
            self._rates[key] = self._named(standard[chosen], [variants[place] for place in added])
        return self._rates[key]

    def _named(self, standard: "_Timed", variants: list["_Timed"]) -> Rate:
        model = self._found.model
        overrides: dict[str, Usd] = {}
        source = self._source + self._found.amended
        words = [source, f"{self._found.owner.id}/{model.id}", *standard.words()]
        for variant in variants:
            fresh = variant.entry.usd.keys() - overrides.keys()
            if fresh:
                overrides |= {key: variant.entry.usd[key] for key in fresh}
                words += [*sorted(variant.entry.when.values()), *variant.words()]
        usd = {**standard.entry.usd, **overrides}
        identity = " ".join(words)
        return Rate(identity, Plan(usd, self._tree, model.least_seconds, identity))


class _Timed:
    """An entry with its limits in microseconds."""

    __slots__ = ("daily_us", "entry", "start_us")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.start_us = (
            to_us(datetime.fromisoformat(entry.start).replace(tzinfo=UTC)) if entry.start else None
        )
        self.daily_us = (
            (_of_day_us(entry.daily[0]), _of_day_us(entry.daily[1])) if entry.daily else None
        )

    def holds(self, at_us: int) -> bool:
        if self.start_us is not None:
            return at_us >= self.start_us
        if self.daily_us is None:
            return True
        start, end = self.daily_us
        of_day = at_us % _DAY_US
        return start <= of_day < end if start <= end else not end <= of_day < start

    def words(self) -> list[str]:
        if self.entry.start:
            return ["from", self.entry.start]
        return ["daily", "-".join(self.entry.daily)] if self.entry.daily else []


def _of_day_us(text: str) -> int:
    moment = time.fromisoformat(text)
    midnight = datetime(1970, 1, 1, tzinfo=UTC)
    return to_us(datetime.combine(midnight, moment, UTC))
