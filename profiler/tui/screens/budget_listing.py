"""The table of the budgets' screen: found, sorted, opened into every value."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.markup import escape
from textual.reactive import reactive
from textual.widgets import Input

from profiler import display
from profiler.tui.actions.keymap import keys_of
from profiler.tui.screens.budget_asking import AskingFace
from profiler.tui.screens.budget_rows import (
    BUDGET_COLUMNS,
    ORDERS,
    USUAL_ORDER,
    Order,
    Row,
    StandingsGrid,
    rows_of,
)
from profiler.tui.view import View
from profiler.tui.widgets.grid import Grid

FRAME_ROWS = 4
"""The frame's edges, the titles, and the field to find in."""


class ListingFace(AskingFace):
    """Lists the standings of a snapshot."""

    AUTO_FOCUS: ClassVar[str | None] = "StandingsGrid"

    order: reactive[Order] = reactive(USUAL_ORDER, init=False)
    """How the lines are sorted."""

    def __init__(self) -> None:
        super().__init__()
        self._expanded: frozenset[str] = frozenset()
        self._sought: tuple[str, str] | None = None
        """The budget and the value that somebody wants shown."""

    @property
    def current(self) -> Row | None:
        """The highlighted budget's line."""
        return self.query_one(StandingsGrid).current

    def show_budget(self, name: str, value: str) -> None:
        """Bring one standing under the cursor, as soon as it is there."""
        self._sought = (name, value)
        self.query_one("#find", Input).value = ""
        if value:
            self._expanded |= {name}
        self.draw_rows()

    def _found(self, rows: Sequence[Row]) -> tuple[str, str] | None:
        """The standing that is sought, or its budget's foremost where nobody's was named."""
        if self._sought is None:
            return None
        name, value = self._sought
        values = [row.standing.value for row in rows if row.name == name]
        if not values or (value and value not in values):
            return None
        return name, value if value in values else values[0]

    def watch_view(self, view: View) -> None:
        """Draw the standings of another snapshot."""
        super().watch_view(view)
        if self.is_mounted:
            self.draw_rows()

    def draw_rows(self) -> None:
        """List what there is, as it is wanted."""
        snapshot = self.view.snapshot
        if snapshot is None:
            return
        grid, find = self.query_one(StandingsGrid), self.query_one("#find", Input).value.strip()
        rows = rows_of(snapshot.standings, self._expanded, find, self.order)
        grid.placeholder = self._placeholder(find, has_trouble=bool(snapshot.ledger_trouble))
        grid.sorted_by = self.order.by
        found = self._found(rows)
        grid.show_rows(rows, keeps=found)
        if found:
            self._sought = None
        count = len(snapshot.standings)
        told = [f"{display.count(count)} standings"] if count > len(rows) else []
        told += [f"{display.count(len(rows))} found"] if find else []
        table = self.query_one("#table")
        # no taller than its rows: what is opened takes what is left
        table.styles.height = max(1, len(rows)) + FRAME_ROWS
        table.border_subtitle = escape(" · ".join(told)) or None

    def _placeholder(self, find: str, *, has_trouble: bool) -> str:
        if has_trouble:
            return "The ledger cannot be read; below stands why."
        if find:
            return "Nothing is called so; Esc shows all."
        keys = keys_of(self)
        return (
            f"No budgets yet; press {keys.of_id('add')} to add one, "
            f"{keys.of_id('template')} for templates."
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether it makes sense now: within a text field an f is an f."""
        if action == "find":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_find(self) -> None:
        """Let the user type what the lines shown should hold."""
        field = self.query_one("#find", Input)
        # at once: the keys that wait are to be typed into it
        field.display = True
        self.set_focus(field)

    @on(Input.Changed, "#find")
    def _find(self) -> None:
        self.draw_rows()

    @on(Input.Submitted, "#find")
    def _go_to_found(self) -> None:
        self.set_focus(self.query_one(StandingsGrid))

    def action_leave(self) -> None:
        """Show every line again."""
        field = self.query_one("#find", Input)
        field.value, field.display = "", False
        self.set_focus(self.query_one(StandingsGrid))

    def action_sort(self) -> None:
        """Sort by the next column."""
        names = list(ORDERS)
        self.order = Order(names[(names.index(self.order.by) + 1) % len(names)])

    def action_turn(self) -> None:
        """Sort the other way round."""
        self.order = self.order._replace(is_reversed=not self.order.is_reversed)

    @on(Grid.HeadingChosen, "#budgets")
    def _sort_by_clicked(self, message: Grid.HeadingChosen) -> None:
        title = BUDGET_COLUMNS[message.column].title
        if title == self.order.by:
            self.action_turn()
        elif title in ORDERS:
            self.order = Order(title)

    def watch_order(self) -> None:
        """List them so."""
        self.draw_rows()

    def action_expand(self) -> None:
        """Show every value of the highlighted budget, or its foremost alone."""
        row = self.current
        if row is not None and (row.values > 1 or row.is_inner):
            self._expanded = self._expanded ^ {row.name}
            self.draw_rows()
