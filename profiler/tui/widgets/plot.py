"""Line charts: plotext behind one small widget."""

from collections.abc import Callable, Sequence
from importlib import import_module
from threading import Lock
from typing import Any, NamedTuple

from rich.text import Text
from textual import work
from textual.color import Color
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.panel import palette_of

LEAST_WIDTH = 16
LEAST_HEIGHT = 4
_ONE_FIGURE = Lock()
"""plotext draws on one figure for all."""


class Canvas:
    """What painters draw on: plotext's figure (it ships no types), cleared and in our colours."""

    def __init__(self, plotext: Any, size: Size, ink: Palette) -> None:
        self.size, self.ink = size, ink
        self._plotext = plotext
        self._figure = plotext.figure
        self._figure.clear()
        self._figure.theme(self._look())
        self._figure.plot_size(*size)
        self._figure.axes(active=False)

    def line(self, places: Sequence[float], heights: Sequence[float], colour: str) -> None:
        """A line through these points, in quarters of cells; a point alone is a dot."""
        # common fonts have quadrants; braille they often take from another one, out of step
        marker = self._plotext.marker("hd" if len(places) > 1 else "•", _rgb(colour))
        signal = self._figure.signal(list(places), list(heights), marker=marker)
        self._figure.draw(signal.lines().density("full"))

    def scale(
        self, axis: str, limits: tuple[float, float], ticks: Sequence[float], labels: Sequence[str]
    ) -> None:
        """Where an axis (`x` or `y`) begins, ends and is labelled."""
        ruler = self._figure.ruler(axis)
        ruler.lim(*limits)
        ruler.ticks(list(ticks), list(labels))

    def grid(self, axis: str) -> None:
        """Faint lines at the axis's ticks."""
        pixel = self._plotext.pixel(_rgb(self.ink.edge), _rgb(self.ink.ground))
        self._figure.ruler(axis).grid(active=True, pixel=pixel)

    def drawn(self) -> Text:
        """The chart as text with colours."""
        return Text.from_ansi(self._figure.build().string().rstrip("\n"), no_wrap=True, end="")

    def _look(self) -> str:
        ground = _rgb(self.ink.ground)
        name = f"profiler-{self.ink.ground}-{self.ink.muted}"
        text = self._plotext.pixel(_rgb(self.ink.muted), ground)
        self._plotext.add_theme(name, canvas=ground, text=text, sequence=[_rgb(self.ink.accent)])
        return name


def _rgb(colour: str) -> tuple[int, int, int]:
    return Color.parse(colour).rgb


Painter = Callable[[Canvas], None]
"""Paints in a thread: it reads, and changes nothing but the canvas. Equal ones paint the same."""


class Wanted(NamedTuple):
    """What a picture depends on."""

    painter: Painter
    size: Size
    ink: Palette


class Plot(Widget):
    """A chart that is painted once for every painter, size and theme, in a thread of its own.

    Until it is painted, what was there before is shown; nothing of another size.
    """

    DEFAULT_CSS = "Plot { width: 1fr; height: 1fr; }"

    class Painted(Message):
        """The chart is painted; without a text where it could not be, or is wanted no longer."""

        def __init__(self, wanted: Wanted, text: Text | None) -> None:
            super().__init__()
            self.wanted = wanted
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._painter: Painter | None = None
        self._asked: Wanted | None = None
        self._answered: Wanted | None = None
        self._text, self._size_of_text = Text(""), Size(0, 0)

    @property
    def is_ready(self) -> bool:
        """Whether what is to be drawn is drawn."""
        wanted = self._wanted
        return wanted is None or wanted == self._answered or not self.is_on_screen

    @property
    def _wanted(self) -> Wanted | None:
        """What to draw; `None` where there is nothing, or no room."""
        size = self.content_size
        if self._painter is None or size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT:
            return None
        return Wanted(self._painter, size, palette_of(self))

    def draw(self, painter: Painter | None) -> None:
        """Show what `painter` paints from now on; nothing when `None`."""
        self._painter = painter
        self.refresh()

    def render(self) -> Text:
        """The chart as text with colours, as it was painted last."""
        wanted = self._wanted
        if wanted is not None and wanted != self._asked:
            self._make(wanted)
        self._asked = wanted
        is_shown = wanted is not None and wanted.size == self._size_of_text
        return self._text if is_shown else Text("")

    @work(thread=True, exit_on_error=False, group="paint")
    def _make(self, wanted: Wanted) -> None:
        text = None
        try:
            # not before there is something to draw: the import takes 270 ms
            plotext = import_module("plotext")
            with _ONE_FIGURE:
                if wanted == self._asked:
                    plotext.terminal.limit(False, False)
                    canvas = Canvas(plotext, wanted.size, wanted.ink)
                    wanted.painter(canvas)
                    text = canvas.drawn()
        finally:
            self.post_message(self.Painted(wanted, text))

    def on_plot_painted(self, message: Painted) -> None:
        """Show it."""
        self._answered = message.wanted
        if message.text is not None:
            self._text, self._size_of_text = message.text, message.wanted.size
            self.refresh()
