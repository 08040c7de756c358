"""Where input tokens came from: read from cache, written to it, or fresh."""

from rich.text import Text
from textual.geometry import Size

from profiler import display
from profiler.analysis.results import CacheRow, Snapshot
from profiler.domain.totals import Totals
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import Cell, Column, fit, line
from profiler.tui.widgets.panel import Panel

COLUMNS = (
    Column("Model", 14, grow=1, most=34),
    Column("", 16, grow=4),
    Column("Input", 6, "right"),
)


class OriginPanel(Panel):
    """A bar per model, split by where its input came from."""

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """What the parts mean, then the bars."""
        widths = fit(COLUMNS, size.width)
        rows = [row for row in snapshot.cache if row.totals.total_input]
        rows.sort(key=lambda row: -row.totals.total_input)
        bars = [line(COLUMNS, widths, _cells(row, ink)) for row in rows]
        if 2 * len(bars) + 1 > size.height:
            return [_legend(ink), *bars]
        return [_legend(ink), *(one for drawn in bars for one in (Text(""), drawn))]


def _legend(ink: Palette) -> Text:
    return Text.assemble(
        ("━ ", ink.series[1]), ("read from cache   ", ink.muted),
        ("╍ ", ink.series[3]), ("written to cache   ", ink.muted),
        ("─ ", ink.muted), ("fresh", ink.muted),
    )  # fmt: skip


def _cells(row: CacheRow, ink: Palette) -> list[Cell]:
    return [
        Text(display.plain(row.name), style=ink.ink),
        lambda width: split_bar(row.totals, width, ink),
        Text(display.short_count(row.totals.total_input), style=ink.muted),
    ]


def split_bar(totals: Totals, width: int, ink: Palette) -> Text:
    """The three parts of the input, side by side; the parts fill the width exactly."""
    read = round(totals.cache_read_tokens / totals.total_input * width)
    until = totals.cache_read_tokens + totals.cache_write_tokens
    written = round(until / totals.total_input * width) - read
    return Text.assemble(
        ("━" * read, ink.series[1]),
        ("╍" * written, ink.series[3]),
        ("─" * (width - read - written), ink.track),
    )
