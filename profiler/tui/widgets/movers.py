"""Top movers: whose spend changed most against the stretch before, and why."""

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.text import Text
from textual.geometry import Size

from profiler import display
from profiler.analysis.results.snapshot import OverviewPart, Snapshot
from profiler.domain.usual import before
from profiler.tui.asking.opened import between, joined, labelled
from profiler.tui.looks.theme import Palette
from profiler.tui.view import View
from profiler.tui.widgets.amounts import lined_up
from profiler.tui.widgets.columns import Column
from profiler.tui.widgets.rows import table
from profiler.tui.widgets.spots import SpotsPanel, opens

if TYPE_CHECKING:
    # its module reads the store, whose tables import SQLAlchemy
    from profiler.analysis.changes import Change

CELLS = 10
"""Of an amount, as long as that is enough."""
COLUMNS = (
    Column("Model", 15, grow=3, most=40),
    Column("Change", CELLS, "right"),
    Column("Why", 16, rank=1),
    Column("Now", CELLS, "right"),
    Column("Before", CELLS, "right"),
)
ROOMY = 60
"""From so many cells on both amounts stand beside the change."""


class MoversPanel(SpotsPanel):
    """A line per model or feature, the largest change first."""

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """What changed; a word where there is nothing to compare with."""
        if not (found := movers(snapshot)):
            return [Text("No calls before to compare with.", style=ink.muted)]
        names, reasons, *amounts = zip(
            *(self._cells(one, ink) for one in found[: size.height]), strict=True
        )
        change, now, then = (lined_up(column, CELLS) for column in amounts)
        name = replace(COLUMNS[0], title=grouping(snapshot).capitalize())
        told, columns = [names, change, reasons], [name, *COLUMNS[1:3]]
        if size.width >= ROOMY:
            told[1:1], columns[1:1] = [now, then], COLUMNS[3:]
        return table(columns, [*zip(*told, strict=True)], size, ink)

    def _cells(self, one: "Change", ink: Palette) -> list[Text]:
        now, then = queries(one, self.view)
        return [
            Text(display.model_name(one.labels[0], COLUMNS[0].most), style=ink.ink),
            Text(why(one), style=ink.muted),
            led_to(one, self.view, ink),
            opens(Text(display.spend(one.now), style=ink.ink), now),
            opens(Text(display.spend(one.before), style=ink.muted), then),
        ]


def movers(snapshot: Snapshot) -> "tuple[Change, ...]":
    """Those that are read."""
    return snapshot.part.movers if isinstance(snapshot.part, OverviewPart) else ()


def grouping(snapshot: Snapshot | None) -> str:
    """What they are grouped by, which may no longer be what the screen asks for."""
    part = snapshot.part if snapshot else None
    return part.trend.by if isinstance(part, OverviewPart) else "model"


def queries(one: "Change", view: View) -> tuple[str, str]:
    """The filters for a row's calls now, and for those before."""
    theirs = labelled(grouping(view.snapshot), one.labels[0])
    if view.snapshot is None:
        return theirs, theirs
    shown = view.snapshot.span
    then = before(shown, view.snapshot.taken_at_us, view.zone)
    return theirs, joined([theirs, between(then, shown, view.zone)]) if then else theirs


def led_to(one: "Change", view: View, ink: Palette) -> Text:
    """The change, which leads to what is called now, or was before where nothing is."""
    now, then = queries(one, view)
    colour = ink.watch if one.pusd > 0 else ink.ok
    told = Text(display.difference(one.pusd, is_short=True), style=colour)
    return opens(told, now if one.now.calls else then)


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
