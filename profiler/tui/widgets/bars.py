"""Bars over time that can be opened: one stands on a bar, or on one of the colours in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from profiler.domain.periods import Span, to_moment
from profiler.tui.widgets.plot import Canvas, Plot

CELLS_PER_BAR = 2
MARGIN = 8
"""Cells the figures beside the axis take."""
_TIMES_ROWS = 1
"""Rows the times below the axis take."""
TIMES = {"hour": "%H:%M", "day": "%d %b", "week": "%d %b", "month": "%b %Y"}
TIME_CELLS = 14
"""Room for one time below the axis and some air."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One colour of the bars."""

    name: str
    colour: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """What is drawn: layers upon each other, the lowest first."""

    starts_us: tuple[int, ...]
    step: str
    """`hour`, `day`, `week` or `month`."""
    layers: tuple[Layer, ...]
    end_us: int | None
    """Where the last bar ends; `None` while it still grows."""

    def merged(self, width: int) -> "Bars":
        """Never more bars than half the cells there are."""
        most = max(4, (width - MARGIN) // CELLS_PER_BAR)
        step = max(1, -(-len(self.starts_us) // most))
        layers = tuple(
            Layer(one.name, one.colour, tuple(merged(one.values, step))) for one in self.layers
        )
        return Bars(self.starts_us[::step], self.step, layers, self.end_us)

    def span(self, bar: int) -> Span:
        """The time a bar stands for."""
        is_last = bar + 1 >= len(self.starts_us)
        return Span(self.starts_us[bar], self.end_us if is_last else self.starts_us[bar + 1])

    @property
    def tops(self) -> list[list[int]]:
        """How high each layer reaches, bar by bar."""
        return list(accumulate((list(one.values) for one in self.layers), _upon))


def merged(values: Sequence[int], step: int) -> list[int]:
    """`values` summed over `step` neighbours."""
    return [sum(values[i : i + step]) for i in range(0, len(values), step)]


def _upon(below: list[int], layer: list[int]) -> list[int]:
    return [a + b for a, b in zip(below, layer, strict=True)]


class BarsPlot(Plot, can_focus=True):
    """Draws bars, and knows which of them one stands on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l", "step(1)", show=False),
        Binding("up,k", "climb(1)", show=False),
        Binding("down,j", "climb(-1)", show=False),
        Binding("home", "step(-10000)", show=False),
        Binding("end", "step(10000)", show=False),
        Binding("enter", "open", "Its calls"),
    ]

    bar = reactive(10_000)
    """Which bar one stands on; beyond the last is the last."""
    part: reactive[int | None] = reactive(None)
    """Which colour in it; `None` is all of it."""

    class Stood(Message):
        """One stands on another bar, or on none; its owner says what it is."""

    class Opened(Message):
        """The user wants the calls of a bar, or of one colour in it."""

        def __init__(self, span: Span, part: int | None) -> None:
            super().__init__()
            self.span = span
            self.part = part

    def __init__(self, tick: Callable[[float], str], unit: int = 1) -> None:
        super().__init__()
        self._tick = tick
        self._unit = unit
        self._bars: Bars | None = None
        self._zone = ZoneInfo("UTC")

    def show(self, bars: Bars | None, zone: ZoneInfo) -> None:
        """Draw other bars; none where there is nothing to draw."""
        self._bars, self._zone = bars, zone
        self.draw(self._paint if bars is not None else None)

    @property
    def shown(self) -> Bars | None:
        """The bars as they are drawn."""
        bars = self._bars
        return bars.merged(self.content_size.width) if bars and self.content_size else None

    @property
    def standing(self) -> tuple[Span, int | None] | None:
        """The bar and the colour one stands on; `None` where one stands on none."""
        bars = self.shown
        if bars is None or not bars.starts_us:
            return None
        layer = self.part if self.part is not None and self.part < len(bars.layers) else None
        return bars.span(self._at(bars)), layer

    def action_step(self, by: int) -> None:
        """To another bar."""
        bars = self.shown
        if bars is not None:
            self.bar = max(0, min(self._at(bars) + by, len(bars.starts_us) - 1))

    def action_climb(self, by: int) -> None:
        """To the next colour in the bar that is there; beyond the last to all of it."""
        bars = self.shown
        if bars is None:
            return
        at = self._at(bars)
        there = [i for i, one in enumerate(bars.layers) if one.values[at]]
        ring: list[int | None] = [None, *there]
        here = ring.index(self.part) if self.part in ring else 0
        self.part = ring[(here + by) % len(ring)]

    def action_open(self) -> None:
        """Show its calls."""
        if (standing := self.standing) is not None:
            self.post_message(self.Opened(*standing))

    def on_click(self, event: events.Click) -> None:
        """A click opens the colour under it; above the bar, all of it."""
        bars, place = self.shown, event.get_content_offset(self)
        if bars is None or place is None or place.x < MARGIN:
            return
        width, height = self.content_size
        count = len(bars.starts_us)
        self.bar = min(count - 1, (place.x - MARGIN) * count // max(1, width - MARGIN))
        rows = max(1, height - _TIMES_ROWS)
        level = (rows - place.y - 0.5) / rows * self._top(bars) * self._unit
        found = [i for i, tops in enumerate(bars.tops) if tops[self.bar] >= level]
        self.part = found[0] if found else None
        self.action_open()

    def watch_bar(self) -> None:
        """Tell where one stands."""
        self.post_message(self.Stood())

    def watch_part(self) -> None:
        """Tell where one stands."""
        self.post_message(self.Stood())

    def on_focus(self) -> None:
        """Stand on a bar."""
        self.post_message(self.Stood())
        self.refresh()

    def on_blur(self) -> None:
        """Stand on none."""
        self.post_message(self.Stood())
        self.refresh()

    def _at(self, bars: Bars) -> int:
        return min(self.bar, len(bars.starts_us) - 1)

    def _top(self, bars: Bars) -> float:
        tops = bars.tops
        return nice_top(max(tops[-1], default=0) / self._unit) if tops else 1.0

    def _paint(self, canvas: Canvas) -> None:
        bars = self.shown
        if bars is None:
            return
        # the highest first: what is drawn later covers it up to its own top
        for tops, layer in reversed(list(zip(bars.tops, bars.layers, strict=True))):
            canvas.bars(range(len(tops)), [top / self._unit for top in tops], layer.colour)
        top = self._top(bars)
        levels = [0.0, top / 2, top]
        canvas.scale("y", (0.0, top), levels, [self._tick(level) for level in levels])
        canvas.grid("y")
        self._times(canvas, bars)
        if self.has_focus:
            canvas.text(self._at(bars), top, "▼", canvas.ink.accent)

    def _times(self, canvas: Canvas, bars: Bars) -> None:
        starts = bars.starts_us
        every = max(1, -(-len(starts) * TIME_CELLS // max(1, canvas.width - MARGIN)))
        # half a step from the end, so that no label hangs over the edge
        chosen = range(every // 2, len(starts), every)
        labels = [to_moment(starts[i], self._zone).strftime(TIMES[bars.step]) for i in chosen]
        canvas.scale("x", (-0.5, len(starts) - 0.5), list(chosen), labels)


def nice_top(value: float) -> float:
    """The next round number at or above `value`: 1, 2, 4, 5, 6, 8 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power > value:
        power /= 10
    while power * 10 <= value:
        power *= 10
    return next((n * power for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * power >= value), 10 * power)
