"""Pages for whoever waits: by time and by cost, never looking for long."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.domain.calls import Basis, Call, Cost, Outcome
from profiler.domain.periods import EVER, Span
from profiler.domain.places import place_of
from profiler.domain.scopes import EVERYTHING, Bound, Dimension, Filter, Match, Quantity
from profiler.store import looking
from profiler.store.layout import STRETCH_BITS
from profiler.store.looking import look, look_by_cost, matching
from profiler.store.pages import Towards
from tests.support.oracle import is_wanted
from tests.support.stored import START_US, a_call, a_store, batches, filters

property_of_stores = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
towards = st.sampled_from(["older", "newer"])


@property_of_stores
@given(held=batches, wanted=filters(), limit=st.integers(1, 7), towards=towards)
def test_paging_by_cost_equals_slicing(
    tmp_path_factory: pytest.TempPathFactory,
    held: list[Call],
    wanted: Filter,
    limit: int,
    towards: Towards,
) -> None:
    left = [call for call in held if is_wanted(call, wanted)]
    left.sort(key=lambda call: place_of(call, by_cost=True), reverse=True)
    with a_store(tmp_path_factory.mktemp("s") / "p.db", held) as store:
        place = None
        while True:
            page = look_by_cost(store, wanted, place, limit, towards).calls
            if towards == "older":
                expected, left = left[:limit], left[limit:]
            else:
                expected, left = left[-limit:], left[:-limit]
            assert [call.id for call in page] == [call.id for call in expected]
            if not page:
                break
            place = place_of(page[-1 if towards == "older" else 0], by_cost=True)


@property_of_stores
@given(held=batches, wanted=filters(), limit=st.integers(1, 7), towards=towards)
def test_a_search_that_stops_goes_on_where_it_stopped(
    tmp_path_factory: pytest.TempPathFactory,
    held: list[Call],
    wanted: Filter,
    limit: int,
    towards: Towards,
) -> None:
    expected = [call for call in held if is_wanted(call, wanted)]
    expected.sort(key=lambda call: call.cursor, reverse=towards == "older")
    path = tmp_path_factory.mktemp("s") / "p.db"
    with a_store(path, held) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "LOOKED_AT", 3)
        found: list[Call] = []
        place = None
        while True:
            calls, reached = look(store, wanted, place, limit, towards)
            found += calls if towards == "older" else calls[::-1]
            if reached is None and len(calls) < limit:
                break
            place = reached or found[-1].cursor
        assert [call.id for call in found] == [call.id for call in expected]


@property_of_stores
@given(held=batches, wanted=filters(), most=st.integers(1, 30))
def test_a_count_is_exact_or_at_least_what_it_says(
    tmp_path_factory: pytest.TempPathFactory, held: list[Call], wanted: Filter, most: int
) -> None:
    there = [call for call in held if is_wanted(call, wanted)]
    path = tmp_path_factory.mktemp("s") / "p.db"
    with a_store(path, held) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "LOOKED_AT", 5)
        counted = matching(store, wanted, most)
    if counted.is_exact:
        assert counted.calls == len(there)
    else:
        assert counted.calls <= len(there)
    if counted.spend_pusd is not None:
        assert counted.spend_pusd == sum(call.cost.pusd or 0 for call in there)


def test_calls_without_a_cost_come_after_the_cheapest(tmp_path: Path) -> None:
    free = a_call(START_US, cost=Cost(0, Basis.NOT_BILLED))
    unpriced = a_call(START_US + 1, cost=Cost(None, Basis.NO_RATE))
    dear = a_call(START_US + 2)
    with a_store(tmp_path / "p.db", [free, unpriced, dear]) as store:
        assert look_by_cost(store, EVERYTHING, None, 9).calls == [dear, free, unpriced]
        assert look_by_cost(store, EVERYTHING, None, 1, "newer").calls == [unpriced]


def test_the_dearest_of_a_range_are_found_as_fast_as_those_of_all(tmp_path: Path) -> None:
    def took_s(wanted: Filter) -> float:
        began = thread_time()
        found = look_by_cost(store, wanted, None, 50).calls
        assert len(found) == 50
        return thread_time() - began

    held = [a_call(START_US + (n << STRETCH_BITS), n) for n in range(2_000)]
    since = Filter(Span(START_US, None), bounds=(Bound(Quantity.LATENCY, above=1),))
    with a_store(tmp_path / "p.db", held) as store:
        every = min(took_s(replace(since, span=EVER)) for _ in range(3))
        assert min(took_s(since) for _ in range(3)) < 4 * every


def test_what_is_told_by_sums_is_counted_to_the_end(tmp_path: Path) -> None:
    held = [a_call(START_US + n, feature="f" if n % 2 else "g") for n in range(100)]
    with a_store(tmp_path / "p.db", held) as store:
        of_f = Filter(matches=(Match(Dimension.FEATURE, "f"),))
        assert matching(store, of_f, 10) == (50, True, 50 * 450_000_000, 0)
        slow = Filter(bounds=(Bound(Quantity.LATENCY, above=1),))
        assert matching(store, slow, 10) == (10, False, None, 0)
        assert matching(store, slow, 1000) == (100, True, None, 0)


def test_a_jump_to_before_a_range_passes_nothing_by(tmp_path: Path) -> None:
    def took_s(at_us: int) -> float:
        began = thread_time()
        found = look(store, since, (at_us, -1), 9, "newer").calls
        assert len(found) == 9
        return thread_time() - began

    held = [a_call(START_US + n, n) for n in range(20_000)]
    start_us = held[-1_000].started_at_us
    since = Filter(Span(start_us, None))
    with a_store(tmp_path / "p.db", held) as store:
        inside = min(took_s(start_us) for _ in range(3))
        assert min(took_s(START_US) for _ in range(3)) < 3 * inside


def test_the_cheapest_that_failed_are_found_without_looking_at_all_that_did(
    tmp_path: Path,
) -> None:
    def steps(limit: int) -> int:
        ticks = count()
        with store.until(lambda: next(ticks) < 0):
            found = look_by_cost(store, failed, None, limit, "newer").calls
        assert [call.cost.pusd for call in found] == costs[:limit][::-1]
        return next(ticks)

    costs = [10**9 + n * 10**3 for n in range(0, 6_000, 2)]
    held = [
        a_call(
            START_US + (n * 7 % 6_000 << STRETCH_BITS),
            n,
            cost=Cost(10**9 + n * 10**3, Basis.MEASURED),
            outcome=Outcome.OK if n % 2 else Outcome.ERROR,
        )
        for n in range(6_000)
    ]
    failed = Filter(outcome=Outcome.ERROR)
    with a_store(tmp_path / "p.db", held) as store:
        assert steps(9) * 2 < steps(3_000)


def test_a_call_named_twice_is_there_once_however_long_ago(tmp_path: Path) -> None:
    held = [a_call(START_US + n, n) for n in range(5_000)]
    named = Filter(ids=(held[3].id, held[3].id, held[4_000].id, "f" * 30))
    with a_store(tmp_path / "p.db", held) as store:
        assert look(store, named, None, 9).calls == [held[4_000], held[3]]
        assert look_by_cost(store, named, None, 1, "newer").calls == [held[3]]


def test_what_never_was_is_not_looked_for(tmp_path: Path) -> None:
    held = [a_call(START_US + n, n, latency_us=900_000) for n in range(20)]
    with a_store(tmp_path / "p.db", held) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "LOOKED_AT", 3)
        for above, below in ((2_000_000, None), (None, 300)):
            never = Filter(bounds=(Bound(Quantity.LATENCY, above, below),))
            assert look(store, never, None, 9) == ([], None)
            assert look_by_cost(store, never, None, 9).calls == []
            assert matching(store, never, 9).calls == 0
        assert look(store, Filter(bounds=(Bound(Quantity.LATENCY, 899_999),)), None, 1).calls
