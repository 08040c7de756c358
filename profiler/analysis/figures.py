"""The first figures: what is spent in the periods people ask about first, and how much is known.

Light to import and quick to read: a status line is made of these, and an app's first frame.
"""

from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from profiler.domain.periods import Span
from profiler.domain.totals import NOTHING, Totals
from profiler.domain.usual import periods


@dataclass(frozen=True, slots=True)
class Spending:
    """Spend in the periods people ask about first, in the user's time zone."""

    today: Totals = NOTHING
    yesterday: Totals = NOTHING
    """The day before until the same time, to compare with."""
    week: Totals = NOTHING
    """The last seven days, today included."""
    month: Totals = NOTHING
    """Since the first of the month."""
    week_before: Totals | None = None
    """The seven days before those, until the same time; `None` when nobody asked."""
    month_before: Totals | None = None
    """As much of the month before; `None` when nobody asked."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the store has followed the log."""

    calls: int
    """Calls in the store, ever."""
    last_call_at_us: int | None
    rejections: int
    """Stretches of the log that were no events."""
    pending_bytes: int
    """Log not yet read: an unfinished last line, or work in progress."""
    lost_calls: int = 0
    """Calls that programs could not log: spend that nobody can see."""
    swallowed_faults: int = 0
    """Failures of our own code in those programs; each may have cost a call."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What can be told at once."""

    taken_at_us: int
    span: Span
    totals: Totals
    """Of the calls asked for, as everything else but `freshness`."""
    spending: Spending
    """Theirs too, whatever the span."""
    freshness: Freshness


class Looking(Protocol):
    """What they are read through: `store.glance.Glance`."""

    def totals(self, span: Span) -> Totals:
        """What all calls in `span` add up to."""
        ...

    def calls_ever(self) -> int:
        """How many calls there are."""
        ...

    def last_call_at_us(self) -> int | None:
        """When the newest call started; `None` where there is none."""
        ...

    def rejections(self) -> int:
        """How many stretches of the log were no events."""
        ...

    def lost(self) -> tuple[int, int]:
        """Calls not logged, and faults of ours."""
        ...


def figures(looking: Looking, span: Span, now_us: int, zone: ZoneInfo) -> Figures:
    """What all calls in the span and in the periods add up to."""
    lost_calls, swallowed_faults = looking.lost()
    return Figures(
        taken_at_us=now_us,
        span=span,
        totals=looking.totals(span),
        spending=Spending(*map(looking.totals, periods(now_us, zone))),
        freshness=Freshness(
            calls=looking.calls_ever(),
            last_call_at_us=looking.last_call_at_us(),
            rejections=looking.rejections(),
            pending_bytes=0,
            lost_calls=lost_calls,
            swallowed_faults=swallowed_faults,
        ),
    )
