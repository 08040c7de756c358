"""A source whose every answer is given: the app drawn over it is the real one."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import cast

from profiler.analysis.asked import Asked
from profiler.analysis.results.caching import CachePart
from profiler.analysis.results.snapshot import (
    CallDetail,
    Matched,
    OverviewPart,
    Page,
    Part,
    Snapshot,
)
from profiler.budgets.changes import Change
from profiler.budgets.detail import BudgetDetail
from profiler.domain.calls import Call
from profiler.domain.periods import Span
from profiler.domain.places import Place, place_of
from profiler.domain.scopes import Dimension, Filter
from profiler.errors import NotFound, StoreError
from profiler.ingest.drain import Drained, Progress
from profiler.keeping.inquiries import (
    AlertLog,
    Answer,
    Grown,
    Inquiry,
    OpenBudget,
    Prospect,
    Saved,
    Trail,
)
from profiler.report.forms import Order as ExportOrder
from profiler.tui.app import ProfilerApp
from profiler.tui.messages import Order, Towards
from tests.support.budget_details import a_budget_detail, a_growth
from tests.support.grown import GROWN
from tests.support.screen_parts import parts_of
from tests.support.snapshots import NOW_US, ZONE, a_detail, a_snapshot


class GivenSource:
    """Answers from a frozen snapshot and a list of calls, newest first."""

    def __init__(self, snapshot: Snapshot, calls: Sequence[Call] = ()) -> None:
        self.given = snapshot
        self.parts = parts_of(snapshot)
        self.calls = sorted(calls or snapshot.recent, key=lambda call: call.cursor, reverse=True)
        self.changes: list[Change] = []
        self.changed_by: list[str] = []
        self.inquiries: list[Inquiry[object]] = []
        self.answers: dict[type, object] = {AlertLog: (), Prospect: (), Saved: (), Trail: ()}
        """What questions about budgets are answered, by their kind."""
        self.spans: list[Span] = []
        self.wanted: list[Filter] = []
        self.questions: list[Asked] = []
        self.asked: list[tuple[Filter, Place | None, str]] = []
        self.failure: Exception | None = None
        """What pages fail with, while it is set."""
        self.news = 0
        self.progress: list[Progress] = []
        self.priced_at_us = 0
        self.is_closed = False
        self._woken = threading.Event()

    def drain(self, on_progress: Callable[[Progress], None] | None = None) -> Drained:
        """As many events as the test says."""
        events, self.news = self.news, 0
        if on_progress is not None:
            for progress in self.progress:
                on_progress(progress)
        return Drained(events)

    def written(self) -> object:
        return object()  # what is given may be another by now

    def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
        """The given one, for whatever span."""
        self.questions.append(asked)
        self.spans.append(asked.wanted.span)
        self.wanted.append(asked.wanted)
        part = self._part(asked)
        return replace(self.given, span=asked.wanted.span, taken_at_us=now_us, part=part)

    def _part(self, asked: Asked) -> Part | None:
        grown = GROWN.get(asked.screen)
        if grown is not None:
            return grown(self.calls, asked)
        part = self.parts.get(asked.screen, self.given.part)
        if isinstance(part, OverviewPart):
            return replace(part, trend=replace(part.trend, by=asked.by or "model"))
        if isinstance(part, CachePart):
            return replace(part, by=asked.by or "model")
        return part

    def page(
        self, wanted: Filter, cursor: Place | None, limit: int, towards: Towards, order: Order
    ) -> Page:
        """Keyset paging over the list."""
        self.asked.append((wanted, cursor, towards))
        if self.failure is not None:
            raise self.failure
        found = [call for call in self.calls if _matches(call, wanted)]
        by_cost = order == "cost"
        places = {call.id: place_of(call, by_cost=by_cost) for call in found}
        found.sort(key=lambda call: places[call.id], reverse=True)
        matched = Matched(len(found)) if cursor is None else None
        if towards == "older":
            rest = [call for call in found if cursor is None or places[call.id] < cursor]
            return Page(tuple(rest[:limit]), len(rest) > limit, cursor is not None, matched=matched)
        rest = [call for call in found if cursor is None or places[call.id] > cursor]
        return Page(tuple(rest[-limit:]), cursor is not None, len(rest) > limit, matched=matched)

    def detail(self, call_id: str, now_us: int) -> CallDetail:
        """One of the calls; their rates are the same at any time."""
        self.priced_at_us = now_us
        for call in self.calls:
            if call.id == call_id:
                return a_detail(call)
        raise NotFound(f"no call {call_id}")

    def labels(self, dimension: Dimension, prefix: str) -> list[str]:
        """The labels that occur."""
        found = {str(getattr(call, dimension.value)) for call in self.calls}
        return sorted(label for label in found if label.startswith(prefix))

    def consult(self, inquiry: Inquiry[Answer], now_us: int) -> Answer:
        """What the test says; budgets have a past."""
        self.inquiries.append(inquiry)
        asked: object = inquiry
        if isinstance(asked, Grown):
            return cast("Answer", a_growth(asked.standing, now_us))
        if isinstance(asked, OpenBudget):
            return cast("Answer", self._opened(asked, now_us))
        return cast("Answer", self.answers[type(inquiry)])

    def _opened(self, inquiry: OpenBudget, now_us: int) -> BudgetDetail:
        for standing in self.given.standings:
            if standing.budget.name == inquiry.name:
                return a_budget_detail(standing.budget, inquiry.value, now_us)
        raise NotFound(f"no budget {inquiry.name}")

    def change_budget(self, change: Change, by: str = "") -> str:
        """Keep it for the test to see."""
        self.changes.append(change)
        self.changed_by.append(by)
        return "done as asked"

    def export(self, order: ExportOrder, tell: Callable[[int, int], None]) -> str:
        """A line per call."""
        found = [call for call in self.calls if _matches(call, order.wanted)]
        for done in range(len(found)):
            tell(done, len(found))
        order.path.write_text("".join(f"{call.id}\n" for call in found))
        return f"Wrote {len(found)} calls to {order.path}"

    def wait(self, timeout_s: float) -> None:
        """Until woken, or the time is up."""
        self._woken.wait(timeout_s)
        self._woken.clear()

    def until(self, is_over: Callable[[], bool]) -> AbstractContextManager[None]:  # noqa: ARG002
        """Nothing takes long."""
        return nullcontext()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Nothing is open."""
        self.is_closed = True


class Slow(GivenSource):
    """Answers what is asked from now on only once it may, or is told that it need not."""

    def __init__(self, calls: Sequence[Call] = ()) -> None:
        super().__init__(a_snapshot(), calls)
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.begun: list[Asked] = []
        self.ended: list[Asked] = []
        """What was given up for another question."""
        self._is_over: Callable[[], bool] = bool

    @contextmanager
    def until(self, is_over: Callable[[], bool]) -> Iterator[None]:
        """As the store has it: for whoever reads within."""
        self._is_over = is_over
        yield
        self._is_over = bool

    def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
        """The given one, in a while."""
        self.begun.append(asked)
        while not self.may_answer.wait(0.005):
            if self._is_over():
                self.ended.append(asked)
                raise StoreError("the question was given up before it was answered")
        return super().snapshot(asked, now_us)


def _matches(call: Call, wanted: Filter) -> bool:
    if wanted.outcome is not None and call.outcome is not wanted.outcome:
        return False
    if wanted.ids and call.id not in wanted.ids:
        return False
    return all(
        match.pattern.strip("*").lower() in str(getattr(call, match.dimension.value)).lower()
        for match in wanted.matches
    )


def an_app(source: GivenSource | Callable[[], GivenSource]) -> ProfilerApp:
    """The app over a given source, its clock standing still."""
    opening = source if callable(source) else lambda: source
    return ProfilerApp(opening, ZONE, lambda: NOW_US)
