"""Budgets: limits and how full they are."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from profiler import display
from profiler.analysis.results import Snapshot
from profiler.budgets.changes import Remove, Save
from profiler.budgets.define import scope_words
from profiler.budgets.outlook import expected_short, outlook
from profiler.domain.budgets import Budget, Standing
from profiler.tui import keys
from profiler.tui.messages import BudgetChanged
from profiler.tui.screens.budget_form import BudgetForm, RemoveScreen
from profiler.tui.screens.face import Face
from profiler.tui.theme import Palette
from profiler.tui.view import View
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.gauge import SIGNS, amount_text, bar, gauge
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.notice import Needs
from profiler.tui.widgets.panel import Panel, palette_of

BUDGET_COLUMNS = (
    Column("Budget", 12, grow=2, most=30),
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


class BudgetsScreen(Face):
    """A row per budget, the highlighted one in words below."""

    NAME = "budgets"
    NEEDS = Needs.SNAPSHOT
    CSS_PATH: ClassVar[str] = "budgets.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("budgets")

    def parts(self) -> Iterable[Widget]:
        """Table and panel."""
        with Vertical(id="table", classes="frame") as frame:
            frame.border_title = "Budgets"
            yield Grid(BUDGET_COLUMNS)
        yield StandingPanel("Standing", id="standing").data_bind(Face.view)

    def watch_view(self, view: View) -> None:
        """Draw the standings of another snapshot."""
        super().watch_view(view)
        if self.is_mounted and view.snapshot is not None:
            ink = palette_of(self)
            rows = [standing_cells(standing, ink) for standing in view.snapshot.standings]
            grid = self.query_one(Grid)
            grid.placeholder = "No budgets yet; press a to add one."
            grid.show(rows)

    @on(Grid.Highlighted)
    def _describe(self, message: Grid.Highlighted) -> None:
        self.query_one(StandingPanel).row = message.row

    @property
    def _current(self) -> Budget | None:
        standings = self.view.snapshot.standings if self.view.snapshot else ()
        row = self.query_one(Grid).cursor
        return standings[row].budget if row < len(standings) else None

    def action_add(self) -> None:
        """Ask for a new budget."""
        if self.view.snapshot is not None:
            self.app.push_screen(BudgetForm(self.view.zone), self._save)

    def action_edit(self) -> None:
        """Ask how the highlighted budget should be instead."""
        budget = self._current
        if budget is not None:
            self.app.push_screen(
                BudgetForm(self.view.zone, budget), lambda made: self._save(made, budget)
            )

    @on(Grid.Opened)
    def _edit_clicked(self) -> None:
        self.action_edit()

    def _save(self, made: Budget | None, before: Budget | None = None) -> None:
        if made is not None:
            self.post_message(BudgetChanged(Save(made, before.name if before else "")))

    def action_remove(self) -> None:
        """Ask whether the highlighted budget should go."""
        budget = self._current
        if budget is not None:
            self.app.push_screen(RemoveScreen(budget.name), self._remove)

    def _remove(self, name: str | None) -> None:
        if name is not None:
            self.post_message(BudgetChanged(Remove(name)))


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

    row: reactive[int] = reactive(0)

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """A gauge, then what it means."""
        if not snapshot.standings:
            return _first_budget(ink)
        standing = snapshot.standings[min(self.row, len(snapshot.standings) - 1)]
        return [*gauge(standing, size.width, ink), *self._words(standing, ink)]

    def _words(self, standing: Standing, ink: Palette) -> list[Text]:
        budget, zone = standing.budget, self.view.zone
        left, measure = standing.left, standing.tightest.measure
        verb = "over by" if left < 0 else "left"
        facts = [
            ("counts", scope_words(budget)),
            (verb, display.amount(abs(left), measure)),
            ("rests on", display.basis(standing.spent)),
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
        ]
        if standing.unpriced_calls:
            drawn.append(
                Text("unpriced calls come on top: the true spend is higher", style=ink.watch)
            )
        return drawn


def _first_budget(ink: Palette) -> list[Text]:
    return [
        Text("No budgets yet.", style=f"bold {ink.ink}"),
        Text("A budget limits the spend of a scope in each day, week, month or in total.",
             style=ink.muted),
        Text.assemble(("Press ", ink.muted), ("a", ink.accent), (" to add one, or run ", ink.muted),
                      ("profiler budget set", ink.accent), (".", ink.muted)),
    ]  # fmt: skip
