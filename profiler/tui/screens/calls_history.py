"""The first layer of the calls' screen: its filter, its list, and a pane where there is room."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.markup import escape
from textual.reactive import var
from textual.timer import Timer
from textual.widget import Widget

from profiler import display
from profiler.domain.query import parse_filter
from profiler.domain.scopes import Filter
from profiler.tui.actions.keymap import keys_of
from profiler.tui.memory import Memory
from profiler.tui.messages import FilterChosen
from profiler.tui.screens.call_opening import CallOpeningFace
from profiler.tui.view import View
from profiler.tui.widgets.call_card import CallCard
from profiler.tui.widgets.call_list import CallList
from profiler.tui.widgets.call_place import place_text
from profiler.tui.widgets.filter_bar import FilterBar
from profiler.tui.widgets.notice import Needs
from profiler.tui.widgets.query import Labels


class HistoryFace(CallOpeningFace):
    """The filter bar, the list, and a pane where there is room."""

    NAME = "calls"
    NEEDS = Needs.CALLS
    # not the first there is: in the filter's line, keys for other screens would be typed
    AUTO_FOCUS: ClassVar[str | None] = "CallList"

    within: var[str] = var("", init=False)
    """What another screen opened: a filter of this screen alone, on top of the one of all."""

    def __init__(self, labels: Labels, memory: Memory) -> None:
        super().__init__()
        self._labels = labels
        self._memory = memory
        self._shown: tuple[tuple[str, str, str, bool], str] | None = None
        self._newest = ""
        self._is_demo = False
        self._resting: Timer | None = None

    def parts(self) -> Iterable[Widget]:
        """Filter, then list and pane side by side."""
        yield FilterBar(self._labels, self._wanted)
        with Horizontal(id="history"):
            with Vertical(id="list", classes="frame") as frame:
                frame.border_title = "Calls"
                yield CallList()
            with VerticalScroll(id="pane", classes="frame", can_focus=False) as pane:
                pane.border_title = "Call"
                yield CallCard()

    def on_mount(self) -> None:
        """Keys go to the list."""
        super().on_mount()
        calls = self.query_one(CallList)
        calls.focus()

    @property
    def is_settled(self) -> bool:
        """Whether the list is read, and the pane shows what the cursor stands on."""
        calls, detail = self.query_one(CallList), self.query_one(CallCard).detail
        if calls.is_asking or calls.current is None or self.has_class("-narrow"):
            return not calls.is_asking
        return detail is not None and detail.call.id == calls.current.id

    def watch_view(self, view: View) -> None:
        """Ask for the list anew where the range is another, or new calls came in."""
        super().watch_view(view)
        if not self.is_mounted or view.snapshot is None:
            return
        newest = view.snapshot.recent[0].id if view.snapshot.recent else ""
        self.query_one(CallCard).zone = view.zone
        if self._shown != (view.question.calls, self.within):
            self.query_one(FilterBar).write(view.question.query)
            self._look()
        elif newest != self._newest:
            self.query_one(CallList).notice_newer(self._wanted(), view.snapshot.taken_at_us)
        self._newest = newest
        self._tell_place()

    def watch_within(self) -> None:
        """Show what another screen opened."""
        self.query_one("#list").border_title = (
            f"Calls · {escape(display.plain(self.within))}" if self.within else "Calls"
        )
        self._look()

    def _wanted(self, query: str | None = None) -> Filter:
        """The calls shown; with `query`, those that filter would show.

        Raises:
            BadQuery: it cannot be read.

        """
        wanted = self.view.question.wanted(self._now_us, query)
        return parse_filter(self.within, self._now_us, self.view.zone, wanted)

    @property
    def _now_us(self) -> int:
        return self.view.snapshot.taken_at_us if self.view.snapshot else 0

    def _look(self) -> None:
        if self.view.snapshot is None:
            return
        question = self.view.question
        calls = self.query_one(CallList)
        if question.is_demo != self._is_demo:
            self._is_demo = question.is_demo
            calls.unmark()
        self._shown = (question.calls, self.within)
        calls.placeholder = self._nothing_found()
        calls.look(self._wanted(), self._now_us, self.view.zone)

    def _nothing_found(self) -> str:
        """What an empty list says: what is at fault, and what helps, first."""
        keys = keys_of(self)
        another = f"{keys.of_id('range')} chooses another range"
        is_range_empty = self.view.is_range_empty
        if is_range_empty or not (self.view.question.query or self.within):
            return f"No calls in this range: {another}."
        clears = f"{keys.of_id('clear')} clears the filter"
        if is_range_empty is False:
            return f"No call matches: {clears}."
        return f"No calls: {clears}, {another}."

    def _tell_place(self) -> None:
        calls, frame = self.query_one(CallList), self.query_one("#list")
        is_narrowed = bool(self.view.question.query or self.within)
        frame.border_subtitle = place_text(calls, self.view.zone, is_narrowed=is_narrowed)

    # -- filter --------------------------------------------------------------

    def focus_filter(self) -> None:
        """Let the user type a filter."""
        # at once, not when idle: the next key may be waiting already
        self.set_focus(self.query_one(FilterBar).field)

    @on(FilterBar.Chosen)
    def _filter(self, message: FilterBar.Chosen) -> None:
        self.query_one(CallList).focus()
        self.post_message(FilterChosen(message.text))

    def action_clear(self) -> None:
        """Leave the filter bar; from the list, forget marks, what was opened, then the filter."""
        if self.query_one(FilterBar).is_typing:
            self.query_one(CallList).focus()
        elif self.query_one(CallList).marked:
            self.query_one(CallList).unmark()
        elif self.within:
            self.within = ""
        else:
            self.post_message(FilterChosen(""))
