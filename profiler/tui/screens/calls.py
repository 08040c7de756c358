"""Calls: every call, with a filter above and the highlighted one beside."""

import json
from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.markup import escape
from textual.reactive import var
from textual.timer import Timer
from textual.widget import Widget

from profiler import display
from profiler.analysis.results import CallDetail
from profiler.domain.calls import Call
from profiler.domain.periods import moment_us
from profiler.domain.query import parse_filter
from profiler.domain.scopes import Filter
from profiler.tui import keys
from profiler.tui.memory import Memory
from profiler.tui.messages import DetailRead, DetailWanted, FilterChosen, ReadFailed
from profiler.tui.saved import SavedFilters
from profiler.tui.screens.call_detail import CallDetailScreen
from profiler.tui.screens.call_dialogs import TOP, ColumnsScreen, FiltersScreen, GoToScreen
from profiler.tui.screens.face import Face
from profiler.tui.view import GONE, View
from profiler.tui.widgets.call_card import CallCard
from profiler.tui.widgets.call_list import CallList
from profiler.tui.widgets.call_place import place_text
from profiler.tui.widgets.filter_bar import FilterBar
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.notice import Needs
from profiler.tui.widgets.query import Labels

COLUMNS_KEPT = "call columns"
"""What the columns are remembered by."""

REST_S = 0.08
"""How long the cursor rests on a call before it is read for the pane."""


class CallsScreen(Face):
    """The filter bar, the list, and a pane where there is room."""

    NAME = "calls"
    NEEDS = Needs.CALLS
    CSS_PATH: ClassVar[str] = "calls.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("calls")

    within: var[str] = var("", init=False)
    """What another screen opened: a filter of this screen alone, on top of the one of all."""

    def __init__(self, labels: Labels, memory: Memory) -> None:
        super().__init__()
        self._labels = labels
        self._memory = memory
        self._shown: tuple[tuple[str, str, str], str] | None = None
        self._newest = ""
        self._resting: Timer | None = None
        self._opening = ""

    def parts(self) -> Iterable[Widget]:
        """Filter, then list and pane side by side."""
        yield FilterBar(self._labels, self._wanted)
        with Horizontal(id="history"):
            with Vertical(id="list", classes="frame") as frame:
                frame.border_title = "Calls"
                yield CallList()
            with VerticalScroll(id="pane", classes="frame", can_focus=False):
                yield CallCard()

    def on_mount(self) -> None:
        """Keys go to the list."""
        super().on_mount()
        calls = self.query_one(CallList)
        calls.choose(self._memory.texts(COLUMNS_KEPT))
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
            if not self.query_one(FilterBar).is_typing:
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
        self._shown = (question.calls, self.within)
        calls = self.query_one(CallList)
        calls.placeholder = (
            "No call matches; Esc clears the filter."
            if question.query or self.within
            else f"No calls in range: {question.range.name}. Press r for another."
        )
        calls.look(self._wanted(), self._now_us, self.view.zone)

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
            self.query_one(FilterBar).write(self.view.question.query)
            self.query_one(CallList).focus()
        elif self.query_one(CallList).marked:
            self.query_one(CallList).unmark()
        elif self.within:
            self.within = ""
        else:
            self.post_message(FilterChosen(""))

    def action_filters(self) -> None:
        """Offer the filters that were kept."""
        dialog = FiltersScreen(SavedFilters(self._memory), self.view.question.query)
        self.app.push_screen(dialog, self._use)

    def _use(self, query: str | None) -> None:
        if query is not None:
            self.post_message(FilterChosen(query))

    # -- the list ------------------------------------------------------------

    def action_sort(self) -> None:
        """Sort by cost, or by time again."""
        self._sort(by_cost=not self.query_one(CallList).is_by_cost)

    @on(Grid.HeadingChosen)
    def _sort_clicked(self, message: Grid.HeadingChosen) -> None:
        name = self.query_one(CallList).column_name(message.column)
        if name in {"cost", "time"}:
            self._sort(by_cost=name == "cost")

    def _sort(self, *, by_cost: bool) -> None:
        self.query_one(CallList).sort(by_cost=by_cost)
        self._tell_place()

    def action_go_to(self) -> None:
        """Ask for a moment, and show the calls from then on."""
        read = partial(moment_us, now_us=self._now_us, zone=self.view.zone)
        self.app.push_screen(GoToScreen(read), self._go)

    def _go(self, at_us: int | None) -> None:
        if at_us == TOP:
            self.query_one(CallList).action_first()
        elif at_us is not None:
            self.query_one(CallList).go_to(at_us)

    def action_columns(self) -> None:
        """Ask which columns to show."""
        dialog = ColumnsScreen(self._memory.texts(COLUMNS_KEPT))
        self.app.push_screen(dialog, self._choose_columns)

    def _choose_columns(self, names: list[str] | None) -> None:
        if names is not None:
            self._memory.keep(COLUMNS_KEPT, names)
            self.query_one(CallList).choose(names)

    def action_copy(self, what: str) -> None:
        """Put the ids of the marked calls, else of the highlighted one, into the clipboard."""
        calls = self.query_one(CallList)
        chosen = list(calls.marked.values()) or ([calls.current] if calls.current else [])
        if not chosen:
            return
        if what == "id":
            self.app.copy_to_clipboard("\n".join(call.id for call in chosen))
        else:
            self.app.copy_to_clipboard(as_jsonl(chosen))
        noun = "id" if what == "id" else "JSON"
        self.notify(f"Copied the {noun} of {display.calls(len(chosen))}.", markup=False)

    # -- one call ------------------------------------------------------------

    @on(Grid.Highlighted)
    def _preview(self) -> None:
        """Read the call under the cursor once it rests there."""
        self._tell_place()
        call = self.query_one(CallList).current
        self.query_one("#pane").set_class(call is None, "-empty")
        if self._resting is not None:
            self._resting.stop()
        if call is not None and not self.has_class("-narrow"):
            ask = DetailWanted(self, call.id)
            self._resting = self.set_timer(REST_S, partial(self.post_message, ask))

    def on_resize(self) -> None:
        """The pane may have come to be: it wants its call."""
        self.call_after_refresh(self._preview)

    def action_open(self) -> None:
        """Open the highlighted call."""
        call = self.query_one(CallList).current
        if call is not None and self.query_one(CallList).has_focus:
            self._opening = call.id
            self.post_message(DetailWanted(self, call.id))

    @on(Grid.Opened)
    def _open_clicked(self) -> None:
        self.action_open()

    def on_detail_read(self, message: DetailRead) -> None:
        """Draw a call in the pane, or open it."""
        message.stop()
        self.query_one(CallCard).detail = message.detail
        if message.detail.call.id == self._opening:
            self._opening = ""
            self._open(message.detail)

    def _open(self, detail: CallDetail) -> None:
        self.app.push_screen(CallDetailScreen(detail, self.view.zone))

    def on_read_failed(self, message: ReadFailed) -> None:
        """Say what could not be read."""
        message.stop()
        trouble = message.trouble
        if trouble.title == GONE:
            self.query_one(CallCard).detail = None
            self._look()
        self.notify(
            display.plain(trouble.message), title=trouble.title, severity="error", markup=False
        )


def as_jsonl(calls: Sequence[Call]) -> str:
    """Calls as an export has them, one JSON object per line."""
    # its modules take long to import, and nobody copies at once
    from profiler.report.columns import call_columns  # noqa: PLC0415
    from profiler.report.values import as_object  # noqa: PLC0415

    columns = call_columns()
    return "\n".join(json.dumps(as_object(call, columns)) for call in calls)
