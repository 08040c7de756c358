"""Charts: plotext behind one small widget."""

from collections.abc import Callable, Sequence
from importlib import import_module
from threading import Lock
from typing import Any, NamedTuple, Self

from rich.text import Text
from textual import work
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget

from profiler.display import plain
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.panel import palette_of

LEAST_WIDTH = 16
LEAST_HEIGHT = 4


_ONE_FIGURE = Lock()
"""plotext draws on one figure for all."""


class Picture(NamedTuple):
    """A painted chart."""

    text: Text
    size: Size


class Canvas:
    """What painters draw on: plotext's figure (it ships no types), cleared and in our colours."""

    def __init__(self, plotext: Any, width: int, height: int, ink: Palette) -> None:
        self.width, self.height, self.ink = width, height, ink
        self._plotext = plotext
        self._figure = plotext.figure
        self._figure.clear()
        self._figure.theme(self._look())
        self._figure.plot_size(width, height)
        self._figure.axes(active=False)

    def bars(self, places: Sequence[float], heights: Sequence[float], colour: str) -> None:
        """Upright bars from zero, in braille."""
        marker = self._plotext.marker("braille", _rgb(colour))
        self._figure.draw(self._figure.bar(places, heights, marker=marker, width=0.8))

    def text(self, x: float, y: float, text: str, colour: str) -> None:
        """A few characters at a point."""
        marker = self._plotext.colorize(plain(text), _rgb(colour))
        self._figure.draw(self._figure.text(x, y, marker, alignment="left"))

    def scale(
        self, axis: str, limits: tuple[float, float], ticks: Sequence[float], labels: Sequence[str]
    ) -> None:
        """Where an axis (`x` or `y`) begins, ends and is labelled."""
        ruler = self._figure.ruler(axis)
        ruler.lim(*limits)
        ruler.ticks(list(ticks), [plain(label) for label in labels])

    def grid(self, axis: str) -> None:
        """Faint lines at the axis's ticks."""
        self._figure.ruler(axis).grid(
            active=True,
            style="dotted",
            pixel=self._plotext.pixel(_rgb(self.ink.edge), _rgb(self.ink.ground)),
        )

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
"""Paints in a thread: it reads, and changes nothing but the canvas."""


class Plot(Widget):
    """A chart that is painted anew for every size and theme, in a thread of its own.

    Until it is painted, what was there before is shown.
    """

    DEFAULT_CSS = "Plot { width: 1fr; height: 1fr; }"

    class Painted(Message):
        """The chart is painted, or it is no longer wanted."""

        def __init__(self, picture: Picture | None) -> None:
            super().__init__()
            self.picture = picture

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._painter: Painter | None = None
        self._picture = Picture(Text(""), Size(0, 0))
        self._is_stale = False
        self._asked = self._answered = 0

    @property
    def is_ready(self) -> bool:
        """Whether what is to be drawn is drawn."""
        if self._painter is None:
            return True
        return self._answered == self._asked and not (self._is_stale and self.is_on_screen)

    def draw(self, painter: Painter | None) -> None:
        """Show what `painter` paints from now on; nothing when `None`."""
        self._painter = painter
        self.refresh()

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Paint anew, whatever has changed."""
        self._is_stale = True
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    @property
    def text(self) -> str:
        """The chart as it is drawn, without its colours."""
        return self.render().plain

    def render(self) -> Text:
        """The chart as text with colours, as it was painted last."""
        size = self.content_size
        if self._painter is None or size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT:
            self._is_stale = False
            return Text("")
        if self._is_stale or self._picture.size != size:
            self._is_stale = False
            self._asked += 1
            self._make(self._painter, size, palette_of(self), self._asked)
        return self._picture.text if self._picture.size == size else Text("")

    @work(thread=True, exit_on_error=False, group="paint")
    def _make(self, painter: Painter, size: Size, ink: Palette, asked: int) -> None:
        picture = None
        try:
            # not before there is something to draw: the import takes 270 ms
            plotext = import_module("plotext")
            with _ONE_FIGURE:
                if asked == self._asked:
                    plotext.terminal.limit(False, False)
                    canvas = Canvas(plotext, *size, ink)
                    painter(canvas)
                    picture = Picture(canvas.drawn(), size)
        finally:
            self.post_message(self.Painted(picture))

    def on_plot_painted(self, message: Painted) -> None:
        """Show it."""
        self._answered += 1
        if message.picture is not None:
            self._picture = message.picture
            super().refresh()
