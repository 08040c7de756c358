"""Sums by tags, and of sessions' whole lives, are what adding up every call gives."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from profiler.domain.periods import DAY_US, Span
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.domain.totals import NOTHING, Totals
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.lifetimes import lifetimes
from profiler.store.tags import by_tags
from tests.support.events import START_US, a_segment, an_event
from tests.support.workspaces import a_workspace

DAYS = st.integers(0, 4)
TEAMS = st.sampled_from(["", "blue", "red", "Blue"])
USERS = st.sampled_from(["ada", "bob"])
SESSIONS = st.sampled_from(["one", "two", "*", ""])
CALLS = st.lists(st.tuples(DAYS, TEAMS, USERS, SESSIONS), max_size=12)


def a_call(place: int, day: int, team: str, user: str, session: str) -> dict[str, object]:
    tags = {"tags": {"team": team}} if team else {}
    at = START_US + day * DAY_US + place * 7_000_000
    return an_event(at=at, user=user, session=session, **tags)


def priced(store: Store, wanted: Filter) -> Totals:
    return reads.totals(store, wanted)


@settings(max_examples=8, deadline=None)
@given(calls=CALLS, first=st.integers(-1, 5), hours=st.integers(0, 90))
def test_each_value_of_a_tag_is_summed_as_its_calls_are(
    calls: list[tuple[int, str, str, str]], first: int, hours: int
) -> None:
    span = Span(START_US + first * DAY_US, START_US + first * DAY_US + hours * DAY_US // 24)
    events = [a_call(place, *call) for place, call in enumerate(calls)]
    with TemporaryDirectory() as home, a_workspace(Path(home), events) as workspace:
        wanted = Filter(span=span, matches=(Match(Dimension.USER, "a*"),))
        for _ in range(2):
            found = by_tags(workspace.store, [Dimension.USER], ["team"], wanted)
            expected: dict[tuple[tuple[str, ...], tuple[str, ...]], Totals] = {}
            for call in reads.each(workspace.store, wanted):
                alone = Filter(Span(call.started_at_us, call.started_at_us + 1))
                key = ((call.user,), (call.tags.get("team", ""),))
                expected[key] = expected.get(key, NOTHING) + priced(workspace.store, alone)
            assert found == expected


@settings(max_examples=8, deadline=None)
@given(calls=CALLS)
def test_sessions_at_work_lately_are_summed_whole(
    calls: list[tuple[int, str, str, str]],
) -> None:
    events = [a_call(place, *call) for place, call in enumerate(calls)]
    with TemporaryDirectory() as home, a_workspace(Path(home), events) as workspace:
        store = workspace.store
        latest_us = reads.last_call_at_us(store) or 0
        found = lifetimes(store, [Dimension.SESSION], Filter(), latest_us)
        whole = dict(reads.grouped(store, [Dimension.SESSION], Filter()))
        since_us = (latest_us // DAY_US - 1) * DAY_US
        lately = dict(reads.grouped(store, [Dimension.SESSION], Filter(Span(since_us))))
    assert found == {labels: whole[labels] for labels in lately}


def test_a_tag_of_calls_that_come_in_later_is_counted(tmp_path: Path) -> None:
    with a_workspace(tmp_path, [a_call(0, 0, "blue", "ada", "one")]) as workspace:
        store = workspace.store
        assert by_tags(store, [], ["team"], Filter())[(), ("blue",)].calls == 1
        a_segment(tmp_path / "log", [a_call(1, 0, "blue", "ada", "one")])
        workspace.drain()
        assert by_tags(store, [], ["team"], Filter())[(), ("blue",)].calls == 2
        assert len(store.tagged_days) == 1


def test_days_of_the_past_are_remembered(tmp_path: Path) -> None:
    events = [a_call(place, place % 5, "blue", "ada", "one") for place in range(2_000)]
    with a_workspace(tmp_path, events) as workspace:
        took = []
        for _ in range(3):
            began = time.process_time()
            by_tags(workspace.store, [], ["team"], Filter())
            took.append(time.process_time() - began)
    assert min(took[1:]) < took[0]
