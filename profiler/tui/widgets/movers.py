"""Top movers: whose spend changed most against the stretch before, and why."""

from typing import TYPE_CHECKING

from rich.text import Text
from textual.geometry import Size
from textual.message import Message

from profiler import display
from profiler.analysis.results import OverviewPart, Snapshot
from profiler.tui.messages import CallsWanted
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import Column, fit, line
from profiler.tui.widgets.query import quoted
from profiler.tui.widgets.rows import RowsPanel

if TYPE_CHECKING:
    # its module reads the store, whose tables import SQLAlchemy
    from profiler.analysis.changes import Change

COLUMNS = (
    Column("", 12, grow=3, most=40),
    Column("Change", 10, "right"),
    Column("", 6, "right", rank=2),
    Column("Why", 16, rank=1),
)


class MoversPanel(RowsPanel):
    """A line per model or feature, the largest change first."""

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """What changed; a word where there is nothing to compare with."""
        if not (found := movers(snapshot)):
            return [Text("No calls before to compare with.", style=ink.muted)]
        widths = fit(COLUMNS, size.width)
        return [line(COLUMNS, widths, _cells(one, ink)) for one in found[: size.height]]

    def targets(self, snapshot: Snapshot, size: Size) -> list[Message | None]:
        """Its calls."""
        by = self.view.question.by or "model"
        return [
            CallsWanted(f"{by}:{quoted(one.labels[0])}") for one in movers(snapshot)[: size.height]
        ]


def movers(snapshot: Snapshot) -> "tuple[Change, ...]":
    """Those that are read."""
    return snapshot.part.movers if isinstance(snapshot.part, OverviewPart) else ()


def _cells(one: "Change", ink: Palette) -> list[Text]:
    colour = ink.watch if one.pusd > 0 else ink.ok
    return [
        Text(display.model_name(one.labels[0], COLUMNS[0].most), style=ink.ink),
        Text(f"{'+' if one.pusd > 0 else ''}{display.money(one.pusd)}", style=colour),
        Text(display.change(one.now.spend_pusd, one.before.spend_pusd), style=colour),
        Text(why(one), style=ink.muted),
    ]


def why(one: "Change") -> str:
    """What explains most of the change: how many calls, or what one costs."""
    if not one.before.calls:
        return "new"
    if not one.now.calls:
        return "no longer called"
    of_calls = one.of_calls_pusd
    if of_calls is None:
        return "price unknown"
    if abs(of_calls) >= abs(one.pusd - of_calls):
        return f"calls {display.change(one.now.calls, one.before.calls)}"
    return f"per call {display.change(one.now.mean_pusd or 0, one.before.mean_pusd or 0)}"
