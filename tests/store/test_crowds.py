"""What is told apart by the database, as it is too much to be told apart here, adds up the same."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.domain.calls import Basis, Call, Cost
from profiler.domain.periods import DAY_US, HOUR_US, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.store import crowds, leading, narrow, ranking, reads
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.purging import days_before, forget_day, move_horizon
from profiler.store.ranking import Worth
from profiler.store.writes import record
from tests.store.test_sums import groupings
from tests.support.oracle import grouped_by, latencies_of, series_of, totals_of, wanted_of
from tests.support.stored import START_US, a_call, a_store, batches, filters, moments_us, spans

property_of_stores = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture(autouse=True, scope="module", params=[2, 600])
def everything_is_a_crowd(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (leading, ranking):
            patch.setattr(module, "FIRST", request.param)
        patch.setattr(ranking, "_SPARE", 0)
        patch.setattr(narrow, "_MANY", 0)
        patch.setattr(crowds, "MANY", 0)
        patch.setattr(ranking, "MANY", 0)
        patch.setattr(crowds, "MANY_CIRCUMSTANCES", 0)
        patch.setattr(crowds, "_SPARSENESS", 0)
        yield


@property_of_stores
@given(calls=batches, questions=st.lists(st.tuples(filters(), groupings), min_size=1, max_size=8))
def test_groups_are_exact(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Call],
    questions: list[tuple[Filter, list[Dimension]]],
) -> None:
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        for wanted, by in questions:
            there = wanted_of(calls, wanted)
            assert reads.totals(store, wanted) == totals_of(there)
            assert dict(reads.grouped(store, by, wanted)) == grouped_by(there, by)


@property_of_stores
@given(
    calls=batches,
    wanted=filters(),
    by=st.none() | st.sampled_from(Dimension),
    edges=st.lists(moments_us, min_size=2, max_size=6, unique=True).map(sorted),
)
def test_series_are_exact(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Call],
    wanted: Filter,
    by: Dimension | None,
    edges: list[int],
) -> None:
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        found = reads.series(store, by, edges, wanted)
    expected = series_of(wanted_of(calls, wanted), by, edges)
    assert {(number, label): total for number, label, total in found} == expected


@property_of_stores
@given(calls=batches, wanted=filters())
def test_latencies_are_counted_exactly(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Call], wanted: Filter
) -> None:
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        assert reads.latencies(store, wanted) == latencies_of(wanted_of(calls, wanted))


@property_of_stores
@given(
    calls=batches,
    questions=st.lists(st.tuples(filters(), groupings), min_size=1, max_size=8),
    most=st.integers(1, 9),
    worth=st.sampled_from(Worth),
)
def test_the_dearest_and_all_others_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Call],
    questions: list[tuple[Filter, list[Dimension]]],
    most: int,
    worth: Worth,
) -> None:
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        for wanted, by in questions:
            there = wanted_of(calls, wanted)
            groups = grouped_by(there, by)
            if worth is Worth.CACHE_NET:
                groups = {key: one for key, one in groups.items() if one.total_input}
            rows, others, count = reads.dearest(store, by, wanted, most, worth)
            assert all(groups[labels] == totals for labels, totals in rows)
            values = sorted((worth.of(one)[0] for one in groups.values()), reverse=True)
            assert [worth.of(totals)[0] for _, totals in rows] == values[:most]
            assert count == len(groups) - len(rows)
            kept = sum((totals for _, totals in rows), NOTHING)
            assert kept + others == totals_of(there)


@property_of_stores
@given(calls=batches, wanted=filters(), against=spans(), by=groupings, most=st.integers(1, 9))
def test_what_moved_most_comes_first(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Call],
    wanted: Filter,
    against: Span,
    by: list[Dimension],
    most: int,
) -> None:
    before = replace(wanted, span=against)
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        rows, count = reads.moved(store, by, wanted, before, most)
    then, now = (grouped_by(wanted_of(calls, one), by) for one in (before, wanted))
    expected = {key: (now.get(key, NOTHING), then.get(key, NOTHING)) for key in {**now, **then}}
    assert all(expected[labels] == tuple(pair) for labels, *pair in rows)
    changes = sorted((abs(a.spend_pusd - b.spend_pusd) for a, b in expected.values()), reverse=True)
    assert [abs(a.spend_pusd - b.spend_pusd) for _, a, b in rows] == changes[:most]
    assert count == len(expected) - len(rows)


@property_of_stores
@given(first=batches, second=batches, wanted=filters(), by=groupings)
def test_what_is_remembered_gives_way_to_what_is_written(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[Call],
    second: list[Call],
    wanted: Filter,
    by: list[Dimension],
) -> None:
    def look(store: Store) -> tuple[dict[tuple[str, ...], Totals], int]:
        found = reads.dearest(store, by, wanted, 100)
        assert dict(reads.grouped(store, by, wanted)) == dict(found.rows)
        return dict(found.rows), reads.dearest(store, by, wanted, 1).left_out

    with a_store(tmp_path_factory.mktemp("s") / "p.db", first) as store:
        look(store)
        with store.writing() as connection:
            record(connection, Dictionary(), second)
        calls = {call.id: call for call in [*second, *first]}
        groups = grouped_by(wanted_of([*calls.values()], wanted), by)
        assert look(store) == (groups, max(0, len(groups) - 1))


def test_labels_that_come_later_are_not_counted_twice(tmp_path: Path) -> None:
    monday_us = START_US // DAY_US * DAY_US

    def used(day: int, *users: str) -> list[Call]:
        at_us = monday_us + day * DAY_US
        dear = {"a": Cost(10**12, Basis.MEASURED, "r")}
        cheap = Cost(1, Basis.MEASURED, "r")
        return [
            a_call(at_us + n, 100 * day + n, user=user, cost=dear.get(user, cheap))
            for n, user in enumerate(users)
        ]

    wanted = Filter(span=Span(monday_us, monday_us + 3 * DAY_US))
    with a_store(tmp_path / "p.db", used(0, "a", "b", "c", "d")) as store:
        assert reads.dearest(store, (Dimension.USER,), wanted, 1).left_out == 3
        with store.writing() as connection:
            record(connection, Dictionary(), used(1, "e", "a", "b", "f"))
        assert reads.dearest(store, (Dimension.USER,), wanted, 1).left_out == 5


@pytest.mark.parametrize("by", [Dimension.USER, Dimension.FEATURE])
def test_of_removed_calls_no_more_is_told_apart_than_there_is(
    by: Dimension, tmp_path: Path
) -> None:
    noon_us = START_US // DAY_US * DAY_US + 12 * HOUR_US
    later_us = noon_us + 17 * HOUR_US + HOUR_US // 2
    made = [(noon_us, "small"), (later_us, "big"), (later_us + 2 * DAY_US, "small")]
    calls = [
        a_call(at_us + n, n, cost=Cost(10**12 if name == "big" else n, Basis.MEASURED, "r"))
        for at_us, name in made
        for n in range(3)
    ]
    calls = [replace(call, user=f"u{n}", feature=f"f{n}") for n, call in enumerate(calls)]
    # a day where clocks are five hours behind: sums by label begin an hour later, or nineteen
    day_us = noon_us - 7 * HOUR_US
    edges = [day_us, day_us + DAY_US, day_us + 4 * DAY_US]
    with a_store(tmp_path / "p.db", calls) as store:
        gone_us = START_US // DAY_US * DAY_US + 2 * DAY_US
        for day in days_before(store, gone_us):
            assert forget_day(store, day)
        move_horizon(store, gone_us)
        for start_us, end_us in pairwise(edges):
            wanted = Filter(span=Span(start_us, end_us))
            every = dict(reads.grouped(store, (by,), wanted))
            rows, others, _ = reads.dearest(store, (by,), wanted, 1)
            shown = sum((totals for _, totals in rows), NOTHING)
            assert shown + others == sum(every.values(), NOTHING)
            assert shown + others == reads.totals(store, reads.settled(store, (by,), wanted))
        found = reads.dearest_series(store, by, edges, Filter(), 1)
    assert all(one.calls > 0 and one.spend_pusd >= 0 for _, one in found.others)
    told = sum((one.calls for _, one in found.others), sum(one.calls for _, _, one in found.rows))
    assert told == len(calls)
