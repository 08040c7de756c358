"""Spend over time: bars of the dearest models or features upon each other."""

from collections.abc import Sequence
from itertools import product

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Static

from profiler import display
from profiler.analysis.results.snapshot import OverviewPart, Trend
from profiler.domain.money import PUSD_PER_USD, pusd
from profiler.domain.periods import Span, to_moment
from profiler.tui.asking.opened import between, joined, labelled, within
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import CallsWanted
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.bars import MARGIN, TIMES, Bars, BarsPlot, Layer, nice_top
from profiler.tui.widgets.blocks import PATTERNS
from profiler.tui.widgets.panel import PATIENCE_S, READING, palette_of, reading

__all__ = ["TrendPanel", "nice_top", "tick_money"]


class TrendPanel(Vertical):
    """Spend over the range, by the dearest models."""

    DEFAULT_CSS = """
    TrendPanel {
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

    view = reactive(EMPTY_VIEW)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.border_title = "Spend over time"

    def compose(self) -> ComposeResult:
        """The chart, then what its colours mean."""
        yield BarsPlot(tick_money, PUSD_PER_USD)
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Another theme draws the text anew."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.watch_view(self.view))
        self.set_timer(PATIENCE_S, self._say_so)

    def _say_so(self) -> None:
        if self.trend is None:
            self.query_one(Static).update(Text(READING, style=palette_of(self).muted))

    @property
    def trend(self) -> Trend | None:
        """What is drawn."""
        part = self.view.snapshot.part if self.view.snapshot else None
        return part.trend if isinstance(part, OverviewPart) else None

    def watch_view(self, view: View) -> None:
        """Draw another trend."""
        if not self.is_mounted or (trend := self.trend) is None:
            return
        ink = palette_of(self)
        bars = bars_of(trend, ink) if trend.series else None
        chart = self.query_one(BarsPlot)
        chart.show(bars, view.zone)
        width = chart.content_size.width
        self.query_one(Static).update(legend(trend, width, ink, is_plain=chart.is_plain))
        self._tell()

    def on_resize(self) -> None:
        """The legend is cut to the width."""
        self.watch_view(self.view)

    @on(BarsPlot.Stood)
    def _tell(self) -> None:
        """Say what the bar is that one stands on; else what bars are."""
        trend, chart = self.trend, self.query_one(BarsPlot)
        if trend is None or not trend.series:
            self.border_subtitle = None
        elif chart.has_focus and chart.standing is not None and chart.shown is not None:
            span, layer = chart.standing
            spent = sum_of(trend, span, layer)
            when = to_moment(span.start_us or 0, self.view.zone).strftime(TIMES[trend.step])
            name = "all" if layer is None else _named(trend.series[layer][0])
            told = f"{when} · {name} · {display.money(spent)}"
            self.border_subtitle = told.replace("[", r"\[")
        else:
            wanted = reading(trend.by, self.view.question.by or "model")
            self.border_subtitle = f"per {trend.step}, by {trend.by}{wanted}"

    @on(BarsPlot.Opened)
    def _open(self, message: BarsPlot.Opened) -> None:
        """Show the calls behind a bar, or behind one colour of it."""
        self.post_message(CallsWanted(self.query_of(message.span, message.part)))

    def query_of(self, span: Span, part: int | None) -> str:
        """The filter that means the calls of a bar, or of one colour of it."""
        shown = self.view.snapshot.span if self.view.snapshot else Span()
        time = between(within(span, shown), shown, self.view.zone)
        theirs = calls_of(self.trend, part) if self.trend and part is not None else ""
        return joined([time, theirs])


def bars_of(trend: Trend, ink: Palette) -> Bars:
    """The trend as bars."""
    layers = (
        Layer(colour_of(trend, at, ink), values) for at, (_, values) in enumerate(trend.series)
    )
    return Bars(trend.starts_us, trend.step, tuple(layers), trend.end_us)


def sum_of(trend: Trend, span: Span, layer: int | None) -> int:
    """What is spent in a bar, or in one colour of it, in pico-dollars."""
    series = trend.series if layer is None else (trend.series[layer],)
    return sum(
        value
        for _, values in series
        for start, value in zip(trend.starts_us, values, strict=True)
        if span.contains(start)
    )


def calls_of(trend: Trend, layer: int) -> str:
    """The filter for one colour; all others are all but those that have one."""
    label = trend.series[layer][0]
    if label is not None:
        return labelled(trend.by, label)
    rest = (name for name, _ in trend.series if name is not None)
    return labelled(trend.by, *rest, is_excluded=True)


def _named(label: str | None) -> str:
    return display.ALL_OTHERS if label is None else display.label(label) or "(unknown)"


def colour_of(trend: Trend, index: int, ink: Palette) -> str:
    """The colour of a series; all others have the quiet one."""
    if trend.series[index][0] is None:
        return ink.series[-1]
    return ink.series[index % (len(ink.series) - 1)]


def colours(trend: Trend, ink: Palette) -> dict[str, str]:
    """The colour of every label that has its own in the chart."""
    return {label: colour_of(trend, i, ink) for i, label in _own(trend)}


def signs(trend: Trend, *, is_plain: bool) -> dict[str, str]:
    """What stands beside every label that has its own in the chart."""
    return {label: sign_of(i, is_plain=is_plain) for i, label in _own(trend)}


def _own(trend: Trend) -> list[tuple[int, str]]:
    return [(i, label) for i, (label, _) in enumerate(trend.series) if label is not None]


def legend(trend: Trend, width: int, ink: Palette, *, is_plain: bool = False) -> Text:
    """As many labels with their signs as fit, behind what draws nothing, which is not $0."""
    named = [
        Text.assemble(
            (f"{sign_of(index, is_plain=is_plain)} ", colour_of(trend, index, ink)),
            (_named(label), ink.muted),
        )
        for index, (label, _) in enumerate(trend.series)
        if label not in trend.unpriced
    ]
    heads = _unpriced(trend.unpriced, trend.unpriced_others, ink) or [Text("")]
    for head, most in product(heads, range(len(named), -1, -1)):
        more = Text(f"+{len(named) - most}" if most < len(named) else "", style=ink.muted)
        made = _apart([head, *named[:most], more])
        if made.cell_len <= width and (most or not named):
            return made
    made = _apart([heads[-1], *named[:1]])
    made.truncate(width, overflow="ellipsis")
    return made


def sign_of(index: int, *, is_plain: bool) -> str:
    """What stands beside a label: its pattern in the chart, where colours do not tell."""
    return PATTERNS[index % len(PATTERNS)] if is_plain else "■"


def _unpriced(labels: Sequence[str], others: int, ink: Palette) -> list[Text]:
    """One of them by its name, and how many there are; in short, only that."""
    number = len(labels) + others
    if not number:
        return []
    brief = f"□ {display.count(number)} unpriced"
    if not labels:
        return [Text(brief, style=ink.watch)]
    more = f" +{display.count(number - 1)}" if number > 1 else ""
    told = (f"□ {_named(labels[0])}{more} unpriced", brief)
    return [Text(text, style=ink.watch) for text in told]


def _apart(texts: Sequence[Text]) -> Text:
    made = Text("  ", end="").join([text for text in texts if text])
    made.no_wrap = True
    return made


def tick_money(dollars: float) -> str:
    """A round amount beside the axis, in seven cells."""
    if dollars >= 10_000:
        text = f"${display.short_count(round(dollars))}"
    elif dollars >= 10 or dollars == 0:
        text = f"${dollars:,.0f}"
    else:
        text = display.money(pusd(f"{dollars:.9f}")).rstrip("0").rstrip(".")
        # tens of cents are cents, too
        text += "0" if text[-2:-1] == "." else ""
    return f"{text:>{MARGIN - 1}} "
