"""A table in which a cell can be opened apart from its row."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.strip import Strip

from profiler.tui.widgets.columns import GAP, column_at
from profiler.tui.widgets.grid import GUTTER, TITLE_ROWS, Grid


class CellGrid(Grid):
    """One stands on a row, or with the arrows on a cell of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Cell", show=False),
        Binding("right,l", "step(1)", "Cell", show=False),
    ]

    cell: var[int | None] = var(None)
    """Which of the columns that are seen; `None` is the row as a whole."""

    @property
    def title(self) -> str:
        """Over the cell one stands on; empty where one stands on the row."""
        widths = self.widths
        if self.cell is None or self.cell >= len(widths):
            return ""
        return self.columns[widths[self.cell][0]].title

    def action_step(self, by: int) -> None:
        """To the next cell; where the first would be stands the row."""
        at = (self.cell or 0) + by
        self.cell = min(at, len(self.widths) - 1) if at > 0 else None

    def watch_cell(self) -> None:
        """Draw where one stands."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Stand on the cell, before the table looks at the click."""
        if event.y >= TITLE_ROWS:
            column = column_at(self.widths, event.x - GUTTER)
            seen = [index for index, _ in self.widths]
            self.cell = (seen.index(column) if column in seen else 0) or None

    def render_line(self, y: int) -> Strip:
        """One line; the cell one stands on stands out."""
        strip, widths = super().render_line(y), self.widths
        is_current = y >= TITLE_ROWS and y - TITLE_ROWS + self.scroll_offset.y == self.cursor
        if not (is_current and self.has_focus) or self.cell is None or self.cell >= len(widths):
            return strip
        return _standing_out(strip, self.cell, widths)


def _standing_out(strip: Strip, cell: int, widths: Sequence[tuple[int, int]]) -> Strip:
    start = GUTTER + sum(width + GAP for _, width in widths[:cell])
    end = start + widths[cell][1]
    # cut and not divided: the screen may end before the cell does
    before, there, after = strip.crop(0, start), strip.crop(start, end), strip.crop(end)
    return Strip.join([before, there.apply_style(Style(reverse=True)), after])
