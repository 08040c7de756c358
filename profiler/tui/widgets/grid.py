"""A table that draws only what is on the screen: a pinned row of titles, a cursor, any length."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import Cell, Column, column_at, fit, line, titles
from profiler.tui.widgets.kept_cursor import KeptCursor
from profiler.tui.widgets.panel import palette_of

TITLE_ROWS = 1
GUTTER = 2
"""Cells at the left edge, for the cursor's mark."""


class Grid(KeptCursor, can_focus=True):
    """Rows of cells under titles; subclasses or owners say what stands in them."""

    DEFAULT_CSS = """
    Grid {
        width: 1fr;
        height: 1fr;
        background: $surface;
        scrollbar-size: 1 1;
        overflow-x: hidden;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "move_screen(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "move_screen(1)", "Page down", show=False),
        Binding("ctrl+u", "move_screen(-0.5)", "Half a page up", show=False),
        Binding("ctrl+d", "move_screen(0.5)", "Half a page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("g", "top", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
    ]

    class Highlighted(Message):
        """The cursor stands on another row, or the row has changed."""

        def __init__(self, grid: "Grid", row: int) -> None:
            super().__init__()
            self.grid = grid
            self.row = row

        @property
        def control(self) -> "Grid":
            """The table, for `@on` with a selector."""
            return self.grid

        def can_replace(self, message: Message) -> bool:
            """Only the last place of a fast cursor matters."""
            return isinstance(message, Grid.Highlighted) and message.grid is self.grid

    class Opened(Message):
        """The user wants the highlighted row opened."""

        def __init__(self, grid: "Grid", row: int) -> None:
            super().__init__()
            self.grid = grid
            self.row = row

        @property
        def control(self) -> "Grid":
            """The table, for `@on` with a selector."""
            return self.grid

    class HeadingChosen(Message):
        """The user clicked on a title, to sort by that column."""

        def __init__(self, grid: "Grid", column: int) -> None:
            super().__init__()
            self.grid = grid
            self.column = column

        @property
        def control(self) -> "Grid":
            """The table, for `@on` with a selector."""
            return self.grid

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.columns = columns
        self._rows: Sequence[Sequence[Cell]] = ()
        self.sorted_by = ""
        """The title of the column that the rows are sorted by; empty where none is told."""
        self.placeholder = ""
        """What stands there when there are no rows."""

    def show(
        self,
        rows: Sequence[Sequence[Cell]],
        names: Sequence[Hashable] = (),
        of: Hashable = None,
    ) -> None:
        """Draw other rows, named as for `name_rows`."""
        self._rows = rows
        self.name_rows(names, of)
        self.count_changed()

    def cells(self, row: int) -> Sequence[Cell]:
        """What stands in a row; subclasses that hold values build it here."""
        return self._rows[row]

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def visible_rows(self) -> int:
        """How many rows fit on the screen."""
        return max(1, self.size.height - TITLE_ROWS)

    def count_changed(self) -> None:
        """Fit the scrolling to the rows there are now."""
        self.virtual_size = Size(self.size.width, self.row_count + TITLE_ROWS)
        self.cursor = max(0, min(self.cursor, self.row_count - 1))
        self.follow_cursor()
        self.post_message(self.Highlighted(self, self.cursor))
        self.refresh()

    def watch_cursor(self) -> None:
        """Tell, and keep the cursor in sight."""
        self._is_led = True
        self.follow_cursor()
        self.post_message(self.Highlighted(self, self.cursor))
        self.refresh()

    def follow_cursor(self) -> None:
        """Scroll just as far as it takes to see the cursor; without room yet, once there is."""
        if not self.size.height:
            return
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + self.visible_rows:
            self.scroll_to(y=self.cursor - self.visible_rows + 1, animate=False, force=True)

    def on_resize(self) -> None:
        """Rows may appear or vanish at the bottom."""
        self.virtual_size = Size(self.size.width, self.row_count + TITLE_ROWS)
        self.call_after_refresh(self.follow_cursor)

    def action_move(self, rows: int) -> None:
        """One row up or down."""
        self.cursor = max(0, min(self.cursor + rows, self.row_count - 1))

    def action_move_screen(self, screens: float) -> None:
        """One screenful up or down, or a part of one."""
        self.action_move(round(screens * max(2, self.visible_rows - 1)))

    def action_first(self) -> None:
        """To the first row."""
        self.cursor = 0

    def action_top(self) -> None:
        """To the first row; apart from `first`, as lists may have another use for the key."""
        self.action_first()

    def action_last(self) -> None:
        """To the last row."""
        self.cursor = max(0, self.row_count - 1)

    def on_click(self, event: events.Click) -> None:
        """A click highlights, a double click opens; on a title it chooses that column."""
        row = event.y - TITLE_ROWS + self.scroll_offset.y
        if event.y < TITLE_ROWS:
            column = column_at(self.widths, event.x - GUTTER)
            if column is not None:
                self.post_message(self.HeadingChosen(self, column))
        elif row < self.row_count:
            self.cursor, self._is_led = row, True
            if event.chain == 2:
                self.post_message(self.Opened(self, row))

    def render_line(self, y: int) -> Strip:
        """One line of what is on the screen."""
        ink = palette_of(self)
        width = self.scrollable_content_region.width
        widths = self.widths
        row = y - TITLE_ROWS + self.scroll_offset.y
        if y < TITLE_ROWS:
            made = Text(" " * GUTTER).append_text(
                titles(self.columns, widths, ink.muted, self.sorted_by)
            )
            return self._strip(made, width, ink.ground)
        if row == self.row_count == 0 and self.placeholder:
            made = Text(" " * GUTTER + self.placeholder, style=ink.muted)
            made.truncate(width, overflow="ellipsis")
            return self._strip(made, width, ink.ground)
        if row >= self.row_count:
            return Strip.blank(width, Style(bgcolor=ink.ground))
        is_current = row == self.cursor
        mark = ("▌ ", ink.accent if self.has_focus else ink.edge) if is_current else "  "
        made = Text.assemble(mark).append_text(line(self.columns, widths, self.cells(row)))
        return self._strip(made, width, self._ground(ink, is_current=is_current))

    @property
    def widths(self) -> list[tuple[int, int]]:
        """The columns there is room for."""
        return fit(self.columns, self.scrollable_content_region.width - GUTTER - 1)

    def _ground(self, ink: Palette, *, is_current: bool) -> str:
        return ink.cursor if is_current and self.has_focus else ink.ground

    def _strip(self, text: Text, width: int, ground: str) -> Strip:
        ink = palette_of(self)
        strip = Strip(text.render(self.app.console, end=""))
        base = Style(color=ink.ink, bgcolor=ground)
        return strip.adjust_cell_length(width).apply_style(base)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is brighter where keys go."""
        super().watch_has_focus(has_focus)
        self.refresh()
