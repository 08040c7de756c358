"""What moving to another model changes, model by model and in all."""

from rich.text import Text
from textual.geometry import Size

from profiler import display
from profiler.analysis.compared import ModelsPart, Moved
from profiler.analysis.results import Snapshot
from profiler.report.whatif import notes_of
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


class MovedPanel(Panel):
    """The filtered history, repriced."""

    def watch_view(self, view: View) -> None:
        """Say whose rates they are."""
        part = view.snapshot.part if view.snapshot else None
        if isinstance(part, ModelsPart) and part.whatif:
            self.border_title = f"What if: all on {display.plain(part.whatif.target)}"
            self.border_subtitle = "Esc back to the chart"

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """A row per model, the total, and what is not in it."""
        part = snapshot.part
        if not isinstance(part, ModelsPart) or part.whatif is None:
            return []
        whatif = part.whatif
        notes = [Text(note, style=ink.muted) for note in notes_of(whatif)]
        for note in notes:
            note.truncate(size.width, overflow="ellipsis")
        widths = fit(COLUMNS, size.width)
        room = max(0, size.height - len(notes) - 2)
        rows = [line(COLUMNS, widths, _cells(row, ink)) for row in whatif.rows[:room]]
        if room and len(whatif.rows) > room:
            hidden = len(whatif.rows) - room + 1
            rows[-1] = Text(f"… and {hidden} more models", style=ink.muted)
        total = line(COLUMNS, widths, _cells(whatif.total, ink, is_total=True))
        return [titles(COLUMNS, widths, ink.muted), total, *rows, *notes]


def _cells(row: Moved, ink: Palette, *, is_total: bool = False) -> list[Cell]:
    weight = "bold " if is_total else ""
    name = "Together" if is_total else display.model_name(row.model)
    low, high = row.low_difference_pusd, row.high_difference_pusd
    sign = "=" if low == high == 0 else "▼" if high <= 0 else "▲" if low >= 0 else "◆"
    colour = {"▼": ink.ok, "▲": ink.high, "◆": ink.watch}.get(sign, ink.muted)
    return [
        Text(name, style=f"{weight}{ink.ink}"),
        Text(display.count(row.calls), style=ink.muted),
        Text(display.money(row.spend_pusd), style=f"{weight}{ink.ink}"),
        Text(display.between(row.low_pusd, row.high_pusd), style=f"{weight}{ink.ink}"),
        Text(f"{sign} {display.between(low, high, is_signed=True)}", style=f"{weight}{colour}"),
        Text(_change(row), style=colour),
    ]


def _change(row: Moved) -> str:
    if not row.spend_pusd or row.low_pusd != row.high_pusd:
        return ""
    return f"{row.low_difference_pusd / row.spend_pusd * 100:+.0f}%"
