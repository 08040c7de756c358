"""How what a budget counts has grown: every moment is exact, and the end is the standing."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.budgets.define import define
from profiler.budgets.growing import FEW_MOMENTS, MOST_MOMENTS, growth, wanted_of
from profiler.budgets.growth import Growth, Moment, even
from profiler.budgets.standings import standings_of
from profiler.domain.budgets import TAG, Amounts, Budget, Standing, Tag
from profiler.domain.calls import Call
from profiler.domain.periods import DAY_US, HOUR_US, SECOND_US, Period
from profiler.domain.scopes import Dimension, Match, TagMatch
from profiler.ledger.scoping import each_of, parts_of
from profiler.store.purging import days_before, forget_day
from tests.support.oracle import is_wanted, totals_of
from tests.support.snapshots import NOW_US, ZONE, a_standing, dollars
from tests.support.stored import START_US, a_call, a_store, batches

periods = st.sampled_from([one for one in Period if one is not Period.CALL])
scopes = st.lists(
    st.builds(Match, st.sampled_from(Dimension), st.sampled_from(["*", "a*", "a", ""])), max_size=1
).map(tuple)
eaches = st.sampled_from([(), ("feature",), ("user",), ("feature", "user"), (f"{TAG}k",)])
tagged = st.sampled_from([(), (), (Tag("k", "v"),)])
budgets = st.builds(
    Budget,
    st.just("b"),
    st.just(dollars(5)),
    periods,
    st.sampled_from(["UTC", "Asia/Kathmandu"]),
    scopes,
    tags=tagged,
    each=eaches,
)


def amounts_of(calls: list[Call]) -> Amounts:
    sums = totals_of(calls)
    return Amounts(sums.spend_pusd, sums.tokens, sums.calls)


def counts_on(call: Call, standing: Standing) -> bool:
    budget, names = standing.budget, each_of(standing.budget)
    parts = parts_of(standing.value, len(names)) if names else []
    tags = [TagMatch(one.name, one.pattern) for one in budget.tags]
    tags += [
        TagMatch(name.removeprefix(TAG), text)
        for name, text in zip(names, parts, strict=False)
        if name.startswith(TAG)
    ]
    wanted = replace(wanted_of(budget, standing.value), tags=tuple(tags))
    return standing.window.contains(call.started_at_us) and is_wanted(call, wanted)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls=batches, budget=budgets, after_us=st.integers(1, 8 * HOUR_US))
def test_every_moment_is_exact_and_the_end_is_the_standing(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Call], budget: Budget, after_us: int
) -> None:
    now_us = START_US + after_us
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        for standing in standings_of(store, budget, now_us)[:3]:
            found = growth(store, standing, now_us)
            theirs = [call for call in calls if counts_on(call, standing)]
            for at_us, used in found.counted:
                assert used == amounts_of([one for one in theirs if one.started_at_us < at_us])
            curve = found.curve(standing, now_us)
            assert curve[-1][1] == standing.amount
            assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(curve))


@pytest.mark.parametrize(
    ("period", "length_us", "step_us"),
    [
        (Period.TOTAL, 40 * SECOND_US, SECOND_US),
        (Period.TOTAL, 50 * 60 * SECOND_US, 60 * SECOND_US),
        (Period.TOTAL, 100 * DAY_US, DAY_US),
        (Period.SESSION, 90 * SECOND_US, SECOND_US),
    ],
)
def test_a_window_without_a_beginning_begins_with_its_first_call(
    tmp_path: Path, period: Period, length_us: int, step_us: int
) -> None:
    first_us = START_US + 1_234
    calls = [a_call(first_us + length_us * n // 4, feature="f", session="s") for n in range(5)]
    older = a_call(first_us - 9 * DAY_US, feature="g", session="t")
    now_us = first_us + length_us + 1
    budget = define("b", "5", period.value, "feature:f", ZONE)
    with a_store(tmp_path / "p.db", [older, *calls]) as store:
        (standing,) = standings_of(store, budget, now_us)
        found = growth(store, standing, now_us)
    assert found.began_us == first_us
    assert found.counted[1].at_us - found.counted[0].at_us == step_us
    assert found.curve(standing, now_us)[-1] == (now_us, standing.amount)


def test_a_session_that_rests_ends_with_its_last_call(tmp_path: Path) -> None:
    calls = [a_call(START_US + n * SECOND_US, session="s") for n in range(60)]
    budget = define("b", "5", "session", "", ZONE)
    with a_store(tmp_path / "p.db", calls) as store:
        for now_us, ended_us in [
            (START_US + HOUR_US, START_US + 59 * SECOND_US + 1),
            (START_US + 90 * SECOND_US, None),
        ]:
            (standing,) = standings_of(store, budget, now_us)
            found = growth(store, standing, now_us)
            assert found.ended_us == ended_us
            assert len(found.counted) > 50


@pytest.mark.parametrize("scope", ["", "feature:f", "model:gpt*"])
def test_a_long_past_is_read_in_few_moments(tmp_path: Path, scope: str) -> None:
    calls = [a_call(START_US + n * DAY_US, feature="f") for n in range(20)]
    now_us = START_US + 20 * DAY_US
    budget = define("b", "5", "monthly", scope, ZONE)
    with a_store(tmp_path / "p.db", calls) as store:
        (standing,) = standings_of(store, budget, now_us)
        counted = growth(store, standing, now_us).counted
    assert 12 < len(counted) <= (FEW_MOMENTS if scope == "feature:f" else MOST_MOMENTS)


@pytest.mark.parametrize(("scope", "moments"), [("", 2), ("user:u session:s", 0)])
def test_of_too_many_calls_only_sums_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scope: str, moments: int
) -> None:
    minutes = (START_US + n * 60 * SECOND_US for n in range(90))
    calls = [a_call(at_us, user="u", session="s") for at_us in minutes]
    now_us = START_US + 90 * 60 * SECOND_US
    budget = define("b", "5", "total", scope, ZONE)
    with a_store(tmp_path / "p.db", calls) as store:
        (standing,) = standings_of(store, budget, now_us)
        assert len(growth(store, standing, now_us).counted) > 50
        monkeypatch.setattr("profiler.budgets.growing.MOST_SCANNED", {1: 89, None: 89})
        found = growth(store, standing, now_us)
    assert len(found.counted) <= moments
    assert ("too many calls" in found.why_not) is (moments == 0)


def test_before_the_first_call_nothing_is_told(tmp_path: Path) -> None:
    budget = define("b", "5", "total", "", ZONE)
    with a_store(tmp_path / "p.db") as store:
        (standing,) = standings_of(store, budget, START_US)
        found = growth(store, standing, START_US)
    assert found == Growth("b", "", START_US)
    assert found.curve(standing, START_US) == ((START_US, 0),)


def test_calls_that_were_removed_are_counted_still(tmp_path: Path) -> None:
    calls = [a_call(START_US + n * DAY_US) for n in range(60)]
    now_us = START_US + 60 * DAY_US
    budget = define("b", "5", "total", "", ZONE)
    with a_store(tmp_path / "p.db", calls) as store:
        for day in days_before(store, START_US + 50 * DAY_US):
            forget_day(store, day)
        (standing,) = standings_of(store, budget, now_us)
        found = growth(store, standing, now_us)
    assert found.counted[-1].used.calls == standing.spent.calls == 60
    assert START_US - DAY_US <= found.began_us <= START_US + DAY_US
    assert found.counted[0].used.calls <= 1


def test_a_reset_takes_off_what_was_used_until_then() -> None:
    day_us = NOW_US - NOW_US % DAY_US
    standing = a_standing("team", 8, 10, beyond=Amounts(-dollars(5)))
    counted = tuple(Moment(day_us + n * HOUR_US, Amounts(dollars(n))) for n in range(1, 9))
    reset = Moment(day_us + 5 * HOUR_US, Amounts(dollars(5)))
    found = Growth("team", "", day_us, counted, (reset,)).curve(standing, NOW_US)
    assert [used // dollars(1) for _, used in found] == [0, 1, 2, 3, 4, 5, 1, 2, 3, 3]


def test_the_end_is_the_standing_whenever_the_rest_was_read() -> None:
    day_us = NOW_US - NOW_US % DAY_US
    standing = a_standing("team", 2, 10, beyond=Amounts(dollars(1)))
    later = (Moment(day_us + HOUR_US, Amounts(dollars(3))), Moment(NOW_US, Amounts(dollars(4))))
    curve = Growth("team", "", day_us, later).curve(standing, NOW_US)
    assert curve == ((day_us, 0), (day_us + HOUR_US, dollars(2)), (NOW_US, dollars(3)))


def test_an_even_pace_is_the_share_of_the_window_that_is_over() -> None:
    standing = a_standing("team", 2, 10)
    day_us = NOW_US - NOW_US % DAY_US
    assert even(standing, day_us + DAY_US // 4) == dollars(2.5)
    assert even(a_standing("ever", 2, 10, Period.TOTAL), NOW_US) is None
