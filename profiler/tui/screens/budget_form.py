"""The two dialogs about budgets: set one, remove one."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static

from profiler import display
from profiler.budgets.define import define, scope_words
from profiler.domain.budgets import Budget
from profiler.domain.periods import Period
from profiler.errors import UsageError
from profiler.ledger.words import words_of


class BudgetForm(ModalScreen[Budget | None]):
    """Asks for name, limit, period and scope; gives back the budget they describe."""

    CSS_PATH: ClassVar[str] = "budget_form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(self, zone: ZoneInfo, budget: Budget | None = None) -> None:
        super().__init__()
        self._zone = zone
        self._budget = budget

    def compose(self) -> ComposeResult:
        """Four fields and two buttons."""
        before = self._budget
        pusd = before.limit_pusd if before else None
        limit = "" if pusd is None else display.exact_money(pusd).removeprefix("$")
        scope = scope_words(before) if before and before.scope else ""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Change budget" if before else "New budget"
            frame.border_subtitle = "Enter save · Esc cancel"
            yield from self._field("Name", "name", before.name if before else "", "team")
            yield from self._field("Limit in $", "limit", limit, "25.00")
            with Horizontal(classes="field"):
                yield Label("Each", markup=False)
                yield Select(
                    [(period.value, period.value) for period in Period],
                    value=before.period.value if before else Period.DAILY.value,
                    allow_blank=False,
                    id="period",
                    compact=True,
                )
            yield from self._field("Counts", "scope", scope, "every call; feature:search")
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Save", id="save", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def _field(self, title: str, name: str, value: str, placeholder: str) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Label(title, markup=False)
            yield Input(value, placeholder=placeholder, id=name, compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save(self) -> None:
        def typed(name: str) -> str:
            return self.query_one(f"#{name}", Input).value

        period = str(self.query_one(Select).value)
        try:
            kept = _beside_the_fields(self._budget)
            made = define(typed("name"), typed("limit"), period, typed("scope"), self._zone, kept)
        except UsageError as error:
            shown = Text(f"✖ {display.plain(str(error))}")
            self.query_one("#complaint", Static).update(shown)
        else:
            self.dismiss(made)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def _beside_the_fields(budget: Budget | None) -> dict[str, object]:
    """What a budget says that the form does not ask for, and so does not change."""
    words = words_of(budget) if budget else {}
    asked = {"name", "limit", "period", "scope"}
    return {name: value for name, value in words.items() if name not in asked}


class RemoveScreen(ModalScreen[str | None]):
    """Asks once more; gives back the budget's name to remove it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(None)", "Keep", key_display="Esc"),
        Binding("enter,y", "remove", "Remove", priority=True),
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._budget_name = name

    def compose(self) -> ComposeResult:
        """A question."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Remove budget"
            frame.border_subtitle = "Enter remove · Esc keep"
            yield Static(Text(f"Remove {display.plain(self._budget_name)}?"))
            yield Static(Text("The calls it counted stay."))

    def action_remove(self) -> None:
        """Yes."""
        self.dismiss(self._budget_name)
