"""The dialog for another time zone."""

from typing import ClassVar
from zoneinfo import available_timezones

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Static

from profiler import display
from profiler.config import zone_named
from profiler.errors import UsageError
from profiler.tui.screens.unhurried import Dialog


class ZoneScreen(Dialog[str | None]):
    """Gives back the IANA name of the zone chosen."""

    CSS_PATH: ClassVar[str] = "zones.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    def compose(self) -> ComposeResult:
        """One field, completed as it is typed."""
        names = sorted(available_timezones())
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Time zone"
            frame.border_subtitle = "→ complete · Enter choose · Esc cancel"
            yield Input(
                placeholder=self._current,
                suggester=SuggestFromList(names, case_sensitive=False),
                compact=True,
            )
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
        try:
            self.dismiss(zone_named(self.query_one(Input).value.strip() or self._current).key)
        except UsageError as error:
            self.query_one("#complaint", Static).update(Text(display.plain(f"✖ {error}")))
