"""The range picker, and the dialog for any other stretch of time."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.errors import UsageError
from profiler.tui.asking.ranges import CUSTOM, Range
from profiler.tui.screens.unhurried import Dialog


class _Ranges(OptionList):
    """A list that is a dialog itself, and so is never wider than a part of the screen."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """No word can be wrapped where its border leaves it no cell."""
        return super().get_content_height(container, viewport, max(width, 1))


class RangeScreen(Dialog[str | None]):
    """A short list; gives back the id of the range chosen, or `CUSTOM`."""

    CSS_PATH: ClassVar[str] = "ranges.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,r", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(self, current: Range, ranges: Sequence[Range]) -> None:
        super().__init__()
        self._current = current
        self._ranges = ranges

    def compose(self) -> ComposeResult:
        """One line per range, the present one highlighted."""
        options = _Ranges(
            *(Option(Text(one.name), id=one.id) for one in self._ranges),
            Option(Text("from … until …"), id=CUSTOM),
            classes="dialog",
            compact=True,
        )
        options.border_title = "Time range"
        options.border_subtitle = "Enter choose · Esc cancel"
        yield options

    def on_mount(self) -> None:
        """Begin at the present range."""
        names = [one.id for one in self._ranges]
        options = self.query_one(OptionList)
        is_listed = self._current.id in names
        options.highlighted = names.index(self._current.id) if is_listed else len(names)
        options.focus()

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_id)


class CustomRangeScreen(Dialog[Range | None]):
    """Asks for two moments; gives back the range between them."""

    CSS_PATH: ClassVar[str] = "custom_range.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(self, read: Callable[[str, str], Range]) -> None:
        super().__init__()
        self._read = read
        """Raises `UsageError` for what is no range."""

    def compose(self) -> ComposeResult:
        """Two fields, what can be written in them, and what is wrong."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "From … until …"
            frame.border_subtitle = "Tab next · Enter choose · Esc cancel"
            for title, name, example in (
                ("From", "since", "24h  7d  yesterday  2026-11-01"),
                ("Until", "until", "now"),
            ):
                with Horizontal(classes="field"):
                    yield Label(title, markup=False)
                    yield Input(placeholder=example, id=name, compact=True)
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Choose", id="choose", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#choose")
    def _choose(self) -> None:
        since, until = (self.query_one(f"#{name}", Input).value for name in ("since", "until"))
        try:
            self.dismiss(self._read(since.strip(), until.strip()))
        except UsageError as error:
            told = Text(display.plain(f"✖ {error}"))
            self.query_one("#complaint", Static).update(told)
