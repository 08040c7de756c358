"""The dialog for another time zone."""

from typing import ClassVar
from zoneinfo import available_timezones

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, OptionList, Static

from profiler import display
from profiler.config import zone_named
from profiler.errors import UsageError
from profiler.tui.screens.unhurried import Dialog

OFFERED = 6
"""So many of the zones whose names hold what is typed are listed."""


class ZoneScreen(Dialog[str | None]):
    """Gives back the IANA name of the zone chosen."""

    CSS_PATH: ClassVar[str] = "zones.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
        Binding("down", "move(1)", "Next", priority=True),
        Binding("up", "move(-1)", "Previous", priority=True),
    ]

    def __init__(self, current: str, told: str) -> None:
        super().__init__()
        self._current, self._told = current, told
        self._offered: list[str] = []

    def compose(self) -> ComposeResult:
        """One field, what there is while it is typed, and where the present zone comes from."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Time zone"
            frame.border_subtitle = "↑↓ · Enter choose · Esc cancel"
            yield Static(display.plain(self._told), id="told", markup=False)
            yield Input(placeholder=self._current, compact=True)
            yield OptionList(compact=True, markup=False)
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Choose", id="choose", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Only what is typed is listed: keys go into the line."""
        self.query_one(OptionList).can_focus = False
        self.set_focus(self.query_one(Input))

    def action_move(self, step: int) -> None:
        """Mark another one of those listed."""
        listed = self.query_one(OptionList)
        if self._offered:
            listed.highlighted = ((listed.highlighted or 0) + step) % len(self._offered)

    @on(Input.Changed)
    def _offer(self, message: Input.Changed) -> None:
        """List what is meant; a complaint was about other words."""
        self.query_one("#complaint", Static).update("")
        self._offered = zones_like(message.value)[:OFFERED]
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options(self._offered)
        listed.highlighted = 0 if self._offered else None

    @on(OptionList.OptionSelected)
    def _pick(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._offered[message.option_index])

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#choose")
    def _choose(self) -> None:
        typed = self.query_one(Input).value.strip() or self._current
        marked = self.query_one(OptionList).highlighted
        name = typed if marked is None else self._offered[marked]
        try:
            self.dismiss(zone_named(name).key)
        except UsageError as error:
            self.query_one("#complaint", Static).update(Text(display.plain(f"✖ {error}")))


def zones_like(typed: str) -> list[str]:
    """The zones whose names hold all the words typed, the very one first; none for no words."""
    words = typed.lower().replace("_", " ").split()
    if not words:
        return []
    names = {name: name.lower().replace("_", " ") for name in available_timezones()}
    found = [name for name, said in names.items() if all(word in said for word in words)]
    whole = " ".join(words)
    return sorted(
        found,
        key=lambda name: (
            names[name] != whole,
            not names[name].startswith(whole),
            not names[name].rpartition("/")[2].startswith(whole),
            name,
        ),
    )
