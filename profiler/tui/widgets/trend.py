"""Spend over time: stacked bars in braille, a colour per model."""

from functools import partial
from itertools import accumulate
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Static

from profiler import display
from profiler.analysis.results import OverviewPart, Trend
from profiler.domain.money import PUSD_PER_USD, pusd
from profiler.domain.periods import to_moment
from profiler.tui.theme import Palette
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.plot import Canvas, Plot

CELLS_PER_BAR = 2
MARGIN = 8
"""Cells the money beside the axis takes."""
TIMES = {"hour": "%H:%M", "day": "%d %b", "week": "%d %b", "month": "%b %Y"}
TIME_CELLS = 14
"""Room for one time below the axis and some air."""
OTHER = "other"


class TrendPanel(Vertical):
    """Spend over the range, by the dearest models."""

    DEFAULT_CSS = """
    TrendPanel {
        border: round $ink-edge;
        border-title-color: $ink-muted;
        border-subtitle-color: $ink-muted;
        background: $surface;
        padding: 0 1;
        & Plot { width: 1fr; height: 1fr; }
        & Static { width: 1fr; height: 1; }
    }
    """

    view = reactive(EMPTY_VIEW)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.border_title = "Spend over time"

    def compose(self) -> ComposeResult:
        """The chart, then what its colours mean."""
        yield Plot()
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Another theme draws the text anew."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.watch_view(self.view))

    def watch_view(self, view: View) -> None:
        """Draw another trend."""
        if view.snapshot is None or not self.is_mounted:
            return
        if not isinstance(part := view.snapshot.part, OverviewPart):
            return
        trend, by = part.trend, view.question.by or "model"
        self.border_title = f"Spend over time · {pace(part)}"
        self.border_subtitle = f"per {trend.step}, by {by}" if trend.series else None
        self.query_one(Plot).draw(partial(paint, trend, view.zone) if trend.series else None)
        self.query_one(Static).update(legend(trend, self.size.width - 4, palette_of(self)))

    def on_resize(self) -> None:
        """The legend is cut to the width."""
        self.watch_view(self.view)


def colour_of(trend: Trend, index: int, ink: Palette) -> str:
    """The colour of a series; what is summed as `other` has the quiet one."""
    if trend.series[index][0] == OTHER:
        return ink.series[-1]
    return ink.series[index % (len(ink.series) - 1)]


def colours(trend: Trend, ink: Palette) -> dict[str, str]:
    """The colour of every label in the chart."""
    return {label: colour_of(trend, i, ink) for i, (label, _) in enumerate(trend.series)}


def legend(trend: Trend, width: int, ink: Palette) -> Text:
    """As many labels with their colours as fit, first those that draw nothing, which is not $0."""
    parts = [
        Text(f"□ {display.plain(label) or '(unknown)'} unpriced", style=ink.watch)
        for label in trend.unpriced
    ]
    for index, (label, _) in enumerate(trend.series):
        if label not in trend.unpriced:
            sign = ("■ ", colour_of(trend, index, ink))
            parts.append(Text.assemble(sign, (display.plain(label) or "(unknown)", ink.muted)))
    made = Text(no_wrap=True, end="")
    for part in parts:
        part.truncate(max(10, (width - 2) // 2), overflow="ellipsis")
        if made.cell_len + part.cell_len > width:
            break
        made.append_text(part).append("  ")
    return made


def pace(part: OverviewPart) -> str:
    """How fast money goes now, against a usual hour: `now $0.42/h, usually $0.30`."""
    now = f"now {display.spend(part.hour)}/h"
    return now if part.usual_pusd is None else f"{now}, usually {display.money(part.usual_pusd)}"


def merged(values: tuple[int, ...], step: int) -> list[int]:
    """`values` summed over `step` neighbours."""
    return [sum(values[i : i + step]) for i in range(0, len(values), step)]


def paint(trend: Trend, zone: ZoneInfo, canvas: Canvas) -> None:
    """Draw the trend: never more bars than half the columns."""
    most = max(4, (canvas.width - MARGIN) // CELLS_PER_BAR)
    step = max(1, -(-len(trend.starts_us) // most))
    layers = list(accumulate((merged(v, step) for _, v in trend.series), _summed))
    # the highest first: what is drawn later covers it up to its own top
    for index in reversed(range(len(layers))):
        dollars = [value / PUSD_PER_USD for value in layers[index]]
        canvas.bars(range(len(dollars)), dollars, colour_of(trend, index, canvas.ink))
    top = nice_top(max(layers[-1], default=0) / PUSD_PER_USD)
    levels = [0.0, top / 2, top]
    canvas.scale("y", (0.0, top), levels, [tick_money(level) for level in levels])
    canvas.grid("y")
    _times(canvas, trend, trend.starts_us[::step], zone)


def _summed(below: list[int], layer: list[int]) -> list[int]:
    return [a + b for a, b in zip(below, layer, strict=True)]


def _times(canvas: Canvas, trend: Trend, starts: tuple[int, ...], zone: ZoneInfo) -> None:
    every = max(1, -(-len(starts) * TIME_CELLS // max(1, canvas.width - MARGIN)))
    # half a step from the end, so that no label hangs over the edge
    chosen = range(every // 2, len(starts), every)
    labels = [to_moment(starts[i], zone).strftime(TIMES[trend.step]) for i in chosen]
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


def tick_money(dollars: float) -> str:
    """A round amount beside the axis, in seven cells."""
    if dollars >= 10_000:
        text = f"${display.short_count(round(dollars))}"
    elif dollars >= 10 or dollars == 0:
        text = f"${dollars:,.0f}"
    else:
        text = display.money(pusd(f"{dollars:.9f}")).rstrip("0").rstrip(".")
    return f"{text:>{MARGIN - 1}} "
