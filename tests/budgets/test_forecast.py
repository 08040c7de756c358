"""Forecasts: better than drawing the line on, honest about what they do not know, and quick."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from profiler.budgets.define import define
from profiler.budgets.forecast import Outlooks
from profiler.budgets.outlook import outlook, outlooks
from profiler.budgets.pace import Pace, pace_of
from profiler.budgets.smoothing import habit_of
from profiler.demo.segments import write_demo
from profiler.domain.budgets import Standing, Tag
from profiler.domain.periods import DAY_US, HOUR_US, Period, to_us, window
from profiler.domain.totals import Totals
from profiler.ledger.words import budget_of
from profiler.store.days import by_day
from tests.support.events import an_event
from tests.support.workspaces import UTC as ZONE, a_workspace

USD = 10**12
NOON = to_us(datetime(2026, 11, 18, 12, tzinfo=UTC))
_WEEK = (1.0, 1.05, 1.1, 1.0, 0.85, 0.25, 0.2)


def days_of(kind: str, dice: Random, count: int = 200) -> list[float]:
    """What made-up days bring."""
    level, found = 10.0, []
    for day in range(count):
        level *= {"growing": 1.008, "drifting": math.exp(dice.gauss(0, 0.06))}.get(kind, 1)
        level *= 2 if kind == "doubled once" and day == 120 else 1
        amount = level * (1 if kind == "alike" else _WEEK[day % 7]) * math.exp(dice.gauss(0, 0.3))
        found.append(amount * (8 if kind == "with spikes" and dice.random() < 0.03 else 1))
    return found


class Score(NamedTuple):
    """How far off month ends were told, as a share of what they were."""

    ours: float
    line: float
    covered: float
    """How many ends lay between low and high."""


def score(days: Sequence[float], starts: Sequence[int], known: int = 42) -> list[Score]:
    """Every month that begins at one of `starts`, told from several of its days and so many."""
    found = []
    for start in starts:
        true, end = sum(days[start : start + 30]), start + 30
        for today in (start + 3, start + 7, start + 12, start + 17, start + 22, start + 26):
            first = max(0, today - known)
            habit, spent = habit_of(days[first:today]), sum(days[start:today])
            line = spent * 30 / (today - start)
            ahead = range(today - first, end - first)
            weekdays = [sum(day % 7 == weekday for day in ahead) for weekday in range(7)]
            told = spent + habit.expected_of(weekdays)
            low, high = habit.between(weekdays)
            is_in = spent + low <= true <= spent + high
            found.append(Score(abs(told - true) / true, abs(line - true) / true, float(is_in)))
    return found


def mean(scores: Sequence[Score]) -> Score:
    return Score(*(sum(column) / len(scores) for column in zip(*scores, strict=True)))


@pytest.mark.parametrize(
    "kind", ["alike", "by weekday", "growing", "doubled once", "drifting", "with spikes"]
)
def test_months_held_out_are_told_better_than_by_a_line(kind: str) -> None:
    scores = [
        one for seed in range(25) for one in score(days_of(kind, Random(seed)), (90, 120, 150))
    ]
    found = mean(scores)
    print(
        f"{kind}: off by {found.ours:.1%}, a line by {found.line:.1%}; {found.covered:.0%} within"
    )
    assert found.ours < found.line
    assert 0.75 <= found.covered <= 0.95


@pytest.mark.parametrize("known", [10, 21])
@pytest.mark.parametrize("kind", ["by weekday", "growing", "drifting"])
def test_few_days_behind_them_make_intervals_wider_not_wrong(kind: str, known: int) -> None:
    scores = [
        one
        for seed in range(100, 130)
        for one in score(days_of(kind, Random(seed)), (90, 120, 150), known)
    ]
    found = mean(scores)
    print(f"{kind}, {known} days known: off by {found.ours:.1%}; {found.covered:.0%} within")
    assert found.ours < found.line
    assert 0.75 <= found.covered <= 0.97


def a_past(days: int, micros: Callable[[int], int]) -> list[dict[str, object]]:
    """A call at noon of each of the last `days` days, today's left out, each so dear."""
    return [
        an_event(at=NOON - ago * DAY_US, usage={"input": micros(ago), "output": 0})
        for ago in range(1, days + 1)
    ]


def test_a_month_is_told_with_when_its_limit_is_reached(tmp_path: Path) -> None:
    with a_workspace(tmp_path, a_past(40, lambda _: 4_000_000)) as workspace:
        workspace.registry.save(define("team", "25", "monthly", "", ZONE))
        (found,) = workspace.standings(NOON)
    forecast = found.forecast
    assert forecast is not None
    assert forecast.days == 40
    assert forecast.mid == pytest.approx(found.spent_pusd + 12.5 * USD, rel=0.01)
    assert outlook(found) == "about $30 by Nov 30 ($30–$30); reaches $25.00 around Nov 26"


def test_weekends_are_told_apart(tmp_path: Path) -> None:
    def dear(ago: int) -> int:
        weekday = datetime.fromtimestamp((NOON - ago * DAY_US) / 1e6, UTC).weekday()
        return 400_000 if weekday >= 5 else 4_000_000

    with a_workspace(tmp_path, a_past(42, dear)) as workspace:
        workspace.registry.save(define("team", "100", "weekly", "", ZONE))
        (found,) = workspace.standings(NOON)
    assert found.forecast is not None
    assert found.forecast.mid is not None
    to_come = found.forecast.mid - found.spent_pusd
    # half of Wednesday, Thursday and Friday, and two tenths of a weekend
    assert to_come == pytest.approx(2.7 * USD, rel=0.06)


def test_less_than_a_week_is_too_little(tmp_path: Path) -> None:
    with a_workspace(tmp_path, a_past(3, lambda _: 4_000_000)) as workspace:
        workspace.registry.save(define("team", "25", "monthly", "", ZONE))
        (found,) = workspace.standings(NOON)
    assert found.forecast is not None
    assert (found.forecast.days, found.forecast.mid) == (3, None)
    assert outlook(found) == "too little to forecast by: 3 of 7 whole days with calls"


def test_several_with_too_little_behind_them_are_told_in_one_line(tmp_path: Path) -> None:
    with a_workspace(tmp_path, a_past(3, lambda _: 4_000_000)) as workspace:
        for name in ("team", "all"):
            workspace.registry.save(define(name, "25", "monthly", "", ZONE))
        found = workspace.standings(NOON)
    assert sorted(one.title for one in found) == ["all", "team"]
    (told,) = outlooks(found)
    assert told == "too little to forecast by: 3 of 7 whole days with calls (all, team)"


def test_a_total_is_told_when_it_is_reached_and_no_end(tmp_path: Path) -> None:
    with a_workspace(tmp_path, a_past(20, lambda _: 4_000_000)) as workspace:
        workspace.registry.save(define("all", "50", "total", "", ZONE))
        workspace.registry.save(define("much", "5000", "total", "", ZONE))
        found = {one.title: one for one in workspace.standings(NOON)}
    assert outlook(found["all"]) == "reaches $50.00 around Dec 18, 2026"
    assert outlook(found["much"]) == "$5,000.00 is not reached within a year"


@pytest.mark.parametrize("scope", ["user:ada", "user:a*", "feature:search", "model:gpt-5-mini"])
def test_a_scope_is_told_by_its_own_days(tmp_path: Path, scope: str) -> None:
    ours = [
        {**event, "user": "ada", "feature": "search"} for event in a_past(20, lambda _: 4_000_000)
    ]
    others = [
        an_event(
            at=NOON - ago * DAY_US, user="bob", feature="chat", model="gpt-5", answered="gpt-5"
        )
        for ago in range(1, 40)
    ]
    with a_workspace(tmp_path, [*ours, *others]) as workspace:
        workspace.registry.save(define("team", "5", "daily", scope, ZONE))
        (found,) = workspace.standings(NOON)
    assert found.forecast is not None
    assert (found.forecast.days, found.forecast.mid) == (20, USD // 2)


def test_a_tag_is_told_by_its_own_days(tmp_path: Path) -> None:
    ours = [{**event, "tags": {"team": "blue"}} for event in a_past(20, lambda _: 4_000_000)]
    others = a_past(40, lambda _: 9_000_000)
    tagged = replace(define("tag", "5", "daily", "", ZONE), tags=(Tag("team", "blue"),))
    apart = define("each", "5", "daily", "", ZONE, {"each": ["tag:team"]})
    with a_workspace(tmp_path, [*ours, *others]) as workspace:
        workspace.registry.save(tagged, apart)
        found = {one.title: one.forecast for one in workspace.standings(NOON)}
    assert found["tag"] is not None
    assert (found["tag"].days, found["tag"].mid) == (20, USD // 2)


def test_an_hour_is_told_by_its_own_pace_and_the_hours_before(tmp_path: Path) -> None:
    half_past = NOON + HOUR_US // 2
    events = [
        an_event(at=half_past - minutes * 60_000_000, usage={"input": 4_000_000, "output": 0})
        for minutes in range(1, 12 * 60, 10)
    ]
    with a_workspace(tmp_path, events) as workspace:
        workspace.registry.save(define("hour", "5", "hourly", "", ZONE))
        (found,) = workspace.standings(half_past)
    assert outlook(found) == "about $6.00 by 13:00 ($5.35–$6.65); reaches $5.00 around 12:50"


def test_hours_that_nobody_knows_enough_of_say_so(tmp_path: Path) -> None:
    events = [an_event(at=NOON - ago * HOUR_US) for ago in (1, 2, 3)]
    with a_workspace(tmp_path, events) as workspace:
        workspace.registry.save(define("hour", "5", "hourly", "", ZONE))
        (found,) = workspace.standings(NOON)
    assert outlook(found) == "too little to forecast by: 3 of 6 whole hours with calls"


def test_a_session_is_told_by_those_that_came_as_far(tmp_path: Path) -> None:
    events = [
        an_event(
            at=NOON - number * 60_000_000, session=f"run {number}", tail=number + 1,
            usage={"input": 4_000_000 * (1 + number), "output": 0},
        )
        for number in range(40)
    ]  # fmt: skip
    with a_workspace(tmp_path, events) as workspace:
        workspace.registry.save(define("run", "30", "session", "", ZONE))
        found = {one.value: one for one in workspace.standings(NOON)}
        told = outlooks(list(found.values()))
    assert outlook(found["run 19"]) == (
        "about $30 when it ends ($22–$38); 52.4% of sessions that came as far reach $30.00"
    )
    assert outlook(found["run 39"]).startswith("too little to forecast by: 1 of 20 sessions")
    assert len(told) == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"period": "call"}, "not forecast: each call stands alone"),
        (
            {"period": "daily", "each": ["session"]},
            "not forecast: a session ends before its days can be told",
        ),
    ],
)
def test_what_cannot_be_told_says_why(tmp_path: Path, more: dict[str, object], why: str) -> None:
    with a_workspace(tmp_path, [an_event(at=NOON, session="run")]) as workspace:
        words = {**more, "name": "one", "limit": 5}
        workspace.registry.save(budget_of(words, "UTC"))
        found = workspace.standings(NOON)
    assert {outlook(one) for one in found} == {why}
    assert outlooks(found) == [f"one: {why}"]


def test_hours_held_out_are_told_better_than_by_a_line() -> None:
    """Hours of calls that come in bursts, busier by day than by night."""
    dice, ours, line, covered = Random(1), [], [], []
    hours = []
    for hour in range(24 * 60):
        busy = 30 * (1.2 + math.sin(hour / 24 * 2 * math.pi))
        calls = max(1, round(dice.gauss(busy, math.sqrt(busy))))
        hours.append(sorted((dice.random(), dice.expovariate(1)) for _ in range(calls)))
    sums = [sum(cost for _, cost in hour) for hour in hours]
    for place in range(24, len(hours)):
        pace = pace_of(sums[place - 24 : place])
        for gone in (0.1, 0.25, 0.5, 0.75):
            used = sum(cost for at, cost in hours[place] if at < gone)
            told = used + pace.coming(used, 1 - gone)
            low, high = pace.between(used, 1 - gone)
            ours.append(abs(told - sums[place]))
            line.append(abs(used / gone - sums[place]))
            covered.append(used + low <= sums[place] <= used + high)
    mean_hour = sum(sums) / len(sums)
    off, by_line = (sum(one) / len(one) / mean_hour for one in (ours, line))
    held = sum(covered) / len(covered)
    print(f"hours: off by {off:.1%}, a line by {by_line:.1%}; {held:.0%} within")
    assert off < by_line
    assert 0.75 <= held <= 0.9


def test_who_does_not_wait_is_told_a_little_later(tmp_path: Path) -> None:
    with a_workspace(tmp_path, a_past(40, lambda _: 4_000_000)) as workspace:
        workspace.registry.save(define("team", "25", "monthly", "", ZONE))
        (first,) = workspace.standings(NOON, waits=False)
        deadline = time.monotonic() + 30
        found = first
        while found.forecast is None and time.monotonic() < deadline:
            (found,) = workspace.standings(NOON, waits=False)
    # a quick reader may have been done before it was asked for
    assert first.forecast in {None, found.forecast}
    assert found.forecast is not None
    assert found.forecast.days == 40


def test_a_limit_of_tokens_is_told_in_tokens(tmp_path: Path) -> None:
    with a_workspace(tmp_path, a_past(20, lambda _: 4_000_000)) as workspace:
        workspace.registry.save(define("team", "", "daily", "", ZONE, {"tokens": 1_500_000}))
        (found,) = workspace.standings(NOON)
    expected, reached = outlook(found).split("; ")
    assert expected == "about 2M tokens by midnight (2M–2M)"
    assert reached == "reaches 1,500,000 tokens around 21:00"


def test_a_thousand_standings_are_told_in_a_tenth_of_a_second(tmp_path: Path) -> None:
    events = [
        an_event(at=NOON - day * DAY_US, user=f"user {number}")
        for day in range(8)
        for number in range(1_000)
    ]
    budget = define("each", "5", "monthly", "", ZONE, {"each": ["user"]})
    with a_workspace(tmp_path, events) as workspace:
        workspace.drain()
        span = window(Period.MONTHLY, NOON, ZONE)
        standings = [
            Standing(budget, span, Totals(calls=8, spend_pusd=USD), value=f"user {number}")
            for number in range(1_000)
        ]
        foreseer = Outlooks(workspace.store)
        began = time.process_time()
        foreseer.foreseen(standings, NOON)
        first = time.process_time() - began
        took = []
        for _ in range(5):
            began = time.process_time()
            found = foreseer.foreseen(standings, NOON)
            took.append(time.process_time() - began)
    assert all(one.forecast and one.forecast.days == 7 for one in found)
    print(f"1,000 standings: at first {first * 1e3:.0f} ms, then {min(took) * 1e3:.0f} ms")
    assert min(took) < 0.1


def test_the_demos_months_are_told_better_than_by_a_line(tmp_path: Path) -> None:
    write_demo(tmp_path / "log", until_us=NOON, days=140, calls=7_000)
    today = NOON // DAY_US
    with a_workspace(tmp_path) as workspace:
        brought = [0.0] * 140
        for day, _, pusd, _, _ in by_day(workspace.store, None, today - 140, today):
            brought[day - today + 140] += pusd
    found = mean(score(brought, range(50, 101, 10)))
    print(f"demo: off by {found.ours:.1%}, a line by {found.line:.1%}; {found.covered:.0%} within")
    assert found.ours < found.line


def test_after_a_fifth_of_an_hour_its_own_pace_counts_as_much_as_that_before() -> None:
    # 10 in each hour before, and 30 an hour in this one: 20 an hour from here on
    assert Pace(10.0, 0.0).coming(used=6.0, left=0.8) == pytest.approx(16.0)
