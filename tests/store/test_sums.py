"""Sums are what the calls add up to, for any filter and any span."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.domain.calls import Basis, Call, Cost
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.domain.totals import NOTHING
from profiler.store import reads
from tests.support.oracle import (
    assert_sound,
    grouped_by,
    latencies_of,
    series_of,
    totals_of,
    wanted_of,
)
from tests.support.stored import START_US, a_call, a_store, batches, filters, moments_us

property_of_stores = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
groupings = st.lists(st.sampled_from(Dimension), max_size=2, unique=True)


@property_of_stores
@given(calls=batches, questions=st.lists(st.tuples(filters(), groupings), min_size=1, max_size=8))
def test_totals_and_groups_are_exact(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Call],
    questions: list[tuple[Filter, list[Dimension]]],
) -> None:
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        for wanted, by in questions:
            there = wanted_of(calls, wanted)
            assert reads.totals(store, wanted) == totals_of(there)
            found = reads.grouped(store, by, wanted)
            assert dict(found) == grouped_by(there, by)
            assert len(found) == len(dict(found))


@property_of_stores
@given(
    calls=batches,
    wanted=filters(),
    by=st.none() | st.sampled_from(Dimension),
    edges=st.lists(moments_us, min_size=2, max_size=6, unique=True).map(sorted),
)
def test_a_series_is_exact_in_every_stretch(
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
@given(first=batches, second=batches)
def test_sums_grow_by_exactly_what_is_new(
    tmp_path_factory: pytest.TempPathFactory, first: list[Call], second: list[Call]
) -> None:
    path = tmp_path_factory.mktemp("s") / "p.db"
    a_store(path, first).close()
    with a_store(path, [*second, *first[:5], *second[:5]]) as store:
        assert reads.calls_ever(store) == len({call.id for call in [*first, *second]})
        assert_sound(store)


def test_an_empty_store_adds_up_to_nothing(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db") as store:
        assert reads.totals(store, EVERYTHING) == NOTHING
        assert reads.grouped(store, [Dimension.MODEL], EVERYTHING) == []
        assert reads.last_call_at_us(store) is None


def test_more_dollars_than_64_bits_hold_are_summed_exactly(tmp_path: Path) -> None:
    dear = Cost(10**16, Basis.MEASURED)
    held = [a_call(START_US + n * HOUR_US, cost=dear) for n in range(1_500)]
    with a_store(tmp_path / "p.db", held) as store:
        assert reads.totals(store, EVERYTHING).spend_pusd == 15 * 10**18
        scanned = Filter(cost_above_pusd=1)
        assert reads.totals(store, scanned).spend_pusd == 15 * 10**18


def test_the_label_nobody_set_can_be_asked_for(tmp_path: Path) -> None:
    held = [a_call(tail=1, feature="x"), a_call(tail=2), a_call(tail=3)]
    with a_store(tmp_path / "p.db", held) as store:
        unset = Filter(matches=(Match(Dimension.FEATURE, ""),))
        assert reads.totals(store, unset).calls == 2


def test_whole_hours_are_not_read_from_the_calls(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db", [a_call(START_US + 5)]) as store:
        with store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM calls")
        whole = Filter(span=Span(START_US, START_US + HOUR_US))
        assert reads.totals(store, whole).calls == 1


def test_a_series_of_no_label_needs_none_in_the_dictionary(tmp_path: Path) -> None:
    edges = [START_US + n * HOUR_US for n in range(101)]
    held = [a_call(START_US + 99 * HOUR_US), a_call(START_US + 98 * HOUR_US)]
    with a_store(tmp_path / "p.db", held) as store:
        found = [
            (number, label) for number, label, _ in reads.series(store, None, edges, EVERYTHING)
        ]
    assert sorted(found) == [(98, ""), (99, "")]
