"""Models: the models compared, and whatever else calls are told apart by."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from profiler import display
from profiler.analysis.asked import EACH
from profiler.analysis.compared import Compared, ModelsPart
from profiler.analysis.results import Part
from profiler.domain.totals import Totals
from profiler.tui import keys
from profiler.tui.keymap import keys_of
from profiler.tui.messages import CallsWanted
from profiler.tui.opened import joined, labelled
from profiler.tui.screens.face import Face
from profiler.tui.screens.side_by_side import SideBySideScreen
from profiler.tui.screens.whatif import WhatIfScreen
from profiler.tui.theme import Palette
from profiler.tui.view import View
from profiler.tui.widgets.cell_grid import CellGrid
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.gauge import bar
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.moved import MovedPanel
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.plot import Plot
from profiler.tui.widgets.scatter import number_at, paint, points
from profiler.tui.widgets.spending import spend_text
from profiler.tui.widgets.yardsticks import BY_TITLE, YARDSTICKS, in_order

BYS = (
    "model", "provider", "feature", "user", "agent", "project", "workflow", "site",
    "environment", "prompt_version", "user_tier", "operation",
)  # fmt: skip
BESIDE = frozenset({"", "#", "Share"})
"""Titles of columns that sort as spend does."""
USUAL = "Spend"
MOST_MARKED = 4
FRAME_ROWS = 3
"""The frame's edges and the titles."""


def columns_by(by: str) -> tuple[Column, ...]:
    """The columns where rows are told apart so."""
    spend, *others = (one.column for one in YARDSTICKS)
    return (
        Column("#", 3, "right"),
        Column(title_of(by), 23, grow=3, most=44),
        spend,
        Column("Share", 6, "right", rank=6),
        Column("", 8, grow=1, rank=16, most=24),
        *others,
    )


def title_of(by: str) -> str:
    """How a dimension reads over a column: `Prompt version`."""
    return by.replace("_", " ").capitalize()


class ModelsScreen(Face):
    """A table of models, and what each costs against how long it takes."""

    NAME = "models"
    CSS_PATH: ClassVar[str] = "models.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("models")
    BYS: ClassVar[tuple[str, ...]] = BYS
    PART: ClassVar[type[Part] | None] = ModelsPart

    def __init__(self) -> None:
        super().__init__()
        self._sorted_by = USUAL
        self._is_reversed = False
        self._rows: list[Compared] = []
        self._marked: list[tuple[str, ...]] = []
        self._marked_by = BYS[0]

    def parts(self) -> Iterable[Widget]:
        """Table above; below, the scatter or what moving to another model changes."""
        with Vertical(id="table", classes="frame"):
            yield CellGrid(columns_by(BYS[0]))
        with Vertical(id="scatter", classes="frame") as frame:
            frame.border_title = "Cost per call against median latency"
            yield Plot()
        yield MovedPanel(id="moved").data_bind(Face.view)

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
        ink, total = palette_of(self), sum(row.totals.spend_pusd for row in part.rows)
        self._rows = in_order(part.rows, self._sorted_by, is_reversed=self._is_reversed)
        if part.by != self._marked_by:
            self._marked, self._marked_by = [], part.by
        grid = self.query_one(Grid)
        grid.columns = columns_by(part.by)
        grid.sorted_by = self._sorted_by
        marked = set(self._marked)
        grid.show(
            [
                model_cells(number, row, total, ink, is_marked=row.labels in marked)
                for number, row in enumerate(self._rows, 1)
            ]
        )
        # no taller than its rows: the chart takes what is left
        table = self.query_one("#table")
        table.styles.max_height = len(self._rows) + FRAME_ROWS
        table.border_title = _title(part, self._sorted_by, is_reversed=self._is_reversed)
        table.border_subtitle = _subtitle(
            part, len(self._marked), self.view, keys_of(self).of_id("compare")
        )
        self._draw_scatter()
        self.set_class(part.whatif is not None or bool(part.ranked), "-whatif")

    def _draw_scatter(self) -> None:
        drawn = points(self._rows)
        self.query_one(Plot).draw(partial(paint, drawn) if drawn else None)
        left_out = len(self._rows) - len(drawn)
        self.query_one("#scatter").border_subtitle = (
            f"{left_out} without price or latency" if left_out else "numbers as above"
        )

    # What the keys do.

    def action_open(self) -> None:
        """Show the calls of the highlighted row, or those that the cell in it is about."""
        grid = self.query_one(CellGrid)
        self._open(grid.cursor, grid.title)

    @on(Grid.Opened)
    def _open_clicked(self, message: Grid.Opened) -> None:
        self._open(message.row, self.query_one(CellGrid).title)

    def on_click(self, event: events.Click) -> None:
        """A click on a point opens the calls of its model."""
        plot = self.query_one(Plot)
        place = event.get_content_offset(plot)
        number = None if place is None else number_at(plot.text, place.x, place.y)
        if number is not None:
            self._open(number - 1, "")

    def _open(self, row: int, title: str) -> None:
        if row < len(self._rows):
            by = self.part.by if self.part else BYS[0]
            chosen = self._rows[row]
            about = BY_TITLE[title].query(chosen) if title in BY_TITLE else ""
            self.post_message(CallsWanted(joined([calls_of(chosen, by), about])))

    @on(Grid.HeadingChosen)
    def _sort_by_clicked(self, message: Grid.HeadingChosen) -> None:
        titles = [column.title for column in columns_by(self.by or BYS[0])]
        title = titles[message.column]
        if title in BESIDE:
            title = USUAL
        self._sort(title, is_reversed=title == self._sorted_by and not self._is_reversed)

    def action_sort(self) -> None:
        """Sort by the next column that is seen."""
        grid = self.query_one(Grid)
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
        grid = self.query_one(Grid)
        current = self._rows[grid.cursor].labels if grid.cursor < len(self._rows) else None
        if self.part is not None:
            self._draw(self.part)
        places = [row.labels for row in self._rows]
        grid.cursor = places.index(current) if current in places else 0

    def action_mark(self) -> None:
        """Mark the highlighted row, or take its mark away."""
        grid = self.query_one(Grid)
        if grid.cursor >= len(self._rows):
            return
        labels = self._rows[grid.cursor].labels
        if labels in self._marked:
            self._marked.remove(labels)
        elif len(self._marked) < MOST_MARKED:
            self._marked.append(labels)
        else:
            self.notify(f"Side by side there is room for {MOST_MARKED}: take a mark away first.")
        self._redraw()

    def action_compare(self) -> None:
        """Put the marked rows side by side; without marks, the first few."""
        by_labels = {row.labels: row for row in self._rows}
        chosen = [by_labels[one] for one in self._marked if one in by_labels]
        chosen = chosen or self._rows[:MOST_MARKED]
        if len(chosen) < 2:
            keys = keys_of(self)
            mark, compare = keys.of_id("mark_model"), keys.of_id("compare")
            self.notify(f"Mark two to four rows with {mark}, then press {compare}.", markup=False)
            return
        self.app.push_screen(SideBySideScreen(chosen, self.by or BYS[0]))

    def action_whatif(self) -> None:
        """Show the calls on each sensible model; again, ask for any other."""
        if self.part is None:
            return
        if not self.picked:
            self.picked = EACH
        else:
            self.app.push_screen(WhatIfScreen(self.part.targets), self._moved)

    def _moved(self, target: str | None) -> None:
        if target is not None:
            self.picked = target

    def action_leave(self) -> None:
        """Show the scatter again."""
        self.picked = ""


def calls_of(row: Compared, by: str) -> str:
    """The filter that leads to a row's calls."""
    names = ("provider", "model") if len(row.labels) > 1 else (by,)
    return joined(labelled(name, label) for name, label in zip(names, row.labels, strict=True))


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
    return " · ".join([*notes, display.basis(totals)])


def model_cells(
    number: int, row: Compared, total_pusd: int, ink: Palette, *, is_marked: bool = False
) -> list[Cell]:
    """One row."""
    totals = row.totals
    share = display.share(totals, total_pusd)
    colour = ink.series[min(number, len(ink.series)) - 1]
    return [
        Text(f"{'◆' if is_marked else ''}{number}", style=ink.accent if is_marked else colour),
        name_cell(row, ink),
        spend_text(totals, ink),
        Text(display.percent(share), style=ink.muted),
        _share_bar(share or 0.0, colour, ink),
        *(yardstick.cell(row, ink) for yardstick in YARDSTICKS[1:]),
    ]


def name_cell(row: Compared, ink: Palette) -> Cell:
    """The model and who bills for it; else the label."""
    billed_by = f" {display.plain(row.provider)}" if row.provider else ""

    def name(width: int) -> Text:
        if len(row.labels) == 1:
            return Text(display.plain(row.name) or "(none)", style=ink.ink)
        room = width - len(billed_by)
        return Text.assemble((display.model_name(row.name, room), ink.ink), (billed_by, ink.muted))

    return name


def _share_bar(share: float, colour: str, ink: Palette) -> Callable[[int], Text]:
    return lambda width: bar(share, width, colour, ink.track)
