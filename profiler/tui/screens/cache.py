"""Cache: what caching saved, and what its misses cost."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget

from profiler import display
from profiler.analysis.results import CacheRow, Snapshot
from profiler.tui.screens.face import Face
from profiler.tui.theme import Palette
from profiler.tui.view import View
from profiler.tui.widgets.columns import Cell, Column, placed
from profiler.tui.widgets.gauge import bar
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.origin import OriginPanel
from profiler.tui.widgets.panel import Panel, palette_of

CACHE_COLUMNS = (
    Column("Model", 16, grow=3, most=48),
    Column("Hit rate", 8, "right"),
    Column("", 8, grow=1, rank=6, most=30),
    Column("Read", 7, "right", rank=4),
    Column("Written", 7, "right", rank=5),
    Column("Saved", 10, "right", rank=1),
    Column("Premium", 10, "right", rank=3),
    Column("Net", 10, "right"),
    Column("Missed", 10, "right", rank=2),
)


FRAME_ROWS = 3
"""The frame's edges and the titles."""


class CacheScreen(Face):
    """Five figures, then a row per model."""

    NAME = "cache"
    CSS_PATH: ClassVar[str] = "cache.tcss"

    def parts(self) -> Iterable[Widget]:
        """Figures above, table below, and what the words mean."""
        yield CachePanel("Prompt cache", id="figures").data_bind(Face.view)
        with Vertical(id="table", classes="frame") as frame:
            frame.border_title = "By model"
            yield Grid(CACHE_COLUMNS)
        yield OriginPanel("Where input came from", id="origin").data_bind(Face.view)
        yield MeaningLine(id="meaning").data_bind(Face.view)

    def watch_view(self, view: View) -> None:
        """Draw the rows of another snapshot."""
        super().watch_view(view)
        if self.is_mounted and view.snapshot is not None:
            ink = palette_of(self)
            rows = view.snapshot.cache
            self.query_one(Grid).show([cache_cells(row, ink) for row in rows])
            # no taller than its rows: the bars below take what is left
            table = self.query_one("#table")
            table.styles.max_height = len(rows) + FRAME_ROWS
            table.border_subtitle = display.basis(view.snapshot.totals)


def cache_cells(row: CacheRow, ink: Palette) -> list[Cell]:
    """One model's row."""
    totals = row.totals
    if totals.has_no_known_cost:
        # tokens are known, their worth is not
        unknown = Text(display.UNKNOWN, style=ink.muted)
        worth = [unknown, unknown, unknown, unknown]
    else:
        worth = [
            Text(display.money(totals.cache_saved_pusd), style=ink.ink),
            Text(display.money(totals.cache_premium_pusd), style=ink.muted),
            net_text(totals.cache_net_pusd, ink),
            Text(display.money(totals.cache_missed_pusd), style=ink.muted),
        ]
    return [
        lambda width: Text(display.model_name(row.name, width), style=ink.ink),
        Text(display.percent(totals.hit_rate), style=ink.ink),
        _rate_bar(totals.hit_rate or 0.0, ink),
        Text(display.short_count(totals.cache_read_tokens), style=ink.muted),
        Text(display.short_count(totals.cache_write_tokens), style=ink.muted),
        *worth,
    ]


def _rate_bar(share: float, ink: Palette) -> Callable[[int], Text]:
    return lambda width: bar(share, width, ink.series[1], ink.track)


def net_text(pusd: int, ink: Palette) -> Text:
    """Saved less premium: green with a plus where it paid, red where it did not."""
    if pusd == 0:
        return Text(display.money(0), style=ink.muted)
    return Text(
        f"{'+' if pusd > 0 else ''}{display.money(pusd)}", style=ink.ok if pusd > 0 else ink.high
    )


class CachePanel(Panel):
    """Hit rate, saved, premium, net, missed."""

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """Names over figures, in equal columns."""
        totals = snapshot.totals
        figures = (
            ("Hit rate", Text(display.percent(totals.hit_rate), style=f"bold {ink.ink}")),
            (
                "Saved by hits",
                Text(display.money(totals.cache_saved_pusd), style=f"bold {ink.ink}"),
            ),
            (
                "Write premium",
                Text(display.money(totals.cache_premium_pusd), style=f"bold {ink.ink}"),
            ),
            ("Net", net_text(totals.cache_net_pusd, ink)),
            (
                "Cost of misses",
                Text(display.money(totals.cache_missed_pusd), style=f"bold {ink.ink}"),
            ),
        )
        width = size.width // len(figures)
        names = [placed(Text(name, style=ink.muted), width, "left") for name, _ in figures]
        return [
            Text.assemble(*names),
            Text.assemble(*(placed(figure, width, "left") for _, figure in figures)),
        ]


class MeaningLine(Panel):
    """What a miss is taken to cost."""

    DEFAULT_CSS = """
    MeaningLine { border: none; background: $background; height: 1; padding: 0 2; }
    """

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """One line."""
        del snapshot
        text = "Missed: what fresh input cost beyond the rate for cached input"
        drawn = Text(text, style=ink.muted)
        drawn.truncate(size.width, overflow="ellipsis")
        return [drawn]
