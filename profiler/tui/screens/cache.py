"""Cache: what caching saved, what it cost, and where it fails."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from profiler import display
from profiler.analysis.results.caching import Cached, CachePart, PromptPlace, Prompts
from profiler.analysis.results.snapshot import Part, Snapshot
from profiler.tui.actions import keys
from profiler.tui.asking.opened import joined, labelled
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import CallsWanted
from profiler.tui.screens.face import Face
from profiler.tui.view import View
from profiler.tui.widgets.amounts import points_in_line
from profiler.tui.widgets.cached import (
    PROMPT_COLUMNS,
    cache_columns,
    cache_rows,
    inputs_line,
    net_text,
    place_cells,
    standing_text,
)
from profiler.tui.widgets.cell_grid import CellGrid
from profiler.tui.widgets.columns import GAP, fitted, placed
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.hit_rates import HitRatesPanel
from profiler.tui.widgets.inputs import InputsPanel
from profiler.tui.widgets.model_rows import BYS, title_of
from profiler.tui.widgets.panel import palette_of, reading
from profiler.tui.widgets.spots import SpotsPanel, opens

AMOUNTS = frozenset({"Saved", "Premium", "Net", "Missed", "At most", "Wasted"})
FRAME_ROWS = 3
"""The frame's edges and the titles."""
MEANINGS = {
    "rows": "Missed: what fresh input cost beyond its cached rate. "
    "Break-even: how often a written token is read, and how often it must be to pay.",
    "prompts": "Break: a prompt that no longer began as those before; at most what its input cost "
    "beyond the cached rate. Unread: a write no later call read.",
}
"""The words of the tables, a line each."""
BREAKING, UNREAD = ("Breaks", "At most"), ("Unread", "Tokens", "Wasted")
"""Titles of the columns that are about some of a place's calls."""


class CacheScreen(Face):
    """Figures, charts, a row per model, and the prompts that break."""

    NAME = "cache"
    CSS_PATH: ClassVar[str] = "cache.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("cache")
    BYS: ClassVar[tuple[str, ...]] = BYS
    PART: ClassVar[type[Part] | None] = CachePart
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-short"), (32, "-tall")]  # noqa: RUF012  as Textual declares it

    def parts(self) -> Iterable[Widget]:
        """From the whole to the single prompt."""
        yield CachePanel("Prompt cache", id="figures").data_bind(Face.view)
        with Horizontal(id="over_time"):
            yield InputsPanel(id="inputs")
            yield HitRatesPanel(id="hit_rates")
        with Vertical(id="table", classes="frame"):
            yield Grid(cache_columns(BYS[0]), id="rows")
        with Vertical(id="places", classes="frame"):
            yield CellGrid(PROMPT_COLUMNS, id="prompts")
        yield Static(id="meaning", markup=False)

    def on_mount(self) -> None:
        """Keys go to the rows."""
        super().on_mount()
        self.query_one("#rows").focus()

    @property
    def part(self) -> CachePart | None:
        """What there is to draw."""
        snapshot = self.view.snapshot
        return snapshot.part if snapshot and isinstance(snapshot.part, CachePart) else None

    def watch_view(self, view: View) -> None:
        """Draw another snapshot."""
        super().watch_view(view)
        if not self.is_mounted or (part := self.part) is None:
            return
        ink = palette_of(self)
        self.query_one(InputsPanel).draw(part.trend, view)
        self.query_one(HitRatesPanel).draw(part.trend, view)
        rows = self.query_one("#rows", Grid)
        columns = cache_columns(part.by)
        cells = points_in_line(columns, cache_rows(part.rows, ink), AMOUNTS)
        rows.columns = fitted(columns, cells)
        rows.show(cells, [row.labels for row in part.rows], self.listed)
        # no taller than its rows: what stands around it takes what is left
        table = self.query_one("#table")
        table.styles.height = max(2, len(part.rows)) + FRAME_ROWS
        table.border_title = f"By {title_of(part.by).lower()}, most saved first"
        more = f"{display.count(part.left_out)} more not shown · " if part.left_out else ""
        wanted = reading(part.by, self.by or BYS[0])
        table.border_subtitle = more + display.basis(part.whole.totals) + wanted
        self._draw_prompts(part.prompts, ink)
        self._explain()

    def _draw_prompts(self, prompts: Prompts, ink: Palette) -> None:
        grid, frame = self.query_one("#prompts", Grid), self.query_one("#places")
        grid.placeholder = nothing_broken(prompts)
        cells = [place_cells(place, ink) for place in prompts.places]
        cells = points_in_line(PROMPT_COLUMNS, cells, AMOUNTS)
        grid.columns = fitted(PROMPT_COLUMNS, cells)
        names = [(one.provider, one.model, one.feature, one.site) for one in prompts.places]
        grid.show(cells, names, self.listed)
        frame.border_title = "Prompts that break, and writes never read"
        frame.border_subtitle = looked_at(prompts)

    @on(events.DescendantFocus)
    def _explain(self) -> None:
        """Say what the words mean of the table in use."""
        grid = self.focused.id if self.focused is not None else None
        words = MEANINGS.get(grid or "rows", MEANINGS["rows"])
        self.query_one("#meaning", Static).update(Text(words, style=palette_of(self).muted))

    def action_open(self) -> None:
        """Show the calls of the highlighted row."""
        if isinstance(self.focused, Grid):
            self._open(self.focused, self.focused.cursor)

    @on(Grid.Opened)
    def _open_clicked(self, message: Grid.Opened) -> None:
        self._open(message.grid, message.row)

    def _open(self, grid: Grid, row: int) -> None:
        part = self.part
        if part is None or row >= grid.row_count:
            return
        if isinstance(grid, CellGrid):
            query = calls_at(part.prompts.places[row], grid.title)
        else:
            labels = part.rows[row].labels
            names = ("provider", "model") if len(labels) > 1 else (part.by,)
            query = joined(map(labelled, names, labels))
        self.post_message(CallsWanted(query))


def calls_at(place: PromptPlace, title: str) -> str:
    """The filter for a place's calls, or for those that a cell of its row is about."""
    ids = place.broken if title in BREAKING else place.never_read if title in UNREAD else ()
    if ids:
        return f"id:{','.join(ids)}"
    names = ("provider", "model", "feature", "site")
    labels = (place.provider, place.model, place.feature, place.site)
    return joined(map(labelled, names, labels))


def looked_at(prompts: Prompts) -> str:
    """How many calls the prompts are of."""
    if not prompts.looked_at:
        return ""
    newest = "" if prompts.is_all else "the newest "
    unknown = f" · {display.count(prompts.unknown)} without hashes" if prompts.unknown else ""
    return f"of {newest}{display.calls(prompts.looked_at)} in range{unknown}"


def nothing_broken(prompts: Prompts) -> str:
    """Why no place is listed."""
    if prompts.looked_at and prompts.unknown == prompts.looked_at:
        return "These calls left no hashes of their prompts: nobody can tell which of them broke."
    return "No prompt broke, and every write was read."


class CachePanel(SpotsPanel):
    """Hit rate, saved, premium, net, break-even, missed."""

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """Names over figures; the trend is seen where there is no chart of it."""
        part = snapshot.part
        if not isinstance(part, CachePart):
            return []
        has_room = size.width >= 90
        figures = figures_of(part.whole, ink, size.width // 6)[: None if has_room else -1]
        widths = _spread([max(len(name), figure.cell_len) for name, figure in figures], size.width)
        names, told = Text(), Text()
        for (name, figure), width in zip(figures, widths, strict=True):
            names.append_text(placed(Text(name, style=ink.muted), width, "left"))
            # every figure is of all calls in range
            told.append_text(placed(opens(figure, ""), width, "left"))
        trend = inputs_line(part.trend, self.view.zone, size.width, ink)
        return [names, told, trend]


def _spread(needed: Sequence[int], width: int) -> list[int]:
    """Columns at least as wide as they need, the spare room shared evenly."""
    spare = max(0, width - sum(needed) - GAP * len(needed))
    return [cells + GAP + spare // len(needed) for cells in needed]


def figures_of(whole: Cached, ink: Palette, width: int) -> list[tuple[str, Text]]:
    """What caching did altogether, in `width` cells each; no known cost is not worth nothing."""
    totals = whole.totals

    def money(pusd: int) -> Text:
        if totals.has_no_known_cost:
            return Text(display.UNPRICED, style=ink.watch)
        return Text(display.at_least(pusd, totals.unpriced_calls), style=f"bold {ink.ink}")

    is_known = not totals.has_no_known_cost
    return [
        ("Hit rate", Text(display.percent(totals.hit_rate), style=f"bold {ink.ink}")),
        ("Saved", money(totals.cache_saved_pusd)),
        ("Write premium", money(totals.cache_premium_pusd)),
        ("Net", net_text(totals.cache_net_pusd, ink) if is_known else money(0)),
        ("Break-even", standing_text(whole, ink, width)),
        ("Missed at most", money(totals.cache_missed_pusd)),
    ]
