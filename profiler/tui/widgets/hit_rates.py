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
from profiler.tui.widgets.bars import TIMES
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.plot import Canvas, Plot

_COLOUR = 1
"""Place of the line's colour: the one that reads from a cache have in the bars beside it."""
_CELLS_PER_TIME = 14


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
        is_known = any(rate is not None for rate in rates.rates)
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
    rates: tuple[float | None, ...]
    """`None` where nothing was read: no hit rate, rather than one of 0."""

    def __call__(self, canvas: Canvas) -> None:
        """Paint the line; it breaks where nothing was read."""
        last = len(self.rates) - 1
        canvas.scale("y", (0, 1), (0, 0.5, 1), ("0% ", "50% ", "100% "))
        ticks = self._ticks(canvas.size.width)
        canvas.scale("x", (0, max(1, last)), ticks, [self.times[at] for at in ticks])
        canvas.grid("y")
        numbered = enumerate(self.rates)
        for is_unknown, run in groupby(numbered, key=lambda point: point[1] is None):
            if not is_unknown:
                places, heights = zip(*run, strict=True)
                canvas.line(places, heights, canvas.ink.series[_COLOUR])

    def _ticks(self, width: int) -> list[int]:
        """The buckets whose time is told: the first, the last, and some between."""
        last = len(self.rates) - 1
        most = max(1, min(last, width // _CELLS_PER_TIME - 1))
        return sorted({round(last * number / most) for number in range(most + 1)})


def rates_of(trend: InputTrend, zone: ZoneInfo) -> HitRates:
    """How much of each bucket's input came from a cache."""
    every = zip(trend.read, trend.written, trend.fresh, strict=True)
    return HitRates(
        tuple(to_moment(at_us, zone).strftime(TIMES[trend.step]) for at_us in trend.starts_us),
        tuple(parts[0] / sum(parts) if any(parts) else None for parts in every),
    )
