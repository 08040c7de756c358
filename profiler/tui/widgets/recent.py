"""The live feed: the newest calls as they come in."""

from functools import partial
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size
from textual.message import Message

from profiler import display
from profiler.analysis.results.snapshot import Snapshot
from profiler.domain.calls import Basis, Call, Outcome
from profiler.domain.periods import to_moment
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import DetailRead, DetailWanted
from profiler.tui.widgets.amounts import lined_up
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.rows import RowsPanel, table

COST_CELLS = 10
"""From the cents of a call to its millionths."""
COLUMNS = (
    Column("", 1),
    Column("Time", 8),
    Column("Model", 17, grow=2, most=30),
    Column("Feature", 8, grow=1, rank=3, most=16),
    Column("User", 8, grow=1, rank=5, most=16),
    Column("Site", 16, grow=4, rank=6, most=60),
    Column("Tokens", 6, "right", rank=4),
    Column("Took", 6, "right", rank=2),
    Column("Cost", COST_CELLS, "right"),
)


class RecentPanel(RowsPanel):
    """The newest calls, wherever the range begins; where it has ended, those within it."""

    HAS_TITLES = True

    def targets(self, snapshot: Snapshot, size: Size) -> list[Message | None]:
        """The call."""
        return [DetailWanted(self, call.id) for call in snapshot.recent[: size.height]]

    def on_detail_read(self, message: DetailRead) -> None:
        """Open the call that was asked for, unless one has gone on since."""
        if self.app.screen is not self.screen or not self.has_focus:
            return
        # the first frame waits for no dialog
        from profiler.tui.screens.call_detail import CallDetailScreen  # noqa: PLC0415

        self.app.push_screen(CallDetailScreen(message.detail, self.view.zone))

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """A line per call."""
        shown = snapshot.recent[: self.room(size)]
        costs = lined_up([cost_text(call, ink) for call in shown], COST_CELLS)
        rows = [
            [*_cells(call, snapshot.taken_at_us, self.view.zone, ink), cost]
            for call, cost in zip(shown, costs, strict=True)
        ]
        return table(COLUMNS, rows, size, ink)


def _cells(call: Call, now_us: int, zone: ZoneInfo, ink: Palette) -> list[Cell]:
    return [
        outcome_sign(call, ink),
        Text(feed_clock(call.started_at_us, now_us, zone), style=ink.muted),
        model_cell(model_of(call), ink),
        Text(display.label(call.feature), style=ink.muted),
        Text(display.label(call.user), style=ink.muted),
        partial(site_cell, display.label(call.site), ink),
        Text(display.short_count(call.usage.total), style=ink.muted),
        Text(display.duration(call.latency_us), style=ink.muted),
    ]


def site_cell(site: str, ink: Palette, width: int) -> Text:
    """A place in the code; where it is cut, its line and its function stay."""
    told = site
    if cell_len(site) > width:
        end = site[-max(1, width - 1) :]
        while cell_len(end) >= width > 1:
            end = end[1:]
        told = f"…{end}"
    return Text(told, style=ink.muted)


def feed_clock(at_us: int, now_us: int, zone: ZoneInfo) -> str:
    """The time of a call in eight cells: of day, or the date where it was another day."""
    moment, now = to_moment(at_us, zone), to_moment(now_us, zone)
    if moment.date() == now.date():
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%d %b" if moment.year == now.year else "%b %Y")


def model_of(call: Call) -> str:
    """The model that answered, or was asked."""
    return call.model or call.requested_model


def model_cell(name: str, ink: Palette) -> Text:
    """A model's name without its snapshot's date: names in a list are compared at a glance."""
    return Text(display.model_name(name, 0), style=ink.ink)


def outcome_sign(call: Call, ink: Palette) -> Text:
    """How the call ended, as one sign."""
    if call.outcome is Outcome.ERROR:
        return Text("✖", style=ink.high)
    if call.outcome is Outcome.ABORTED:
        return Text("◌", style=ink.watch)
    return Text("✓", style=ink.ok)


def cost_text(call: Call, ink: Palette) -> Text:
    """A call's cost; `unpriced` stands out, an estimate has its tilde."""
    if call.cost.pusd is None:
        return Text(display.UNPRICED, style=ink.watch)
    is_estimate = call.cost.basis is Basis.ESTIMATED
    return Text(display.cost(call), style=ink.watch if is_estimate else ink.ink)
