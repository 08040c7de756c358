"""Time ranges: what the header names and the range picker offers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.domain.periods import (
    EVER,
    HOUR_US,
    Period,
    Span,
    days_back,
    midnight_us,
    moment_us,
    to_moment,
    window,
)
from profiler.errors import UsageError
from profiler.log.runs import latest_run_us
from profiler.tui.asking.moments import moment_text

CUSTOM = "custom"
MONTHS = 3
"""In a quarter."""


@dataclass(frozen=True, slots=True)
class Range:
    """A named stretch of time."""

    id: str
    name: str
    """As the header shows it."""
    span_at: Callable[[int, ZoneInfo], Span]
    """The span at a moment: `today` moves on at midnight."""


def _since_start_of(period: Period) -> Callable[[int, ZoneInfo], Span]:
    return lambda now_us, zone: Span(window(period, now_us, zone).start_us)


def _quarter(now_us: int, zone: ZoneInfo) -> Span:
    day = to_moment(now_us, zone).date()
    first = day.replace(month=day.month - (day.month - 1) % MONTHS, day=1)
    return Span(midnight_us(first, zone))


RANGES = (
    Range("today", "today", _since_start_of(Period.DAILY)),
    Range("24h", "24 hours", lambda now_us, _zone: Span(now_us - 24 * HOUR_US)),
    Range("7d", "7 days", lambda now_us, zone: days_back(7, now_us, zone)),
    Range("30d", "30 days", lambda now_us, zone: days_back(30, now_us, zone)),
    Range("month", "this month", _since_start_of(Period.MONTHLY)),
    Range("quarter", "this quarter", _quarter),
    Range("all", "all time", lambda _now_us, _zone: EVER),
)
"""What is always offered, the shortest first."""

WEEK = RANGES[2]


def latest_run(log_folder: Path) -> Range:
    """Since the program that runs, or ran last, was started."""

    def span_at(now_us: int, _zone: ZoneInfo) -> Span:
        start_us = latest_run_us(log_folder)
        return Span(now_us if start_us is None else start_us)

    return Range("run", "latest run", span_at)


def custom(since: str, until: str, now_us: int, zone: ZoneInfo) -> Range:
    """The range between two moments in words: `7d`, `yesterday`, `2026-11-22`; either may be empty.

    It goes on with time as its words do.

    Raises:
        UsageError: a moment cannot be read, or none lies between them.

    """

    def span_at(at_us: int, zone: ZoneInfo) -> Span:
        bounds = [moment_us(text, at_us, zone) if text else None for text in (since, until)]
        return Span(*bounds)

    if span_at(now_us, zone).is_empty:
        raise UsageError("no moment lies in that range: it would end before it begins")
    words = [f"since {since}"] if since else []
    words += [f"until {until}"] if until else []
    return Range(f"{CUSTOM} {since}..{until}", " ".join(words) or "all time", span_at)


def retold(chosen: Range, now_us: int, before: ZoneInfo, zone: ZoneInfo) -> Range:
    """The range where another zone's clocks are shown: its moments are kept, in that zone's words.

    What goes on with time, as `today` and `7d` do, means the days of whatever zone is shown.
    """
    name, _, words = chosen.id.partition(" ")
    if name != CUSTOM or before.key == zone.key:
        return chosen
    since, until = (_retold(text, now_us, before, zone) for text in words.split("..", 1))
    try:
        return custom(since, until, now_us, zone)
    except UsageError:
        return chosen


def _retold(text: str, now_us: int, before: ZoneInfo, zone: ZoneInfo) -> str:
    at_us = moment_us(text, now_us, before) if text else now_us
    stands_still = text and moment_us(text, now_us + _LONG_US, before) == at_us
    return moment_text(at_us, zone) if stands_still else text


_LONG_US = 1000 * 24 * HOUR_US
"""Whatever goes on with time has moved by then."""


def wider(current: Range, newest_us: int | None, now_us: int, zone: ZoneInfo) -> Range | None:
    """The shortest range that begins before `current` and holds the newest call, if it can."""
    begin_us = current.span_at(now_us, zone).start_us
    spans = [(one, one.span_at(now_us, zone)) for one in RANGES if one.id != current.id]
    longer = [
        (one, span)
        for one, span in spans
        if span.start_us is None or (begin_us is not None and span.start_us < begin_us)
    ]
    longer.sort(key=lambda both: both[1].start_us or 0, reverse=True)
    holding = [one for one, span in longer if newest_us is not None and span.contains(newest_us)]
    return next(iter(holding or [one for one, _ in longer]), None)


def remembered(
    range_id: str, ranges: tuple[Range, ...], now_us: int, zone: ZoneInfo
) -> Range | None:
    """The range of an id that was kept; `None` where there is none (any more)."""
    name, _, words = range_id.partition(" ")
    if name != CUSTOM:
        return next((one for one in ranges if one.id == range_id), None)
    since, _, until = words.partition("..")
    try:
        return custom(since, until, now_us, zone)
    except UsageError:
        return None
