"""A history that is paged through: of any length, but only a few pages of it are held."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from profiler.analysis.results.snapshot import Matched
from profiler.domain.calls import Call
from profiler.domain.places import Place, place_of
from profiler.domain.scopes import Filter
from profiler.tui.messages import Order, PageRead, PageWanted, ReadFailed, Towards
from profiler.tui.view import Trouble
from profiler.tui.widgets.columns import Column
from profiler.tui.widgets.grid import Grid

PAGE = 200
KEPT = 3 * PAGE
"""The most calls held at once."""
NEAR = 50
"""This close to the end of what is held, more is asked for."""


class PagedCalls(Grid):
    """Calls that match a filter, newest or dearest first; asks its screen's app for pages."""

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(columns, id=id)
        self._held: list[Call] = []
        self._wanted: Filter | None = None
        self._eye = (0, ZoneInfo("UTC"))
        self._ticket = 0
        self.is_asking = False
        """Whether a page is on its way."""
        self.is_by_cost = False
        self.has_older = False
        self.has_newer = False
        self.matched: Matched | None = None
        """How many calls match, once that is told."""
        self.reached: Place | None = None
        """How far was searched, while the search goes on."""
        self.sorted_by = "Time"
        self.trouble: Trouble | None = None
        """Why the page asked for last is not there."""

    @property
    def row_count(self) -> int:
        """How many calls are held."""
        return len(self._held)

    @property
    def current(self) -> Call | None:
        """The highlighted call."""
        return self._held[self.cursor] if self.cursor < len(self._held) else None

    def look(self, wanted: Filter, now_us: int, zone: ZoneInfo) -> None:
        """Show the calls of another filter, from the first on."""
        if wanted != self._wanted:
            self.matched = None
        self._wanted, self._eye = wanted, (now_us, zone)
        self._ask_first()

    def sort(self, *, by_cost: bool) -> None:
        """Show the dearest first, or the newest."""
        if by_cost != self.is_by_cost:
            self.is_by_cost = by_cost
            self.sorted_by = "Cost" if by_cost else "Time"
            self._ask_first()

    def go_to(self, at_us: int) -> None:
        """Show the first call from that moment on, among those around it."""
        self.is_by_cost, self.sorted_by = False, "Time"
        self.is_asking = True
        self.call_later(self._ask, (at_us, -1), "newer", goes=True)

    def notice_newer(self, wanted: Filter, now_us: int) -> None:
        """New calls came in: show them where the newest is in sight, else only say so."""
        self._wanted, self._eye = wanted, (now_us, self._eye[1])
        if self.cursor == 0 and not self.has_newer and not self.is_by_cost:
            self._ask_first()
        else:
            self.has_newer = True
            self._tell()

    def _ask_first(self) -> None:
        self.is_asking = True
        # from our own queue: a message made while the screen calls us would end at the screen
        self.call_later(self._ask, None, "older")

    def _ask(self, place: Place | None, towards: Towards, *, goes: bool = False) -> None:
        if self._wanted is None:
            return
        self._ticket += 1
        self.is_asking = True
        order: Order = "cost" if self.is_by_cost else "time"
        self.post_message(
            PageWanted(self, self._ticket, self._wanted, place, PAGE, towards, order, goes=goes)
        )

    def on_page_read(self, message: PageRead) -> None:
        """Take in a page, unless another was asked for since."""
        message.stop()
        asked = message.asked
        if asked.ticket != self._ticket:
            return
        self.is_asking, self.trouble = False, None
        if message.page.matched is not None:
            self.matched = message.page.matched
        if asked.goes and not message.page.calls and message.page.reached is None:
            self._ask_first()
        else:
            self._take(message)
            self._search_on(message)

    def _take(self, message: PageRead) -> None:
        asked, page, shift = message.asked, message.page, 0
        if asked.cursor is None or asked.goes:
            self._held = list(page.calls)
            self.has_older, self.has_newer = page.has_older, page.has_newer
            at_end = asked.towards == "newer"
            self.set_reactive(Grid.cursor, max(0, len(self._held) - 1) if at_end else 0)
        elif asked.towards == "older":
            self._held += page.calls
            self.has_older = page.has_older
            shift = -max(0, len(self._held) - KEPT)
            self.has_newer = self.has_newer or shift < 0
            self._held = self._held[-KEPT:]
        else:
            self._held = [*page.calls, *self._held]
            self.has_newer = page.has_newer
            self.has_older = self.has_older or len(self._held) > KEPT
            self._held = self._held[:KEPT]
            shift = len(page.calls)
        self._shift(shift)

    def _search_on(self, message: PageRead) -> None:
        """Where few calls match the search stops now and then: go on until a screen is full."""
        page, towards = message.page, message.asked.towards
        beyond = self.row_count - self.cursor if towards == "older" else self.cursor
        self.reached = page.reached
        if page.reached is not None and beyond < NEAR + self.visible_rows:
            self._ask(page.reached, towards)
        self._tell()

    def on_read_failed(self, message: ReadFailed) -> None:
        """Keep what is there; the next key tries again."""
        self.is_asking, self.trouble = False, message.trouble
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self, self.cursor))

    def _shift(self, rows: int) -> None:
        """Keep the same call under the cursor after rows came or went above it."""
        top = self.scroll_offset.y + rows
        self.set_reactive(Grid.cursor, max(0, self.cursor + rows))
        self.count_changed()
        if rows:
            self.scroll_to(y=top, animate=False, force=True)

    # -- moving --------------------------------------------------------------

    def watch_cursor(self) -> None:
        """Ask for more before the end of what is held comes into sight."""
        super().watch_cursor()
        if self.is_asking or not self._held:
            return
        if self.has_older and self.cursor >= len(self._held) - NEAR - self.visible_rows:
            self._ask(self.reached or self._place(-1), "older")
        elif self.has_newer and self.cursor < NEAR + self.visible_rows:
            self._ask(self._place(0), "newer")

    def _place(self, row: int) -> Place:
        return place_of(self._held[row], by_cost=self.is_by_cost)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel takes the cursor along, so that more is asked for in time."""
        super().watch_scroll_y(old_value, new_value)
        top = int(new_value)
        if not top <= self.cursor < top + self.visible_rows and self.row_count:
            below = top + self.visible_rows - 1
            self.cursor = max(0, min(max(self.cursor, top), below, self.row_count - 1))

    def action_first(self) -> None:
        """To the first call there is."""
        if self.has_newer:
            self._ask(None, "older")
        else:
            super().action_first()

    def action_last(self) -> None:
        """To the last call there is."""
        if self.has_older:
            self._ask(None, "newer")
        else:
            super().action_last()
