from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from profiler.domain.periods import EVER, HOUR_US, Span, days_back, to_us
from profiler.domain.usual import before, periods

BERLIN = ZoneInfo("Europe/Berlin")
YEAR_US = 365 * 24 * HOUR_US


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return to_us(datetime(year, month, day, hour, minute, tzinfo=BERLIN))


def test_today_until_noon_is_compared_with_yesterday_until_noon() -> None:
    today, noon = at(2026, 11, 22), at(2026, 11, 22, 12)
    assert before(Span(today), noon, BERLIN) == Span(at(2026, 11, 21), at(2026, 11, 21, 12))


def test_days_are_whole_where_the_clocks_were_turned() -> None:
    # Berlin's clocks went back an hour on 25 October 2026
    span = Span(at(2026, 10, 25), at(2026, 10, 26))
    assert before(span, 0, BERLIN) == Span(at(2026, 10, 24), at(2026, 10, 25))


def test_seven_days_are_compared_with_the_seven_before() -> None:
    now = at(2026, 11, 22, 9, 30)
    assert before(days_back(7, now, BERLIN), now, BERLIN) == Span(
        at(2026, 11, 9), at(2026, 11, 15, 9, 30)
    )


def test_what_begins_at_no_midnight_is_moved_by_its_length() -> None:
    now = to_us(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    assert before(Span(now - 3 * HOUR_US), now, BERLIN) == Span(
        now - 6 * HOUR_US, now - 3 * HOUR_US
    )


def test_a_day_a_week_and_a_month_are_compared_with_as_much_of_those_before() -> None:
    found = periods(at(2026, 11, 22, 9, 30), BERLIN)
    assert found.yesterday == Span(at(2026, 11, 21), at(2026, 11, 21, 9, 30))
    assert found.week_before == Span(at(2026, 11, 9), at(2026, 11, 15, 9, 30))
    assert found.month_before == Span(at(2026, 10, 1), at(2026, 10, 22, 9, 30))


def test_a_longer_month_is_compared_with_all_of_a_shorter_one() -> None:
    found = periods(at(2026, 3, 30, 9, 30), BERLIN)
    assert found.month_before == Span(at(2026, 2, 1), at(2026, 3, 1))
    assert periods(at(2026, 1, 30), BERLIN).month_before.start_us == at(2025, 12, 1)


def test_before_all_time_there_is_nothing() -> None:
    assert before(EVER, 0, BERLIN) is None


@given(
    st.integers(0, 30 * YEAR_US),
    st.integers(1, 400 * 24 * HOUR_US),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "America/New_York"]),
)
def test_the_stretch_before_ends_no_later_than_the_span_begins(
    start_us: int, length_us: int, zone: str
) -> None:
    found = before(Span(start_us, start_us + length_us), 0, ZoneInfo(zone))
    assert found is not None
    assert found.start_us is not None
    assert found.end_us is not None
    assert found.start_us <= found.end_us <= start_us
