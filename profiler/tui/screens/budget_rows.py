"""The lines of the budgets' table, and the highlighted budget in words."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive

from profiler import display
from profiler.analysis.results import Snapshot
from profiler.budgets.define import scope_words
from profiler.budgets.outlook import expected_short, outlook
from profiler.domain.budgets import Standing
from profiler.tui.keymap import keys_of
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.gauge import SIGNS, amount_text, bar, gauge
from profiler.tui.widgets.panel import Panel

NO_LABEL = "(none)"
MOST_VALUES = 50
"""How many values of one budget are shown; the command line shows them all."""

BUDGET_COLUMNS = (
    Column("Budget", 14, grow=2, most=30),
    Column("Scope", 12, grow=2, rank=4, most=40),
    Column("Period", 7, rank=2),
    Column("", 8, grow=2, rank=1, most=40),
    Column("Used", 7, "right"),
    Column("", 7),
    Column("Spent", 10, "right"),
    Column("Limit", 10, "right"),
    Column("Left", 10, "right", rank=3),
    Column("Forecast", 10, "right", rank=5),
)


class Row(NamedTuple):
    """One line of the table."""

    standing: Standing
    values: int
    """How many values the budget has, where this line stands for all of them or is the first."""
    is_open: bool
    """Whether the budget's other values are shown below it."""
    is_inner: bool = False
    """Whether it is one of those."""

    @property
    def name(self) -> str:
        """The budget's."""
        return self.standing.budget.name

    @property
    def value(self) -> str | None:
        """Whose past to tell: one value's, or everybody's."""
        return self.standing.value or None


def rows_of(
    standings: Sequence[Standing], expanded: frozenset[str]
) -> tuple[list[Row], dict[str, int]]:
    """The lines of the table, the fullest budget first, and which budgets have more values."""
    groups: dict[str, list[Standing]] = {}
    for one in standings:
        groups.setdefault(one.budget.name, []).append(one)
    rows: list[Row] = []
    for name, group in groups.items():
        is_open = name in expanded and len(group) > 1
        rows.append(Row(group[0], len(group), is_open))
        if is_open:
            rows += [Row(one, 0, is_open=False, is_inner=True) for one in group[1:MOST_VALUES]]
    beyond = {
        name: len(group)
        for name, group in groups.items()
        if name in expanded and len(group) > MOST_VALUES
    }
    return rows, beyond


def row_cells(row: Row, ink: Palette) -> list[Cell]:
    """One line: what kind it is by a mark, then where it stands."""
    cells = standing_cells(row.standing, ink)
    if row.is_inner:
        cells[0] = Text.assemble(("  ", ink.muted), (display.plain(row.value or NO_LABEL), ink.ink))
    elif row.values > 1:
        mark = f"{'▾' if row.is_open else '▸'} {row.values:,}× "
        cells[0] = Text(mark, style=ink.muted).append_text(cast("Text", cells[0]))
    return cells


def standing_cells(standing: Standing, ink: Palette) -> list[Cell]:
    """One budget's row."""
    budget, colour = standing.budget, ink.level(standing.level)
    limit, left = standing.tightest, standing.left
    return [
        Text(display.plain(standing.title), style=ink.ink),
        Text(display.plain(scope_words(budget)), style=ink.muted),
        Text(budget.period.value, style=ink.muted),
        _bar(standing, colour, ink),
        Text(display.percent(standing.used), style=colour),
        Text(f"{SIGNS[standing.level]} {standing.level.value}", style=colour),
        Text(amount_text(standing), style=ink.ink),
        Text(display.amount(limit.amount, limit.measure), style=ink.muted),
        Text(display.amount(left, limit.measure), style=ink.high if left < 0 else ink.muted),
        _forecast(standing, ink),
    ]


def _bar(standing: Standing, colour: str, ink: Palette) -> Callable[[int], Text]:
    return lambda width: bar(standing.used, width, colour, ink.track)


def _forecast(standing: Standing, ink: Palette) -> Text:
    forecast, limit = standing.forecast, standing.tightest
    is_over = bool(forecast and forecast.mid and forecast.mid > limit.amount)
    words = expected_short(forecast, limit.measure)
    return Text(words, style=ink.high if is_over else ink.muted)


class StandingPanel(Panel):
    """The highlighted budget in words."""

    shown: reactive[Standing | None] = reactive(None)
    place: reactive[str] = reactive("")

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """A gauge, then what it means."""
        if not snapshot.standings:
            return _first_budget(ink, keys_of(self).of_id("add"))
        standing = self.shown if self.shown in snapshot.standings else snapshot.standings[0]
        return [*gauge(standing, size.width, ink), *self._words(standing, ink)]

    def _words(self, standing: Standing, ink: Palette) -> list[Text]:
        budget, zone = standing.budget, self.view.zone
        left, measure = standing.left, standing.tightest.measure
        verb = "over by" if left < 0 else "left"
        facts = [
            ("counts", scope_words(budget)),
            (verb, display.amount(abs(left), measure)),
            ("rests on", display.basis(standing.spent)),
            ("defined", self.place),
        ]
        if standing.window.start_us is not None and standing.window.end_us is not None:
            start = display.clock(standing.window.start_us, zone)[:16]
            end = display.clock(standing.window.end_us, zone)[:16]
            facts.append(("window", f"{start} to {end}"))
        if standing.forecast is not None:
            facts.append(("forecast", outlook(standing)))
        drawn = [
            Text.assemble((f"{name:<11}", ink.muted), (display.plain(value), ink.ink))
            for name, value in facts
            if value
        ]
        if standing.unpriced_calls:
            drawn.append(
                Text("unpriced calls come on top: the true spend is higher", style=ink.watch)
            )
        return drawn


def _first_budget(ink: Palette, key: str) -> list[Text]:
    return [
        Text("No budgets yet.", style=f"bold {ink.ink}"),
        Text("A budget limits the spend of a scope in each day, week, month or in total.",
             style=ink.muted),
        Text.assemble(("Press ", ink.muted), (key, ink.accent), (" to add one, or run ", ink.muted),
                      ("profiler budget set", ink.accent), (".", ink.muted)),
    ]  # fmt: skip
