"""What the budgets screen shows of one budget: its past, its overrides, its audit trail."""

from collections.abc import Callable, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from profiler import display
from profiler.budgets.detail import BudgetDetail, Past
from profiler.budgets.told import begins, entry_words, extra_words, variance_words
from profiler.domain.budgets import Level, Measure
from profiler.ledger.audit import PAGE, Entry
from profiler.ledger.overrides import ASKED, GRANTED, Recorded
from profiler.tui.actions.keymap import keys_of
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.past_chart import PastChart

ALL = "all"
PANES = ("standing", "history", "overrides", "audit", ALL)
_TITLES = {ALL: "All that happened"}
NEAR = 20
"""This close to the end of what is read, more is asked for."""

PAST_COLUMNS = (
    Column("Begins", 10),
    Column("Whose", 8, grow=1, rank=3, most=24),
    Column("Actual", 11, "right"),
    Column("Limit", 11, "right", rank=2),
    Column("Variance", 12, "right"),
    Column("", 15, grow=1, rank=1, most=41),
)
OVERRIDE_COLUMNS = (
    Column("No.", 4, "right"),
    Column("State", 8),
    Column("Allows", 18, grow=1, most=40),
    Column("Until", 16, rank=2),
    Column("Who", 15, rank=1, grow=1, most=30),
    Column("Reason", 14, grow=2, rank=3, most=80),
)
TRAIL_COLUMNS = (
    Column("When", 16),
    Column("What", 9),
    Column("Whose", 8, rank=3, grow=1, most=24),
    Column("Who", 8, rank=1, most=20),
    Column("", 20, grow=3, rank=2),
)
ALL_COLUMNS = (TRAIL_COLUMNS[0], Column("Budget", 10, grow=1, most=24), *TRAIL_COLUMNS[1:])
_STATES = {ASKED: "watch", GRANTED: "ok"}


class PaneBar(Widget):
    """The names of the panes in a line; the one in front is bright, a click brings another."""

    DEFAULT_CSS = "PaneBar { height: 1; width: 1fr; padding: 0 1; background: $surface; }"

    current: reactive[str] = reactive(PANES[0])

    class Chosen(Message):
        """The user wants another pane."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def render(self) -> Text:
        """The names, and the key that goes through them."""
        ink = palette_of(self)
        made = Text(no_wrap=True, end="")
        for name in PANES:
            style = f"bold {ink.accent} underline" if name == self.current else ink.muted
            made.append(_title(name), style=style).append("   ")
        return made.append(f"{keys_of(self).of_id('pane')} next", style=ink.edge)

    def on_click(self, event: events.Click) -> None:
        """Find the name under the pointer."""
        start = 1
        for name in PANES:
            if start <= event.x < start + len(_title(name)):
                self.post_message(self.Chosen(name))
            start += len(_title(name)) + 3


def _title(pane: str) -> str:
    return _TITLES.get(pane, pane.capitalize())


class PastPane(Horizontal):
    """Windows, newest first, beside a chart of them where there is room."""

    def compose(self) -> ComposeResult:
        """Chart and table."""
        yield PastChart()
        yield Grid(PAST_COLUMNS, id="past")

    def show(self, found: BudgetDetail) -> None:
        """Draw the past of another budget, or of a later moment."""
        ink, zone = palette_of(self), ZoneInfo(found.budget.zone)
        most = max((abs(one.variance) for one in found.past), default=0)
        grid = self.query_one(Grid)
        grid.placeholder = "Calls stand alone: what was refused is in the audit trail."
        grid.show([_past_cells(one, most, zone, ink) for one in reversed(found.past)])


def _past_cells(one: Past, most: int, zone: ZoneInfo, ink: Palette) -> list[Cell]:
    measure = one.limit.measure
    is_over = one.variance > 0
    level = Level.OVER if is_over else Level.OK
    plus = "+" if one.unpriced_calls and measure is Measure.COST else ""
    return [
        Text(begins(one, zone), style=ink.muted),
        Text(display.plain(one.value), style=ink.ink),
        Text(display.amount(one.actual, measure) + plus, style=ink.ink),
        Text(display.amount(one.limit.amount, measure), style=ink.muted),
        Text(variance_words(one), style=ink.level(level)),
        _variance_bar(one.variance / most if most else 0.0, ink),
    ]


def _variance_bar(share: float, ink: Palette) -> Callable[[int], Text]:
    """Left of the middle what was left, right of it what was too much."""

    def drawn(width: int) -> Text:
        half = max(1, (width - 1) // 2)
        cells = min(half, max(round(abs(share) * half), 1 if share else 0))
        left = "━" * cells if share < 0 else ""
        right = "━" * cells if share > 0 else ""
        return Text.assemble(
            (left.rjust(half), ink.ok), ("│", ink.edge), (right.ljust(half), ink.high), end=""
        )

    return drawn


class OverridesPane(Grid):
    """Requests and overrides, newest first."""

    def __init__(self) -> None:
        super().__init__(OVERRIDE_COLUMNS, id="overrides")
        self.placeholder = "Nothing was allowed beyond this budget; o allows more."
        self._overrides: list[Recorded] = []

    @property
    def current(self) -> Recorded | None:
        """The highlighted one."""
        return self._overrides[self.cursor] if self.cursor < len(self._overrides) else None

    def draw(self, found: BudgetDetail) -> None:
        """Draw those of another budget, or of a later moment; the cursor stays on its own."""
        ink, zone = palette_of(self), ZoneInfo(found.budget.zone)
        current = self.current
        self._overrides = list(reversed(found.overrides))
        places = {one.id: row for row, one in enumerate(self._overrides)}
        self.set_reactive(Grid.cursor, places.get(current.id, 0) if current else 0)
        self.show([_override_cells(one, zone, ink) for one in self._overrides])


def _override_cells(one: Recorded, zone: ZoneInfo, ink: Palette) -> list[Cell]:
    until_us = one.wanted.until_us
    until = "no end" if until_us is None else display.clock(until_us, zone)[:16]
    people = f"{one.asked_by} → {one.decided_by}" if one.decided_by else one.asked_by
    colour = ink.level(Level(_STATES[one.state])) if one.state in _STATES else ink.muted
    return [
        Text(str(one.id), style=ink.muted),
        Text(one.state, style=colour),
        Text(display.plain(extra_words(one.wanted)), style=ink.ink),
        Text(until, style=ink.muted),
        Text(display.plain(people), style=ink.muted),
        Text(display.plain(one.wanted.reason), style=ink.ink),
    ]


class TrailPane(Grid):
    """An audit trail, newest first, page by page: a budget's own, or that of all."""

    DEFAULT_CSS: ClassVar[str] = Grid.DEFAULT_CSS.replace("Grid {", "TrailPane {")

    def __init__(self, *, is_of_all: bool = False) -> None:
        super().__init__(
            ALL_COLUMNS if is_of_all else TRAIL_COLUMNS, id=ALL if is_of_all else "audit"
        )
        self.placeholder = "Nothing has happened to this budget yet."
        self.entries: list[Entry] = []
        self.zone = ZoneInfo("UTC")
        self._is_of_all = is_of_all
        self._has_older = False
        self.budget = ""
        """Whose trail it is; empty for everybody's."""

    @property
    def row_count(self) -> int:
        """How many lines are read."""
        return len(self.entries)

    @property
    def before(self) -> int | None:
        """The entry beyond which more should be read, now that the cursor is near it."""
        is_near = self.cursor >= self.row_count - NEAR
        return self.entries[-1].id if self._has_older and is_near and self.entries else None

    def draw(self, newest: Sequence[Entry], budget: str = "") -> None:
        """Draw the trail of another budget, or what has come to this one's."""
        known = self.entries[0].id if self.entries and budget == self.budget else None
        self.budget = budget
        if known is None or all(one.id > known for one in newest):
            self.entries, self._has_older = list(newest), len(newest) >= PAGE
            self.set_reactive(Grid.cursor, 0)
        else:
            more = [one for one in newest if one.id > known]
            self.entries[:0] = more
            # who reads on goes on; who stands on the newest sees what comes
            self.set_reactive(Grid.cursor, self.cursor + len(more) if self.cursor else 0)
        self.count_changed()

    def add(self, older: Sequence[Entry]) -> None:
        """Draw what happened before as well."""
        if older and self.entries and older[0].id < self.entries[-1].id:
            self.entries += older
        self._has_older = len(older) >= PAGE
        self.count_changed()

    def cells(self, row: int) -> list[Cell]:
        """One line."""
        ink, entry = palette_of(self), self.entries[row]
        budget = [Text(display.plain(entry.budget), style=ink.ink)] if self._is_of_all else []
        return [
            Text(display.clock(entry.at_us, self.zone)[:16], style=ink.muted),
            *budget,
            Text(entry.kind.value, style=ink.ink),
            Text(display.plain(entry.value), style=ink.muted),
            Text(display.plain(entry.who), style=ink.muted),
            Text(display.plain(entry_words(entry)), style=ink.ink),
        ]
