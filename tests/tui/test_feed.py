"""The feed alone, without a screen."""

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from time import monotonic
from typing import Self

import pytest
from textual.message import Message

from profiler.analysis.asked import Asked
from profiler.analysis.results.snapshot import Snapshot
from profiler.errors import StoreError, StoreLocked
from profiler.ingest.drain import Drained, Progress
from profiler.tui.feed import IDLE_S, NEWS_S, Feed, _Shown
from profiler.tui.messages import FeedFailed, SnapshotTaken
from profiler.tui.view import Question
from tests.support.snapshots import NOW_US, a_snapshot, an_empty_snapshot
from tests.support.sources import GivenSource, Slow


class Running:
    """A feed in its thread, and what it posted."""

    def __init__(self, open_source: Callable[[], GivenSource]) -> None:
        self.posted: list[Message] = []
        self.question = Question()
        self.feed = Feed(
            open_source,
            lambda: NOW_US,
            lambda: self.question,
            self.posted.append,
        )
        self._thread = threading.Thread(target=self.feed.run, args=(lambda: False,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.feed.stop()
        self._thread.join(5)
        assert not self._thread.is_alive()

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = monotonic() + 30
        while not holds():
            assert monotonic() < deadline, "it did not come to hold in time"
            threading.Event().wait(0.005)

    @property
    def snapshots(self) -> list[SnapshotTaken]:
        return [one for one in self.posted if isinstance(one, SnapshotTaken)]


def test_what_the_store_holds_is_shown_before_the_log_is_read() -> None:
    with Running(lambda: GivenSource(a_snapshot())) as running:
        running.until(lambda: len(running.snapshots) == 2)
    assert [one.caught_up for one in running.snapshots] == [0.0, 1.0]


def test_an_unchanged_snapshot_is_not_posted_again() -> None:
    source = GivenSource(a_snapshot())
    with Running(lambda: source) as running:
        running.until(lambda: len(running.snapshots) == 2)
        reads = len(source.spans)
        source.news = 1
        source.wake()
        running.until(lambda: len(source.spans) > reads)
    assert len(running.snapshots) == 2


def test_a_changed_one_is_posted_without_waiting_for_the_next_tick() -> None:
    source = GivenSource(a_snapshot())
    with Running(lambda: source) as running:
        running.until(lambda: len(running.snapshots) == 2)
        began = monotonic()
        source.given, source.news = an_empty_snapshot(), 1
        source.wake()
        running.until(lambda: len(running.snapshots) == 3)
    assert monotonic() - began < 0.5


def test_what_another_program_stored_is_found_without_news_of_our_own() -> None:
    source = GivenSource(a_snapshot())
    with Running(lambda: source) as running:
        running.until(lambda: len(running.snapshots) == 2)
        source.given = an_empty_snapshot()
        running.until(lambda: len(running.snapshots) == 3)


def test_a_failure_is_told_and_the_source_closed_and_opened_again() -> None:
    opened: list[GivenSource] = []

    class FailsOnce(GivenSource):
        def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
            if len(opened) == 1:
                raise StoreLocked("held by another program")
            return super().snapshot(asked, now_us)

    def open_source() -> GivenSource:
        opened.append(FailsOnce(a_snapshot()))
        return opened[-1]

    with Running(open_source) as running:
        running.until(lambda: bool(running.posted))
        assert isinstance(running.posted[0], FeedFailed)
        assert running.posted[0].trouble.message == "held by another program"
        running.feed.stir()
        running.until(lambda: bool(running.snapshots))
    assert all(source.is_closed for source in opened)


def test_a_feed_that_is_stopped_closes_its_source() -> None:
    source = GivenSource(a_snapshot())
    with Running(lambda: source) as running:
        running.until(lambda: bool(running.snapshots))
    assert source.is_closed


def test_the_longer_nothing_is_written_the_rarer_it_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = [1_000.0]
    monkeypatch.setattr("profiler.tui.feed.monotonic", lambda: now_s[0])
    shown, read_at_s = _Shown(lambda: False, lambda: None), []
    for _ in range(1_000):
        if shown.is_due(has_news=False):
            shown.reads()
            shown.take(a_snapshot(), 1.0, 0.01)
            read_at_s.append(now_s[0])
        now_s[0] += 1
    gaps = [after - before for before, after in pairwise(read_at_s)]
    assert gaps[:4] == [4, 8, 16, 32]
    assert set(gaps[4:]) == {32}


def test_what_another_program_writes_is_seen_within_a_second_or_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s, written = [1_000.0], [1]
    monkeypatch.setattr("profiler.tui.feed.monotonic", lambda: now_s[0])
    shown = _Shown(lambda: False, lambda: written[0])
    shown.reads()
    shown.take(a_snapshot(), 1.0, 0.01)
    now_s[0] += IDLE_S
    assert not shown.is_due(has_news=False)
    written[0] += 1
    assert shown.is_due(has_news=False)


def test_however_fast_calls_come_in_they_are_drawn_five_times_a_second() -> None:
    read_at_s: list[float] = []

    class Busy(GivenSource):
        def wait(self, timeout_s: float) -> None:
            del timeout_s
            self.news = 1
            self.given = replace(self.given, ledger_trouble=f"{monotonic()}")

        def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
            read_at_s.append(monotonic())
            return super().snapshot(asked, now_us)

    source = Busy(a_snapshot())
    with Running(lambda: source) as running:
        running.until(lambda: len(running.snapshots) == 5)
    assert min(after - before for before, after in pairwise(read_at_s[1:5])) >= NEWS_S


@pytest.mark.parametrize("is_paused", [False, True])
def test_who_asks_is_answered_while_the_log_is_read(*, is_paused: bool) -> None:
    is_reading, may_end = threading.Event(), threading.Event()

    class Long(GivenSource):
        def drain(self, on_progress: Callable[[Progress], None] | None = None) -> Drained:
            assert on_progress is not None
            is_reading.set()
            while not may_end.wait(0.005):
                on_progress(Progress(38, 100, 1))
            return Drained(1)

    source = Long(a_snapshot())
    with Running(lambda: source) as running:
        running.until(is_reading.is_set)
        running.feed.is_paused = is_paused
        running.feed.stir()
        running.until(lambda: len(running.snapshots) == 2)
        may_end.set()
    assert running.snapshots[1].caught_up == 0.38


def test_who_leaves_a_question_and_comes_back_to_it_is_told_of_no_trouble() -> None:
    first, second = Question(query="model:first"), Question(query="model:second")

    class Undecided(Slow):
        def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
            try:
                return super().snapshot(asked, now_us)
            except StoreError:
                running.question = first
                self.may_answer.set()
                running.feed.stir()
                raise

    source = Undecided()
    with Running(lambda: source) as running:
        running.until(lambda: len(running.snapshots) == 2)
        source.may_answer.clear()
        running.question = first
        running.feed.stir()
        running.until(lambda: first.asked(NOW_US) in source.begun)
        running.question = second
        running.until(lambda: running.snapshots[-1].question == first)
    assert source.ended == [first.asked(NOW_US)]
    assert running.posted == running.snapshots


def test_a_source_that_is_left_in_the_midst_of_a_reading_is_left_at_once() -> None:
    source = Slow()
    source.may_answer.clear()
    with Running(lambda: source) as running:
        running.until(lambda: bool(source.begun))
    assert source.is_closed
    assert running.posted == []
