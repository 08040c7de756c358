"""The app's third layer: what budgets tell, from whatever screen is in front."""

from typing import TYPE_CHECKING, cast

from textual import on

from profiler.display import plain
from profiler.tui import modes
from profiler.tui.alerts import lifted
from profiler.tui.layers.answering import AnsweringApp
from profiler.tui.messages import AllowWanted, BudgetChanged, BudgetOpened, Signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiler.budgets.changes import Change
    from profiler.domain.alerts import Alert
    from profiler.tui.screens.budgets import BudgetsScreen


class AlertingApp(AnsweringApp):
    """Shows the alert log, one budget, and the dialog that allows more of it."""

    def action_alerts(self) -> None:
        """Show what budgets had to tell, and who has seen it."""
        if not self.screen.is_modal:
            self.push_screen(modes.alert_log(self.view.zone, self._past))

    def _past(self, told: "Sequence[Alert]") -> frozenset[int]:
        snapshot = self.view.snapshot
        return lifted(told, snapshot) if snapshot is not None else frozenset()

    @on(BudgetOpened)
    async def _show_budget(self, asked: BudgetOpened) -> None:
        await self.switch_mode("budgets")
        cast("BudgetsScreen", self.screen_stack[0]).show_budget(asked.name, asked.value)

    @on(AllowWanted)
    def _ask_how_much(self, asked: AllowWanted) -> None:
        form = modes.allow_form(asked.budget, asked.value, self.view.zone, self.now_us())
        self.push_screen(form, self._allow)

    @on(Signed)
    def _sign(self, message: Signed) -> None:
        self.start.memory.keep("who", message.name)
        who = plain(message.name) or "your login name"
        self.notify(f"Changes are written down under {who}.", markup=False)

    def _allow(self, change: "Change | None") -> None:
        if change is not None:
            self.post_message(BudgetChanged(change))
