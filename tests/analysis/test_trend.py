from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.analysis.grouping import by_day
from profiler.analysis.trend import edges, trend
from profiler.domain.periods import EVER, HOUR_US, Span, to_moment, to_us
from profiler.domain.scopes import Dimension, Filter
from profiler.store.engine import Store
from profiler.store.purging import days_before, forget_day, move_horizon
from tests.support.events import START_US, an_event
from tests.support.workspaces import a_workspace

DAY_US = 24 * HOUR_US


def at(*parts: int) -> int:
    return to_us(datetime(*parts, tzinfo=UTC))  # type: ignore[misc, arg-type]  # a tuple of parts


def test_the_dearest_labels_stand_apart_and_nothing_is_lost(tmp_path: Path) -> None:
    events = [
        an_event(
            at=START_US + n * DAY_US, feature=f"f{n % 8}", usage={"input": 1000 * n, "output": 0}
        )
        for n in range(40)
    ]
    with a_workspace(tmp_path, events) as workspace:
        whole = workspace.grouped((), Filter()).totals.spend_pusd
        found = trend(
            workspace.store, Dimension.FEATURE, Filter(), START_US + 40 * DAY_US, ZoneInfo("UTC")
        )
    assert [name for name, _ in found.series][-1] is None
    assert len(found.series) == 6
    assert sum(sum(values) for _, values in found.series) == whole
    assert all(len(values) == len(found.starts_us) for _, values in found.series)


def test_a_trend_of_nothing_has_buckets_and_no_series(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as workspace:
        span = Span(START_US, START_US + DAY_US)
        found = trend(
            workspace.store, Dimension.MODEL, Filter(span=span), START_US, ZoneInfo("UTC")
        )
    assert found.series == ()
    assert found.step == "hour"


@pytest.mark.parametrize(
    ("days", "step"), [(1, "hour"), (3, "hour"), (30, "day"), (300, "week"), (900, "month")]
)
def test_steps_grow_with_the_span(tmp_path: Path, days: int, step: str) -> None:
    with a_workspace(tmp_path) as workspace:
        span = Span(START_US - days * DAY_US, START_US)
        found = trend(
            workspace.store, Dimension.MODEL, Filter(span=span), START_US, ZoneInfo("UTC")
        )
    assert found.step == step
    assert 20 <= len(found.starts_us) <= 121


def test_days_begin_at_the_users_midnight_also_across_a_change_of_clocks(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    span = Span(at(2026, 10, 23, 12), at(2026, 10, 27, 12))
    with a_workspace(tmp_path, zone=berlin) as workspace:
        found = edges(workspace.store, Filter(span=span), span.end_us or 0, berlin, step="day")
    moments = [to_moment(edge, berlin) for edge in found]
    assert [moment.day for moment in moments] == [23, 24, 25, 26, 27, 28]
    assert {(moment.hour, moment.minute) for moment in moments} == {(0, 0)}
    assert found[3] - found[2] == 25 * HOUR_US


def test_hours_cover_the_span_without_repeating_an_edge(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as workspace:
        for end in (at(2026, 11, 22, 9), at(2026, 11, 22, 9, 30)):
            span = Span(at(2026, 11, 22, 6, 15), end)
            found = edges(workspace.store, Filter(span=span), end, ZoneInfo("UTC"), step="hour")
            assert {b - a for a, b in pairwise(found)} == {HOUR_US}
            assert found[0] <= at(2026, 11, 22, 6, 15) < found[1]
            assert found[-2] < end <= found[-1]


def test_an_open_span_begins_with_the_first_call(tmp_path: Path) -> None:
    with a_workspace(tmp_path, [an_event(at=START_US)]) as workspace:
        now = START_US + 5 * DAY_US
        found = edges(workspace.store, Filter(span=EVER), now, ZoneInfo("UTC"), step="day")
    assert found[0] <= START_US < found[1]
    assert len(found) == 7


def test_what_is_left_of_removed_calls_has_its_days(tmp_path: Path) -> None:
    events = [an_event(at=START_US + day * DAY_US) for day in range(5)]

    def told(store: Store) -> object:
        asked = Filter(), START_US + 5 * DAY_US, ZoneInfo("UTC")
        return by_day(store, *asked), trend(store, Dimension.MODEL, *asked)

    with a_workspace(tmp_path, events) as workspace:
        store = workspace.store
        before = told(store)
        gone_us = (START_US // DAY_US + 3) * DAY_US
        for day in days_before(store, gone_us):
            assert forget_day(store, day)
        move_horizon(store, gone_us)
        assert told(store) == before


def test_bars_of_thousands_of_dollars_are_exact_and_all_others_are_apart_from_a_label_so_called(
    tmp_path: Path,
) -> None:
    labels = (*("other",) * 6, "f0", "f1", "f2")
    events = [
        an_event(
            at=START_US + n, feature=labels[n % 9], usage={"input": 999_999_999 - n, "output": 0}
        )
        for n in range(1_000)
    ]
    with a_workspace(tmp_path, events) as workspace:
        now_us, wanted = START_US + 5 * DAY_US, Filter()
        whole = workspace.grouped((), wanted).totals.spend_pusd
        found = trend(workspace.store, Dimension.FEATURE, wanted, now_us, ZoneInfo("UTC"), most=2)
    assert [name for name, _ in found.series] == ["other", "f0", None]
    assert sum(sum(values) for _, values in found.series) == whole
