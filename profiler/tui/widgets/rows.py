"""Panels whose rows can be opened: by a click, or with the arrows and Enter."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive

from profiler.analysis.results.snapshot import Snapshot
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import GAP, Cell, Column, fit, line, snug
from profiler.tui.widgets.panel import Panel

ROOMY = 6
"""From so many lines on there is room for one of titles."""


class RowsPanel(Panel, can_focus=True):
    """A line per thing; what a line leads to is posted when it is opened."""

    DEFAULT_CSS = "RowsPanel:focus { border: round $ink-focus; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("enter", "open", "Open"),
    ]

    HAS_TITLES: ClassVar[bool] = False
    """Whether a line of titles stands over the others where there is room."""

    row = reactive(0)
    """What one stands on, counted without titles, while the panel has the focus."""

    def targets(self, snapshot: Snapshot, size: Size) -> list[Message | None]:
        """What each line leads to, from the top."""
        raise NotImplementedError

    def all_lines(self, size: Size, ink: Palette) -> list[Text]:
        """The lines, the one that stands out marked."""
        drawn = super().all_lines(size, ink)
        row = self.row + self._titles(size)
        if self.has_focus and row < len(drawn):
            drawn[row].stylize(f"on {ink.cursor}")
        return drawn

    def room(self, size: Size) -> int:
        """How many lines there are below the titles."""
        return size.height - self._titles(size)

    def _titles(self, size: Size) -> int:
        return int(self.HAS_TITLES and size.height >= ROOMY)

    def action_move(self, by: int) -> None:
        """To the next line that leads somewhere."""
        targets = self._targets()
        at = self.row + by
        while 0 <= at < len(targets):
            if targets[at] is not None:
                self.row = at
                return
            at += by

    def action_open(self) -> None:
        """Go where the line leads."""
        self._open(self.row)

    def on_click(self, event: events.Click) -> None:
        """A click opens the line under it."""
        place = event.get_content_offset(self)
        if place is not None:
            self._open(place.y - self._titles(self.content_size))

    def on_focus(self) -> None:
        """Stand on a line."""
        self.refresh()

    def on_blur(self) -> None:
        """Stand on none."""
        self.refresh()

    def _targets(self) -> list[Message | None]:
        snapshot = self.view.snapshot
        return self.targets(snapshot, self.content_size) if snapshot else []

    def _open(self, row: int) -> None:
        targets = self._targets()
        target = targets[row] if 0 <= row < len(targets) else None
        if target is not None:
            self.post_message(target)


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], size: Size, ink: Palette
) -> list[Text]:
    """A line per row, under titles where there is room for them."""
    titles = [Text(column.title, style=ink.muted) for column in columns]
    told = [titles, *rows] if size.height >= ROOMY else rows
    made = snug(columns, told)
    widths = fit([_no_wider(column, told, at) for at, column in enumerate(made)], size.width)
    spare = size.width - sum(width for _, width in widths) - GAP * (len(widths) - 1)
    grows = next((at for at, (index, _) in enumerate(widths) if made[index].grow), None)
    if spare > 0 and grows is not None:
        # flush right all the same
        index, width = widths[grows]
        widths[grows] = index, width + spare
    return [line(made, widths, row) for row in told[: size.height]]


def _no_wider(column: Column, rows: Sequence[Sequence[Cell]], at: int) -> Column:
    """A column that grows as far as its texts reach: the rest is for those that are cut."""
    texts = [cell for row in rows if isinstance(cell := row[at], Text)]
    # beneath its title the column may draw itself to any width
    if not column.grow or len(texts) < len(rows):
        return column
    widest = max((text.cell_len for text in texts), default=0)
    return replace(column, most=max(column.width, min(column.most, widest)))
