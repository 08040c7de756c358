"""Spend in the periods people ask about first, and how fast it goes now."""

from rich.text import Text
from textual.geometry import Size

from profiler import display
from profiler.analysis.figures import Figures
from profiler.analysis.results.snapshot import OverviewPart, Snapshot
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.totals import Totals
from profiler.domain.usual import periods, usual_hours
from profiler.tui.asking.opened import between
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import placed
from profiler.tui.widgets.panel import FiguresPanel, palette_of
from profiler.tui.widgets.spots import SpotsPanel, opens

SPEND = "Spend, against the same part of the period before"
ROOMY = 100
"""From so many cells on there is room for the calls too, and for another word."""

Block = tuple[Text, Text]


class SpendingPanel(SpotsPanel, FiguresPanel):
    """Today, seven days and this month against as much before, the pace, and the calls in range."""

    def drawn(self, told: Figures, size: Size, ink: Palette) -> list[Text]:
        """Amounts over comparisons, in equal columns."""
        spent, spans = told.spending, periods(told.taken_at_us, self.view.zone)
        blocks = [
            self._block("Today", spent.today, spans.today, spent.yesterday, spans.yesterday),
            self._block("7 days", spent.week, spans.week, spent.week_before, spans.week_before),
            self._block("Month", spent.month, spans.month, spent.month_before, spans.month_before),
            self._pace(told, ink),
        ]
        if size.width >= ROOMY:
            blocks.append(_calls_block(told.totals, ink))
        width = size.width // len(blocks) - 1
        return [Text(" ").join(placed(one[row], width, "left") for one in blocks) for row in (0, 1)]

    def _block(
        self, title: str, now: Totals, span: Span, before: Totals | None, span_before: Span
    ) -> Block:
        """A period's amount, and how it compares where there is something to compare with."""
        ink = palette_of(self)
        first = Text.assemble((f"{title} ", ink.muted), self._led(amount(now, ink), span))
        if before is None or not before.calls:
            return first, _counted(now, ink)
        told = self._led(Text(display.spend(before), style=ink.muted), span_before)
        changed = change(now.spend_pusd, before.spend_pusd, ink)
        is_short = bool(changed) and self.content_size.width < ROOMY
        return first, Text.assemble(changed, ("" if is_short else "from ", ink.muted), told)

    def _pace(self, told: Figures, ink: Palette) -> Block:
        """How fast money goes now, against a usual hour of the week before."""
        part = part_of(told)
        if part is None:
            return Text("Now", style=ink.muted), Text("")
        hour = Span(told.taken_at_us - HOUR_US)
        now = self._led(Text.assemble(amount(part.hour, ink), ("/h", ink.ink)), hour)
        first = Text.assemble(("Now ", ink.muted), now)
        if part.usual_pusd is None:
            return first, Text("no week before", style=ink.muted)
        usual = Text(f"{display.money(part.usual_pusd)}/h", style=ink.muted)
        week = usual_hours(told.taken_at_us)
        word = "usually " if self.content_size.width >= ROOMY else "usual "
        return first, Text.assemble((word, ink.muted), self._led(usual, week))

    def _led(self, figure: Text, span: Span) -> Text:
        shown = self.view.figures.span if self.view.figures else span
        return opens(figure, between(span, shown, self.view.zone))


def part_of(told: Figures) -> OverviewPart | None:
    """What the overview reads for itself, once it is read."""
    part = told.part if isinstance(told, Snapshot) else None
    return part if isinstance(part, OverviewPart) else None


def amount(totals: Totals, ink: Palette) -> Text:
    """A spend that a block is about."""
    made = spend_text(totals, ink)
    made.stylize("bold")
    return made


def spend_text(totals: Totals, ink: Palette) -> Text:
    """A spend; a plus says that unpriced calls come on top, `unpriced` that nothing is known."""
    return Text(display.spend(totals), style=ink.watch if totals.has_no_known_cost else ink.ink)


def change(now_pusd: int, before_pusd: int, ink: Palette) -> Text:
    """How much more or less than before; nothing where there is nothing to compare with."""
    told = display.change(now_pusd, before_pusd)
    colour = {"▲": ink.watch, "▼": ink.ok}.get(told[:1], ink.muted)
    return Text(f"{told} " if told else "", style=colour)


def _counted(totals: Totals, ink: Palette) -> Text:
    return Text(display.calls(totals.calls), style=ink.muted)


def _calls_block(totals: Totals, ink: Palette) -> Block:
    calls = Text(display.count(totals.calls), style=f"bold {ink.ink}")
    tokens = Text(f"{display.short_count(totals.tokens)} tokens", style=ink.muted)
    return Text.assemble(("Calls ", ink.muted), opens(calls, "")), opens(tokens, "")
