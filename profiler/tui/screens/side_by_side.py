"""Two to four models side by side: a row per measure, the best of each marked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from profiler import display
from profiler.analysis.results.compared import Compared
from profiler.tui.looks.theme import Palette
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.widgets.cell_grid import CellGrid
from profiler.tui.widgets.columns import Cell, Column, fit
from profiler.tui.widgets.grid import GUTTER, Grid
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.yardsticks import YARDSTICKS, Yardstick

BEST = "★"
TITLE_CELLS = max(len(one.title) for one in YARDSTICKS)
NAME_CELLS = max(len(one.name) for one in YARDSTICKS)
MODEL_CELLS, USUAL_CELLS = 11, 17
"""What a model's column must have, and what its name usually takes."""


class SideBySideScreen(Dialog[tuple[Compared, str]]):
    """Shows what was marked, as it was then; gives the model whose calls are wanted, and which."""

    CSS_PATH: ClassVar[str] = "side_by_side.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,v,q", "dismiss(None)", "Close", key_display="Esc"),
        Binding("enter", "open", "Its calls"),
    ]

    def __init__(self, chosen: Sequence[Compared]) -> None:
        super().__init__()
        self._chosen = chosen
        self._yardsticks: list[Yardstick | None] = [*YARDSTICKS]
        """The measure of each row; `None` is who bills."""
        if any(row.provider for row in chosen):
            self._yardsticks.insert(0, None)

    def compose(self) -> ComposeResult:
        """One table."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Side by side"
            frame.border_subtitle = f"{BEST} best of its row · Enter its calls · Esc close"
            yield CellGrid(())

    def on_mount(self) -> None:
        """Stand on a figure."""
        self.query_one(CellGrid).cell = 1

    @on(events.Resize)
    def _fill(self) -> None:
        """Fill the table; what does not fit over a column is told by its beginning and end."""
        ink, grid = palette_of(self), self.query_one(CellGrid)
        room = grid.size.width - GUTTER - 1
        has_words = room >= NAME_CELLS + len(self._chosen) * USUAL_CELLS
        first = Column("", NAME_CELLS if has_words else TITLE_CELLS)
        others = Column(" ", MODEL_CELLS, "right", grow=1, most=30)
        places = fit([first, *(others for _ in self._chosen)], room)
        grid.columns = [
            first,
            *(
                replace(others, title=display.shortened(name_of(row), width))
                for row, (_, width) in zip(self._chosen, places[1:], strict=True)
            ),
        ]
        grid.show(
            [
                cells(one, self._chosen, ink) if one else _billed_by(self._chosen, ink)
                for one in self._yardsticks
            ]
        )

    @on(Grid.Opened)
    def action_open(self) -> None:
        """Leave for the calls that the figure is about."""
        grid = self.query_one(CellGrid)
        row = self._chosen[max(0, (grid.cell or 1) - 1)]
        yardstick = self._yardsticks[grid.cursor]
        self.dismiss((row, yardstick.query(row) if yardstick else ""))


def name_of(row: Compared) -> str:
    """What stands over its column."""
    return display.model_name(row.name) if row.name else "(none)"


def _billed_by(rows: Sequence[Compared], ink: Palette) -> list[Cell]:
    names = (Text(display.label(row.provider) or display.UNKNOWN, style=ink.muted) for row in rows)
    return [Text("Provider", style=ink.muted), *names]


def cells(yardstick: Yardstick, rows: Sequence[Compared], ink: Palette) -> list[Cell]:
    """One measure of each."""
    best = yardstick.best(rows)

    def measure(width: int) -> Text:
        # all in words or none
        words = yardstick.name.capitalize() if width >= NAME_CELLS else yardstick.title
        return Text(words, style=ink.muted)

    made: list[Cell] = [measure]
    for place, row in enumerate(rows):
        text = yardstick.show(row)
        if place in best:
            made.append(Text(f"{BEST} {text}", style=f"bold {ink.ok}"))
        else:
            made.append(Text(text, style=ink.muted if text == display.UNKNOWN else ink.ink))
    return made
