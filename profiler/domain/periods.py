"""Periods: half-open spans of time, computed from a time zone and never reset by a job."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from profiler.errors import UsageError

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Period(StrEnum):
    """How often a budget starts afresh."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span [start, end) in microseconds since the epoch; `None` is open."""

    start_us: int | None = None
    end_us: int | None = None

    def contains(self, at_us: int) -> bool:
        """Whether the moment lies inside."""
        after = self.start_us is None or at_us >= self.start_us
        return after and (self.end_us is None or at_us < self.end_us)


EVER = Span()


def to_us(moment: datetime) -> int:
    """An aware moment in microseconds since the epoch, exact."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_moment(at_us: int, zone: ZoneInfo) -> datetime:
    """Microseconds since the epoch as an aware moment in `zone`, exact."""
    return (EPOCH + timedelta(microseconds=at_us)).astimezone(zone)


def midnight_us(day: date, zone: ZoneInfo) -> int:
    """The first instant of `day` in `zone`.

    Where midnight is skipped, zoneinfo reads it with the offset before the gap, which is the
    instant the gap ends; a day that is skipped whole begins and ends in that same instant.
    """
    return to_us(datetime.combine(day, time(0), zone))


def window(period: Period, at_us: int, zone: ZoneInfo) -> Span:
    """The period's span that contains `at_us`; weeks start on Monday."""
    day = to_moment(at_us, zone).date()
    if period is Period.TOTAL:
        return EVER
    if period is Period.DAILY:
        first, after = day, day + timedelta(days=1)
    elif period is Period.WEEKLY:
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    return Span(midnight_us(first, zone), midnight_us(after, zone))


def days_back(count: int, at_us: int, zone: ZoneInfo) -> Span:
    """The last `count` calendar days in `zone`, today included and open to the future."""
    today = to_moment(at_us, zone).date()
    return Span(midnight_us(today - timedelta(days=count - 1), zone), None)


_AGO = re.compile(r"(\d{1,6})\s*(s|m|min|h|d|w)")
_UNIT_US = {
    "s": SECOND_US,
    "m": 60 * SECOND_US,
    "min": 60 * SECOND_US,
    "h": HOUR_US,
    "d": 24 * HOUR_US,
    "w": 7 * 24 * HOUR_US,
}


def moment_us(text: str, now_us: int, zone: ZoneInfo) -> int:
    """When `text` means: `30m`, `24h`, `7d`, `2w` ago; `today`, `yesterday`, `week`; a date.

    Raises:
        UsageError: none of these; the message lists them.

    """
    word = text.strip().lower()
    ago = _AGO.fullmatch(word)
    if ago:
        return now_us - int(ago[1]) * _UNIT_US[ago[2]]
    today = window(Period.DAILY, now_us, zone).start_us or 0
    named = {
        "now": now_us,
        "today": today,
        "yesterday": midnight_us(to_moment(today, zone).date() - timedelta(days=1), zone),
        "week": window(Period.WEEKLY, now_us, zone).start_us,
        "month": window(Period.MONTHLY, now_us, zone).start_us,
    }.get(word)
    if named is not None:
        return named
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is no point in time; write 30m, 24h, 7d, 2w, today, yesterday, week, month, "
            "or a date like 2026-11-22 or 2026-11-22T09:30"
        ) from None
    if len(text.strip()) == 10:
        return midnight_us(moment.date(), zone)
    return to_us(moment if moment.tzinfo else moment.replace(tzinfo=zone))
