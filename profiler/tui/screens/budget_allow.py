"""The dialog that allows more of a budget, or asks for it."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static

from profiler import display
from profiler.budgets.changes import Allow
from profiler.budgets.define import extra_of
from profiler.domain.budgets import Budget, Measure
from profiler.domain.periods import coming_us
from profiler.errors import UsageError
from profiler.ledger.overrides import Wanted

_UNIT = {Measure.COST: "", Measure.TOKENS: " tokens", Measure.CALLS: " calls"}


class AllowForm(ModalScreen[Allow | None]):
    """Asks how much more, why and for how long; gives back the change."""

    CSS_PATH: ClassVar[str] = "budget_form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(self, budget: Budget, value: str, zone: ZoneInfo, now_us: int) -> None:
        super().__init__()
        self._budget, self._value, self._zone, self._now_us = budget, value, zone, now_us

    def compose(self) -> ComposeResult:
        """Four fields, a choice and three buttons."""
        (measure, amount), *_ = self._budget.limits
        tenth = max(1, amount // 10)
        said = display.exact_money(tenth) if measure is Measure.COST else str(tenth)
        with Vertical(classes="dialog") as frame:
            frame.border_title = escape(f"More of {display.plain(self._budget.name)}")
            frame.border_subtitle = "Enter allow · Esc cancel"
            yield from self._field("Amount", "amount", f"{said}{_UNIT[measure]}", "5 or 10k tokens")
            yield from self._field("Reason", "reason", "", "for those who read the audit trail")
            yield from self._field("How long", "until", "", "no end; 2h, 3d, 2026-12-01")
            yield from self._field("For", "value", self._value, "everybody")
            if self._budget.reserve_percent:
                with Horizontal(classes="field"):
                    yield Label("Reserve", markup=False)
                    yield Select(
                        [("keep it", "keep"), ("open it", "open")],
                        value="keep",
                        allow_blank=False,
                        id="reserve",
                        compact=True,
                    )
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Allow now", id="allow", variant="primary", compact=True)
                yield Button("Ask for it", id="ask", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def _field(self, title: str, name: str, value: str, placeholder: str) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Label(title, markup=False)
            yield Input(value, placeholder=placeholder, id=name, compact=True)

    def on_mount(self) -> None:
        """The amount is proposed; the reason nobody can guess."""
        self.query_one("#reason", Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#allow")
    def _allow(self) -> None:
        self._give(is_asked=False)

    @on(Button.Pressed, "#ask")
    def _ask(self) -> None:
        self._give(is_asked=True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    def _give(self, *, is_asked: bool) -> None:
        try:
            wanted = self._wanted()
        except UsageError as error:
            shown = Text(f"✖ {display.plain(str(error))}")
            self.query_one("#complaint", Static).update(shown)
        else:
            self.dismiss(Allow(self._budget.name, wanted, is_asked))

    def _wanted(self) -> Wanted:
        def typed(name: str) -> str:
            return self.query_one(f"#{name}", Input).value.strip()

        if not typed("reason"):
            raise UsageError("write a reason: it stands in the audit trail")
        until = typed("until")
        until_us = coming_us(until, self._now_us, self._zone) if until else None
        opens = any(str(choice.value) == "open" for choice in self.query(Select))
        return Wanted(
            extra_of(typed("amount")), typed("reason"), until_us, typed("value") or None, opens
        )
