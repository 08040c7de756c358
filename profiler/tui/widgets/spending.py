"""Spend in the periods people ask about first, and how much of a total is known how."""

from rich.text import Text
from textual.geometry import Size

from profiler import display
from profiler.analysis.figures import Figures
from profiler.domain.totals import Totals
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import placed
from profiler.tui.widgets.panel import FiguresPanel


class SpendingPanel(FiguresPanel):
    """Today, seven days and this month against the periods before, and the calls in range."""

    def drawn(self, told: Figures, size: Size, ink: Palette) -> list[Text]:
        """Amounts over comparisons, in equal columns."""
        spending = told.spending
        blocks = [
            block("Today", spending.today, "yesterday", spending.yesterday, ink),
            block("7 days", spending.week, "7 before", spending.week_before, ink),
            block("Month", spending.month, "last", spending.month_before, ink),
        ]
        if size.width >= 100:
            blocks.append(_calls_block(told.totals, ink))
        width = size.width // len(blocks) - 1
        return [Text(" ").join(placed(one[row], width, "left") for one in blocks) for row in (0, 1)]


def block(
    title: str, now: Totals, before_title: str, before: Totals | None, ink: Palette
) -> tuple[Text, Text]:
    """A period's amount, and how it compares."""
    first = Text.assemble((f"{title} ", ink.muted), amount(now, ink))
    if before is None:
        return first, _counted(now, ink)
    return first, Text.assemble(
        change(now.spend_pusd, before.spend_pusd, ink),
        (f"{before_title} {display.spend(before)}", ink.muted),
    )


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
    return Text(f"{told} " if told else "", style=ink.watch if now_pusd > before_pusd else ink.ok)


def _counted(totals: Totals, ink: Palette) -> Text:
    word = "call" if totals.calls == 1 else "calls"
    return Text(f"{display.count(totals.calls)} {word}", style=ink.muted)


def _calls_block(totals: Totals, ink: Palette) -> tuple[Text, Text]:
    return (
        Text.assemble(("Calls ", ink.muted), (display.count(totals.calls), f"bold {ink.ink}")),
        Text(
            f"{display.short_count(totals.tokens)} tokens · "
            f"{display.percent(totals.errors / totals.calls if totals.calls else None)} errors",
            style=ink.muted,
        ),
    )


class FreshnessLine(FiguresPanel):
    """How much of the total is known how, and how far the log is read."""

    DEFAULT_CSS = """
    FreshnessLine { border: none; background: $background; height: 1; padding: 0 2; }
    """

    def drawn(self, told: Figures, size: Size, ink: Palette) -> list[Text]:
        """One line; what matters least is left out first."""
        made = Text(no_wrap=True, end="")
        for part in knowledge(told, ink):
            if made and made.cell_len + part.cell_len + 3 > size.width:
                break
            if made:
                made.append(" · ", ink.edge)
            made.append_text(part)
        return [made]


def basis_text(name: str, text: str, ink: Palette) -> Text:
    """One part of what a sum rests on: what was measured is at rest, all else stands out."""
    if name == "measured":
        return Text(f"✓ {text}", style=ink.ok)
    return Text(f"~{text}" if name == "estimated" else text, style=ink.watch)


def knowledge(told: Figures, ink: Palette) -> list[Text]:
    """What the total rests on, part by part, the most important first."""
    totals, freshness = told.totals, told.freshness
    parts = [basis_text(name, text, ink) for name, text in display.basis_parts(totals)]
    if freshness.lost_calls:
        word = "call" if freshness.lost_calls == 1 else "calls"
        lost = f"{display.count(freshness.lost_calls)} {word} not logged"
        parts.append(Text(lost, style=ink.high))
    if freshness.swallowed_faults:
        word = "fault of ours was" if freshness.swallowed_faults == 1 else "faults of ours were"
        words = f"{display.count(freshness.swallowed_faults)} {word} swallowed, see doctor"
        parts.append(Text(words, style=ink.high))
    if freshness.rejections:
        word = "line" if freshness.rejections == 1 else "lines"
        parts.append(Text(f"{display.count(freshness.rejections)} bad {word}", style=ink.high))
    parts.append(_counted(totals, ink))
    if freshness.pending_bytes > 1_000_000:
        waiting = display.short_count(freshness.pending_bytes)
        parts.append(Text(f"{waiting}B unread", style=ink.watch))
    return parts
