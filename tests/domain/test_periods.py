from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profiler.domain.periods import (
    EVER,
    HOUR_US,
    Period,
    Span,
    coming_us,
    days_back,
    midnight_us,
    moment_us,
    to_moment,
    to_us,
    window,
)
from profiler.errors import UsageError
from tests.support.sizes import OFTEN

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/Havana",
    "Atlantic/Azores",
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis wants naive bounds
NOW = to_us(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
UTC_ZONE = ZoneInfo("UTC")


@OFTEN
@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(list(Period)))
def test_every_moment_lies_in_its_window(moment: datetime, zone: str, period: Period) -> None:
    assert window(period, to_us(moment), ZoneInfo(zone)).contains(to_us(moment))


@OFTEN
@given(
    MOMENTS, st.sampled_from(ZONES), st.sampled_from([Period.DAILY, Period.WEEKLY, Period.MONTHLY])
)
def test_windows_meet_without_gap_or_overlap(moment: datetime, zone: str, period: Period) -> None:
    here = window(period, to_us(moment), ZoneInfo(zone))
    assert here.end_us is not None
    assert window(period, here.end_us, ZoneInfo(zone)).start_us == here.end_us


def test_a_day_that_loses_midnight_begins_where_the_gap_ends() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    start = to_moment(midnight_us(date(2024, 4, 26), cairo), cairo)
    assert (start.hour, start.date()) == (1, date(2024, 4, 26))


def test_a_skipped_day_is_empty() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert midnight_us(date(2011, 12, 30), apia) == midnight_us(date(2011, 12, 31), apia)


def test_a_total_has_neither_beginning_nor_end() -> None:
    assert window(Period.TOTAL, NOW, UTC_ZONE) == EVER


def test_weeks_begin_on_monday() -> None:
    week = window(Period.WEEKLY, NOW, UTC_ZONE)
    assert week.start_us is not None
    assert to_moment(week.start_us, UTC_ZONE).date() == date(2026, 11, 16)


def test_seven_days_back_include_today() -> None:
    week = days_back(7, NOW, UTC_ZONE)
    assert week == Span(midnight_us(date(2026, 11, 16), UTC_ZONE), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", NOW - 24 * HOUR_US),
        ("90 min", NOW - 90 * 60 * 1_000_000),
        ("1d", to_us(datetime(2026, 11, 22, tzinfo=UTC))),
        ("7d", to_us(datetime(2026, 11, 16, tzinfo=UTC))),
        ("2w", to_us(datetime(2026, 11, 9, tzinfo=UTC))),
        ("now", NOW),
        ("today", to_us(datetime(2026, 11, 22, tzinfo=UTC))),
        ("yesterday", to_us(datetime(2026, 11, 21, tzinfo=UTC))),
        ("month", to_us(datetime(2026, 11, 1, tzinfo=UTC))),
        ("2026-11-20", to_us(datetime(2026, 11, 20, tzinfo=UTC))),
        ("2026-11-20T08:15", to_us(datetime(2026, 11, 20, 8, 15, tzinfo=UTC))),
        ("2026-11-20T08:15+02:00", to_us(datetime(2026, 11, 20, 6, 15, tzinfo=UTC))),
    ],
)
def test_points_in_time_are_read_as_people_write_them(text: str, expected: int) -> None:
    assert moment_us(text, NOW, UTC_ZONE) == expected


@pytest.mark.parametrize("text", ["", "soon", "7x", "2026-13-01", "-3d", "999999w", "700000d"])
def test_what_is_no_point_in_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match="is no point in time"):
        moment_us(text, NOW, UTC_ZONE)


@pytest.mark.parametrize(
    "text",
    ["9999-12-31", "9001-01-03", "0001-01-01", "1969-12-30", "9999-12-31T23:59-10:00"],
)
def test_what_no_calendar_reckons_with_is_refused_with_the_years(text: str) -> None:
    for zone in (UTC_ZONE, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")):
        with pytest.raises(
            UsageError, match=f"'{text}' lies outside the years 1970 to 9000; write"
        ):
            moment_us(text, NOW, zone)
        assert moment_us("1970-01-01", NOW, zone) < moment_us("9000-12-31", NOW, zone)


@pytest.mark.parametrize("text", ["9999-12-31", "9999-12-30", "999999w", "400000w"])
def test_no_moment_to_come_is_too_far(text: str) -> None:
    with pytest.raises(UsageError, match="lies outside the years 1970 to 9000; write 2h"):
        coming_us(text, NOW, UTC_ZONE)


@OFTEN
@given(MOMENTS)
def test_moments_keep_their_microseconds(moment: datetime) -> None:
    assert to_moment(to_us(moment), UTC_ZONE) - moment == timedelta(0)


def test_weeks_begin_on_the_day_chosen() -> None:
    week = window(Period.WEEKLY, NOW, UTC_ZONE, week_start=6)
    assert week.start_us == midnight_us(date(2026, 11, 22), UTC_ZONE)


def test_a_call_and_a_session_end_by_themselves() -> None:
    assert window(Period.CALL, NOW, UTC_ZONE) == window(Period.SESSION, NOW, UTC_ZONE) == EVER


def test_an_hour_is_cut_where_the_clocks_are_turned_by_half_of_one() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    turned = to_us(datetime(2026, 4, 4, 15, tzinfo=UTC))  # 2:00 becomes 1:30
    before = window(Period.HOURLY, turned - 1, lord_howe)
    after = window(Period.HOURLY, turned, lord_howe)
    assert before == Span(turned - HOUR_US, turned)
    assert after == Span(turned, turned + HOUR_US // 2)
