"""Models: the models compared, and whatever else calls are told apart by."""

from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from profiler.analysis.asked import EACH
from profiler.analysis.results.compared import Compared
from profiler.tui.actions import keys
from profiler.tui.actions.keymap import keys_of
from profiler.tui.asking.opened import joined
from profiler.tui.messages import CallsWanted
from profiler.tui.screens.models_face import ModelsFace
from profiler.tui.screens.side_by_side import SideBySideScreen
from profiler.tui.screens.whatif import WhatIfScreen
from profiler.tui.widgets.cell_grid import CellGrid
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.model_rows import BYS, calls_of
from profiler.tui.widgets.moved import MovedPanel
from profiler.tui.widgets.scatter import Scatter
from profiler.tui.widgets.yardsticks import BY_TITLE

MOST_MARKED = 4


class ModelsScreen(ModelsFace):
    """A table of models, and what each costs against how long it takes."""

    NAME = "models"
    CSS_PATH: ClassVar[str] = "models.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("models")

    def action_open(self) -> None:
        """Show the calls of the highlighted row, or those that the cell in it is about."""
        moved, grid = self.query_one(MovedPanel), self.query_one("#rows", CellGrid)
        if moved.has_pseudo_class("focus-within"):
            moved.open()
        else:
            self._open(grid.cursor, grid.title)

    @on(Grid.Opened, "#rows")
    def _open_clicked(self, message: Grid.Opened) -> None:
        self._open(message.row, self.query_one("#rows", CellGrid).title)

    @on(Scatter.Opened)
    def _point_clicked(self, message: Scatter.Opened) -> None:
        self._open(message.number - 1, "")

    def _open(self, row: int, title: str) -> None:
        if row < len(self._rows):
            by = self.part.by if self.part else BYS[0]
            chosen = self._rows[row]
            about = BY_TITLE[title].query(chosen) if title in BY_TITLE else ""
            self.post_message(CallsWanted(joined([calls_of(chosen, by), about])))

    def action_mark(self) -> None:
        """Mark the highlighted row, or take its mark away."""
        grid = self.query_one("#rows", CellGrid)
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
        # when one of them is opened, rows by something else may be drawn behind
        by = self.part.by if self.part else BYS[0]
        self.app.push_screen(SideBySideScreen(chosen), partial(self._figure_chosen, by))

    def _figure_chosen(self, by: str, figure: tuple[Compared, str] | None) -> None:
        if figure is not None:
            row, about = figure
            self.post_message(CallsWanted(joined([calls_of(row, by), about])))

    def action_whatif(self) -> None:
        """Show the calls on each sensible model; again, ask for any other."""
        if self.part is None:
            return
        if not self.picked:
            self.picked = EACH
        else:
            self.app.push_screen(WhatIfScreen(self.part.targets), self._move)

    @on(MovedPanel.Chosen)
    def _target_chosen(self, message: MovedPanel.Chosen) -> None:
        self._move(message.target)

    def _move(self, target: str | None) -> None:
        if target is not None:
            self.picked = target

    def action_leave(self) -> None:
        """Back to all models one could move to; from there to the scatter."""
        self.picked = EACH if self.picked not in {"", EACH} else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One leaves what one is in."""
        return bool(self.picked) if action == "leave" else super().check_action(action, parameters)
