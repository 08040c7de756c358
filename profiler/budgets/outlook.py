"""Where a budget is heading, in words."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from profiler import display
from profiler.domain.budgets import Forecast, Measure, Standing
from profiler.domain.periods import DAY_US, Period, to_moment

_DOLLAR_PUSD = 10**12
_MOST_NAMED = 8
_LEAST = 0.001
"""Dollars below which two digits would read as a power of ten."""
_SHORT = {Period.HOURLY, Period.DAILY}
"""Windows in which the time of day tells when."""


def outlook(standing: Standing) -> str:
    """`about $82 by Nov 30 ($74–$93); reaches $80.00 around Nov 28`; empty where none is made.

    Without an end: `reaches $80.00 around Nov 28, 2026 (Nov 25–Dec 4)`.
    """
    forecast = standing.forecast
    if forecast is None:
        return ""
    if forecast.why_not:
        return forecast.why_not
    reached = reached_words(standing)
    expected = expected_words(standing)
    if expected and reached:
        return f"{expected}; {reached}"
    return expected or reached or _far(standing)


def outlooks(standings: Sequence[Standing]) -> list[str]:
    """The same for several, each behind its title: of a budget's many values those alone that
    will reach their limit; what cannot be told in a line for all that it cannot be told of.
    """
    told = [one for one in standings if one.forecast and not one.forecast.why_not]
    many = {one.budget.name for one in told if one.value}
    lines = []
    for name, group in groupby(sorted(told, key=_name), key=_name):
        several = list(group)
        if several[0].budget.period is Period.SESSION:
            # one tells what sessions are like; the fullest comes first
            several = [one for one in several if one.left > 0][:1]
        elif name in many:
            several = [one for one in several if one.left > 0 and reached_words(one)]
            several.sort(key=_reached_at_us)
        lines += [
            f"{display.shortened(one.title)}: {outlook(one)}" for one in several[:_MOST_NAMED]
        ]
        if len(several) > _MOST_NAMED:
            more = display.count(len(several) - _MOST_NAMED)
            lines.append(f"{name}: {more} more will reach their limits")
    # of sessions it is enough to tell one
    sessions = {one.budget.name for one in told if one.budget.period is Period.SESSION}
    left = [one for one in standings if one.budget.name not in sessions]
    return lines + _untold([one for one in left if one.forecast and one.forecast.why_not])


def _reached_at_us(standing: Standing) -> int:
    return (standing.forecast and standing.forecast.reaches_at_us) or 0


def _name(standing: Standing) -> str:
    return standing.budget.name


def _untold(standings: Iterable[Standing]) -> list[str]:
    """`too little to forecast by: team 3, search 5 of 7 whole days with calls`, and the like.

    Where all have as few, the number stands once: `0 of 7 whole days with calls (team, search)`.
    """
    early: dict[str, list[tuple[str, str]]] = {}
    lines = []
    for one in standings:
        said, _, needed = one.forecast.why_not.partition(" of ") if one.forecast else ("", "", "")
        if not needed:
            lines.append(f"{one.budget.name}: {said}")
            continue
        few, _, count = said.rpartition(" ")
        early.setdefault(f"{few}|{needed}", []).append((display.shortened(one.title), count))
    for key, named in early.items():
        few, _, needed = key.partition("|")
        more = f" and {display.count(len(named) - _MOST_NAMED)} more" * (len(named) > _MOST_NAMED)
        shown, counts = named[:_MOST_NAMED], {count for _, count in named}
        if len(counts) == 1:
            titles = ", ".join(title for title, _ in shown)
            lines.append(f"{few} {counts.pop()} of {needed} ({titles}{more})")
        else:
            each = ", ".join(f"{title} {count}" for title, count in shown)
            lines.append(f"{few} {each}{more}, of {needed}")
    return list(dict.fromkeys(lines))


def expected_words(standing: Standing) -> str:
    """What the window is expected to end with, and between which two it probably will."""
    forecast = standing.forecast
    if forecast is None or forecast.mid is None:
        return ""
    measure = standing.tightest.measure
    low, high = forecast.low or 0, forecast.high or 0
    ends = f"{_bare(low, measure)}–{_bare(high, measure)}"
    return f"about {about(forecast.mid, measure)} {_end(standing)} ({ends})"


def reached_words(standing: Standing) -> str:
    """When the limit is reached, or how often it is; empty where it is not, or has been."""
    forecast = standing.forecast
    if forecast is None:
        return ""
    if forecast.reached_by:
        share = display.percent(forecast.reached_by)
        return f"{share} of sessions that came as far reach {_limit(standing)}"
    when = reached_when(standing)
    return f"reaches {_limit(standing)} around {when}{_between(standing)}" if when else ""


def reached_when(standing: Standing) -> str:
    """When the limit is reached, no more exactly than a forecast is: `15:30`, `Nov 28`."""
    at_us = standing.forecast and standing.forecast.reaches_at_us
    if at_us is None:
        return ""
    moment = to_moment(at_us, ZoneInfo(standing.budget.zone))
    return f"{moment:%H:%M}" if standing.budget.period in _SHORT else _day(standing, at_us)


def _between(standing: Standing) -> str:
    """` (Nov 25–Dec 4)`: between which days it probably is reached, where no window ends before."""
    forecast, zone = standing.forecast, ZoneInfo(standing.budget.zone)
    if forecast is None or forecast.reaches_at_us is None or forecast.soonest_us is None:
        return ""
    told = to_moment(forecast.reaches_at_us, zone).date()
    soonest = to_moment(forecast.soonest_us, zone).date()
    if forecast.latest_us is None:
        return f" ({_day_beside(soonest, told)} or later)"
    latest = to_moment(forecast.latest_us, zone).date()
    if soonest == latest:
        return ""
    is_same = (soonest.year, soonest.month) == (latest.year, latest.month)
    end = f"{latest.day}" if is_same else _day_beside(latest, told)
    return f" ({_day_beside(soonest, told)}–{end})"


def _day_beside(day: date, told: date) -> str:
    """The year stands beside it already where it is the same."""
    year = f", {day.year}" if day.year != told.year else ""
    return f"{day:%b} {day.day}{year}"


def _far(standing: Standing) -> str:
    """Of a budget without an end that no year's days are expected to fill."""
    if standing.left <= 0:
        return f"{_limit(standing)} is reached"
    soonest_us = standing.forecast and standing.forecast.soonest_us
    if soonest_us:
        return f"{_limit(standing)} is not reached before {_day(standing, soonest_us)}"
    return f"{_limit(standing)} is not reached within a year"


def expected_short(forecast: Forecast | None, measure: Measure) -> str:
    """What the window is expected to end with, for a column."""
    if forecast is None or forecast.mid is None:
        return display.UNKNOWN
    return f"~{about(forecast.mid, measure)}"


def heading_short(standing: Standing) -> str:
    """The same, or the day its limit is reached where no window ends: `~$82`, `~Nov 28, 2026`."""
    forecast = standing.forecast
    is_endless = standing.budget.period is Period.TOTAL
    if forecast is None or forecast.why_not or not is_endless or standing.left <= 0:
        return expected_short(forecast, standing.tightest.measure)
    at_us = forecast.reaches_at_us
    return "over a year" if at_us is None else f"~{_day(standing, at_us)}"


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


def _bare(amount: int, measure: Measure) -> str:
    """The same where what is counted stands beside it."""
    return about(amount, measure).removesuffix(f" {measure.value}")


def _limit(standing: Standing) -> str:
    limit = standing.tightest
    return display.amount(limit.amount, limit.measure)


def _end(standing: Standing) -> str:
    period, end_us = standing.budget.period, standing.window.end_us or 1
    if period is Period.SESSION:
        return "when it ends"
    if period is Period.DAILY:
        return "by midnight"
    if period is Period.HOURLY:
        return f"by {to_moment(end_us, ZoneInfo(standing.budget.zone)):%H:%M}"
    return f"by {_day(standing, end_us - 1)}"


def _day(standing: Standing, at_us: int) -> str:
    moment = to_moment(at_us, ZoneInfo(standing.budget.zone))
    started_us = standing.window.start_us
    is_far = started_us is None or at_us - started_us > 300 * DAY_US
    return f"{moment:%b} {moment.day}{f', {moment.year}' if is_far else ''}"
