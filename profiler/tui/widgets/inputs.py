"""Where input tokens came from, over time: read from a cache, written to one, or past it."""

from functools import partial
from itertools import accumulate
from operator import add
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from profiler import display
from profiler.analysis.caching import InputTrend
from profiler.domain.periods import to_moment
from profiler.tui.theme import Palette
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.plot import Canvas, Plot
from profiler.tui.widgets.trend import (
    CELLS_PER_BAR,
    MARGIN,
    TIME_CELLS,
    TIMES,
    merged,
    nice_top,
)

LAYERS = (("━", "read from cache", 1), ("╍", "written to cache", 3), ("─", "fresh: missed", 5))
"""Sign, words and place of the colour of each layer, the lowest first."""


class InputsPanel(Vertical):
    """A stacked bar per hour, day, week or month."""

    DEFAULT_CSS = """
    InputsPanel {
        border: round $ink-edge;
        border-title-color: $ink-muted;
        border-subtitle-color: $ink-muted;
        background: $surface;
        padding: 0 1;
        & Plot { width: 1fr; height: 1fr; }
        & Static { width: 1fr; height: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """The chart, then what its colours mean."""
        yield Plot()
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Say what it shows."""
        self.border_title = "Input tokens over time"

    def draw(self, trend: InputTrend, zone: ZoneInfo) -> None:
        """Show another trend."""
        has_any = any(map(any, layers(trend)))
        self.border_subtitle = f"per {trend.step}" if has_any else None
        self.query_one(Plot).draw(partial(paint, trend, zone) if has_any else None)
        self.query_one(Static).update(legend(palette_of(self)))


def layers(trend: InputTrend) -> tuple[tuple[int, ...], ...]:
    """The tokens of each of `LAYERS`, by bucket."""
    return trend.read, trend.written, trend.fresh


def legend(ink: Palette) -> Text:
    """What signs and colours mean."""
    made = Text(no_wrap=True, end="")
    for sign, words, colour in LAYERS:
        made.append_text(Text.assemble((f"{sign} ", ink.series[colour]), (f"{words}  ", ink.muted)))
    return made


def paint(trend: InputTrend, zone: ZoneInfo, canvas: Canvas) -> None:
    """Draw the layers upon each other: never more bars than half the columns."""
    most = max(4, (canvas.width - MARGIN) // CELLS_PER_BAR)
    step = max(1, -(-len(trend.starts_us) // most))
    tops = list(accumulate((merged(one, step) for one in layers(trend)), _upon))
    # the highest first: what is drawn later covers it up to its own top
    for top, (_, _, colour) in reversed(list(zip(tops, LAYERS, strict=True))):
        canvas.bars(range(len(top)), top, canvas.ink.series[colour])
    highest = nice_top(max(tops[-1], default=0))
    levels = [0.0, highest / 2, highest]
    canvas.scale(
        "y", (0.0, highest), levels, [f"{_tokens(level):>{MARGIN - 1}} " for level in levels]
    )
    canvas.grid("y")
    starts = trend.starts_us[::step]
    every = max(1, -(-len(starts) * TIME_CELLS // max(1, canvas.width - MARGIN)))
    chosen = range(every // 2, len(starts), every)
    labels = [to_moment(starts[i], zone).strftime(TIMES[trend.step]) for i in chosen]
    canvas.scale("x", (-0.5, len(starts) - 0.5), list(chosen), labels)


def _tokens(level: float) -> str:
    return display.short_count(round(level))


def _upon(below: list[int], layer: list[int]) -> list[int]:
    return list(map(add, below, layer))
