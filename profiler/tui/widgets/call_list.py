"""The history of calls: a list of any length that holds a few pages and draws one screenful."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.text import Text

from profiler import display
from profiler.domain.calls import Call, Outcome
from profiler.domain.periods import to_moment
from profiler.domain.scopes import Filter
from profiler.tui.messages import PageRead, PageWanted, Towards
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.recent import cost_text, model_cell, model_of, outcome_sign

PAGE = 200
KEPT = 3 * PAGE
"""The most calls held at once."""
NEAR = 50
"""This close to the end of what is held, more is asked for."""

CALL_COLUMNS = (
    Column("", 1),
    Column("Time", 11),
    Column("Model", 17, grow=3, most=44),
    Column("Feature", 9, grow=1, rank=5, most=24),
    Column("User", 8, grow=1, rank=7, most=20),
    Column("Site", 16, grow=2, rank=9, most=40),
    Column("In", 6, "right", rank=4),
    Column("Cached", 6, "right", rank=8),
    Column("Out", 6, "right", rank=4),
    Column("Took", 7, "right", rank=2),
    Column("Outcome", 10, rank=3, grow=1, most=18),
    Column("Cost", 11, "right"),
)


class CallList(Grid):
    """Calls that match a filter, newest first; asks its screen's app for pages."""

    DEFAULT_CSS = """
    CallList { scrollbar-size: 0 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(CALL_COLUMNS, id=id)
        self._calls: list[Call] = []
        self._wanted: Filter | None = None
        self._zone = ZoneInfo("UTC")
        self._now_us = 0
        self._ticket = 0
        self._is_asking = False
        self.has_older = False
        self.has_newer = False

    @property
    def row_count(self) -> int:
        """How many calls are held."""
        return len(self._calls)

    @property
    def current(self) -> Call | None:
        """The highlighted call."""
        return self._calls[self.cursor] if self.cursor < len(self._calls) else None

    @property
    def is_asking(self) -> bool:
        """Whether a page is on its way."""
        return self._is_asking

    def cells(self, row: int) -> Sequence[Cell]:
        """One call's row."""
        return call_cells(self._calls[row], self._now_us, self._zone, palette_of(self))

    def look(self, wanted: Filter, now_us: int, zone: ZoneInfo) -> None:
        """Show the calls of another filter, from the newest on."""
        self._wanted, self._now_us, self._zone = wanted, now_us, zone
        self._ask_newest()

    def notice_newer(self, wanted: Filter, now_us: int) -> None:
        """New calls came in: show them where the newest is in sight, else only say so."""
        self._wanted, self._now_us = wanted, now_us
        if self.cursor == 0 and not self.has_newer:
            self._ask_newest()
        else:
            self.has_newer = True
            self.post_message(self.Highlighted(self, self.cursor))

    def _ask_newest(self) -> None:
        self._is_asking = True
        # from our own queue: a message made while the screen calls us would end at the screen
        self.call_later(self._ask, None, "older")

    def _ask(self, cursor: tuple[int, int] | None, towards: Towards) -> None:
        if self._wanted is None:
            return
        self._ticket += 1
        self._is_asking = True
        self.post_message(PageWanted(self, self._ticket, self._wanted, cursor, PAGE, towards))

    def on_page_read(self, message: PageRead) -> None:
        """Take in a page, unless another was asked for since."""
        message.stop()
        if message.asked.ticket != self._ticket:
            return
        self._is_asking = False
        page, shift = message.page, 0
        if message.asked.cursor is None:
            self._calls = list(page.calls)
            self.has_older, self.has_newer = page.has_older, page.has_newer
            at_end = message.asked.towards == "newer"
            self.set_reactive(Grid.cursor, max(0, len(self._calls) - 1) if at_end else 0)
        elif message.asked.towards == "older":
            self._calls += page.calls
            self.has_older = page.has_older
            shift = -max(0, len(self._calls) - KEPT)
            self.has_newer = self.has_newer or shift < 0
            self._calls = self._calls[-KEPT:]
        else:
            self._calls = [*page.calls, *self._calls]
            self.has_newer = page.has_newer
            self.has_older = self.has_older or len(self._calls) > KEPT
            self._calls = self._calls[:KEPT]
            shift = len(page.calls)
        self._shift(shift)

    def _shift(self, rows: int) -> None:
        """Keep the same call under the cursor after rows came or went above it."""
        top = self.scroll_offset.y + rows
        self.set_reactive(Grid.cursor, max(0, self.cursor + rows))
        self.count_changed()
        if rows:
            self.scroll_to(y=top, animate=False, force=True)

    def watch_cursor(self) -> None:
        """Ask for more before the end of what is held comes into sight."""
        super().watch_cursor()
        if self._is_asking or not self._calls:
            return
        if self.has_older and self.cursor >= len(self._calls) - NEAR - self.visible_rows:
            self._ask(self._calls[-1].cursor, "older")
        elif self.has_newer and self.cursor < NEAR + self.visible_rows:
            self._ask(self._calls[0].cursor, "newer")

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel takes the cursor along, so that more is asked for in time."""
        super().watch_scroll_y(old_value, new_value)
        top = int(new_value)
        if not top <= self.cursor < top + self.visible_rows and self.row_count:
            below = top + self.visible_rows - 1
            self.cursor = max(0, min(max(self.cursor, top), below, self.row_count - 1))

    def action_first(self) -> None:
        """To the newest call there is."""
        if self.has_newer:
            self._ask(None, "older")
        else:
            super().action_first()

    def action_last(self) -> None:
        """To the oldest call there is."""
        if self.has_older:
            self._ask(None, "newer")
        else:
            super().action_last()


def call_cells(call: Call, now_us: int, zone: ZoneInfo, ink: Palette) -> list[Cell]:
    """One call's row."""
    return [
        outcome_sign(call, ink),
        Text(
            display.short_clock(call.started_at_us, zone, to_moment(now_us, zone)), style=ink.muted
        ),
        model_cell(model_of(call), ink),
        Text(display.plain(call.feature), style=ink.muted),
        Text(display.plain(call.user), style=ink.muted),
        Text(display.plain(call.site), style=ink.muted),
        Text(_tokens(call.usage.input, call.usage.total_input), style=ink.muted),
        Text(display.short_count(call.usage.cache_read), style=ink.muted),
        Text(_tokens(call.usage.output, call.usage.output or 0), style=ink.muted),
        Text(display.duration(call.latency_us), style=ink.muted),
        outcome_text(call, ink),
        cost_text(call, ink),
    ]


def _tokens(told: int | None, count: int) -> str:
    return display.UNKNOWN if told is None else display.short_count(count)


def outcome_text(call: Call, ink: Palette) -> Text:
    """How the call ended, in a word."""
    if call.outcome is Outcome.ERROR:
        return Text(display.plain(call.error) or "error", style=ink.high)
    if call.outcome is Outcome.ABORTED:
        return Text("aborted", style=ink.watch)
    return Text("ok", style=ink.muted)
