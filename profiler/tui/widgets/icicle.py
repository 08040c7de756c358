"""An icicle: the whole on top, below each frame what it led to, as wide as its share."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from profiler.analysis.flame import Path, grow
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import placed
from profiler.tui.widgets.frames import Box, Drawn, boxes, change_text, colour_of, label, size_text
from profiler.tui.widgets.panel import palette_of

LEAST_WORDS = 4
"""Cells from which on a cut name still says something."""
NO_TREE = Drawn(grow(()))


class Icicle(Widget, can_focus=True):
    """Draws the tree below the frame that is zoomed to; one of its boxes is the current one."""

    DEFAULT_CSS = """
    Icicle { width: 1fr; height: 1fr; background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Left", show=False),
        Binding("right,l", "step(1)", "Right", show=False),
        Binding("up,k", "rise", "Up", show=False),
        Binding("down,j", "sink", "Down", show=False),
    ]

    frames: reactive[Drawn] = reactive(NO_TREE)
    zoom: reactive[Path] = reactive(())
    """The frame that is as wide as the widget."""
    current: reactive[Path] = reactive(())
    """The frame keys speak of."""

    class Moved(Message):
        """Another box is the current one."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class Opened(Message):
        """The user wants to look into a box."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    @property
    def drawn(self) -> list[Box]:
        """The boxes there are."""
        frame = self.frames.at(self.zoom)
        if frame is None or not self.content_size:
            return []
        size = self.content_size
        return boxes(frame, self.zoom, size.width, size.height, self.frames.measure)

    def action_step(self, by: int) -> None:
        """To the next box in the same row."""
        found = self.drawn
        here = next((box for box in found if box.path == self.current), None)
        if here is None:
            return self._go(self.zoom)
        row = [box.path for box in found if box.row == here.row]
        return self._go(row[max(0, min(len(row) - 1, row.index(here.path) + by))])

    def action_rise(self) -> None:
        """To the box it hangs from."""
        if len(self.current) > len(self.zoom):
            self._go(self.current[:-1])

    def action_sink(self) -> None:
        """To the widest box that hangs from it."""
        below = [box for box in self.drawn if box.path[:-1] == self.current and box.path]
        if below:
            self._go(max(below, key=lambda box: box.width).path)

    def _go(self, path: Path) -> None:
        self.post_message(self.Moved(path))

    def on_click(self, event: events.Click) -> None:
        """A click looks into a box."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for box in self.drawn:
            if box.row == offset.y and box.left <= offset.x < box.left + box.width:
                self._go(box.path)
                self.post_message(self.Opened(box.path))

    def render_line(self, y: int) -> Strip:
        """One row of boxes."""
        ink = palette_of(self)
        segments: list[Segment] = []
        at = 0
        ground = Style(bgcolor=ink.ground)
        for box in self.drawn:
            if box.row != y:
                continue
            segments.append(Segment(" " * (box.left - at), ground))
            segments += self._box(box, ink)
            at = box.left + box.width
        return Strip(segments).adjust_cell_length(self.content_size.width, ground)

    def _box(self, box: Box, ink: Palette) -> list[Segment]:
        is_current = box.path == self.current
        colour = ink.track if box.row == 0 else colour_of(self.frames, box.path, box.frame, ink)
        fill = ink.ink if is_current and self.has_focus else colour
        text = ink.ink if colour == ink.track and fill == colour else ink.ground
        style = Style(color=text, bgcolor=fill, bold=is_current, underline=is_current)
        edge = Style(color=ink.ground, bgcolor=fill)
        if box.width == 1:
            return [Segment("▕", edge)]
        words = self._words(box, box.width - 2, ink)
        return [Segment(f" {words}" if box.width > 2 else " ", style), Segment("▕", edge)]

    def _words(self, box: Box, room: int, ink: Palette) -> str:
        """The name, and where there is room, what it came to; of a change at least its sign."""
        change = self.frames.change_pusd(box.path, box.frame)
        told = size_text(self.frames.measure, box.frame.whole)
        figure = told if change is None else change_text(change, ink).plain
        sign = "" if change is None else f"{figure[0]} "
        name = sign + label(self.frames.name(box.path), room - len(sign))
        words = f"{name}  {figure.removeprefix(sign.strip()).strip()}"
        if cell_len(words) > room:
            words = name
        if cell_len(words) > room < LEAST_WORDS:
            words = sign[:room]
        return placed(Text(words), room, "left").plain
