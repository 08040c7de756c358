"""What comparing models finds: frozen, as `analysis.results.snapshot`."""

from dataclasses import dataclass
from typing import Literal

from profiler.analysis.results.snapshot import Part
from profiler.domain.totals import NOTHING, Totals


@dataclass(frozen=True, slots=True)
class Quantiles:
    """What half, 95 and 99 of a hundred calls stay within; `None` where nothing was measured."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How the calls of one row differ among themselves."""

    cost: Quantiles = Quantiles()
    """Pico-dollars, of calls whose cost is known."""
    latency: Quantiles = Quantiles()
    """Microseconds."""
    first_chunk: Quantiles = Quantiles()
    """Microseconds, of streamed calls."""
    truncated: float | None = None
    """Share of the calls whose answer was cut off at the most tokens allowed."""
    refused: float | None = None
    """Share of the calls that the model or a filter would not answer."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One of what is compared: a model, a feature or a user."""

    labels: tuple[str, ...]
    """Provider and model, or the one label."""
    totals: Totals
    spread: Spread = Spread()

    @property
    def name(self) -> str:
        """The model, or the label; empty where nobody set it."""
        return self.labels[-1]

    @property
    def provider(self) -> str:
        """Whose model it is; empty where something else is compared."""
        return self.labels[0] if len(self.labels) > 1 else ""

    @property
    def error_rate(self) -> float | None:
        """Share of the calls that failed; `None` where there are none."""
        return self.totals.errors / self.totals.calls if self.totals.calls else None

    @property
    def tokens_per_s(self) -> float | None:
        """Output tokens by the seconds they took to come; `None` where nobody timed them.

        The time before a stream's first chunk is not among them. Calls that were not streamed
        count whole.
        """
        taken_us = self.totals.latency_us - self.totals.first_chunk_us
        output = self.totals.output_tokens
        return output * 1e6 / taken_us if taken_us > 0 and output else None


@dataclass(frozen=True, slots=True)
class Moved:
    """One model's history at another model's rates."""

    provider: str
    model: str
    calls: int
    spend_pusd: int
    """What those calls cost."""
    low_pusd: int
    """What the same tokens cost at least."""
    high_pusd: int
    """And at most; the same but where rates depend on what sums do not tell."""

    @property
    def low_difference_pusd(self) -> int:
        """What moving changes at least; below zero is saved."""
        return self.low_pusd - self.spend_pusd

    @property
    def high_difference_pusd(self) -> int:
        """What moving changes at most."""
        return self.high_pusd - self.spend_pusd


Why = Literal["tiers", "lifetimes", "hours"]
"""What makes a bound of a sum: rates by the length of the input, by how long a cache is kept, by
the time of day."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Calls that cannot be repriced, and why not."""

    calls: int
    why: str
    spend_pusd: int = 0


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The wanted calls, had another model answered them with as many tokens."""

    target: str
    """Provider and model as listed; as it was asked for where there is no rate."""
    rate: str
    """The name of the rate it is priced by; empty where there is none."""
    rows: tuple[Moved, ...]
    """The dearest first."""
    total: Moved
    left_out: tuple[LeftOut, ...]
    bounded_by: tuple[Why, ...] = ()
    """Why the new sums are bounds; empty where they are exact."""
    is_used: bool = False
    """Whether some of the calls ran on it."""

    @property
    def is_exact(self) -> bool:
        """Whether low and high are one."""
        return not self.bounded_by


@dataclass(frozen=True, slots=True)
class ModelsPart(Part):
    """The models screen's own."""

    by: str = "model"
    rows: tuple[Compared, ...] = ()
    """The dearest first."""
    totals: Totals = NOTHING
    """Of all that is compared."""
    left_out: int = 0
    """Rows beyond the dearest, too many to show."""
    sampled_calls: int | None = None
    """Of how many of the newest calls the spreads are; `None` where of all."""
    targets: tuple[str, ...] = ()
    """What one could move to: provider/model of everything with rates."""
    whatif: WhatIf | None = None
    """Where the user picked a model to move to."""
    ranked: tuple[WhatIf, ...] = ()
    """Where the user asked for all sensible ones, cheapest first."""
