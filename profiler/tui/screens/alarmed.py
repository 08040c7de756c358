"""A screen with a banner: what can be done about the alert in it."""

from profiler.domain.budgets import Standing
from profiler.tui.alerts import standing_of
from profiler.tui.asking.counted import calls_of
from profiler.tui.messages import AllowWanted, BudgetOpened, CallsWanted
from profiler.tui.screens.face import Face
from profiler.tui.widgets.banner import Banner

_ABOUT_BUDGETS = {"view_alert", "allow_alert", "alert_calls"}


class AlarmedFace(Face):
    """Offers what the banner suggests, where there is one."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about an alert can be done where there is one."""
        if action == "dismiss_alert":
            return self._banner is not None and self._banner.first is not None
        if action in _ABOUT_BUDGETS:
            return self._alarming is not None
        return super().check_action(action, parameters)

    def action_dismiss_alert(self) -> None:
        """Do not tell of the alert any more; a budget's is acknowledged."""
        if self._banner is not None:
            self._banner.dismiss()

    def action_view_alert(self) -> None:
        """Show the budget that the alert is about."""
        found = self._alarming
        if found is not None:
            self.post_message(BudgetOpened(found.budget.name, found.value))

    def action_alert_calls(self) -> None:
        """Show the calls behind the alert."""
        found, snapshot = self._alarming, self.view.snapshot
        if found is not None and snapshot is not None:
            self.post_message(CallsWanted(calls_of(found, snapshot.span, self.view.zone)))

    def action_allow_alert(self) -> None:
        """Allow more of the budget that the alert is about, or ask for it."""
        found = self._alarming
        if found is not None:
            self.post_message(AllowWanted(found.budget, found.value))

    @property
    def _banner(self) -> Banner | None:
        return next(iter(self.query(Banner)), None)

    @property
    def _alarming(self) -> Standing | None:
        banner, snapshot = self._banner, self.view.snapshot
        if banner is None or banner.first is None or snapshot is None or not banner.first.budget:
            return None
        return standing_of(banner.first, snapshot)
