"""Calls from programs whose clocks are ahead: filed under when they are read, marked, once."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from profiler.domain.calls import Call
from profiler.domain.scopes import EVERYTHING
from profiler.ingest.clocks import AHEAD_US, MARK
from profiler.ingest.drain import Drained, drain
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import a_segment, an_event, append
from tests.support.oracle import assert_sound

CARD = Card.load()
YEAR_US = 365 * 24 * 3600 * 1_000_000


def now_us() -> int:
    return time.time_ns() // 1000


def drained(home: Path) -> tuple[Drained, list[Call]]:
    with Store.open(home / "p.db") as store:
        found = drain(store, CARD, home / "log")
        assert_sound(store)
        return found, list(reads.each(store, EVERYTHING))


def the_clock_is(at_us: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiler.ingest.drain.time.time_ns", lambda: at_us * 1000)


def test_a_call_from_the_future_is_filed_under_now_and_marked(tmp_path: Path) -> None:
    claimed_us, before_us = now_us() + YEAR_US, now_us()
    a_segment(tmp_path / "log", [an_event(at=claimed_us, tail=7, tags={"team": "a"})])
    _, (call,) = drained(tmp_path)
    assert before_us <= call.started_at_us <= now_us()
    assert call.cursor[1] == 7
    claimed = datetime.fromtimestamp(claimed_us / 1e6, UTC)
    assert call.tags == {"team": "a", MARK: claimed.strftime("%Y-%m-%dT%H:%MZ")}


def test_a_clock_that_is_a_little_ahead_is_believed(tmp_path: Path) -> None:
    claimed_us = now_us() + AHEAD_US - 60_000_000
    a_segment(tmp_path / "log", [an_event(at=claimed_us), an_event()])
    _, calls = drained(tmp_path)
    assert calls[-1].started_at_us == claimed_us
    assert not any(call.tags for call in calls)


def test_a_call_from_the_future_counts_once_however_often_it_is_read(tmp_path: Path) -> None:
    events = [an_event(at=now_us() + YEAR_US + n) for n in range(3)]
    segment = a_segment(tmp_path / "log", [*events, *events[:2]])
    first, before = drained(tmp_path)
    shutil.copy(segment, segment.with_name("copy.jsonl"))
    a_segment(tmp_path / "log", [*events, an_event()])
    second, after = drained(tmp_path)
    assert (first.events, first.duplicates) == (3, 2)
    assert (second.events, second.duplicates) == (1, 3)
    assert after[1:] == before


def test_its_time_may_come_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed_us = now_us() + YEAR_US
    event = an_event(at=claimed_us)
    segment = a_segment(tmp_path / "log", [event])
    drained(tmp_path)
    the_clock_is(claimed_us + YEAR_US, monkeypatch)
    append(segment, [event, an_event(at=claimed_us + 9)])
    found, calls = drained(tmp_path)
    assert (found.events, found.duplicates) == (1, 1)
    assert [MARK in call.tags for call in calls] == [True, False]


def test_a_clock_that_steps_back_makes_no_suspects_of_known_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = an_event(at=now_us() - 60_000_000)
    segment = a_segment(tmp_path / "log", [event])
    drained(tmp_path)
    the_clock_is(now_us() - YEAR_US, monkeypatch)
    append(segment, [event])
    found, calls = drained(tmp_path)
    assert (found.events, found.duplicates, calls[0].tags) == (0, 1, {})
