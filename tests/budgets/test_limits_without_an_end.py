"""When a limit without a window's end is reached: a day, and between which days it probably is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from profiler.budgets.define import define
from profiler.budgets.outlook import outlook
from profiler.budgets.smoothing import habit_of
from profiler.report.structured import of_standing
from tests.budgets.test_forecast import NOON, a_past, days_of
from tests.support.workspaces import UTC as ZONE, a_workspace

_NEVER = 366.0


def made_up(kind: str, dice: Random, count: int = 220) -> list[float]:
    """What made-up days bring."""
    if kind == "now and then":
        return [dice.expovariate(1) * (dice.random() < 0.45) for _ in range(count)]
    if kind != "with lulls":
        return days_of(kind, dice, count)
    found, day = days_of("by weekday", dice, count), 0
    while day < count:
        day += 1 + round(dice.expovariate(1 / 14))
        lull = range(day, min(count, day + dice.choice((1, 2, 2, 3))))
        for quiet in lull:
            found[quiet] /= 50
    return found


def days_until(left: float, bring: Callable[[int], float]) -> float:
    """After how many days as much is brought; `bring` tells it of so many."""
    return next((float(days) for days in range(1, int(_NEVER)) if bring(days) >= left), _NEVER)


class Told(NamedTuple):
    """How far off the days were that limits are reached, as shares of those it took."""

    ours: float
    line: float
    """Told by the last week's mean."""
    covered: float
    never: float


def told(days: Sequence[float], today: int, known: int = 42) -> list[Told]:
    """Limits that are several days' spend away."""
    past, found = days[today - known : today], []
    habit = habit_of(past)
    ahead = [[len(range(day, n, 7)) for day in range(7)] for n in range(int(_NEVER))]
    for times in (10, 20):
        left = times * sum(past[-14:]) / 14
        true = days_until(left, lambda n: sum(days[today : today + n]))
        mid = days_until(left, lambda n: habit.expected_of(ahead[n]))
        soonest = days_until(left, lambda n: habit.between(ahead[n])[1])
        latest = days_until(left, lambda n: habit.between(ahead[n])[0])
        line = days_until(left, lambda n: n * sum(past[-7:]) / 7)
        assert soonest <= mid <= latest
        off, by_line = (min(3.0, abs(one - true) / true) for one in (mid, line))
        found.append(Told(off, by_line, soonest <= true <= latest, mid == _NEVER))
    return found


@pytest.mark.parametrize(
    "kind",
    [
        "alike", "by weekday", "growing", "doubled once", "drifting", "with spikes", "with lulls",
        "now and then",
    ],
)  # fmt: skip
def test_limits_are_told_better_than_by_the_last_week(kind: str) -> None:
    scores = [
        one
        for seed in range(25)
        for today in range(91, 162, 10)
        for one in told(made_up(kind, Random(seed)), today)
    ]
    found = Told(*(sum(column) / len(scores) for column in zip(*scores, strict=True)))
    print(
        f"{kind}: off by {found.ours:.1%}, the last week by {found.line:.1%}; "
        f"{found.covered:.0%} within"
    )
    assert found.ours < found.line
    assert 0.75 <= found.covered <= 0.98
    assert found.never == 0


def test_days_without_calls_leave_a_level_where_one_weekday_brought_most() -> None:
    # fmt: off
    days = [
        0.96, 0.56, 0, 0, 0.67, 0.33, 0, 0, 1.27, 1.08, 0.59, 0, 0, 0, 0, 0.77, 1.39, 1.63, 0, 9.18,
        0, 0, 0, 0, 0.39, 2.22, 0.41, 0,
    ]
    # fmt: on
    last_week = sum(days[-7:])
    assert last_week / 2 < 7 * habit_of(days).level < 2 * last_week


def test_one_dear_day_does_not_make_its_weekday_dear() -> None:
    habit = habit_of([20.0 if day == 30 else 1 + day % 3 / 4 for day in range(42)])
    assert max(habit.factors) < 1.3
    assert habit.level == pytest.approx(1.25, rel=0.2)


def test_the_days_between_which_it_is_reached_are_told(tmp_path: Path) -> None:
    events = a_past(28, lambda ago: 2_000_000 if ago % 2 else 6_000_000)
    with a_workspace(tmp_path, events) as workspace:
        workspace.registry.save(define("all", "36", "total", "", ZONE))
        (found,) = workspace.standings(NOON)
    words, forecast = outlook(found), of_standing(found, "")["forecast"]
    assert isinstance(forecast, dict)
    soonest, at, latest = (forecast[f"reaches_limit_{one}"] for one in ("soonest", "at", "latest"))
    assert soonest < at < latest
    assert words == "reaches $36.00 around Nov 26, 2026 (Nov 24–29)"


def test_a_limit_that_is_used_up_is_said_to_be_reached(tmp_path: Path) -> None:
    with a_workspace(tmp_path, a_past(20, lambda _: 4_000_000)) as workspace:
        workspace.registry.save(define("all", "5", "total", "", ZONE))
        (found,) = workspace.standings(NOON)
    assert outlook(found) == "$5.00 is reached"
