"""Periods: half-open spans of time, computed from a time zone and never reset by a job."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from profiler.errors import UsageError

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Period(StrEnum):
    """How often a budget starts afresh."""

    CALL = "call"
    """Every call has the limit to itself."""
    SESSION = "session"
    """Every session has; it lasts as long as its label is used."""
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span [start, end) in microseconds since the epoch; `None` is open."""

    start_us: int | None = None
    end_us: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it ends no later than it begins."""
        start, end = self.start_us, self.end_us
        return start is not None and end is not None and end <= start

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


def window(period: Period, at_us: int, zone: ZoneInfo, week_start: int = 0) -> Span:
    """The period's span that contains `at_us`; weeks start on `week_start`, Monday being 0.

    A call's and a session's window is all of time: they end by themselves.
    """
    if period in {Period.CALL, Period.SESSION, Period.TOTAL}:
        return EVER
    if period is Period.HOURLY:
        return _hour(at_us, zone)
    day = to_moment(at_us, zone).date()
    if period is Period.DAILY:
        first, after = day, day + timedelta(days=1)
    elif period is Period.WEEKLY:
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    return Span(midnight_us(first, zone), midnight_us(after, zone))


def _hour(at_us: int, zone: ZoneInfo) -> Span:
    """The hour on the zone's clocks, cut short where they are turned within it."""
    local = to_moment(at_us, zone)
    into_us = (local.minute * 60 + local.second) * SECOND_US + local.microsecond
    start_us, end_us = at_us - into_us, at_us - into_us + HOUR_US
    if _offset(start_us, zone) != local.utcoffset():
        start_us = _turned_us(start_us, at_us, zone)
    if _offset(end_us - 1, zone) != local.utcoffset():
        end_us = _turned_us(at_us, end_us - 1, zone)
    return Span(start_us, end_us)


def _offset(at_us: int, zone: ZoneInfo) -> timedelta | None:
    return to_moment(at_us, zone).utcoffset()


def _turned_us(before_us: int, after_us: int, zone: ZoneInfo) -> int:
    """When the clocks were turned between two moments: the first with the later one's offset."""
    offset = _offset(after_us, zone)
    while after_us - before_us > 1:
        middle_us = (before_us + after_us) // 2
        if _offset(middle_us, zone) == offset:
            after_us = middle_us
        else:
            before_us = middle_us
    return after_us


def days_back(count: int, at_us: int, zone: ZoneInfo) -> Span:
    """The last `count` calendar days in `zone`, today included and open to the future."""
    return Span(first_midnight_us(count, at_us, zone), None)


def first_midnight_us(count: int, at_us: int, zone: ZoneInfo) -> int:
    """Where the last `count` calendar days in `zone` begin, today included."""
    today = to_moment(at_us, zone).date()
    return midnight_us(today - timedelta(days=count - 1), zone)


_AGO = re.compile(r"(\d{1,6})\s*(s|m|min|h|d|w)")
_UNIT_US = {
    "s": SECOND_US,
    "m": 60 * SECOND_US,
    "min": 60 * SECOND_US,
    "h": HOUR_US,
}
_UNIT_DAYS = {"d": 1, "w": 7}
FIRST_YEAR, LAST_YEAR = 1970, 9000
"""What is reckoned from a moment, as the stretch before, must find a calendar that goes so far."""
OLDEST_US = to_us(datetime(1000, 1, 1, tzinfo=UTC))
"""As far back as anything is reckoned: years have four digits."""
_FIRST_US = -14 * HOUR_US
"""No clock on earth is further ahead."""
_END_US = to_us(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)) + 12 * HOUR_US


def moment_us(text: str, now_us: int, zone: ZoneInfo) -> int:
    """When `text` means: `30m`, `24h` ago; `7d`, `2w`; `today`, `yesterday`, `week`; a date.

    Seconds, minutes and hours count back from now; days and weeks are whole days of `zone`, today
    among them: `1d` is today's midnight, `7d` the one six days before it.

    Raises:
        UsageError: none of these, or too far away; the message says what could stand there.

    """
    at_us = _read_us(text, now_us, zone)
    if not _AGO.fullmatch(text.strip().lower()):
        _refuse_far(text, at_us, "24h, 7d, today")
    return at_us


def _refuse_far(text: str, at_us: int, near: str) -> None:
    if not _FIRST_US <= at_us < _END_US:
        raise UsageError(
            f"{text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}; write {near}, "
            "or a date like 2026-11-22"
        )


def _read_us(text: str, now_us: int, zone: ZoneInfo) -> int:
    word = text.strip().lower()
    ago = _AGO.fullmatch(word)
    if ago:
        return _ago_us(int(ago[1]), ago[2], now_us, zone)
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


def coming_us(text: str, now_us: int, zone: ZoneInfo) -> int:
    """When `text` means, ahead of now: `30m`, `2h`, `3d`, `1w` from now; `tomorrow`; a date.

    Days and weeks end with the day they reach, as people mean `for 3d`.

    Raises:
        UsageError: none of these, not ahead, or too far; the message says what could stand there.

    """
    try:
        at_us = _read_coming_us(text.strip(), now_us, zone)
    except ValueError:
        raise UsageError(
            f"{text!r} is no moment to come; write 30m, 2h, 3d, 1w, tomorrow, "
            "or a date like 2026-11-22 or 2026-11-22T18:00"
        ) from None
    except OverflowError:
        at_us = _END_US
    if at_us <= now_us:
        raise UsageError(f"{text!r} has passed; write a moment to come, such as 2h or 3d")
    _refuse_far(text, at_us, "2h, 3d, tomorrow")
    return at_us


def _read_coming_us(text: str, now_us: int, zone: ZoneInfo) -> int:
    ahead = _AGO.fullmatch(text.lower())
    if ahead and ahead[2] in _UNIT_US:
        return now_us + int(ahead[1]) * _UNIT_US[ahead[2]]
    today = to_moment(now_us, zone).date()
    if ahead:
        days = int(ahead[1]) * _UNIT_DAYS[ahead[2]]
        return midnight_us(today + timedelta(days=days + 1), zone)
    if text.lower() == "tomorrow":
        return midnight_us(today + timedelta(days=2), zone)
    moment = datetime.fromisoformat(text)
    if len(text) == len("2026-11-22"):
        return midnight_us(moment.date() + timedelta(days=1), zone)
    return to_us(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _ago_us(count: int, unit: str, now_us: int, zone: ZoneInfo) -> int:
    if unit in _UNIT_US:
        return now_us - count * _UNIT_US[unit]
    if count == 0:
        raise UsageError(f"0{unit} would begin tomorrow; 1d is today")
    with suppress(OverflowError):
        at_us = first_midnight_us(count * _UNIT_DAYS[unit], now_us, zone)
        if at_us >= OLDEST_US:
            return at_us
    raise UsageError(f"{count}{unit} is no point in time: no calendar goes so far back")
