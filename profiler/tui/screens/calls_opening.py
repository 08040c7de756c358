"""The second layer of the calls' screen: the highlighted call beside the list, or opened."""

from functools import partial

from textual import on

from profiler import display
from profiler.tui.messages import DetailRead, DetailWanted, ReadFailed
from profiler.tui.screens.calls_history import HistoryFace
from profiler.tui.view import GONE
from profiler.tui.widgets.call_card import CallCard
from profiler.tui.widgets.call_list import CallList
from profiler.tui.widgets.grid import Grid

REST_S = 0.08
"""How long the cursor rests on a call before it is read for the pane."""


class OpeningFace(HistoryFace):
    """Reads the call one rests on, and opens it."""

    @on(Grid.Highlighted)
    def _preview(self) -> None:
        """Read the call under the cursor once it rests there."""
        self._tell_place()
        call = self.query_one(CallList).current
        self.go_on(call)
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
            self.ask_to_open(call)

    def action_toggle_text(self) -> None:
        """Show what was asked and answered, or fold it again."""
        shown, pane = self.query_one(CallCard), self.query_one("#pane")
        shown.is_text_open = not shown.is_text_open
        if shown.is_text_open:
            pane.call_after_refresh(pane.scroll_to, y=shown.text_row, animate=False)

    @on(Grid.Opened)
    def _open_clicked(self) -> None:
        self.action_open()

    def on_detail_read(self, message: DetailRead) -> None:
        """Draw a call in the pane; it is opened too if that was asked for, from the list."""
        self.query_one(CallCard).detail = message.detail
        if not self.query_one(CallList).has_focus:
            self.go_on()

    def on_read_failed(self, message: ReadFailed) -> None:
        """Say what could not be read."""
        message.stop()
        self.go_on()
        trouble = message.trouble
        if trouble.title == GONE:
            self.query_one(CallCard).detail = None
            self._look()
        self.notify(
            display.plain(trouble.message), title=trouble.title, severity="error", markup=False
        )
