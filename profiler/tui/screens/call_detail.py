"""One call on top of everything, with room to scroll."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from profiler.analysis.results.snapshot import CallDetail
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.widgets.call_card import CallCard


class CallDetailScreen(Dialog[None]):
    """A call, opened."""

    CSS_PATH: ClassVar[str] = "call_detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close", key_display="Esc"),
        Binding("v", "toggle_text", "Text"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, detail: CallDetail, zone: ZoneInfo) -> None:
        super().__init__()
        self._detail = detail
        self._zone = zone

    def compose(self) -> ComposeResult:
        """The card in a frame."""
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = "Call"
            has_text = self._detail.text is not None
            frame.border_subtitle = f"↑ ↓ scroll{' · v text' if has_text else ''} · Esc close"
            yield CallCard()

    def on_mount(self) -> None:
        """Draw the call; arrow keys scroll it."""
        shown = self.query_one(CallCard)
        shown.zone, shown.detail = self._zone, self._detail
        self.query_one(VerticalScroll).focus()

    def action_toggle_text(self) -> None:
        """Show what was asked and answered, or fold it again."""
        shown = self.query_one(CallCard)
        shown.is_text_open = not shown.is_text_open
        frame = self.query_one(VerticalScroll)
        if shown.is_text_open:
            frame.call_after_refresh(frame.scroll_to, y=shown.text_row, animate=False)

    def action_scroll(self, rows: int) -> None:
        """A row up or down, by vi's keys."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
