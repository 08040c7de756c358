"""Budgets: limits, how full they are, what was, and who allowed what."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from profiler import display
from profiler.budgets.detail import BudgetDetail
from profiler.tui import keys
from profiler.tui.keymap import keys_of
from profiler.tui.messages import BudgetRead, BudgetWanted
from profiler.tui.screens.budget_changing import ChangingFace
from profiler.tui.screens.budget_panes import PANES, OverridesPane, PaneBar, PastPane, TrailPane
from profiler.tui.screens.budget_rows import (
    BUDGET_COLUMNS,
    MOST_VALUES,
    Row,
    StandingPanel,
    row_cells,
    rows_of,
)
from profiler.tui.screens.face import Face
from profiler.tui.view import View
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.notice import Needs
from profiler.tui.widgets.panel import palette_of


class BudgetsScreen(ChangingFace):
    """A row per budget, the highlighted one opened below."""

    NAME = "budgets"
    NEEDS = Needs.SNAPSHOT
    CSS_PATH: ClassVar[str] = "budgets.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("budgets")

    pane: reactive[str] = reactive(PANES[0], init=False)
    """What is shown of the highlighted budget."""

    def __init__(self) -> None:
        super().__init__()
        self._expanded: frozenset[str] = frozenset()
        self._rows: list[Row] = []
        self._detail: BudgetDetail | None = None

    def parts(self) -> Iterable[Widget]:
        """Table, and what is shown of the highlighted budget."""
        with Vertical(id="table", classes="frame") as frame:
            frame.border_title = "Budgets"
            yield Grid(BUDGET_COLUMNS, id="budgets")
        with Vertical(id="opened", classes="frame"):
            yield PaneBar()
            with ContentSwitcher(initial=PANES[0]):
                yield StandingPanel(id="standing").data_bind(Face.view)
                yield PastPane(id="history")
                yield OverridesPane()
                yield TrailPane()

    def watch_view(self, view: View) -> None:
        """Draw the standings of another snapshot."""
        super().watch_view(view)
        if self.is_mounted and view.snapshot is not None:
            grid = self.query_one("#budgets", Grid)
            keys = keys_of(self)
            grid.placeholder = (
                f"No budgets yet; press {keys.of_id('add')} to add one, "
                f"{keys.of_id('template')} for templates."
            )
            self._rows, beyond = rows_of(view.snapshot.standings, self._expanded)
            grid.show([row_cells(row, palette_of(self)) for row in self._rows])
            said = (f"{display.plain(n)}: top {MOST_VALUES} of {c:,}" for n, c in beyond.items())
            self.query_one("#table").border_subtitle = escape(" · ".join(said)) or None

    @property
    def is_settled(self) -> bool:
        """Whether the highlighted budget is opened, too."""
        current = self.current
        return super().is_settled and (current is None or self._shows(current))

    def _shows(self, row: Row) -> bool:
        found = self._detail
        return bool(found and (found.budget.name, found.value) == (row.name, row.value))

    @property
    def current(self) -> Row | None:
        """The highlighted budget's line."""
        at = self.query_one("#budgets", Grid).cursor
        return self._rows[at] if at < len(self._rows) else None

    @on(Grid.Highlighted, "#budgets")
    def _open(self) -> None:
        row = self.current
        if row is not None:
            self.query_one(StandingPanel).shown = row.standing
            self.post_message(BudgetWanted(self, row.name, row.value))

    @on(BudgetRead)
    def _draw(self, message: BudgetRead) -> None:
        found = self._detail = message.detail
        self.query_one(PastPane).show(found)
        self.query_one(OverridesPane).draw(found)
        self.query_one(TrailPane).draw(found, self.view.zone)
        self.query_one(StandingPanel).place = found.place
        whose = f" · {found.value}" if found.value else ""
        title = escape(display.plain(f"{found.budget.name}{whose}"))
        self.query_one("#opened").border_title = title

    @on(PaneBar.Chosen)
    def _choose_pane(self, message: PaneBar.Chosen) -> None:
        self.pane = message.pane

    def watch_pane(self, pane: str) -> None:
        """Bring it to the front."""
        self.query_one(PaneBar).current = pane
        self.query_one(ContentSwitcher).current = pane

    def action_next_pane(self) -> None:
        """Show something else of the budget."""
        self.pane = PANES[(PANES.index(self.pane) + 1) % len(PANES)]

    def action_expand(self) -> None:
        """Show every value of the highlighted budget, or its fullest alone."""
        row = self.current
        if row is not None and row.values > 1:
            self._expanded = self._expanded ^ {row.name}
            self.watch_view(self.view)

    def show_overrides(self) -> bool:
        """Bring the overrides to the front; whether they were not."""
        was_away = self.pane != "overrides"
        self.pane = "overrides"
        self.query_one(OverridesPane).focus()
        return was_away

    @on(Grid.Opened, "#budgets")
    def _edit_clicked(self) -> None:
        self.action_edit()
