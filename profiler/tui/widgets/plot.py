"""Charts: plotext behind one small widget."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from rich.text import Text
from textual import work
from textual.color import Color
from textual.message import Message
from textual.widget import Widget

from profiler.display import plain
from profiler.tui.theme import Palette
from profiler.tui.widgets.panel import palette_of

LEAST_WIDTH = 16
LEAST_HEIGHT = 4


class Canvas:
    """What painters draw on: plotext's figure (it ships no types), cleared and in our colours."""

    def __init__(self, plotext: Any, width: int, height: int, ink: Palette) -> None:
        self.width, self.height, self.ink = width, height, ink
        self._plotext = plotext
        # one scratch figure for all: Textual renders on one thread
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


class Plot(Widget):
    """A chart that is painted anew for every size and theme."""

    DEFAULT_CSS = "Plot { width: 1fr; height: 1fr; }"

    class Ready(Message):
        """plotext is imported."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._painter: Painter | None = None
        self._plotext: Any = None

    @property
    def is_ready(self) -> bool:
        """Whether what is to be drawn is drawn."""
        return self._painter is None or self._plotext is not None

    def draw(self, painter: Painter | None) -> None:
        """Show what `painter` paints from now on; nothing when `None`."""
        self._painter = painter
        if painter is not None and self._plotext is None:
            # not before there is something to draw: the import takes 270 ms
            self._fetch_plotext()
        self.refresh()

    @work(thread=True, exit_on_error=False, exclusive=True, group="plotext")
    def _fetch_plotext(self) -> None:
        self._plotext = import_module("plotext")
        self._plotext.terminal.limit(False, False)
        self.post_message(self.Ready())

    def on_plot_ready(self) -> None:
        """Draw what waited for the import."""
        self.refresh()

    def render(self) -> Text:
        """The chart as text with colours."""
        width, height = self.content_size
        if self._painter is None or self._plotext is None:
            return Text("")
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            return Text("")
        canvas = Canvas(self._plotext, width, height, palette_of(self))
        self._painter(canvas)
        return canvas.drawn()
