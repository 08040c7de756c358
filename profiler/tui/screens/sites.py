"""Sites: where in the code, or for what, the money goes."""

import os
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path as Folder
from typing import ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import var
from textual.widget import Widget

from profiler import display
from profiler.analysis.flame import NO_FRAME, Measure, Path
from profiler.analysis.runs import SitesPart
from profiler.errors import UsageError
from profiler.tui import keys
from profiler.tui.editing import editor_command
from profiler.tui.messages import CallsWanted
from profiler.tui.ranges import CUSTOM, Range, custom
from profiler.tui.screens.face import Face
from profiler.tui.screens.ranges import CustomRangeScreen
from profiler.tui.view import View
from profiler.tui.widgets.frame_table import FrameTable
from profiler.tui.widgets.frames import Drawn, change_text, drawn, size_text
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.icicle import Icicle
from profiler.tui.widgets.panel import palette_of

WORDS = {"stack": "call stack", "labels": "feature › agent › model", "session": "session"}
LEVELS = {"labels": ("feature", "agent", "model"), "session": ("session",)}
"""Which labels the frames of a tree stand for, from the root down."""
BEFORE = "before"


class SitesScreen(Face):
    """An icicle above a table of the same frames; both stand on the same one."""

    NAME = "sites"
    PART = SitesPart
    BYS = ("stack", "labels", "session")
    CSS_PATH: ClassVar[str] = "sites.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("sites")

    zoom: var[Path] = var((), init=False)
    """The frame that is looked into."""
    measure: var[Measure] = var(Measure.COST, init=False)

    def parts(self) -> Iterable[Widget]:
        """Boxes above, rows below."""
        with Vertical(id="icicle", classes="frame"):
            yield Icicle()
        with Vertical(id="table", classes="frame"):
            yield FrameTable()

    def on_mount(self) -> None:
        """Keys go to the boxes."""
        super().on_mount()
        self.query_one(Icicle).focus()

    def watch_view(self, view: View) -> None:
        """Draw the tree of another snapshot."""
        super().watch_view(view)
        if self.is_mounted:
            self._draw()

    def watch_measure(self) -> None:
        """Let widths stand for something else."""
        self._draw()

    def watch_by(self) -> None:
        """Another tree begins at its top."""
        self.zoom = ()
        super().watch_by()

    def watch_zoom(self) -> None:
        """Look into another frame."""
        icicle, table = self.query_one(Icicle), self.query_one(FrameTable)
        icicle.zoom = self.zoom
        table.draw(icicle.frames, self.zoom)
        self._stand(self.zoom)

    def _draw(self) -> None:
        part = self.view.snapshot.part if self.view.snapshot else None
        if not isinstance(part, SitesPart):
            return
        tree = drawn(part.root, part.before, self.measure)
        icicle, table = self.query_one(Icicle), self.query_one(FrameTable)
        icicle.frames = tree
        zoom = self.zoom
        while tree.at(zoom) is None:
            zoom = zoom[:-1]
        self.set_reactive(SitesScreen.zoom, zoom)
        icicle.zoom = zoom
        table.draw(tree, zoom)
        self.query_one("#icicle").styles.max_height = tree.root.depth + 3
        self.query_one("#table").border_subtitle = display.basis(part.root.whole)
        self._stand(icicle.current if tree.at(icicle.current) else zoom)

    def _stand(self, path: Path) -> None:
        """Make a frame the current one, in both."""
        icicle = self.query_one(Icicle)
        icicle.current = path
        frame = icicle.frames.at(path)
        if frame is None:
            return
        self.query_one("#icicle").border_title = self._title(icicle.frames)
        self.query_one("#icicle").border_subtitle = self._told(icicle.frames, path)
        self.query_one(FrameTable).point(path)

    def _title(self, tree: Drawn) -> str:
        words = [f"By {WORDS[self.by or self.BYS[0]]}"]
        if tree.measure is not Measure.COST:
            words.append(f"as wide as {tree.measure.value}")
        if tree.before is not None:
            other = "the range before" if self.picked == BEFORE else display.plain(self.picked)
            words.append(f"against {other}")
        words += [display.plain(name) for name in self.zoom[-2:]]
        return " · ".join(words).replace("[", r"\[")

    def _told(self, tree: Drawn, path: Path) -> str:
        frame = tree.at(path)
        if frame is None:
            return ""
        words = [display.plain(path[-1]) if path else "all calls"]
        words.append(size_text(tree.measure, frame.whole))
        words.append(display.percent(tree.share(frame)))
        change = tree.change_pusd(path, frame)
        if change is not None:
            words.append(change_text(change, palette_of(self)).plain)
        return " · ".join(words).replace("[", r"\[")

    # -- moving ---------------------------------------------------------------

    @on(Icicle.Moved)
    def _moved(self, message: Icicle.Moved) -> None:
        self._stand(message.path)

    @on(Icicle.Opened)
    def _clicked(self, message: Icicle.Opened) -> None:
        self._look_into(message.path)

    @on(Grid.Highlighted)
    def _pointed(self, message: Grid.Highlighted) -> None:
        table = self.query_one(FrameTable)
        path = table.path_at(message.row)
        if table.has_focus and path is not None:
            self._stand(path)

    @on(Grid.Opened)
    def _row_opened(self) -> None:
        self.action_into()

    def action_into(self) -> None:
        """Look into the current frame; what leads to nothing shows its calls."""
        self._look_into(self.query_one(Icicle).current)

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

    def action_calls(self) -> None:
        """Show the calls that were made at the current frame."""
        icicle = self.query_one(Icicle)
        frame = icicle.frames.at(icicle.current)
        if (self.by or self.BYS[0]) == "stack" and frame is not None and not frame.own.calls:
            self.notify("No call was made by this line itself; go further in.", markup=False)
            return
        self._show_calls(icicle.current)

    def _show_calls(self, path: Path) -> None:
        query = calls_at(self.by or self.BYS[0], path)
        if query is None:
            self.notify("No filter means these calls; go further in.", markup=False)
        else:
            self.post_message(CallsWanted(query))

    # -- the other keys -------------------------------------------------------

    def action_next_measure(self) -> None:
        """Let widths stand for cost, calls or tokens."""
        measures = list(Measure)
        self.measure = measures[(measures.index(self.measure) + 1) % len(measures)]

    def action_compare(self) -> None:
        """Compare with the range before, or stop comparing."""
        span = self.view.snapshot.span if self.view.snapshot else None
        if not self.picked and span is not None and span.start_us is None:
            self.notify("Nothing comes before all time; press r for a range.", markup=False)
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
        path = self.query_one(Icicle).current
        try:
            command = editor_command(path[-1] if path else "", Folder.cwd(), os.environ)
            with self.app.suspend():
                subprocess.run(command, check=False)  # noqa: S603  the user's own editor
        except (UsageError, OSError, SuspendNotSupported) as error:
            self.notify(display.plain(str(error)), severity="warning", markup=False)
        self.refresh()


def calls_at(by: str, path: Path) -> str | None:
    """The filter for the calls that a frame made itself; `None` where no filter can tell them."""
    if not path:
        return ""
    if by == "stack":
        site = "" if path[-1] == NO_FRAME else path[-1]
        return f"site:{shlex.quote(site) if site else ''}"
    if path[-1].startswith("(all others"):
        return None
    words = []
    for level, name in zip(LEVELS[by], path, strict=False):
        is_unset = name == f"(no {level})"
        words.append(f"{level}:{'' if is_unset else shlex.quote(name)}")
    return " ".join(words)
