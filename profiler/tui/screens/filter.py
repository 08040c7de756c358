"""The filter dialog: narrows whatever screen it was opened from."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from profiler.tui.screens.unhurried import Dialog
from profiler.tui.widgets.filter_bar import FilterBar
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.query import Labels


class FilterScreen(Dialog[str | None]):
    """Gives back the filter that was typed; empty means every call."""

    CSS_PATH: ClassVar[str] = "filter.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", key_display="Esc"),
    ]

    def __init__(self, labels: Labels, check: Callable[[str], object], text: str) -> None:
        super().__init__()
        self._bar = FilterBar(labels, check, text)

    def compose(self) -> ComposeResult:
        """The bar, and what can be written in it."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Filter every screen"
            frame.border_subtitle = "→ complete · Enter filter · Esc close"
            yield self._bar
            yield Static(id="words", markup=False)

    def on_mount(self) -> None:
        """Keys go into the line at once: more of them may be waiting."""
        self.set_focus(self._bar.field)
        ink = palette_of(self)
        told = Text("Words narrow together; * is any text; an empty line shows every call.")
        told.stylize(ink.muted)
        self.query_one("#words", Static).update(told)

    @on(FilterBar.Chosen)
    def _choose(self, message: FilterBar.Chosen) -> None:
        self.dismiss(message.text)
