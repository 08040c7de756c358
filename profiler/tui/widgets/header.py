"""The header: what this is, how the feed is doing, the time range, and the screens."""

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from profiler import display
from profiler.domain.periods import to_moment
from profiler.tui.keys import SCREENS, TITLES
from profiler.tui.theme import Palette
from profiler.tui.view import EMPTY_VIEW, MARKS, Pulse, View
from profiler.tui.widgets.columns import spread, stacked
from profiler.tui.widgets.panel import palette_of

TAB_GAP = 3


class Header(Widget):
    """Two lines: the state of things, then the screens by number."""

    DEFAULT_CSS = """
    Header { dock: top; height: 2; width: 1fr; padding: 0 2; background: $background; }
    """

    view = reactive(EMPTY_VIEW)

    class TabChosen(Message):
        """A screen's name was clicked."""

        def __init__(self, screen: str) -> None:
            super().__init__()
            self.screen = screen

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    def render(self) -> Text:
        """Both lines."""
        ink = palette_of(self)
        width = self.content_size.width
        state = spread(self._brand(ink), self._standing(ink, width), width)
        return stacked([state, tabs(self._current, ink)])

    def _brand(self, ink: Palette) -> Text:
        made = Text.assemble(("◆ ", ink.accent), ("profiler", f"bold {ink.ink}"))
        if self.view.is_demo:
            made.append("  demo: invented calls", ink.watch)
        return made

    def _standing(self, ink: Palette, width: int) -> Text:
        view = self.view
        colour = {Pulse.LIVE: ink.ok, Pulse.TROUBLE: ink.high}.get(view.pulse, ink.watch)
        made = Text.assemble((f"{MARKS[view.pulse]} {view.pulse.value}", colour))
        if view.pulse is Pulse.CATCHING_UP and view.caught_up:
            made.append(f" {view.caught_up:.0%}", colour)
        if view.snapshot is not None and width >= 60:
            taken = to_moment(view.snapshot.taken_at_us, view.zone)
            made.append(f" {taken:%H:%M:%S}", ink.muted)
        made.append("   ")
        made.append(range_text(view), f"bold {ink.ink}")
        return made

    def on_click(self, event: events.Click) -> None:
        """A click on a screen's name asks for it."""
        name = tab_at(event.x - 2) if event.y == 1 else None
        if name:
            self.post_message(self.TabChosen(name))


def range_text(view: View) -> str:
    """The range in words; one the command line set shows where it begins."""
    start = view.snapshot.span.start_us if view.snapshot else None
    if view.range.id == "custom" and start is not None:
        return f"since {display.clock(start, view.zone)[:16]}"
    return view.range.name


def tabs(current: str, ink: Palette) -> Text:
    """The screens by number, the current one underlined."""
    made = Text(no_wrap=True, end="")
    for number, name in enumerate(SCREENS, 1):
        is_current = name == current
        made.append(f"{number} ", ink.accent if is_current else ink.muted)
        made.append(TITLES[name], f"bold underline {ink.ink}" if is_current else ink.muted)
        made.append(" " * TAB_GAP)
    return made


def tab_at(x: int) -> str | None:
    """The screen whose name stands in that column."""
    left = 0
    for name in SCREENS:
        right = left + 2 + len(TITLES[name])
        if left <= x < right:
            return name
        left = right + TAB_GAP
    return None
