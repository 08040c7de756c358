"""Two to four models side by side: a row per measure, the best of each marked."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from profiler import display
from profiler.analysis.compared import Compared
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.yardsticks import YARDSTICKS, Yardstick

BEST = "★"


class SideBySideScreen(Dialog[None]):
    """Shows what was marked, as it was then."""

    CSS_PATH: ClassVar[str] = "side_by_side.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,v,q", "dismiss(None)", "Close", key_display="Esc"),
    ]

    def __init__(self, chosen: Sequence[Compared], by: str) -> None:
        super().__init__()
        self._chosen = chosen
        self._by = by

    def compose(self) -> ComposeResult:
        """One table."""
        names = [display.model_name(row.name) if row.name else "(none)" for row in self._chosen]
        columns = [
            Column("", 16, grow=1, most=30),
            *(Column(name, 13, "right", grow=1, most=26) for name in names),
        ]
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Side by side"
            frame.border_subtitle = f"{BEST} best of its row · Esc close"
            yield Grid(columns)

    def on_mount(self) -> None:
        """Fill the table."""
        ink = palette_of(self)
        self.query_one(Grid).show([cells(one, self._chosen, ink) for one in YARDSTICKS])


def cells(yardstick: Yardstick, rows: Sequence[Compared], ink: Palette) -> list[Cell]:
    """One measure of each."""
    best = yardstick.best(rows)
    made: list[Cell] = [Text(yardstick.name.capitalize(), style=ink.muted)]
    for place, row in enumerate(rows):
        text = yardstick.show(row)
        if place in best:
            made.append(Text(f"{BEST} {text}", style=f"bold {ink.ok}"))
        else:
            made.append(Text(text, style=ink.muted if text == display.UNKNOWN else ink.ink))
    return made
