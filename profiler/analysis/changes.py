"""Two ranges side by side: what costs more than before, and what less."""

from collections.abc import Sequence
from dataclasses import dataclass

from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import Totals
from profiler.store import reads
from profiler.store.engine import Store


@dataclass(frozen=True, slots=True)
class Change:
    """One row: a group in both ranges; nothing where it had no calls."""

    labels: tuple[str, ...]
    now: Totals
    before: Totals

    @property
    def pusd(self) -> int:
        """How much more was spent; negative where it was less."""
        return self.now.spend_pusd - self.before.spend_pusd

    @property
    def ratio(self) -> float | None:
        """The change as a share of what was spent before; `None` where that was nothing."""
        return self.pusd / self.before.spend_pusd if self.before.spend_pusd else None

    @property
    def of_calls_pusd(self) -> int | None:
        """The part of the change that more or fewer calls explain at the price per call before.

        The rest is a call's price. `None` where either range has no priced call.
        """
        mean = self.before.mean_pusd
        if mean is None or self.now.mean_pusd is None:
            return None
        return (_priced(self.now) - _priced(self.before)) * mean


def _priced(totals: Totals) -> int:
    return totals.calls - totals.unpriced_calls


@dataclass(frozen=True, slots=True)
class Changed:
    """Spend in two ranges by one or more dimensions, the largest change first."""

    by: tuple[str, ...]
    span: Span
    before: Span
    rows: tuple[Change, ...]
    total: Change
    left_out: int = 0
    """How many rows there are beyond those, which changed less."""


def changed(
    store: Store,
    by: Sequence[Dimension],
    wanted: Filter,
    against: Filter,
    most: int | None = None,
) -> Changed:
    """What changed between the calls of `against` and those of `wanted`, `most` of it or all."""
    found = reads.moved(store, by, wanted, against, most)
    return Changed(
        by=tuple(dimension.value for dimension in by),
        span=wanted.span,
        before=against.span,
        rows=tuple(Change(*row) for row in found.rows),
        total=Change((), reads.totals(store, wanted), reads.totals(store, against)),
        left_out=found.left_out,
    )
