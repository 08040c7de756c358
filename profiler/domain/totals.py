"""Totals: what many calls add up to, and how much of it is known how."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a scope and a period; every field adds."""

    calls: int = 0
    errors: int = 0
    """Calls that ended in an error."""
    aborted: int = 0
    retries: int = 0
    """Attempts beyond the first."""
    unpriced_calls: int = 0
    """Calls whose cost is unknown; they add nothing to `spend_pusd`."""
    estimated_calls: int = 0
    derived_calls: int = 0
    input_tokens: int = 0
    """Fresh input tokens, cache excluded."""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    spend_pusd: int = 0
    """Measured, derived and estimated cost together, pico-dollars."""
    estimated_pusd: int = 0
    """The part of `spend_pusd` that rests on estimates."""
    derived_pusd: int = 0
    """The part of it that is exact, but not the provider's counts at our rates."""
    cache_saved_pusd: int = 0
    cache_premium_pusd: int = 0
    cache_missed_pusd: int = 0
    latency_us: int = 0
    """Summed over `timed_calls`."""
    timed_calls: int = 0
    first_chunk_us: int = 0
    """Summed over `streamed_calls`."""
    streamed_calls: int = 0
    """Calls with a known time to first chunk."""

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, f) + getattr(other, f) for f in FIELDS))

    def __sub__(self, other: "Totals") -> "Totals":
        """What `other`, a part of it, leaves of it."""
        return Totals(*(getattr(self, f) - getattr(other, f) for f in FIELDS))

    @property
    def tokens(self) -> int:
        """All tokens, in and out."""
        return self.total_input + self.output_tokens

    @property
    def total_input(self) -> int:
        """Everything read: fresh, cached and newly cached."""
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens

    @property
    def is_unpriced(self) -> bool:
        """Whether no call of it has a price, so that its sum says nothing."""
        return 0 < self.calls == self.unpriced_calls

    @property
    def has_no_known_cost(self) -> bool:
        """Whether every call that may have cost something is unpriced; the others cost nothing."""
        return self.spend_pusd == 0 and self.unpriced_calls > 0

    @property
    def measured_pusd(self) -> int:
        """The part of the spend that rests on the provider's own counts."""
        return self.spend_pusd - self.estimated_pusd - self.derived_pusd

    @property
    def measured_calls(self) -> int:
        """Calls the provider counted, and those that surely were not billed."""
        return self.calls - self.estimated_calls - self.derived_calls - self.unpriced_calls

    @property
    def cache_net_pusd(self) -> int:
        """Saved by reads less the premium paid for writes; may be negative."""
        return self.cache_saved_pusd - self.cache_premium_pusd

    @property
    def hit_rate(self) -> float | None:
        """Share of input tokens read from cache; `None` when nothing was read."""
        return self.cache_read_tokens / self.total_input if self.total_input else None

    @property
    def mean_pusd(self) -> int | None:
        """Mean cost of a priced call, rounded down; `None` when none was priced."""
        priced = self.calls - self.unpriced_calls
        return self.spend_pusd // priced if priced else None


FIELDS = tuple(f.name for f in fields(Totals))
"""The summed columns, in the order the store keeps them."""

NOTHING = Totals()
