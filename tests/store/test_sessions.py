"""Sessions are what their calls add up to, the latest and the dearest of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from profiler.domain.calls import Basis, Call, Cost, Outcome
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.store import sessions
from profiler.store.dictionary import Dictionary
from profiler.store.sessions import Session
from profiler.store.writes import record
from tests.support.oracle import is_wanted, totals_of
from tests.support.stored import START_US, a_call, a_store, batches, filters


def end_of(call: Call) -> int:
    return call.started_at_us + (call.latency_us or 0)


def naive(calls: list[Call], wanted: Filter) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in {call.id: call for call in calls}.values():
        if call.session and is_wanted(call, wanted):
            found.setdefault(call.session, []).append(call)
    return found


def assert_is(session: Session, calls: list[Call]) -> None:
    assert session.totals == totals_of(calls)
    assert session.first_at_us == min(call.started_at_us for call in calls)
    assert session.last_end_us == max(map(end_of, calls))
    assert set(session.models) == {call.model for call in calls}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls=batches, wanted=filters())
def test_sessions_are_exact(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Call], wanted: Filter
) -> None:
    expected = naive(calls, wanted)
    with a_store(tmp_path_factory.mktemp("s") / "p.db", calls) as store:
        latest = sessions.latest(store, wanted, 100)
        ranking = sessions.dearest(store, wanted, 100)
        dearest, number = ranking.sessions, ranking.number
    assert number == len(expected)
    assert {one.name for one in latest} == {one.name for one in dearest} == set(expected)
    for session in [*latest, *dearest]:
        assert_is(session, expected[session.name])
    ends = [max(call.cursor for call in expected[one.name]) for one in latest]
    assert ends == sorted(ends, reverse=True)
    spends = [one.totals.spend_pusd for one in dearest]
    assert spends == sorted(spends, reverse=True)


def a_month() -> list[Call]:
    """Thirty sessions, one a day, each dearer than the one before."""
    return [
        a_call(
            START_US + day * 24 * HOUR_US + part * HOUR_US,
            session=f"run-{day}",
            cost=Cost(day * 10**12, Basis.MEASURED),
            model=("a", "b")[part],
        )
        for day in range(30)
        for part in range(2)
    ]


def test_so_many_of_all_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db", a_month()) as store:
        ranking = sessions.dearest(store, EVERYTHING, 3)
        dearest, number = ranking.sessions, ranking.number
        latest = sessions.latest(store, EVERYTHING, 3)
        week = Filter(span=Span(START_US + 3 * HOUR_US, START_US + 7 * 24 * HOUR_US))
        ranking = sessions.dearest(store, week, 3)
        of_week, number_of_week = ranking.sessions, ranking.number
    assert [one.name for one in dearest] == ["run-29", "run-28", "run-27"]
    assert [one.name for one in latest] == ["run-29", "run-28", "run-27"]
    assert [one.name for one in of_week] == ["run-6", "run-5", "run-4"]
    assert (number, number_of_week) == (30, 6)


def test_of_whole_days_only_wanted_sessions_are_compared(tmp_path: Path) -> None:
    wanted = Filter(matches=(Match(Dimension.SESSION, "run-1*"),))
    others = Filter(matches=(Match(Dimension.SESSION, "run-2*", is_excluded=True),))
    with a_store(tmp_path / "p.db", a_month()) as store:
        found, left = (sessions.dearest(store, one, 3) for one in (wanted, others))
    assert [one.name for one in found.sessions] == ["run-19", "run-18", "run-17"]
    assert [one.name for one in left.sessions] == ["run-19", "run-18", "run-17"]
    assert (found.number, left.number) == (11, 19)


def test_pages_follow_one_another(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db", a_month()) as store:
        latest = [sessions.latest(store, EVERYTHING, 12, skipped) for skipped in (0, 12, 24, 36)]
        dearest = [
            sessions.dearest(store, EVERYTHING, 12, skipped).sessions for skipped in (0, 12, 24, 36)
        ]
    expected = [f"run-{day}" for day in reversed(range(30))]
    for pages in (latest, dearest):
        assert [len(page) for page in pages] == [12, 12, 6, 0]
        assert [one.name for page in pages for one in page] == expected


@pytest.mark.parametrize("wanted", [EVERYTHING, Filter(outcome=Outcome.OK)])
def test_of_too_many_the_newest_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Filter
) -> None:
    monkeypatch.setattr(sessions, "_MOST_DAYS", 10)
    monkeypatch.setattr(sessions, "_MOST_CALLS", 20)
    with a_store(tmp_path / "p.db", a_month()) as store:
        found = sessions.dearest(store, wanted, 100)
        assert found.since_us is not None
        since = replace(wanted, span=Span(found.since_us))
        assert sessions.dearest(store, since, 100).sessions == found.sessions
    assert found.number == len(found.sessions) >= 9


def test_of_a_day_with_too_many_all_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_MOST_DAYS", 5)
    monkeypatch.setattr(sessions, "_MOST_CALLS", 5)
    day = 24 * HOUR_US
    midnight = START_US // day * day + day
    calls = [a_call(midnight + part, session=f"run-{part}") for part in range(9)]
    with a_store(tmp_path / "p.db", calls) as store:
        for span in (Span(), Span(midnight), Span(midnight, midnight + day)):
            found = sessions.dearest(store, Filter(span), 100)
            assert (found.number, found.since_us) == (9, None)
        with store.writing() as connection:
            record(connection, Dictionary(), [a_call(midnight - 1, session="before")])
            record(connection, Dictionary(), [a_call(midnight + day, session="after")])
        for before in (midnight - 1, midnight - HOUR_US, None):
            found = sessions.dearest(store, Filter(Span(before)), 100)
            assert (found.number, found.since_us) == (10, midnight)


def test_calls_of_one_moment_are_compared_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_MOST_CALLS", 5)
    calls = [a_call(tail=part, session=f"run-{part}") for part in range(9)]
    with a_store(tmp_path / "p.db", calls) as store:
        found = sessions.dearest(store, Filter(outcome=Outcome.OK), 100)
    assert (found.number, found.since_us) == (9, None)


def nameless_since(calls: list[Call], count: int) -> list[Call]:
    """Those calls, and after them so many that name no session."""
    after_us = calls[-1].started_at_us + HOUR_US
    return [*calls, *(a_call(after_us + part) for part in range(count))]


@pytest.mark.parametrize("most_named", [2_000, 1])
def test_the_latest_are_found_behind_however_many_calls_that_name_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_named: int
) -> None:
    monkeypatch.setattr(sessions, "_PAGE", 2)
    monkeypatch.setattr(sessions, "_MOST_WALKED", 4)
    monkeypatch.setattr(sessions, "_MOST_NAMED", most_named)
    calls = [replace(call, user="u", agent=call.session) for call in a_month()]
    older = [replace(call, user="v", session="always") for call in a_month()]
    both = [replace(call, id=f"{call.id[:-1]}9") for call in older] + nameless_since(calls, 50)
    theirs = Filter(matches=(Match(Dimension.USER, "u"),))
    tens = Filter(matches=(Match(Dimension.SESSION, "run-1*"),))
    week = Span(START_US + 3 * HOUR_US, START_US + 7 * 24 * HOUR_US)
    with a_store(tmp_path / "p.db", both) as store:
        every = [one.name for one in sessions.latest(store, EVERYTHING, 100)]
        page = [one.name for one in sessions.latest(store, theirs, 4, skipped=3)]
        named = [one.name for one in sessions.latest(store, tens, 100)]
        of_week = [one.name for one in sessions.latest(store, Filter(week), 100)]
        none = sessions.latest(store, Filter(matches=(Match(Dimension.SESSION, ""),)), 100)
    days = [f"run-{day}" for day in reversed(range(30))]
    assert every == ["always", *days]
    assert page == days[3:7]
    assert named == [f"run-{day}" for day in (*reversed(range(10, 20)), 1)]
    assert of_week == ["always", *days[-7:-1]]
    assert none == []


def test_a_session_without_end_is_told_by_its_sums(tmp_path: Path) -> None:
    calls = [
        a_call(START_US + part * HOUR_US // 20, session="always*", latency_us=5)
        for part in range(600)
    ]
    short = a_call(START_US + 7, session="always there", latency_us=5)
    with a_store(tmp_path / "p.db", [*calls, short]) as store:
        found = {one.name: one for one in sessions.latest(store, EVERYTHING, 9)}
    long = found["always*"]
    assert long.totals == totals_of(calls)
    assert long.models == ()
    assert long.first_at_us == START_US
    assert found["always there"].totals == totals_of([short])
