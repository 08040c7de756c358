"""The feed: one thread that follows the log and delivers snapshots."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

from profiler.analysis.asked import Asked
from profiler.analysis.results.snapshot import CallDetail, Page, Snapshot
from profiler.domain.budgets import Forecast, Standing
from profiler.domain.places import Place
from profiler.domain.scopes import Dimension, Filter
from profiler.errors import StoreError
from profiler.report.forms import Order as ExportOrder
from profiler.tui.messages import FeedFailed, Noticed, Order, SnapshotTaken, Towards
from profiler.tui.view import Question, trouble_of

if TYPE_CHECKING:
    # the first frame must not wait for SQLAlchemy, budgets' files and the rates
    from profiler.budgets.changes import Change
    from profiler.ingest.drain import Drained, Progress
    from profiler.keeping.inquiries import Answer, Inquiry

Tell = Callable[[int, int], None]
"""Is told how many calls are written, and of how many; whatever it raises ends the export."""

WAIT_S = 1.0
"""The longest the feed sleeps; the source ends that as soon as the log has grown."""
NEWS_S = 0.2
"""How soon after one snapshot news is worth another: a hundred calls a second are drawn five
times in it, the first of them at once."""
IDLE_S = 1.0
"""How often the store is read when the log is quiet and another program writes to it."""
SHARE = 20
"""Snapshots may take one part in this many of the feed's time."""
STILL_S, STILLEST_S = 4.0, 32.0
"""How often where nothing was written at all: forecasts come in, and calls leave the range. Each
time the next is twice as far off, up to the second."""
REPOST_S = 60.0
"""How often an unchanged snapshot is posted all the same: paces and clocks move on."""
RETRY_S = 3.0


class Source(Protocol):
    """What the app reads from and writes to; `Workspace` is one."""

    def drain(self, on_progress: "Callable[[Progress], None] | None" = None) -> "Drained":
        """Bring the store up to the log's end; tells of long work, outside transactions."""
        ...

    def written(self) -> object:
        """What differs once the store or the ledger was written to; cheap to ask for."""
        ...

    def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
        """What all screens draw, and the part of the one that asks."""
        ...

    def page(
        self, wanted: Filter, cursor: Place | None, limit: int, towards: Towards, order: Order
    ) -> Page:
        """A stretch of the history, newest or dearest first."""
        ...

    def detail(self, call_id: str, now_us: int) -> CallDetail:
        """One call, opened."""
        ...

    def labels(self, dimension: Dimension, prefix: str) -> list[str]:
        """Values of a label that begin with `prefix`, for completion."""
        ...

    def consult(self, inquiry: "Inquiry[Answer]", now_us: int) -> "Answer":
        """Answer a question about budgets."""
        ...

    def change_budget(self, change: "Change", by: str = "") -> str:
        """Make a change about a budget in the name of `by`, else of the user; what was done."""
        ...

    def export(self, order: ExportOrder, tell: Tell) -> str:
        """Write calls or a report into a file; what was written, in words."""
        ...

    def until(self, is_over: Callable[[], bool]) -> AbstractContextManager[None]:
        """Within it what this thread reads fails soon after `is_over` says so."""
        ...

    def wait(self, timeout_s: float) -> None:
        """Sleep until the log changes, `wake` is called or the time is up."""
        ...

    def wake(self) -> None:
        """End a `wait`, from any thread."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Feed:
    """Opens the source, follows it, and posts what it sees; the rest of the app only listens."""

    def __init__(
        self,
        open_source: Callable[[], Source],
        now_us: Callable[[], int],
        question_now: Callable[[], Question],
        post: Callable[[Message], object],
    ) -> None:
        self._open_source = open_source
        self._now_us = now_us
        self._question_now = question_now
        self._post = post
        self._source: Source | None = None
        self._stirred = threading.Event()
        self._is_stopped = threading.Event()
        self.is_paused = False
        """While true the log is followed but nothing is posted, unless `stir` asks."""

    @property
    def source(self) -> Source:
        """The open source.

        Raises:
            StoreError: it is not open (yet).

        """
        if self._source is None:
            raise StoreError("the store is not open yet; try again in a moment")
        return self._source

    def stir(self) -> None:
        """Take a snapshot now: the range changed, or a budget."""
        self._stirred.set()
        if self._source is not None:
            self._source.wake()

    def follow(self, open_source: Callable[[], Source]) -> None:
        """Leave the source for another; nothing of the old one is posted from now on."""
        self._open_source = open_source
        self.stir()

    def stop(self) -> None:
        """End `run` soon, from any thread."""
        self._is_stopped.set()
        self.stir()

    def run(self, is_cancelled: Callable[[], bool]) -> None:
        """Follow the source until stopped; whatever fails is told and tried again."""

        def is_over() -> bool:
            return is_cancelled() or self._is_stopped.is_set()

        while not is_over():
            opening = self._open_source
            is_left = self._leaving(opening, is_over)
            try:
                with closing(opening()) as source:
                    self._source = source
                    self._follow(source, is_left)
            except _Stopped:
                pass
            except Exception as error:  # noqa: BLE001  # top of a worker: becomes a message
                if not is_left():
                    self._post(FeedFailed(trouble_of(error)))
            finally:
                self._source = None
            self._stirred.clear()
            if not is_left():
                self._stirred.wait(RETRY_S)

    def _leaving(
        self, opening: Callable[[], Source], is_over: Callable[[], bool]
    ) -> Callable[[], bool]:
        return lambda: is_over() or self._open_source is not opening

    def _follow(self, source: Source, is_left: Callable[[], bool]) -> None:
        # what the store already holds is shown before the backlog of the log is read
        shown = _Shown(is_left, source.written)
        self._show(source, shown, caught_up=0.0)

        def tell(progress: "Progress") -> None:
            if is_left():
                raise _Stopped
            caught_up = progress.bytes_read / max(1, progress.bytes_total)
            # whoever asks waits for one batch, not for the pass: reading a long log takes minutes
            is_asked = self._is_asked()
            if is_asked or (shown.is_due(has_news=False) and not self.is_paused):
                self._show(source, shown, caught_up, always=is_asked)

        has_news, trouble = True, ""
        while not is_left():
            drained = source.drain(tell)
            for words in drained.notices:
                if words != drained.trouble:  # that stands above the figures
                    self._post(Noticed(words))
            has_news = has_news or drained.events > 0 or drained.trouble != trouble
            trouble = drained.trouble
            is_asked = self._is_asked()
            if is_asked or (shown.is_due(has_news=has_news) and not self.is_paused):
                has_news = not self._show(source, shown, caught_up=1.0, always=is_asked)
            if has_news and not self.is_paused:
                self._stirred.wait(NEWS_S)
            else:
                source.wait(WAIT_S)

    def _is_asked(self) -> bool:
        """Whether somebody asked since the last time; what they ask is looked up after this."""
        is_asked = self._stirred.is_set()
        self._stirred.clear()
        return is_asked

    def _show(
        self, source: Source, shown: "_Shown", caught_up: float, *, always: bool = False
    ) -> bool:
        """Read the store, and post what is new; false where that was ended by another question."""
        began, now_us = monotonic(), self._now_us()
        question = self._question_now()
        asked, is_ended = question.asked(now_us), False

        def is_over() -> bool:
            # once and for all: who asks the first again, while its reading ends, has it read anew
            nonlocal is_ended
            is_ended = is_ended or shown.is_left() or self._question_now() != question
            return is_ended

        shown.reads()
        try:
            with source.until(is_over):
                snapshot = source.snapshot(asked, now_us)
        except StoreError:
            if is_over():
                return False
            raise
        is_new = shown.take(snapshot, caught_up, monotonic() - began)
        if (is_new or always) and not shown.is_left():
            self._post(SnapshotTaken(question, snapshot, caught_up))
        return True


class _Stopped(Exception):
    """The source is left: a long pass over the log ends where it last committed."""


class _Shown:
    """What was posted last, and when the store is worth reading again."""

    def __init__(self, is_left: Callable[[], bool], written: Callable[[], object]) -> None:
        self.is_left = is_left
        """Whether the source is no longer the one that is followed."""
        self._written = written
        self._read = object()
        self._is_still = False
        self._snapshot: Snapshot | None = None
        self._caught_up = 0.0
        self._read_at = self._posted_at = -REPOST_S
        self._every_s = 0.0
        self._still_s = STILL_S

    def is_due(self, *, has_news: bool) -> bool:
        """Whether to read the store now."""
        waited_s = monotonic() - self._read_at
        if has_news and (waited_s >= NEWS_S or self.is_behind):
            return True
        if waited_s >= max(self._every_s, self._still_s):
            return True
        return waited_s >= self._every_s and self._written() != self._read

    def reads(self) -> None:
        """The store is about to be read: what is written from now on is not in it."""
        before, self._read = self._read, self._written()
        self._is_still = self._read == before

    @property
    def is_behind(self) -> bool:
        """Whether what was posted last did not hold all of the log."""
        return self._caught_up < 1

    def take(self, snapshot: Snapshot, caught_up: float, took_s: float) -> bool:
        """Note a snapshot; whether it is worth posting."""
        now = self._read_at = monotonic()
        self._every_s = max(IDLE_S, SHARE * took_s)
        is_same = caught_up == self._caught_up and _is_same(snapshot, self._snapshot)
        self._still_s = min(2 * self._still_s, STILLEST_S) if self._is_still else STILL_S
        if is_same and now - self._posted_at < REPOST_S:
            return False
        self._snapshot, self._caught_up, self._posted_at = snapshot, caught_up, now
        return True


def _is_same(new: Snapshot, old: Snapshot | None) -> bool:
    """Whether only the clock moved between two snapshots."""
    if old is None:
        return False
    still = replace(new, taken_at_us=old.taken_at_us, span=old.span, standings=old.standings)
    return still == old and list(map(_counted, new.standings)) == list(map(_counted, old.standings))


def _counted(standing: Standing) -> Standing:
    """A standing without what moves with the clock: a forecast is there or not."""
    forecast = None if standing.forecast is None else Forecast(0)
    return replace(standing, forecast=forecast)
