"""The share of input tokens that came from a cache, over time, as a line."""

from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from profiler.analysis.results.caching import InputTrend
from profiler.domain.periods import to_moment
from profiler.tui.view import View
from profiler.tui.widgets.bars import TIMES, merged
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.plot import Canvas, Plot

_COLOUR = 1
"""Place of the line's colour: the one that reads from a cache have in the bars beside it."""
_CELLS_PER_TIME = 12
_MARGIN = 5
"""Cells the figures beside the axis take."""


class HitRatesPanel(Vertical):
    """One point per hour, day, week or month."""

    DEFAULT_CSS = """
    HitRatesPanel {
        border: round $ink-edge;
        border-title-color: $ink-muted;
        border-subtitle-color: $ink-muted;
        background: $surface;
        padding: 0 1;
        & Static { width: 1fr; height: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """The chart, then what it is of."""
        yield Plot()
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Say what it shows."""
        self.border_title = "Hit rate over time"

    def draw(self, trend: InputTrend, view: View) -> None:
        """Show another trend."""
        rates = rates_of(trend, view.zone)
        is_known = any(rates.whole)
        self.query_one(Plot).draw(rates if is_known else None)
        self.border_subtitle = f"per {trend.step}" if is_known else None
        ink = palette_of(self)
        words = Text.assemble(
            ("■ ", ink.series[_COLOUR]), ("read from cache, of all input", ink.muted)
        )
        self.query_one(Static).update(words)


@dataclass(frozen=True, slots=True)
class HitRates:
    """What is drawn, and how."""

    times: tuple[str, ...]
    read: tuple[int, ...]
    """Tokens from a cache."""
    whole: tuple[int, ...]
    """All tokens of the input."""

    def rates(self, step: int = 1) -> list[float | None]:
        """The share of `step` neighbours together; `None` where nothing was read, rather than 0."""
        pairs = zip(merged(self.read, step), merged(self.whole, step), strict=True)
        return [read / whole if whole else None for read, whole in pairs]

    def __call__(self, canvas: Canvas) -> None:
        """Paint the line, a cell per point at least; it breaks where nothing was read."""
        width = canvas.size.width - _MARGIN
        step = -(-len(self.times) // width)
        rates, times = self.rates(step), self.times[::step]
        last = len(rates) - 1
        canvas.scale("y", (0, 1), (0, 0.5, 1), ("0% ", "50% ", "100% "))
        ticks = _ticks(last, width)
        canvas.scale("x", (0, max(1, last)), ticks, [times[at] for at in ticks])
        canvas.grid("y")
        for is_unknown, run in groupby(enumerate(rates), key=lambda point: point[1] is None):
            if not is_unknown:
                places, heights = zip(*run, strict=True)
                canvas.line(places, heights, canvas.ink.series[_COLOUR])


def _ticks(last: int, width: int) -> list[int]:
    """The points whose time is told: the first, the last, and some between."""
    most = max(1, min(last, width // _CELLS_PER_TIME - 1))
    return sorted({round(last * number / most) for number in range(most + 1)})


def rates_of(trend: InputTrend, zone: ZoneInfo) -> HitRates:
    """How much of each bucket's input came from a cache."""
    every = zip(trend.read, trend.written, trend.fresh, strict=True)
    return HitRates(
        tuple(to_moment(at_us, zone).strftime(TIMES[trend.step]) for at_us in trend.starts_us),
        trend.read,
        tuple(map(sum, every)),
    )
