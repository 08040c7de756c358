"""Sites: where in the code, or for what, the money goes."""

import os
import subprocess
from pathlib import Path as Folder
from typing import ClassVar

from textual import events, on
from textual.app import SuspendNotSupported
from textual.binding import BindingType

from profiler import display
from profiler.analysis.flame import NO_FRAME, Measure, Path
from profiler.domain.scopes import WAY
from profiler.errors import UsageError
from profiler.tui.actions import keys
from profiler.tui.actions.editing import editor_command
from profiler.tui.actions.keymap import keys_of
from profiler.tui.asking.opened import fitting, joined, labelled
from profiler.tui.asking.ranges import CUSTOM, Range, custom
from profiler.tui.messages import CallsWanted
from profiler.tui.screens.frames_face import BEFORE, LEVELS, FramesFace, has_nothing_before
from profiler.tui.screens.ranges import CustomRangeScreen
from profiler.tui.widgets.frame_table import FrameTable
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.icicle import Icicle

UNTOLD = (
    "These ways cost too little, and are too many, to be drawn or listed by a filter. "
    "Filter by model, feature or time: what is left is drawn in full."
)
INVENTED = "These calls are made up, and so is their code; a line of yours is opened in $EDITOR."
ABOUT = {"Errors": "status:error"}
"""The calls of a frame that a column is about, where that is not all of them."""


class SitesScreen(FramesFace):
    """What can be done with the tree: look into it, compare it, open its calls and its lines."""

    NAME = "sites"
    CSS_PATH: ClassVar[str] = "sites.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("sites")

    # -- moving ---------------------------------------------------------------

    @on(Icicle.Moved)
    def _moved(self, message: Icicle.Moved) -> None:
        self.stand(message.path)

    @on(Icicle.Opened)
    def _clicked(self, message: Icicle.Opened) -> None:
        self._look_into(message.path)

    @on(Grid.Highlighted)
    def _pointed(self, message: Grid.Highlighted) -> None:
        table = self.query_one(FrameTable)
        path = table.path_at(message.row)
        if table.has_focus and path is not None:
            self.stand(path)

    @on(events.DescendantFocus)
    def _entered(self, event: events.DescendantFocus) -> None:
        """What is marked in the table is what one stands on from now on."""
        table = self.query_one(FrameTable)
        path = table.path_at(table.cursor)
        if event.widget is table and path is not None:
            self.stand(path)

    @on(Grid.Opened)
    def _row_opened(self) -> None:
        self._open_cell(self.query_one(FrameTable).title)

    def action_into(self) -> None:
        """Look into the current frame, or show the calls that the cell in its row is about."""
        table = self.query_one(FrameTable)
        self._open_cell(table.title if table.has_focus else "")

    def _open_cell(self, title: str) -> None:
        current = self.query_one(Icicle).current
        if not title or self.query_one(FrameTable).names_a_frame:
            self._look_into(current)
        else:
            self._show_calls(current, is_own=title == "Itself", about=ABOUT.get(title, ""))

    def _look_into(self, path: Path) -> None:
        frame = self.query_one(Icicle).frames.at(path)
        if frame is None:
            return
        if frame.inner and path != self.zoom:
            self.zoom = path
        elif path == self.zoom and path and frame.inner:
            self.zoom = path[:-1]
        elif frame.own.calls:
            self._show_calls(path)

    def action_back(self) -> None:
        """Back out by one frame."""
        self.zoom = self.zoom[:-1]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One backs out of what one looks into."""
        return bool(self.zoom) if action == "back" else super().check_action(action, parameters)

    def action_calls(self) -> None:
        """Show the calls that were made at the current frame, and further in."""
        self._show_calls(self.query_one(Icicle).current)

    def _show_calls(self, path: Path, *, is_own: bool = False, about: str = "") -> None:
        query = self.query_of(path, is_own=is_own)
        if query is None:
            self.notify(UNTOLD, markup=False, timeout=10)
        else:
            self.post_message(CallsWanted(joined([query, about])))

    def query_of(self, path: Path, *, is_own: bool = False) -> str | None:
        """The filter for a frame's calls; what is not listed is all but what is."""
        by = self.drawn_by
        if by == "session" and path == (display.ALL_OTHERS,) and self.part is not None:
            listed = [
                frame.name for frame in self.part.root.inner if frame.name != display.ALL_OTHERS
            ]
            return labelled(by, *listed, is_excluded=True)
        return calls_at(by, path, is_own=is_own)

    # -- the other keys -------------------------------------------------------

    def action_next_measure(self) -> None:
        """Let widths stand for cost, calls or tokens."""
        measures = list(Measure)
        self.measure = measures[(measures.index(self.measure) + 1) % len(measures)]

    def action_compare(self) -> None:
        """Compare with the range before, or stop comparing."""
        if not self.picked and has_nothing_before(self.view):
            key = keys_of(self).of_id("range")
            self.notify(f"Nothing comes before all time; press {key} for a range.", markup=False)
            return
        self.picked = "" if self.picked else BEFORE

    def action_compare_range(self) -> None:
        """Compare with a range that is typed."""
        now_us = self.view.snapshot.taken_at_us if self.view.snapshot else 0
        zone = self.view.zone
        dialog = CustomRangeScreen(lambda since, until: custom(since, until, now_us, zone))
        self.app.push_screen(dialog, self._range_typed)

    def _range_typed(self, chosen: Range | None) -> None:
        if chosen is not None:
            self.picked = chosen.id.removeprefix(f"{CUSTOM} ")

    def action_edit(self) -> None:
        """Open the user's editor at the current frame's line."""
        table = self.query_one(FrameTable)
        # all calls together have no line: what is marked in the table is what one sees
        path = self.query_one(Icicle).current or table.path_at(table.cursor) or ("",)
        if self.view.question.is_demo:
            self.notify(INVENTED, markup=False)
            return
        try:
            command = editor_command(path[-1], Folder.cwd(), os.environ)
            with self.app.suspend():
                subprocess.run(command, check=False)  # noqa: S603  the user's own editor
        except (UsageError, OSError, SuspendNotSupported) as error:
            self.notify(display.plain(str(error)), severity="warning", markup=False)
        self.refresh()


def calls_at(by: str, path: Path, *, is_own: bool = False) -> str | None:
    """The filter for the calls made through a frame; `None` where no filter can tell them.

    With `is_own`, for those it made itself.
    """
    if not path:
        return ""
    if path[-1] == display.ALL_OTHERS:
        return None
    if by == "stack":
        way = "" if path[-1] == NO_FRAME else WAY.join(path)
        words = labelled("stack", way)
        return (
            joined([words, fitting("stack", f"{way}{WAY}*", is_excluded=True)]) if is_own else words
        )
    return joined(map(labelled, LEVELS[by], path))
