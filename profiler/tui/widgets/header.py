"""The header: what this is, how the feed is doing, the time range, and the screens."""

from typing import Protocol, cast

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from profiler import display
from profiler.domain.periods import EVER, to_moment
from profiler.tui.actions.keymap import keys_of
from profiler.tui.asking.ranges import CUSTOM
from profiler.tui.looks.theme import Palette
from profiler.tui.names import SCREENS, TITLES
from profiler.tui.view import EMPTY_VIEW, MARKS, Pulse, View
from profiler.tui.widgets.columns import spread, stacked
from profiler.tui.widgets.panel import READING, palette_of

TAB_GAP = 3
BEAT_S = 1.0
"""How often the age of the newest call is told anew."""
PATIENCE_S = 0.2
"""How long a question may go unanswered before it is said; shorter, the word would only flicker."""

ANSWERING = {Pulse.LIVE, Pulse.CATCHING_UP, Pulse.PAUSED}
"""While the feed is doing so, what is drawn may be of a question that was left for another."""


class Clocked(Protocol):
    """What tells the time: the app."""

    def now_us(self) -> int:
        """Now, in microseconds since the epoch."""
        ...


class Header(Widget):
    """Two lines: the state of things, then the screens by number."""

    DEFAULT_CSS = """
    Header { dock: top; height: 2; width: 1fr; padding: 0 2; background: $background; }
    """

    view = reactive(EMPTY_VIEW)
    news = reactive("")
    """How old the newest call is, in words; it grows older without a new snapshot."""
    is_reading = reactive(False)
    """Whether what is drawn has been of another question for longer than a moment."""

    class TabChosen(Message):
        """A screen's name was clicked."""

        def __init__(self, screen: str) -> None:
            super().__init__()
            self.screen = screen

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current
        self._patience: Timer | None = None

    def on_mount(self) -> None:
        """Keep telling how old the newest call is."""
        self._look()
        self.set_interval(BEAT_S, self._tell_age)

    def watch_view(self) -> None:
        """A new snapshot may hold a newer call, and a new question is not answered yet."""
        if self.is_mounted:
            self._look()

    def _look(self) -> None:
        self._tell_age()
        if self.view.is_answered or self.view.pulse not in ANSWERING:
            self.is_reading = False
            if self._patience is not None:
                self._patience.stop()
                self._patience = None
        elif self._patience is None:
            self._patience = self.set_timer(PATIENCE_S, self._say_reading)

    def _say_reading(self) -> None:
        self.is_reading = True

    def _tell_age(self) -> None:
        self.news = news(self.view, cast("Clocked", self.app).now_us())

    def render(self) -> Text:
        """Both lines."""
        ink = palette_of(self)
        width = self.content_size.width
        state = spread(self._brand(ink), self._standing(ink, width), width)
        return stacked([state, tabs(self._current, ink)])

    def _brand(self, ink: Palette) -> Text:
        made = Text.assemble(("◆ ", ink.accent), ("profiler", f"bold {ink.ink}"))
        if self.view.question.is_demo:
            made.append("  demo: invented calls", ink.watch)
        return made

    def _standing(self, ink: Palette, width: int) -> Text:
        view = self.view
        within = Text.assemble("   ", (range_text(view), f"bold {ink.ink}"))
        if view.question.query:
            within.append_text(filter_text(view.question.query, width, ink))
        if self.is_reading:
            return Text(f"{MARKS[Pulse.OPENING]} {READING}", style=ink.muted).append_text(within)
        colour = {Pulse.LIVE: ink.ok, Pulse.TROUBLE: ink.high}.get(view.pulse, ink.watch)
        made = Text.assemble((f"{MARKS[view.pulse]} {view.pulse.value}", colour))
        if view.pulse is Pulse.CATCHING_UP and view.caught_up:
            made.append(f" {view.caught_up:.0%}", colour)
        if self._brand(ink).cell_len + made.cell_len + within.cell_len + len(self.news) < width:
            made.append(self.news, ink.muted)
        return made.append_text(within)

    def on_click(self, event: events.Click) -> None:
        """A click on a screen's name asks for it; one on range, filter or pulse changes that."""
        name = tab_at(event.x - 2) if event.y == 1 else None
        action = self._action_at(event.x - 2) if event.y == 0 else None
        if name:
            self.post_message(self.TabChosen(name))
        elif action:
            self.app.simulate_key(keys_of(self).press(action))

    def _action_at(self, x: int) -> str | None:
        """What is said in that column of the upper line, as the action that changes it."""
        ink, width, view = palette_of(self), self.content_size.width, self.view
        query = view.question.query
        filtered = filter_text(query, width, ink).cell_len if query else 0
        ranged = len(range_text(view))
        if x >= width - filtered:
            return "filter" if query else None
        if x >= width - filtered - ranged:
            return "range"
        return "pause" if x >= width - self._standing(ink, width).cell_len else None


def news(view: View, now_us: int) -> str:
    """What stands behind the pulse: the newest call's age, or since when the screen stands still.

    An age, not a time of day: a clock that only moves with new calls looks stuck.
    """
    if view.snapshot is None:
        return ""
    if view.pulse is Pulse.PAUSED:
        return f" since {to_moment(view.snapshot.taken_at_us, view.zone):%H:%M:%S}"
    last = view.snapshot.freshness.last_call_at_us
    if view.pulse is not Pulse.LIVE or last is None:
        return ""
    return f" · last call {display.ago(now_us - last)}"


def range_text(view: View) -> str:
    """The range in words; one the command line set shows where it begins."""
    span = view.snapshot.span if view.snapshot else EVER
    if view.range.id.startswith(CUSTOM) and span.start_us is not None and span.end_us is None:
        return f"since {display.clock(span.start_us, view.zone)[:16]}"
    return view.range.name


def filter_text(query: str, width: int, ink: Palette) -> Text:
    """The filter every screen is narrowed by, in a third of the width at most."""
    drawn = Text(f" / {display.plain(query)}", style=ink.watch)
    drawn.truncate(max(12, width // 3), overflow="ellipsis")
    return drawn


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
