"""What moving to another model changes, model by model and in all; or to each, cheapest first."""

from collections.abc import Sequence

from rich.text import Text
from textual.geometry import Size

from profiler import display
from profiler.analysis.compared import ModelsPart, Moved, WhatIf
from profiler.analysis.results import Snapshot
from profiler.report.whatif import IN_USE, change, notes_of, notes_of_ranked
from profiler.tui.keymap import keys_of
from profiler.tui.theme import Palette
from profiler.tui.view import View
from profiler.tui.widgets.columns import Cell, Column, fit, line, titles
from profiler.tui.widgets.panel import Panel

COLUMNS = (
    Column("Moved from", 19, grow=2, most=44),
    Column("Calls", 8, "right", rank=3),
    Column("Cost", 11, "right", rank=2),
    Column("Would cost", 11, "right", grow=1, most=26, rank=1),
    Column("Difference", 11, "right", grow=1, most=28),
    Column("", 7, "right", rank=4),
)
CHANGE = Column("", 7, "right", grow=1, most=16, rank=4)
TOGETHER = "Together"
RANKED = (Column("Model", 22, grow=2, most=44), *COLUMNS[1:-1], CHANGE, Column("", 6, rank=5))


class MovedPanel(Panel):
    """The filtered history, repriced."""

    def watch_view(self, view: View) -> None:
        """Say whose rates they are."""
        part = view.snapshot.part if view.snapshot else None
        if not isinstance(part, ModelsPart):
            return
        if part.whatif:
            self.border_title = f"What if: all on {display.plain(part.whatif.target)}"
        elif part.ranked:
            self.border_title = "What if: the same calls on each model, the cheapest first"
        keys = keys_of(self)
        another, back = keys.of_id("whatif"), keys.of_id("leave_whatif")
        self.border_subtitle = f"{another} any other · {back} back to the chart"

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """A row per model, the total, and what is not in it."""
        part = snapshot.part
        if not isinstance(part, ModelsPart):
            return []
        if part.whatif is None:
            return _ranked(part.ranked, size, ink) if part.ranked else []
        whatif = part.whatif
        notes = _muted(notes_of(whatif), size, ink)
        widths = fit(COLUMNS, size.width)
        rows = [line(COLUMNS, widths, _cells(row, ink)) for row in whatif.rows]
        total = line(COLUMNS, widths, _cells(whatif.total, ink, name=TOGETHER))
        shown = _fitting(rows, size.height - len(notes) - 2, ink)
        return [titles(COLUMNS, widths, ink.muted), total, *shown, *notes]


def _ranked(ranked: Sequence[WhatIf], size: Size, ink: Palette) -> list[Text]:
    """A row per model to move to, then what the figures rest on as far as there is room."""
    widths = fit(RANKED, size.width)
    rows = [
        line(RANKED, widths, [*_cells(one.total, ink, name=one.target), _use(one, ink)])
        for one in ranked
    ]
    shown = _fitting(rows, size.height - 1, ink)
    notes = _muted(notes_of_ranked(ranked), size, ink)[: size.height - 1 - len(shown)]
    return [titles(RANKED, widths, ink.muted), *shown, *notes]


def _use(one: WhatIf, ink: Palette) -> Text:
    return Text(IN_USE if one.is_used else "", style=ink.muted)


def _muted(notes: Sequence[str], size: Size, ink: Palette) -> list[Text]:
    texts = [Text(note, style=ink.muted) for note in notes]
    for text in texts:
        text.truncate(size.width, overflow="ellipsis")
    return texts


def _fitting(rows: list[Text], room: int, ink: Palette) -> list[Text]:
    """As many of the rows as there is room for, the last saying how many there are not."""
    if len(rows) <= max(0, room):
        return rows
    more = Text(f"… and {len(rows) - room + 1} more models", style=ink.muted)
    return [*rows[: room - 1], more] if room > 0 else []


def _cells(row: Moved, ink: Palette, *, name: str = "") -> list[Cell]:
    """A row in cells, under its model's name if no other is given."""
    weight = "bold " if name == TOGETHER else ""
    name = display.plain(name) or display.model_name(row.model)
    low, high = row.low_difference_pusd, row.high_difference_pusd
    sign = "=" if low == high == 0 else "▼" if high <= 0 else "▲" if low >= 0 else "◆"
    colour = {"▼": ink.ok, "▲": ink.high, "◆": ink.watch}.get(sign, ink.muted)
    return [
        Text(name, style=f"{weight}{ink.ink}"),
        Text(display.count(row.calls), style=ink.muted),
        Text(display.money(row.spend_pusd), style=f"{weight}{ink.ink}"),
        Text(display.between(row.low_pusd, row.high_pusd), style=f"{weight}{ink.ink}"),
        Text(f"{sign} {display.between(low, high, is_signed=True)}", style=f"{weight}{colour}"),
        lambda width: Text(_short(change(row), width), style=colour),
    ]


def _short(text: str, width: int) -> str:
    """`text` where there is room for it: half a number misleads."""
    return text if len(text) <= width else ""
