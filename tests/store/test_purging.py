"""What calls added up to stays when they go, and nothing of them comes back."""

from pathlib import Path

import pytest

from profiler.domain.periods import DAY_US, HOUR_US, Span
from profiler.domain.scopes import EVERYTHING, Dimension, Filter
from profiler.store import reads
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.purging import days_before, forget_day, move_horizon, purged_before_us
from profiler.store.soundness import damages
from profiler.store.writes import record
from tests.store.test_soundness import some_calls
from tests.support.stored import START_US, a_store

DAY_US_0 = START_US // DAY_US * DAY_US
CALLS = some_calls(200)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store whose first two days are about to go."""
    return a_store(tmp_path / "p.db", CALLS)


def forget(store: Store, before_us: int) -> int:
    """Remove the calls of days that ended before then; how many."""
    days = days_before(store, before_us)
    assert all(forget_day(store, day) for day in days)
    move_horizon(store, before_us)
    return sum(day.calls for day in days)


def test_sums_stay_by_every_label(store: Store) -> None:
    before = {one: sorted(reads.grouped(store, [one], EVERYTHING), key=str) for one in Dimension}
    gone = forget(store, DAY_US_0 + 2 * DAY_US)
    assert 0 < gone < len(CALLS)
    after = {one: sorted(reads.grouped(store, [one], EVERYTHING), key=str) for one in Dimension}
    assert after == before
    assert reads.calls_ever(store) == len(CALLS)
    assert len(list(reads.each(store, EVERYTHING))) == len(CALLS) - gone
    assert damages(store) == []


def test_a_line_that_tells_of_a_call_that_went_counts_as_known(store: Store) -> None:
    before = reads.totals(store, EVERYTHING)
    forget(store, DAY_US_0 + 2 * DAY_US)
    with store.writing() as connection:
        assert record(connection, Dictionary(), CALLS) == 0
    assert reads.totals(store, EVERYTHING) == before
    assert purged_before_us(store) == DAY_US_0 + 2 * DAY_US


@pytest.mark.parametrize("by", [None, Dimension.USER])
@pytest.mark.parametrize("offset_us", [0, HOUR_US // 2, 7 * HOUR_US, 11 * HOUR_US + 1])
def test_days_of_any_zone_still_add_up_to_all(
    store: Store, by: Dimension | None, offset_us: int
) -> None:
    forget(store, DAY_US_0 + 2 * DAY_US)
    edges = [DAY_US_0 - offset_us + number * DAY_US for number in range(6)]
    series = reads.series(store, by, edges, EVERYTHING)
    assert sum(totals.calls for _, _, totals in series) == len(CALLS)
    halves = [reads.totals(store, Filter(span)) for span in (Span(None, edges[2]), Span(edges[2]))]
    assert sum(half.spend_pusd for half in halves) == reads.totals(store, EVERYTHING).spend_pusd
    counted = reads.latencies(store, EVERYTHING).values()
    assert sum(sum(buckets.values()) for buckets in counted) == len(CALLS)


def test_a_day_that_got_calls_meanwhile_stays(store: Store) -> None:
    [day, *_] = days_before(store, DAY_US_0 + 2 * DAY_US)
    late = some_calls(201)
    with store.writing() as connection:
        record(connection, Dictionary(), late)
    assert not forget_day(store, day)
    assert reads.calls_ever(store) == len(list(reads.each(store, EVERYTHING)))
