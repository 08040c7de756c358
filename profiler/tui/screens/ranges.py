"""The range picker."""

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from profiler.tui.ranges import RANGES, Range


class RangeScreen(ModalScreen[str | None]):
    """A short list; gives back the id of the range chosen."""

    CSS_PATH: ClassVar[str] = "ranges.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,r", "dismiss(None)", "Close", key_display="Esc"),
    ]

    def __init__(self, current: Range) -> None:
        super().__init__()
        self._current = current

    def compose(self) -> ComposeResult:
        """One line per range, the present one highlighted."""
        options = OptionList(
            *(Option(Text(one.name), id=one.id) for one in RANGES), classes="dialog", compact=True
        )
        options.border_title = "Time range"
        options.border_subtitle = "Enter choose · Esc close"
        yield options

    def on_mount(self) -> None:
        """Begin at the present range."""
        names = [one.id for one in RANGES]
        options = self.query_one(OptionList)
        options.highlighted = names.index(self._current.id) if self._current.id in names else 0
        options.focus()

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_id)
