"""Models: the models side by side."""

import shlex
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from profiler import display
from profiler.analysis.results import ModelRow
from profiler.tui import keys
from profiler.tui.messages import CallsWanted
from profiler.tui.screens.face import Face
from profiler.tui.theme import Palette
from profiler.tui.view import View
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.gauge import bar
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.plot import Plot
from profiler.tui.widgets.scatter import paint, points
from profiler.tui.widgets.spending import spend_text

MODEL_COLUMNS = (
    Column("#", 2, "right"),
    Column("Model", 19, grow=3, most=44),
    Column("Spend", 10, "right"),
    Column("Share", 6, "right", rank=4),
    Column("", 8, grow=1, rank=9, most=24),
    Column("Calls", 7, "right", rank=2),
    Column("Tokens", 6, "right", rank=7),
    Column("Per call", 10, "right", rank=1),
    Column("p50", 6, "right", rank=6),
    Column("p95", 6, "right", rank=3),
    Column("Errors", 6, "right", rank=5),
    Column("Cached", 6, "right", rank=3),
)


FRAME_ROWS = 3
"""The frame's edges and the titles."""


class ModelsScreen(Face):
    """A table of models, and what each costs against how long it takes."""

    NAME = "models"
    CSS_PATH: ClassVar[str] = "models.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("models")

    def parts(self) -> Iterable[Widget]:
        """Table above, scatter below."""
        with Vertical(id="table", classes="frame") as frame:
            frame.border_title = "Models"
            yield Grid(MODEL_COLUMNS)
        with Vertical(id="scatter", classes="frame") as frame:
            frame.border_title = "Cost per call against median latency"
            yield Plot()

    def watch_view(self, view: View) -> None:
        """Draw the models of another snapshot."""
        super().watch_view(view)
        if not self.is_mounted or view.snapshot is None:
            return
        ink, total = palette_of(self), view.snapshot.totals.spend_pusd
        rows = view.snapshot.models
        self.query_one(Grid).show(
            [model_cells(number, row, total, ink) for number, row in enumerate(rows, 1)]
        )
        # no taller than its rows: the chart takes what is left
        table = self.query_one("#table")
        table.styles.max_height = len(rows) + FRAME_ROWS
        table.border_subtitle = display.basis(view.snapshot.totals)
        drawn = points(rows)
        self.query_one(Plot).draw(partial(paint, drawn) if drawn else None)
        left_out = len(rows) - len(drawn)
        self.query_one("#scatter").border_subtitle = (
            f"{left_out} without price or latency" if left_out else "numbers as above"
        )

    def action_open(self) -> None:
        """Show the calls of the highlighted model."""
        grid = self.query_one(Grid)
        self._open(grid.cursor)

    @on(Grid.Opened)
    def _open_clicked(self, message: Grid.Opened) -> None:
        self._open(message.row)

    def _open(self, row: int) -> None:
        if self.view.snapshot and row < len(self.view.snapshot.models):
            model = self.view.snapshot.models[row].model
            self.post_message(CallsWanted(f"model:{shlex.quote(model) if model else ''}"))


def model_cells(number: int, row: ModelRow, total_pusd: int, ink: Palette) -> list[Cell]:
    """One model's row."""
    totals = row.totals
    share = display.share(totals, total_pusd)
    colour = ink.series[min(number, len(ink.series)) - 1]
    errors = totals.errors / totals.calls if totals.calls else None
    billed_by = f" {display.plain(row.provider)}"

    def name(width: int) -> Text:
        room = width - len(billed_by)
        return Text.assemble((display.model_name(row.model, room), ink.ink), (billed_by, ink.muted))

    return [
        Text(str(number), style=colour),
        name,
        spend_text(totals, ink),
        Text(display.percent(share), style=ink.muted),
        _share_bar(share or 0.0, colour, ink),
        Text(display.count(totals.calls), style=ink.ink),
        Text(display.short_count(totals.tokens), style=ink.muted),
        mean_text(None if totals.has_no_known_cost else totals.mean_pusd, ink),
        Text(display.duration(row.p50_us), style=ink.muted),
        Text(display.duration(row.p95_us), style=ink.ink),
        Text(display.percent(errors), style=ink.high if totals.errors else ink.muted),
        Text(display.percent(totals.hit_rate), style=ink.muted),
    ]


def mean_text(mean_pusd: int | None, ink: Palette) -> Text:
    """Mean cost of a priced call; a dash where no cost is known."""
    if mean_pusd is None:
        return Text(display.UNKNOWN, style=ink.muted)
    return Text(display.money(mean_pusd), style=ink.ink)


def _share_bar(share: float, colour: str, ink: Palette) -> Callable[[int], Text]:
    return lambda width: bar(share, width, colour, ink.track)
