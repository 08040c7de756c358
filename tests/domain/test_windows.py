"""Three years of windows, in every zone there is: each moment lies in one, and in one alone.

What a window is depends on the zone's clocks alone, so zones whose clocks went alike all the time
are looked at once. Every day, week and month is looked at; of hours those around each turn of a
clock, and a day of those between two turns, where every hour is like the next.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from profiler.domain.periods import DAY_US, HOUR_US, SECOND_US, Period, Span, to_us, window

IS_FULL = os.environ.get("STRESS") == "full"
START_US, END_US = (to_us(datetime(year, 1, 1, tzinfo=UTC)) for year in (2024, 2027))
STEP_US = 6 * HOUR_US
"""Clocks that are turned twice within it would be missed; no zone has ever done so."""
WEEK_START = 5

Offsets = tuple[tuple[int, timedelta], ...]
"""Since when clocks are so far from UTC."""


def offset(at_us: int, zone: ZoneInfo) -> timedelta:
    found = datetime.fromtimestamp(at_us // SECOND_US, zone).utcoffset()
    assert found is not None
    return found


def offsets(zone: ZoneInfo) -> Offsets:
    moments = range(START_US - 8 * DAY_US, END_US + 40 * DAY_US, STEP_US)
    found = [(moments[0], offset(moments[0], zone))]
    for before_us, after_us in pairwise(moments):
        if offset(after_us, zone) != found[-1][1]:
            turned_us = turn(before_us, after_us, zone)
            found.append((turned_us, offset(turned_us, zone)))
    return tuple(found)


def turn(before_us: int, after_us: int, zone: ZoneInfo) -> int:
    """When the clocks were turned, to the second."""
    while after_us - before_us > SECOND_US:
        middle_us = (before_us + after_us) // 2 // SECOND_US * SECOND_US
        if offset(middle_us, zone) == offset(before_us, zone):
            before_us = middle_us
        else:
            after_us = middle_us
    return after_us


@cache
def clocks() -> dict[Offsets, list[str]]:
    """Every way that clocks went, and the zones where they went so."""
    found: dict[Offsets, list[str]] = {}
    for name in sorted(available_timezones()):
        found.setdefault(offsets(ZoneInfo(name)), []).append(name)
    return found


def walked(period: Period, zone: ZoneInfo, start_us: int, end_us: int) -> Iterator[Span]:
    """Window after window; each begins where the one before it ended."""
    at_us = start_us
    while at_us < end_us:
        here = window(period, at_us, zone, WEEK_START)
        assert here.start_us is not None
        assert here.end_us is not None
        assert here.start_us <= at_us < here.end_us, zone
        assert at_us in {start_us, here.start_us}, zone
        yield here
        at_us = here.end_us


def holds_together(period: Period, zone: ZoneInfo, here: Span, turns: list[int]) -> bool:
    """Whether moments inside a window lie in it: its edges, its middle, and around each turn."""
    start_us, end_us = here.start_us or 0, here.end_us or 0
    near = (turned_us + by for turned_us in turns for by in (-1, 0, 1, -HOUR_US, HOUR_US))
    inside = [start_us, (start_us + end_us) // 2, end_us - 1, *filter(here.contains, near)]
    return all(window(period, at_us, zone, WEEK_START) == here for at_us in inside)


def test_every_zone_is_looked_at() -> None:
    names = [name for names in clocks().values() for name in names]
    assert sorted(names) == sorted(available_timezones())
    assert len(clocks()) > 50


@pytest.mark.parametrize("period", [Period.DAILY, Period.WEEKLY, Period.MONTHLY])
def test_days_weeks_and_months_meet_without_gap_or_overlap(period: Period) -> None:
    for since, names in clocks().items():
        zone, turns = ZoneInfo(names[0]), [turned_us for turned_us, _ in since[1:]]
        for here in walked(period, zone, START_US, END_US):
            assert holds_together(period, zone, here, turns), (names, here)


def test_hours_meet_without_gap_or_overlap() -> None:
    for since, names in clocks().items():
        zone, turns = ZoneInfo(names[0]), [turned_us for turned_us, _ in since[1:]]
        stretches = [(START_US, END_US)] if IS_FULL else stretches_around([START_US, *turns])
        for start_us, end_us in stretches:
            for here in walked(Period.HOURLY, zone, start_us, end_us):
                assert holds_together(Period.HOURLY, zone, here, turns), (names, here)


def stretches_around(moments: list[int]) -> Iterator[tuple[int, int]]:
    for at_us in moments:
        yield at_us - 4 * HOUR_US - 1, at_us + 24 * HOUR_US
