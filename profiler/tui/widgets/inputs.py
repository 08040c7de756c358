"""Where input tokens came from, over time: read from a cache, written to one, or past it."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from profiler import display
from profiler.analysis.results.caching import InputTrend
from profiler.domain.periods import Span, to_moment
from profiler.tui.asking.opened import between, within
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import CallsWanted
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.bars import MARGIN, TIMES, Bars, BarsPlot, Layer
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.trend import sign_of

LAYERS = (("read from cache", 1), ("written to cache", 3), ("fresh: missed", 5))
"""Words and place of the colour of each layer, the lowest first."""


class InputsPanel(Vertical):
    """A stacked bar per hour, day, week or month."""

    DEFAULT_CSS = """
    InputsPanel {
        border: round $ink-edge;
        border-title-color: $ink-muted;
        border-subtitle-color: $ink-muted;
        background: $surface;
        padding: 0 1;
        &:focus-within { border: round $ink-focus; }
        & BarsPlot { width: 1fr; height: 1fr; }
        & Static { width: 1fr; height: 1; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._trend = InputTrend()
        self._view: View = EMPTY_VIEW

    def compose(self) -> ComposeResult:
        """The chart, then what its colours mean."""
        yield BarsPlot(_tick)
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Say what it shows."""
        self.border_title = "Input tokens over time"

    def draw(self, trend: InputTrend, view: View) -> None:
        """Show another trend."""
        self._trend, self._view = trend, view
        ink = palette_of(self)
        bars = bars_of(trend, ink) if any(map(any, layers(trend))) else None
        chart = self.query_one(BarsPlot)
        chart.show(bars, view.zone)
        self.query_one(Static).update(legend(ink, is_plain=chart.is_plain))
        self._tell()

    @on(BarsPlot.Stood)
    def _tell(self) -> None:
        """Say what the bar is that one stands on; else what bars are."""
        chart, trend = self.query_one(BarsPlot), self._trend
        if not any(map(any, layers(trend))):
            self.border_subtitle = None
        elif chart.has_focus and chart.standing is not None:
            span, layer = chart.standing
            when = to_moment(span.start_us or 0, self._view.zone).strftime(TIMES[trend.step])
            name = "all input" if layer is None else LAYERS[layer][0]
            told = display.short_count(self.sum_of(span, layer))
            self.border_subtitle = f"{when} · {name} · {told} tokens"
        else:
            self.border_subtitle = f"per {trend.step}"

    @on(BarsPlot.Opened)
    def _open(self, message: BarsPlot.Opened) -> None:
        """Show the calls behind a bar."""
        self.post_message(CallsWanted(self.query_of(message.span)))

    def query_of(self, span: Span) -> str:
        """The filter that means the calls of a bar."""
        shown = self._view.snapshot.span if self._view.snapshot else Span()
        return between(within(span, shown), shown, self._view.zone)

    def sum_of(self, span: Span, part: int | None) -> int:
        """The tokens of a bar, or of one colour in it."""
        return sum_of(self._trend, span, part)


def layers(trend: InputTrend) -> tuple[tuple[int, ...], ...]:
    """The tokens of each of `LAYERS`, by bucket."""
    return trend.read, trend.written, trend.fresh


def bars_of(trend: InputTrend, ink: Palette) -> Bars:
    """The trend as bars."""
    made = (
        Layer(ink.series[colour], values)
        for values, (_, colour) in zip(layers(trend), LAYERS, strict=True)
    )
    return Bars(trend.starts_us, trend.step, tuple(made), trend.end_us)


def sum_of(trend: InputTrend, span: Span, layer: int | None) -> int:
    """The tokens of a bar, or of one colour in it."""
    counted = layers(trend) if layer is None else (layers(trend)[layer],)
    return sum(
        value
        for values in counted
        for start, value in zip(trend.starts_us, values, strict=True)
        if span.contains(start)
    )


def legend(ink: Palette, *, is_plain: bool = False) -> Text:
    """What signs and colours mean."""
    made = Text(no_wrap=True, end="")
    for index, (words, colour) in enumerate(LAYERS):
        sign = sign_of(index, is_plain=is_plain)
        made.append_text(Text.assemble((f"{sign} ", ink.series[colour]), (f"{words}  ", ink.muted)))
    return made


def _tick(level: float) -> str:
    return f"{display.short_count(round(level)):>{MARGIN - 1}} "
