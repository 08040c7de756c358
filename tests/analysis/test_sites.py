from dataclasses import replace
from pathlib import Path

import pytest

from profiler.analysis import sessions, sites
from profiler.analysis.asked import UTC, Asked
from profiler.analysis.flame import NO_FRAME, Path as Stack
from profiler.display import ALL_OTHERS
from profiler.domain.calls import Basis, Cost
from profiler.domain.periods import DAY_US, HOUR_US, Span
from profiler.domain.scopes import Filter
from profiler.store import reads, sessions as store_sessions
from profiler.store.purging import days_before, forget_day, move_horizon
from tests.support.stored import START_US, a_call, a_store

DOLLAR = 10**12
DAY = START_US // DAY_US * DAY_US + 10 * DAY_US
NOW = DAY + DAY_US - 1
TODAY = Filter(span=Span(DAY))
MAIN, ANSWER = "app.py:9 main", "rag.py:4 answer"
CALLS = [
    a_call(
        DAY + number * HOUR_US,
        stack=stack,
        site=stack[-1] if stack else "",
        feature=feature,
        session=session,
        model="m",
        cost=Cost(dollars * DOLLAR, Basis.MEASURED),
    )
    for number, (stack, feature, session, dollars) in enumerate(
        (
            ((MAIN, ANSWER), "search", "one", 3),
            ((MAIN,), "", "one", 1),
            ((), "chat", "", 2),
        )
    )
]
BEFORE = [replace(CALLS[0], id=a_call(DAY - 5 * HOUR_US).id, started_at_us=DAY - 5 * HOUR_US)]


def asked(by: str = "", picked: str = "", wanted: Filter = TODAY) -> Asked:
    return Asked(wanted, UTC, "sites", by, picked)


def test_the_tree_is_by_stack_by_labels_or_by_session(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db", [*CALLS, *BEFORE]) as store:
        found: dict[str, dict[Stack, int]] = {
            by: {
                path: totals.spend_pusd // DOLLAR
                for path, totals in sites.part(store, asked(by), NOW).root.paths()
            }
            for by in ("", "labels", "session")
        }
    assert found[""] == {(MAIN, ANSWER): 3, (MAIN,): 1, (NO_FRAME,): 2}
    assert found["labels"] == {
        ("search", "", "m"): 3,
        ("", "", "m"): 1,
        ("chat", "", "m"): 2,
    }
    assert found["session"] == {("one",): 4, (ALL_OTHERS,): 2}


def test_removed_calls_are_no_less_than_nothing(tmp_path: Path) -> None:
    calls = [a_call(DAY + hour * HOUR_US, number) for number, hour in enumerate((1, 2, 28, 29, 53))]
    with a_store(tmp_path / "p.db", calls) as store:
        for day in days_before(store, DAY + 2 * DAY_US):
            assert forget_day(store, day)
        move_horizon(store, DAY + 2 * DAY_US)
        # sums by labels begin every six hours, those of all calls every hour
        wanted = Filter(span=Span(DAY + 2 * HOUR_US, DAY + 25 * HOUR_US))
        trees = [sites.part(store, asked(by, wanted=wanted), NOW).root for by in ("", "labels")]
    assert [tree.whole.calls for tree in trees] == [2, 2]
    assert all(one.calls > 0 for tree in trees for _, one in tree.paths())


def test_a_session_is_drawn_whole_though_only_the_latest_days_were_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_sessions, "_MOST_DAYS", 1)
    monkeypatch.setattr(store_sessions, "_MOST_CALLS", 1)
    calls = [a_call(DAY + day * DAY_US, day, session="one") for day in range(4)]
    with a_store(tmp_path / "p.db", calls) as store:
        assert store_sessions.dearest(store, Filter(), 9).since_us is not None
        root = sites.part(store, asked("session", wanted=Filter()), NOW).root
    assert {path: totals.calls for path, totals in root.paths()} == {("one",): 4}


def test_a_range_is_compared_with_the_one_before_or_any_other(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db", [*CALLS, *BEFORE]) as store:
        before = sites.part(store, asked(picked="before"), NOW).before
        other = sites.part(store, asked(picked="2001-01-01..2001-02-01"), NOW).before
        of_ever = sites.part(store, asked(picked="before", wanted=Filter()), NOW).before
        alone = sites.part(store, asked(), NOW).before
    assert before is not None
    assert dict(before.paths()) == {(MAIN, ANSWER): before.whole}
    assert other is not None
    assert other.whole.calls == 0
    assert of_ever is None
    assert alone is None


def test_runs_are_sessions_workflows_or_agents_and_open_to_their_calls(tmp_path: Path) -> None:
    calls = [replace(call, workflow="nightly", agent="") for call in CALLS]
    with a_store(tmp_path / "p.db", calls) as store:
        latest = sessions.part(store, asked())
        dearest = sessions.part(store, asked("dearest"))
        flows = sessions.part(store, asked("workflow", "nightly"))
        agents = sessions.part(store, asked("agent"))
        opened = sessions.part(store, asked("", "one"))
        totals = reads.totals(store, TODAY)
    assert [run.name for run in latest.runs] == [run.name for run in dearest.runs] == ["one"]
    assert (latest.number, dearest.number, agents.number) == (None, 1, 0)
    [flow] = flows.runs
    assert flow.totals == totals
    assert (flow.first_at_us, flow.models) == (DAY, ("m",))
    assert [call.id for call in flows.calls] == [call.id for call in calls]
    assert [call.id for call in opened.calls] == [call.id for call in calls[:2]]
    assert opened.opened is not None
    assert opened.opened.totals.spend_pusd == 4 * DOLLAR
