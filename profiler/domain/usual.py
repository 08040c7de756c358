"""The periods that people ask about first, whatever range they look at."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from profiler.domain.periods import (
    DAY_US,
    HOUR_US,
    OLDEST_US,
    Span,
    first_midnight_us,
    midnight_us,
    to_moment,
    to_us,
)

WEEK_US = 7 * DAY_US


class Periods(NamedTuple):
    """The periods that people ask about first, and as much of those before: like with like."""

    today: Span
    yesterday: Span
    """Until the time of day that it is now."""
    week: Span
    month: Span
    week_before: Span
    month_before: Span
    """Until the day and time of the month that it is now, or all of a shorter month."""


def periods(now_us: int, zone: ZoneInfo) -> Periods:
    """The periods by the zone's own days, in the order of `analysis.figures.Spending`."""
    day, day_before, week, week_before = (
        first_midnight_us(days, now_us, zone) for days in (1, 2, 7, 14)
    )
    now = to_moment(now_us, zone).replace(tzinfo=None)
    first = now.date().replace(day=1)
    month = midnight_us(first, zone)
    first_before = (first - timedelta(days=1)).replace(day=1)
    is_shorter = now.day > (first - timedelta(days=1)).day
    by_then = month if is_shorter else _at_us(now.replace(*first_before.timetuple()[:2]), zone)
    return Periods(
        today=Span(day),
        yesterday=Span(day_before, min(_at_us(now - timedelta(days=1), zone), day)),
        week=Span(week),
        month=Span(month),
        week_before=Span(week_before, min(_at_us(now - timedelta(days=7), zone), week)),
        month_before=Span(midnight_us(first_before, zone), min(by_then, month)),
    )


def usual_hours(now_us: int) -> Span:
    """The week before the last sixty minutes: whose mean is a usual hour."""
    return Span(now_us - HOUR_US - WEEK_US, now_us - HOUR_US)


def yesterday(now_us: int, zone: ZoneInfo) -> Span:
    """All of the day before."""
    return Span(first_midnight_us(2, now_us, zone), first_midnight_us(1, now_us, zone))


def _at_us(local: datetime, zone: ZoneInfo) -> int:
    return to_us(local.replace(tzinfo=zone))


def before(span: Span, now_us: int, zone: ZoneInfo) -> Span | None:
    """As long a stretch just before, for comparison; `None` where no calendar goes so far back.

    Before what has no beginning there is none either.
    An open span ends now. What begins at a midnight is moved back by whole days of `zone`, so
    that today until noon is compared with yesterday until noon, whatever the clocks did between.
    """
    if span.start_us is None:
        return None
    end_us = now_us if span.end_us is None else span.end_us
    if span.start_us - (end_us - span.start_us) < OLDEST_US:
        return None
    start = to_moment(span.start_us, zone)
    if midnight_us(start.date(), zone) != span.start_us:
        return Span(span.start_us - (end_us - span.start_us), span.start_us)
    end = to_moment(end_us, zone)
    days = timedelta(days=(to_moment(end_us - 1, zone).date() - start.date()).days + 1)
    return Span(
        midnight_us(start.date() - days, zone),
        min(_at_us(end.replace(tzinfo=None) - days, zone), span.start_us),
    )
