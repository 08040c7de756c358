"""Where a budget is heading, in words."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from profiler import display
from profiler.domain.budgets import Forecast, Measure, Standing
from profiler.domain.periods import DAY_US, Period, to_moment

WEEK = 7
_DOLLAR_PUSD = 10**12
_MOST_NAMED = 8
_LEAST = 0.001
"""Dollars below which two digits would read as a power of ten."""


def outlook(standing: Standing) -> str:
    """`about $82 by Nov 30 ($74–$93); reaches $80.00 around Nov 28`; empty where none is made."""
    forecast = standing.forecast
    if forecast is None:
        return ""
    if forecast.days < WEEK:
        return f"too little to forecast by: {forecast.days} of {WEEK} whole days with calls"
    reached = reached_words(standing)
    expected = expected_words(standing)
    if expected and reached:
        return f"{expected}; {reached}"
    return expected or reached or f"{_limit(standing)} is not reached within a year at this pace"


def outlooks(standings: Sequence[Standing]) -> list[str]:
    """The same for each of several by its title; those with too little behind them in one line."""
    early = [one for one in standings if one.forecast and one.forecast.days < WEEK]
    told = [one for one in standings if one not in early or len(early) == 1]
    lines = [f"{one.title}: {words}" for one in told if (words := outlook(one))]
    if len(early) > 1:
        lines.append(f"too little to forecast by: {_days_of(early)}")
    return lines


def _days_of(early: Sequence[Standing]) -> str:
    """How many days each has behind it: `team 3, search 5, of 7 whole days with calls`."""
    days = [(one.title, one.forecast.days) for one in early if one.forecast]
    named = [f"{title} {count}" for title, count in days[:_MOST_NAMED]]
    more = len(days) - len(named)
    rest = f" and {display.count(more)} more" * bool(more)
    return f"{', '.join(named)}{rest}, of {WEEK} whole days with calls"


def expected_words(standing: Standing) -> str:
    """What the window is expected to end with, and between which two it probably will."""
    forecast = standing.forecast
    if forecast is None or forecast.mid is None:
        return ""
    measure = standing.tightest.measure
    ends = (about(end, measure) for end in (forecast.low or 0, forecast.high or 0))
    return f"about {about(forecast.mid, measure)} by {_end(standing)} ({'–'.join(ends)})"


def reached_words(standing: Standing) -> str:
    """When the limit is reached; empty where it is not, or has been."""
    at_us = standing.forecast.reaches_at_us if standing.forecast else None
    if at_us is None:
        return ""
    moment = to_moment(at_us, ZoneInfo(standing.budget.zone))
    when = f"{moment:%H:%M}" if standing.budget.period is Period.DAILY else _day(standing, at_us)
    return f"reaches {_limit(standing)} around {when}"


def expected_short(forecast: Forecast | None, measure: Measure) -> str:
    """What the window is expected to end with, for a column."""
    if forecast is None or forecast.mid is None:
        return display.UNKNOWN
    return f"~{about(forecast.mid, measure)}"


def about(amount: int, measure: Measure) -> str:
    """So much, no more exactly than an estimate is: `$82`, `$8.20`, `1.2M tokens`."""
    if measure is not Measure.COST:
        return f"{display.short_count(amount)} {measure.value}"
    dollars = amount / _DOLLAR_PUSD
    if dollars >= 10:
        return f"${display.count(round(dollars))}"
    if dollars >= 1 or dollars < _LEAST:
        return display.money(amount)
    return f"${dollars:.2g}"


def _limit(standing: Standing) -> str:
    limit = standing.tightest
    return display.amount(limit.amount, limit.measure)


def _end(standing: Standing) -> str:
    if standing.budget.period is Period.DAILY:
        return "midnight"
    return _day(standing, (standing.window.end_us or 1) - 1)


def _day(standing: Standing, at_us: int) -> str:
    moment = to_moment(at_us, ZoneInfo(standing.budget.zone))
    started_us = standing.window.start_us
    is_far = started_us is None or at_us - started_us > 300 * DAY_US
    return f"{moment:%b} {moment.day}{f', {moment.year}' if is_far else ''}"
