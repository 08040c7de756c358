"""What moving to another model changes, model by model and in all; or to each, cheapest first."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from profiler import display
from profiler.analysis.results.compared import ModelsPart, Moved, WhatIf
from profiler.report.whatif import IN_USE, change, notes_of, notes_of_ranked
from profiler.tui.actions.keymap import keys_of
from profiler.tui.asking.opened import joined, labelled
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import CallsWanted
from profiler.tui.widgets.amounts import points_in_line
from profiler.tui.widgets.columns import Cell, Column, fitted
from profiler.tui.widgets.gauge import bar
from profiler.tui.widgets.grid import TITLE_ROWS, Grid
from profiler.tui.widgets.panel import palette_of

COLUMNS = (
    Column("Moved from", 30, grow=2, most=60),
    Column("Calls", 8, "right", rank=3),
    Column("Cost", 11, "right", rank=2),
    Column("Would cost", 11, "right", rank=1),
    Column("Difference", 11, "right"),
    Column("Change", 7, "right", rank=4),
    Column("", 8, grow=1, rank=7, most=60),
)
USE = Column("Now", 6, rank=6)
RANKED = (replace(COLUMNS[0], title="Model"), *COLUMNS[1:-1], USE, COLUMNS[-1])
SAME = (RANKED[0], *RANKED[3:])
"""Where all are the same calls, those and their cost are told once."""
TOGETHER, AS_IT_IS = "Together", "as it is"


class MovedPanel(Vertical):
    """The filtered history, repriced: a row opens what it is about."""

    DEFAULT_CSS = """
    MovedPanel {
        & Grid { height: 1fr; }
        & Static { height: auto; padding: 0 2; }
    }
    """

    class Chosen(Message):
        """The user wants to see what moving to this model changes."""

        def __init__(self, target: str) -> None:
            super().__init__()
            self.target = target

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id, classes="frame")
        self._part = ModelsPart()
        self._listed: Hashable = None
        self._opens: Sequence[Callable[[], Message] | None] = ()
        """What each row leads to; made when it is wanted, as a message knows who made it."""

    def compose(self) -> ComposeResult:
        """The rows, and below them what they rest on and leave out."""
        yield Grid(RANKED, id="moved-rows")
        yield Static(markup=False)

    def draw(self, part: ModelsPart, listed: Hashable) -> None:
        """Show what is repriced now; `listed` tells which calls."""
        before, target = self._part.whatif, part.whatif and part.whatif.target
        is_other = (listed, target) != (self._listed, before and before.target)
        if is_other and part.whatif != before:
            self.query_one(Grid).cursor = 0
        self._part, self._listed = part, listed
        keys = keys_of(self)
        another, back = keys.of_id("whatif"), keys.of_id("leave_whatif")
        if part.whatif is not None:
            self.border_title = f"What if: all on {_escaped(part.whatif.target)}"
            self.border_subtitle = f"Enter its calls · {another} any other · {back} all models"
            self._draw_one(part.whatif)
        elif part.ranked:
            self.border_title = _title(part.ranked)
            self.border_subtitle = f"Enter by model · {another} any other · {back} the chart"
            self._draw_ranked(part.ranked)

    def on_resize(self) -> None:
        """What the figures rest on gives way to them."""
        self.draw(self._part, self._listed)

    def _draw_one(self, whatif: WhatIf) -> None:
        ink = palette_of(self)
        most = max((row.high_pusd for row in whatif.rows), default=0)
        cells = [_cells(row, ink, most) for row in whatif.rows]
        total = _cells(whatif.total, ink, whatif.total.high_pusd, name=TOGETHER)
        queries = [_calls_of(whatif.rows), *(_calls_of([row]) for row in whatif.rows)]
        self._opens = [partial(CallsWanted, query) for query in queries]
        names = [TOGETHER, *((row.provider, row.model) for row in whatif.rows)]
        self._show(COLUMNS, [total, *cells], names, notes_of(whatif))

    def _draw_ranked(self, ranked: Sequence[WhatIf]) -> None:
        ink = palette_of(self)
        most = max(one.total.high_pusd for one in ranked)
        rows: list[list[Cell]] = []
        opens: list[Callable[[], Message] | None] = []
        names = [one.target for one in ranked]
        for one in ranked:
            *cells, drawn = _cells(one.total, ink, most, name=one.target)
            rows.append([*cells, Text(IN_USE if one.is_used else "", style=ink.muted), drawn])
            opens.append(partial(self.Chosen, one.target))
        if is_same := _are_same(ranked):
            now = ranked[0].total
            at = sum(one.total.high_pusd <= now.spend_pusd for one in ranked)
            rows = [[row[0], *row[3:]] for row in rows]
            rows.insert(at, _now_cells(now, most, ink))
            opens.insert(at, None)
            names.insert(at, AS_IT_IS)
        self._opens = opens
        self._show(SAME if is_same else RANKED, rows, names, notes_of_ranked(ranked))

    def _show(
        self,
        columns: Sequence[Column],
        rows: list[list[Cell]],
        names: Sequence[Hashable],
        notes: Sequence[str],
    ) -> None:
        grid, below = self.query_one(Grid), self.query_one(Static)
        rows = points_in_line(columns, rows, {"Cost", "Would cost", "Difference"})
        grid.columns = fitted(columns, rows)
        whatif = self._part.whatif
        grid.show(rows, names, (self._listed, whatif and whatif.target))
        grid.styles.max_height = len(rows) + TITLE_ROWS
        # of many rows some are seen, and of the notes as many as leave the rows their room
        room = self.content_size.height - TITLE_ROWS - len(rows)
        ink = palette_of(self)
        below.update(Text("\n".join(notes), style=ink.muted))
        below.styles.max_height = max(room, len(notes) if whatif else 0)
        below.display = room > 0 or whatif is not None

    @on(Grid.Opened)
    def _clicked(self, message: Grid.Opened) -> None:
        message.stop()
        self.open()

    def open(self) -> None:
        """Lead to what the row is about."""
        row = self.query_one(Grid).cursor
        if row < len(self._opens) and (made := self._opens[row]) is not None:
            self.post_message(made())


def _title(ranked: Sequence[WhatIf]) -> str:
    if not _are_same(ranked):
        return "What if: the same calls on each model, the cheapest first"
    total = ranked[0].total
    these = f"{'this' if total.calls == 1 else 'these'} {display.calls(total.calls)}"
    cost = display.money(total.spend_pusd)
    return f"What if: {these} for {cost} on each model, the cheapest first"


def _are_same(ranked: Sequence[WhatIf]) -> bool:
    """Whether each model would answer the same calls."""
    return len({(one.total.calls, one.total.spend_pusd) for one in ranked}) == 1


def _escaped(name: str) -> str:
    return display.label(name).replace("[", r"\[")


def _calls_of(rows: Sequence[Moved]) -> str:
    """The calls that were moved; of several models, of all in range."""
    if len(rows) != 1:
        return ""
    [row] = rows
    return joined([labelled("provider", row.provider), labelled("model", row.model)])


def _now_cells(now: Moved, most: int, ink: Palette) -> list[Cell]:
    """Where what is paid now stands among the others."""
    return [
        Text(AS_IT_IS, style=f"bold {ink.ink}"),
        Text(display.money(now.spend_pusd), style=f"bold {ink.ink}"),
        Text("=", style=ink.muted),
        Text(""),
        Text(""),
        _bar(now.spend_pusd, most, ink.ink, ink),
    ]


def _cells(row: Moved, ink: Palette, most_pusd: int, *, name: str = "") -> list[Cell]:
    """A row in cells, under its model's name if no other is given."""
    weight = "bold " if name == TOGETHER else ""
    low, high = row.low_difference_pusd, row.high_difference_pusd
    sign = "=" if low == high == 0 else "▼" if high <= 0 else "▲" if low >= 0 else "◆"
    colour = {"▼": ink.ok, "▲": ink.high, "◆": ink.watch}.get(sign, ink.muted)
    return [
        Text(display.label(name) or display.model_name(row.model), style=f"{weight}{ink.ink}"),
        Text(display.count(row.calls), style=ink.muted),
        Text(display.money(row.spend_pusd), style=f"{weight}{ink.ink}"),
        Text(display.between(row.low_pusd, row.high_pusd), style=f"{weight}{ink.ink}"),
        Text(f"{sign} {display.between(low, high, is_signed=True)}", style=f"{weight}{colour}"),
        Text(change(row), style=colour),
        _bar(row.high_pusd, most_pusd, colour, ink),
    ]


def _bar(pusd: int, most_pusd: int, colour: str, ink: Palette) -> Callable[[int], Text]:
    """What it would cost beside what the others would."""
    share = pusd / most_pusd if most_pusd else 0.0
    return lambda width: bar(share, width, colour, ink.track)
