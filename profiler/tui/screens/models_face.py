"""Models as they are drawn: the table in its order, and the chart or what is repriced below."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import Vertical
from textual.widget import Widget

from profiler import display
from profiler.analysis.results.compared import Compared, ModelsPart
from profiler.analysis.results.snapshot import Part
from profiler.domain.totals import Totals
from profiler.tui.actions.keymap import keys_of
from profiler.tui.screens.face import Face
from profiler.tui.view import View
from profiler.tui.widgets.amounts import points_in_line
from profiler.tui.widgets.cell_grid import CellGrid
from profiler.tui.widgets.columns import Cell, fitted
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.model_rows import BYS, columns_by, model_cells, title_of
from profiler.tui.widgets.moved import MovedPanel
from profiler.tui.widgets.panel import palette_of, reading
from profiler.tui.widgets.scatter import Scatter, points
from profiler.tui.widgets.yardsticks import in_order

BESIDE = frozenset({"", "#", "Share"})
"""Titles of columns that sort as spend does."""
USUAL = "Spend"
AMOUNTS = frozenset({"Spend", "Per call", "Cost p50", "Cost p95"})
FRAME_ROWS = 3
"""The frame's edges and the titles."""


class ModelsFace(Face):
    """Draws its part in the order that is chosen, marked rows marked."""

    BYS: ClassVar[tuple[str, ...]] = BYS
    PART: ClassVar[type[Part] | None] = ModelsPart

    def __init__(self) -> None:
        super().__init__()
        self._sorted_by = USUAL
        self._is_reversed = False
        self._rows: list[Compared] = []
        self._marked: list[tuple[str, ...]] = []
        self._marked_of = BYS[0], False

    def parts(self) -> Iterable[Widget]:
        """Table above; below, the scatter or what moving to another model changes."""
        with Vertical(id="table", classes="frame"):
            yield CellGrid(columns_by(BYS[0]), id="rows")
        with Vertical(id="scatter", classes="frame") as frame:
            frame.border_title = "↑ Median latency against cost per call →"
            yield Scatter()
        yield MovedPanel(id="moved")

    @property
    def part(self) -> ModelsPart | None:
        """What there is to draw."""
        snapshot = self.view.snapshot
        return snapshot.part if snapshot and isinstance(snapshot.part, ModelsPart) else None

    def watch_view(self, view: View) -> None:
        """Draw the rows of another snapshot."""
        super().watch_view(view)
        if self.is_mounted and self.part is not None:
            self._draw(self.part)

    def _draw(self, part: ModelsPart) -> None:
        self._rows = in_order(part.rows, self._sorted_by, is_reversed=self._is_reversed)
        of = part.by, self.view.question.is_demo
        if of != self._marked_of:
            self._marked, self._marked_of = [], of
        grid = self.query_one("#rows", CellGrid)
        cells = self._cells(part)
        columns = columns_by(part.by)
        cells = points_in_line(columns, cells, AMOUNTS)
        grid.columns = fitted(columns, cells, self._sorted_by)
        grid.sorted_by = self._sorted_by
        grid.show(cells, [row.labels for row in self._rows], self.listed)
        # no taller than its rows: the chart takes what is left
        table = self.query_one("#table")
        table.styles.max_height = len(self._rows) + FRAME_ROWS
        table.border_title = _title(part, self._sorted_by, is_reversed=self._is_reversed)
        table.border_subtitle = _subtitle(
            part, len(self._marked), self.view, keys_of(self).of_id("compare")
        )
        shown = points(self._rows)
        self.query_one(Scatter).shown = shown
        self.query_one("#scatter").border_subtitle = _left_out(len(self._rows) - len(shown))
        self.query_one(MovedPanel).draw(part, self.listed)
        self._show_moved(is_on=part.whatif is not None or bool(part.ranked))

    def _show_moved(self, *, is_on: bool) -> None:
        """Show what is repriced in place of the chart, and lead the keys there, or back."""
        if is_on != self.has_class("-whatif"):
            self.set_class(is_on, "-whatif")
            self.call_after_refresh(self.query_one("#moved-rows" if is_on else "#rows").focus)

    def _cells(self, part: ModelsPart) -> list[list[Cell]]:
        ink, marked = palette_of(self), set(self._marked)
        total = sum(row.totals.spend_pusd for row in part.rows)
        return [
            model_cells(number, row, total, ink, is_marked=row.labels in marked)
            for number, row in enumerate(self._rows, 1)
        ]

    @on(Grid.Highlighted, "#rows")
    def _point_out(self, message: Grid.Highlighted) -> None:
        self.query_one(Scatter).current = message.row + 1

    @on(Grid.HeadingChosen, "#rows")
    def _sort_by_clicked(self, message: Grid.HeadingChosen) -> None:
        titles = [column.title for column in columns_by(self.part.by if self.part else BYS[0])]
        title = titles[message.column]
        if title in BESIDE:
            title = USUAL
        self._sort(title, is_reversed=title == self._sorted_by and not self._is_reversed)

    def action_sort(self) -> None:
        """Sort by the next column that is seen."""
        grid = self.query_one("#rows", CellGrid)
        titles = (grid.columns[index].title for index, _ in grid.widths)
        seen = [title for title in titles if title not in BESIDE]
        at = seen.index(self._sorted_by) if self._sorted_by in seen else -1
        self._sort(seen[(at + 1) % len(seen)], is_reversed=False)

    def action_turn(self) -> None:
        """Sort the other way round."""
        self._sort(self._sorted_by, is_reversed=not self._is_reversed)

    def _sort(self, title: str, *, is_reversed: bool) -> None:
        self._sorted_by, self._is_reversed = title, is_reversed
        self._redraw()

    def _redraw(self) -> None:
        """Draw the same part again; the cursor stays on its row."""
        grid = self.query_one("#rows", CellGrid)
        current = self._rows[grid.cursor].labels if grid.cursor < len(self._rows) else None
        if self.part is not None:
            self._draw(self.part)
        places = [row.labels for row in self._rows]
        grid.cursor = places.index(current) if current in places else 0


def _left_out(rows: int) -> str:
    """Where to look, and what is not to be seen there."""
    unseen = [f"{rows} without price or latency"] if rows else []
    return " · ".join(["↙ cheap and fast", *unseen])


def _title(part: ModelsPart, sorted_by: str, *, is_reversed: bool) -> str:
    things = "Models" if part.by == "model" else f"By {title_of(part.by).lower()}"
    if sorted_by == title_of(part.by):
        return f"{things}, {'z to a' if is_reversed else 'a to z'}"
    if sorted_by == "Spend":
        return f"{things}, {'cheapest' if is_reversed else 'dearest'} first"
    return f"{things} · {sorted_by}, {'least' if is_reversed else 'most'} first"


def _subtitle(part: ModelsPart, marked: int, view: View, key: str) -> str:
    notes = [f"◆ {marked} marked: {key} compares"] if marked else []
    if part.left_out:
        notes.append(f"{display.count(part.left_out)} more not shown")
    if part.sampled_calls is not None:
        newest = display.count(part.sampled_calls)
        notes.append(f"p50 to p99, cut off, refused: newest {newest} calls")
    totals = view.snapshot.totals if view.snapshot else Totals()
    wanted = reading(part.by, view.question.by or BYS[0])
    return " · ".join([*notes, display.basis(totals)]) + wanted
