"""Time ranges: what the header names and the range picker offers."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from profiler.domain.periods import EVER, HOUR_US, Period, Span, days_back, window


@dataclass(frozen=True, slots=True)
class Range:
    """A named stretch of time that ends now."""

    id: str
    name: str
    """As the header shows it."""
    span_at: Callable[[int, ZoneInfo], Span]
    """The span at a moment: `today` moves on at midnight."""


def _since_start_of(period: Period) -> Callable[[int, ZoneInfo], Span]:
    return lambda now_us, zone: Span(window(period, now_us, zone).start_us)


RANGES = (
    Range("today", "today", _since_start_of(Period.DAILY)),
    Range("24h", "24 hours", lambda now_us, _zone: Span(now_us - 24 * HOUR_US)),
    Range("7d", "7 days", lambda now_us, zone: days_back(7, now_us, zone)),
    Range("30d", "30 days", lambda now_us, zone: days_back(30, now_us, zone)),
    Range("month", "this month", _since_start_of(Period.MONTHLY)),
    Range("all", "all time", lambda _now_us, _zone: EVER),
)
"""Everything the picker offers, the shortest first."""

WEEK = RANGES[2]


def custom(span: Span) -> Range:
    """The range the command line asked for; it stays where it is while time goes on."""
    return Range("custom", "custom", lambda _now_us, _zone: span)
