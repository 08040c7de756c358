"""The periods that people ask about first, whatever range they look at."""

from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from profiler.domain.periods import Span, first_midnight_us, midnight_us, to_moment, to_us


class Periods(NamedTuple):
    """The periods that people ask about first, and those before."""

    today: Span
    yesterday: Span
    week: Span
    month: Span
    week_before: Span
    month_before: Span


def periods(now_us: int, zone: ZoneInfo) -> Periods:
    """The periods by the zone's own days, in the order of `analysis.figures.Spending`."""
    day, day_before, week, week_before = (
        first_midnight_us(days, now_us, zone) for days in (1, 2, 7, 14)
    )
    first = to_moment(now_us, zone).date().replace(day=1)
    month = midnight_us(first, zone)
    month_before = midnight_us((first - timedelta(days=1)).replace(day=1), zone)
    return Periods(
        today=Span(day),
        yesterday=Span(day_before, day),
        week=Span(week),
        month=Span(month),
        week_before=Span(week_before, week),
        month_before=Span(month_before, month),
    )


def before(span: Span, now_us: int, zone: ZoneInfo) -> Span | None:
    """As long a stretch just before, for comparison; `None` before what has no beginning.

    An open span ends now. What begins at a midnight is moved back by whole days of `zone`, so
    that today until noon is compared with yesterday until noon, whatever the clocks did between.
    """
    if span.start_us is None:
        return None
    end_us = now_us if span.end_us is None else span.end_us
    start = to_moment(span.start_us, zone)
    if midnight_us(start.date(), zone) != span.start_us:
        return Span(span.start_us - (end_us - span.start_us), span.start_us)
    end = to_moment(end_us, zone)
    days = timedelta(days=(to_moment(end_us - 1, zone).date() - start.date()).days + 1)
    return Span(
        midnight_us(start.date() - days, zone),
        min(to_us((end.replace(tzinfo=None) - days).replace(tzinfo=zone)), span.start_us),
    )
