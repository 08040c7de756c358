"""The dialog that allows more of a budget, or asks for it."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.widgets import Button, Input, Static

from profiler import display
from profiler.budgets.changes import Allow
from profiler.budgets.define import extra_of
from profiler.domain.budgets import NOTHING, Amounts, Budget, Measure
from profiler.domain.periods import coming_us
from profiler.errors import UsageError
from profiler.ledger.overrides import Wanted
from profiler.ledger.scoping import each_of
from profiler.ledger.words import BadWord
from profiler.tui.actions.keymap import keys_of
from profiler.tui.screens.form import Form

_UNIT = {Measure.COST: "", Measure.TOKENS: " tokens", Measure.CALLS: " calls"}


class AllowForm(Form[Allow | None]):
    """Asks how much more, why and for how long; gives back the change."""

    # the amount is proposed, the reason nobody can guess; keys that wait are to be typed into it
    AUTO_FOCUS: ClassVar[str | None] = "#reason"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(self, budget: Budget, value: str, zone: ZoneInfo, now_us: int) -> None:
        super().__init__()
        self._budget, self._value, self._zone, self._now_us = budget, value, zone, now_us

    def compose(self) -> ComposeResult:
        """A field for each, a choice where there is a reserve, and three buttons."""
        (measure, amount), *_ = self._budget.limits
        tenth = max(1, amount // 10)
        said = display.exact_money(tenth) if measure is Measure.COST else str(tenth)
        with Vertical(classes="dialog") as frame:
            frame.border_title = escape(f"More of {display.plain(self._budget.name)}")
            frame.border_subtitle = "Tab next · Enter allow · Esc cancel"
            yield from self.line("Amount", "amount", f"{said}{_UNIT[measure]}", "5 or 10k tokens")
            yield from self.line("Reason", "reason", "", "for those who read the audit trail")
            yield from self.line("How long", "until", "", "no end; 2h, 3d, 2026-12-01")
            if each_of(self._budget):
                yield from self.line("For", "value", self._value, "everybody")
            if self._budget.reserve_percent:
                kept = f"keep the {self._budget.reserve_percent} % for emergencies"
                among = {"keep": kept, "open": "open it: this is one"}
                yield from self.choice("Reserve", "reserve", "keep", among)
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Allow now", id="allow", variant="primary", compact=True)
                yield Button("Ask for it", id="ask", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

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
        except BadWord as error:
            self.complain(error.says, error.key)
        else:
            key = keys_of(self).of_id("approve")
            how = f"{key} among the overrides of its budget grants it"
            self.dismiss(Allow(self._budget.name, wanted, is_asked, how))

    def _wanted(self) -> Wanted:
        opens = bool(self._budget.reserve_percent) and self.chosen("reserve") == "open"
        extra = self._extra(may_be_empty=opens)
        if not self.typed("reason"):
            raise BadWord("reason", "write a reason: it stands in the audit trail")
        value = self.typed("value") if each_of(self._budget) else ""
        return Wanted(extra, self.typed("reason"), self._until_us(), value or None, opens)

    def _extra(self, *, may_be_empty: bool) -> Amounts:
        try:
            extra = extra_of(self.typed("amount"))
        except UsageError as error:
            raise BadWord("amount", str(error)) from None
        if extra == NOTHING and not may_be_empty:
            raise BadWord("amount", "say how much more, such as 5 or 10k tokens")
        limited = {limit.measure for limit in self._budget.limits}
        for measure in Measure:
            if extra.of(measure) and measure not in limited:
                known = " and ".join(sorted(limited))
                raise BadWord("amount", f"it has no limit on {measure.value}; it limits {known}")
        return extra

    def _until_us(self) -> int | None:
        until = self.typed("until")
        try:
            return coming_us(until, self._now_us, self._zone) if until else None
        except UsageError as error:
            raise BadWord("until", str(error)) from None
