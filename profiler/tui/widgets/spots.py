"""Panels with figures in them that can be opened: by a click, or with the arrows and Enter."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive

from profiler.tui.looks.theme import Palette
from profiler.tui.messages import CallsWanted
from profiler.tui.widgets.header import Header
from profiler.tui.widgets.panel import Panel, palette_of

_CALLS = "calls"
_SCREEN = "screen"


def opens(text: Text, query: str) -> Text:
    """`text` as a figure that leads to the calls which a filter means."""
    made = text.copy()
    made.stylize(Style(meta={_CALLS: query}))
    return made


def leads(text: Text, screen: str) -> Text:
    """`text` as a figure of what are no calls: another screen tells of them."""
    made = text.copy()
    made.stylize(Style(meta={_CALLS: "", _SCREEN: screen}))
    return made


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a figure stands, and the calls behind it."""

    row: int
    left: int
    """The cell it begins at."""
    width: int
    start: int
    """The character of the line it begins at."""
    text: str
    """As it is drawn."""
    query: str
    screen: str = ""
    """Which screen it leads to, where that is not the one of the calls."""

    @property
    def middle(self) -> float:
        """Where it is found from the row above or below."""
        return self.left + self.width / 2


class SpotsPanel(Panel, can_focus=True):
    """What is drawn with `opens` can be opened."""

    DEFAULT_CSS = "SpotsPanel:focus { border: round $ink-focus; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l", "step(1)", show=False),
        Binding("up,k", "climb(-1)", show=False),
        Binding("down,j", "climb(1)", show=False),
        Binding("enter", "open", "Its calls"),
    ]

    spot = reactive(0)
    """Which figure one stands on, while the panel has the focus."""
    pointed: reactive[int | None] = reactive(None)
    """Which figure the mouse is on."""

    def all_lines(self, size: Size, ink: Palette) -> list[Text]:
        """The lines, what can be opened marked where one is."""
        drawn = super().all_lines(size, ink)
        found = list(_spots(drawn))
        if self.has_focus and found:
            _mark(drawn, found[min(self.spot, len(found) - 1)], f"on {ink.cursor}")
        if self.pointed is not None and self.pointed < len(found):
            _mark(drawn, found[self.pointed], "underline")
        return drawn

    @property
    def spots(self) -> list[Spot]:
        """What can be opened, in the order it is read."""
        size = self.content_size
        if not size:
            return []
        drawn = super().all_lines(size, palette_of(self))
        return list(_spots(drawn[: size.height]))

    def action_step(self, by: int) -> None:
        """To the next figure."""
        self.spot = max(0, min(self.spot + by, len(self.spots) - 1))

    def action_climb(self, by: int) -> None:
        """To the nearest figure in another line."""
        found = self.spots
        if not found:
            return
        here = found[min(self.spot, len(found) - 1)]
        others = [one.row for one in found if (one.row - here.row) * by > 0]
        if others:
            row = min(others, key=lambda row: abs(row - here.row))
            near = [at for at, one in enumerate(found) if one.row == row]
            self.spot = min(near, key=lambda at: abs(found[at].middle - here.middle))

    def action_open(self) -> None:
        """Show the calls behind the figure."""
        found = self.spots
        if found:
            spot = found[min(self.spot, len(found) - 1)]
            wanted = Header.TabChosen(spot.screen) if spot.screen else CallsWanted(spot.query)
            self.post_message(wanted)

    def on_click(self, event: events.Click) -> None:
        """A click opens the figure under it."""
        at = self._under(event)
        if at is not None:
            self.spot = at
            self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what a click would open."""
        self.pointed = self._under(event)

    def on_leave(self) -> None:
        """The mouse is on nothing."""
        self.pointed = None

    def on_focus(self) -> None:
        """Stand on a figure."""
        self.refresh()

    def on_blur(self) -> None:
        """Stand on none."""
        self.refresh()

    def _under(self, event: events.MouseEvent) -> int | None:
        place = event.get_content_offset(self)
        if place is None:
            return None
        for at, one in enumerate(self.spots):
            if one.row == place.y and one.left <= place.x < one.left + one.width:
                return at
        return None


def _spots(lines: list[Text]) -> Iterator[Spot]:
    for row, line in enumerate(lines):
        for start, end, style in sorted(line.spans, key=lambda span: span.start):
            meta = style.meta if isinstance(style, Style) else {}
            query = meta.get(_CALLS)
            if query is not None:
                text = line.plain[start:end]
                left = cell_len(line.plain[:start])
                screen = meta.get(_SCREEN, "")
                yield Spot(row, left, cell_len(text), start, text, query, screen)


def _mark(lines: list[Text], spot: Spot, style: str) -> None:
    lines[spot.row].stylize(style, spot.start, spot.start + len(spot.text))
