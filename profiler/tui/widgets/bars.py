"""Bars over time that can be opened: one stands on a bar, or on one of the colours in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import floor, log10
from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from profiler.domain.periods import Span, to_moment
from profiler.tui.looks.monochrome import has_few_colours
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.blocks import (
    ALL,
    NONE,
    Paint,
    cell,
    halfway,
    parts_of,
    places,
    reaches,
    row_of_bars,
    rule_at,
    times_line,
)
from profiler.tui.widgets.columns import stacked
from profiler.tui.widgets.panel import palette_of

CELLS_PER_BAR = 2
MARGIN = 8
"""Cells the figures beside the axis take."""
_TIMES_ROWS = 1
"""Rows the times below the axis take."""
TIMES = {"hour": "%H:%M", "day": "%d %b", "week": "%d %b", "month": "%b %Y"}
TIME_GAP = 2
"""Cells between two times below the axis."""
LEAST_WIDTH = 16
LEAST_HEIGHT = 3
LEAST_ROWS = 3
"""From one figure beside the axis to the next."""
_STEPS = {1: (5,), 2: (4,), 3: (3,), 4: (4,), 5: (5,), 6: (6, 3), 8: (4,), 10: (5,)}
"""Into how many round parts a number that begins so is cut, the most first."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One colour of the bars."""

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
        layers = tuple(Layer(one.colour, tuple(merged(one.values, step))) for one in self.layers)
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


class BarsPlot(Widget, can_focus=True):
    """Draws bars, and knows which of them one stands on."""

    DEFAULT_CSS = "BarsPlot { width: 1fr; height: 1fr; }"
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
        self.refresh()

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

    def render(self) -> Text:
        """Figures beside the axis, the bars, the times below."""
        bars, (width, height) = self.shown, self.content_size
        if bars is None or width < LEAST_WIDTH or height < LEAST_HEIGHT:
            return Text("")
        at = places(len(bars.starts_us), width - MARGIN)
        times = times_line(self._times(bars, width - MARGIN), at, width - MARGIN)
        rows = self._rows(bars, at, height - _TIMES_ROWS)
        return stacked([*rows, Text(" " * MARGIN + times, style=palette_of(self).muted)])

    def _rows(self, bars: Bars, at: Sequence[tuple[int, int]], rows: int) -> list[Text]:
        """From the top down."""
        ink, top, width = palette_of(self), self._top(bars), self.content_size.width - MARGIN
        colours = tuple(layer.colour for layer in bars.layers)
        paint = Paint(colours, ink.ground, is_plain=self.is_plain)
        rule = ink.edge if self.is_plain else halfway(ink.edge, ink.ground)
        reach = [
            reaches([tops[bar] / self._unit for tops in bars.tops], top, rows)
            for bar in range(len(at))
        ]
        rules = {}
        for level in levels(top, rows, is_whole=self._unit == 1):
            row, sign = rule_at(level, top, rows)
            rules[row] = (self._tick(level), sign)
        drawn = []
        for row in reversed(range(rows)):
            tick, sign = rules.get(row, (" " * MARGIN, " "))
            cells = [
                (start, bar_width, cell(parts, paint, self._faded(index, bars)))
                for index, (start, bar_width) in enumerate(at)
                if (parts := parts_of(reach[index], row))
            ]
            line = row_of_bars(cells, width, (sign, rule))
            drawn.append(Text(tick, style=ink.muted, end="").append_text(line))
        if self.has_focus:
            _point_at(drawn, at[self._at(bars)], max(reach[self._at(bars)], default=0), ink)
        return drawn

    @property
    def is_plain(self) -> bool:
        """Whether patterns tell layers apart, as no colours do."""
        return has_few_colours(self)

    def _faded(self, bar: int, bars: Bars) -> int | None:
        """What of a bar one stands on, for the rest to step back; `None` while on no bar."""
        if not self.has_focus:
            return None
        if bar != self._at(bars):
            return NONE
        return ALL if self.part is None or self.part >= len(bars.layers) else self.part

    def _times(self, bars: Bars, width: int) -> list[tuple[int, str]]:
        """As many times as have room, each with the bar it belongs to."""
        texts = [
            to_moment(start, self._zone).strftime(TIMES[bars.step]) for start in bars.starts_us
        ]
        room = max(map(len, texts), default=0) + TIME_GAP
        every = max(1, -(-len(texts) * room // max(1, width)))
        # half a step from the end, so that no label hangs over the edge
        return [(i, texts[i]) for i in range(every // 2, len(texts), every)]


def _point_at(rows: list[Text], place: tuple[int, int], reach: int, ink: Palette) -> None:
    """Put a mark over a bar; where it fills the chart, upon its top."""
    row = max(0, len(rows) - 1 - -(-reach // 8))
    at = MARGIN + place[0] + (place[1] - 1) // 2
    before, there, after = rows[row].divide([at, at + 1])
    there = Text("▼", style=f"bold {ink.accent} on {ink.ground}", end="")
    rows[row] = Text.assemble(before, there, after, no_wrap=True, end="")


def levels(top: float, rows: int, *, is_whole: bool = False) -> list[float]:
    """Round numbers from zero to `top`, three rows apart at least, for figures beside the axis."""
    digit = round(top / 10 ** floor(log10(top)))
    for steps, least in (*((steps, LEAST_ROWS) for steps in _STEPS.get(digit, ())), (2, 2)):
        if rows >= steps * least and not (is_whole and top % steps):
            return [top * step / steps for step in range(steps + 1)]
    return [0.0, top]


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
