"""Budgets: limits, how full they are, what was, and who allowed what."""

from collections.abc import Iterable
from typing import ClassVar, cast

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input

from profiler import display
from profiler.budgets.detail import BudgetDetail
from profiler.budgets.growth import Growth
from profiler.keeping.inquiries import USUAL_DAYS, Grown, OpenBudget, Saved, Trail
from profiler.ledger.audit import Entry
from profiler.tui.actions import keys
from profiler.tui.actions.keymap import keys_of
from profiler.tui.messages import Answered, Inquired
from profiler.tui.screens.budget_listing import ListingFace
from profiler.tui.screens.budget_panes import (
    ALL,
    PANES,
    OverridesPane,
    PaneBar,
    PastPane,
    TrailPane,
)
from profiler.tui.screens.budget_rows import Row, StandingPanel, StandingsGrid
from profiler.tui.screens.face import Face
from profiler.tui.widgets.burn import BurnUp
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.notice import Needs
from profiler.tui.widgets.past_chart import PastChart


class BudgetsScreen(ListingFace):
    """A row per budget, the highlighted one opened below."""

    NAME = "budgets"
    NEEDS = Needs.SNAPSHOT
    CSS_PATH: ClassVar[str] = "budgets.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("budgets")

    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (34, "-tall")]  # noqa: RUF012  as Textual declares it

    pane: reactive[str] = reactive(PANES[0], init=False)
    """What is shown of the highlighted budget."""

    def __init__(self) -> None:
        super().__init__()
        self._detail: BudgetDetail | None = None
        self._days = USUAL_DAYS

    def parts(self) -> Iterable[Widget]:
        """Table, and what is shown of the highlighted budget."""
        with Vertical(id="table", classes="frame") as frame:
            frame.border_title = "Budgets"
            yield Input(placeholder="a name, a user, a scope, over…", id="find", compact=True)
            yield StandingsGrid()
        with Vertical(id="opened", classes="frame"):
            yield PaneBar()
            with ContentSwitcher(initial=PANES[0]):
                with Vertical(id="standing"):
                    yield StandingPanel().data_bind(Face.view)
                    with Horizontal(id="charts"):
                        yield BurnUp()
                        yield PastChart()
                yield PastPane(id="history")
                yield OverridesPane()
                yield TrailPane()
                yield TrailPane(is_of_all=True)

    @property
    def is_settled(self) -> bool:
        """Whether the highlighted budget is opened, too."""
        current = self.current
        is_opened = current is None or (self._shows(current) and self.query_one(BurnUp).is_ready)
        return super().is_settled and is_opened and self.query_one(StandingPanel).is_laid_out

    def _shows(self, row: Row) -> bool:
        found = self._detail
        return bool(found and (found.budget.name, found.value) == (row.name, row.value))

    @property
    def detail(self) -> BudgetDetail | None:
        """The highlighted budget, once it is opened."""
        current = self.current
        return self._detail if current is not None and self._shows(current) else None

    @on(Grid.Highlighted, "#budgets")
    def _open(self) -> None:
        row = self.current
        if row is not None:
            self._stand(row)
            self._ask_how_it_grew(row)
            self.post_message(Inquired(self, OpenBudget(row.name, row.value, self._days)))
            if row.standing.budget.rules:
                self.post_message(Inquired(self, Saved(row.name)))
            else:
                self.query_one(StandingPanel).saved = ()
        else:
            self.query_one(BurnUp).stand(None, 0)
        if self.pane == ALL:
            self.post_message(Inquired(self, Trail()))

    def _stand(self, row: Row) -> None:
        """Show where it stands; until the rest of it is read, nothing of another budget."""
        self.query_one(StandingPanel).show(row.standing)
        if not self._shows(row):
            self.query_one("#charts PastChart", PastChart).clear()
        self._entitle()

    def _entitle(self) -> None:
        """Name what the pane in front is about: the others are drawn once a budget is read."""
        row, found = self.current, self._detail
        if row is not None and (found is None or self.pane == PANES[0]):
            name, value = row.name, row.value
        elif found is not None:
            name, value = found.budget.name, found.value
        else:
            return
        title = display.plain(f"{name} · {value}" if value else name)
        self.query_one("#opened").border_title = escape(title)

    def _ask_how_it_grew(self, row: Row) -> None:
        snapshot = self.view.snapshot
        now_us = snapshot.taken_at_us if snapshot else 0
        if self.query_one(BurnUp).stand(row.standing, now_us):
            self.post_message(Inquired(self, Grown(row.standing)))

    @on(Grid.Highlighted, "TrailPane")
    def _page(self, message: Grid.Highlighted) -> None:
        trail = message.grid
        if isinstance(trail, TrailPane) and trail.before is not None:
            budget = None if trail.id == ALL else trail.budget
            self.post_message(Inquired(self, Trail(budget, trail.before)))

    @on(Answered)
    def _draw(self, message: Answered) -> None:
        message.stop()
        inquiry = message.inquiry
        if isinstance(message.answer, BudgetDetail):
            self._draw_detail(message.answer)
        elif isinstance(message.answer, Growth):
            self.query_one(BurnUp).show(message.answer)
        elif isinstance(inquiry, Saved):
            if self.current is not None and self.current.name == inquiry.budget:
                self.query_one(StandingPanel).saved = cast("tuple[str, ...]", message.answer)
        elif isinstance(inquiry, Trail):
            self._draw_trail(inquiry, cast("tuple[Entry, ...]", message.answer))

    def _draw_trail(self, asked: Trail, found: tuple[Entry, ...]) -> None:
        trail = self.query_one(f"#{ALL}" if asked.budget is None else "#audit", TrailPane)
        trail.zone = self.view.zone
        if asked.before is None:
            trail.draw(found)
        elif trail.budget == (asked.budget or ""):
            trail.add(found)

    def _draw_detail(self, found: BudgetDetail) -> None:
        row = self.current
        if row is None or (found.budget.name, found.value) != (row.name, row.value):
            return  # the cursor has moved on since, and another is asked for
        self._detail = found
        self.query_one(PastPane).show(found)
        for chart in self.query(PastChart):
            chart.show(found)
        self.query_one(OverridesPane).draw(found)
        trail = self.query_one("#audit", TrailPane)
        trail.zone = self.view.zone
        trail.draw(found.trail, found.budget.name)
        self.query_one(StandingPanel).place = found.place
        self._entitle()
        self.query_one("#opened").border_subtitle = self._hint(found)

    def _hint(self, found: BudgetDetail) -> str | None:
        """What can be done about what the pane shows."""
        keys = keys_of(self)
        if self.pane == "history":
            return f"{self._days} days · {keys.of_id('days')} other"
        if self.pane == "overrides" and found.overrides:
            told = ((keys.of_id(name), name) for name in ("approve", "deny", "end"))
            return " · ".join(f"{key} {name}" for key, name in told)
        return None

    @on(PaneBar.Chosen)
    def _choose_pane(self, message: PaneBar.Chosen) -> None:
        self.pane = message.pane

    def watch_pane(self, pane: str) -> None:
        """Bring it to the front, with what there is to read."""
        self.query_one(PaneBar).current = pane
        self.query_one(ContentSwitcher).current = pane
        self._open()

    def action_next_pane(self) -> None:
        """Show something else of the budget."""
        self.pane = PANES[(PANES.index(self.pane) + 1) % len(PANES)]

    def show_overrides(self) -> bool:
        """Bring the overrides to the front; whether they were not."""
        was_away = self.pane != "overrides"
        self.pane = "overrides"
        self.query_one(OverridesPane).focus()
        return was_away

    def look_back(self, days: int) -> None:
        """Show so many days of the past."""
        self._days = days
        self.pane = "history"
        self._open()

    @on(Grid.Opened, "#budgets")
    def _edit_clicked(self) -> None:
        self.action_edit()
