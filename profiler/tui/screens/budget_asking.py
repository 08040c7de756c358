"""What can be asked about the highlighted budget: its calls, its past, a check, its words."""

from profiler.budgets.written import toml_of
from profiler.errors import UsageError
from profiler.options.actions import ACTIONS
from profiler.tui.actions.keymap import keys_of
from profiler.tui.asking.counted import calls_of
from profiler.tui.messages import CallsWanted, Signed
from profiler.tui.screens.budget_changing import ChangingFace
from profiler.tui.screens.budget_check import CheckScreen
from profiler.tui.screens.dialogs import Choice, LineScreen, MenuScreen, TextScreen

MOST_DAYS = 365


_BESIDE = {"budget_menu", "leave_find", "turn_budgets"}
"""What a menu need not offer."""
_ALSO = {"alerts", "export"}


class AskingFace(ChangingFace):
    """A screen on which one budget is highlighted, and can be asked about."""

    NAME = "budgets"

    def look_back(self, days: int) -> None:
        """Show so many days of the past."""
        raise NotImplementedError

    def action_menu(self) -> None:
        """Offer everything that can be done here, by name."""
        keys, row = keys_of(self), self.current
        choices = [
            Choice(one.action, keys.of(one), one.label, one.help)
            for one in sorted(ACTIONS, key=lambda one: one.id in _ALSO)
            if (one.screen == self.NAME and one.id not in _BESIDE) or one.id in _ALSO
        ]
        title = row.standing.title if row else "Budgets"
        self.app.push_screen(MenuScreen(title, choices), self._do)

    async def _do(self, action: str | None) -> None:
        if action is not None:
            await self.run_action(action)

    def action_calls(self) -> None:
        """Show the calls that the highlighted standing counts."""
        row, snapshot = self.current, self.view.snapshot
        if row is not None and snapshot is not None:
            self.post_message(CallsWanted(calls_of(row.standing, snapshot.span, self.view.zone)))

    def action_days(self) -> None:
        """Ask how much of the past to show."""

        def check(text: str) -> int:
            if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
                raise UsageError(f"{text!r} is no number of days from 1 to {MOST_DAYS}")
            return int(text)

        dialog = LineScreen("History", "How many days, today included: 1 to 365.", "90", check)
        self.app.push_screen(dialog, lambda text: self.look_back(int(text)) if text else None)

    def action_sign(self) -> None:
        """Ask under which name changes are written down."""
        told = "The name that the audit trail gives; your login name where it is empty."
        self.app.push_screen(LineScreen("Who changes budgets?", told, ""), self._sign)

    def _sign(self, name: str | None) -> None:
        if name is not None:
            self.post_message(Signed(name))

    def action_check(self) -> None:
        """Ask about a call that might be made."""
        snapshot = self.view.snapshot
        model = snapshot.models[0].model if snapshot and snapshot.models else ""
        self.app.push_screen(CheckScreen(model))

    def action_as_file(self) -> None:
        """Show the highlighted budget as it would stand in a file."""
        row = self.current
        if row is not None:
            text = toml_of([row.standing.budget])
            self.app.push_screen(TextScreen(f"{row.name}, for profiler.toml", text))
