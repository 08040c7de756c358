"""What can be done about the highlighted budget: dialogs, and the changes they give."""

from collections.abc import Sequence

from profiler.budgets.changes import (
    Change,
    Decide,
    Remove,
    Reset,
    Revoke,
    Save,
    SaveAll,
)
from profiler.domain.budgets import Budget
from profiler.tui.messages import BudgetChanged
from profiler.tui.screens.budget_allow import AllowForm
from profiler.tui.screens.budget_form import BudgetForm, ConfirmScreen
from profiler.tui.screens.budget_panes import OverridesPane
from profiler.tui.screens.budget_rows import Row
from profiler.tui.screens.budget_templates import TemplateScreen
from profiler.tui.screens.budget_wizard import BudgetWizard
from profiler.tui.screens.face import Face


class ChangingFace(Face):
    """A screen on which one budget is highlighted, and can be changed."""

    @property
    def current(self) -> Row | None:
        """The highlighted budget's line."""
        raise NotImplementedError

    def show_overrides(self) -> bool:
        """Bring the overrides to the front; whether they were not."""
        raise NotImplementedError

    def action_add(self) -> None:
        """Ask three questions; the answers are a budget."""
        snapshot = self.view.snapshot
        if snapshot is not None:
            names = frozenset(one.budget.name for one in snapshot.standings)
            self.app.push_screen(BudgetWizard(snapshot, self.view.zone, names), self._save)

    def action_write(self) -> None:
        """Ask for everything that a new budget can say."""
        self.app.push_screen(BudgetForm(self.view.zone), self._save)

    def action_template(self) -> None:
        """Ask which budgets for a common case to set."""
        self.app.push_screen(TemplateScreen(self.view.zone), self._save_all)

    def action_edit(self) -> None:
        """Ask how the highlighted budget should be instead."""
        row = self.current
        if row is not None:
            budget = row.standing.budget
            self.app.push_screen(
                BudgetForm(self.view.zone, budget), lambda made: self._save(made, budget)
            )

    def _save(self, made: Budget | None, before: Budget | None = None) -> None:
        if made is not None:
            self.post_message(BudgetChanged(Save(made, before.name if before else "")))

    def _save_all(self, made: Sequence[Budget] | None) -> None:
        if made:
            self.post_message(BudgetChanged(SaveAll(tuple(made))))

    def action_allow(self) -> None:
        """Ask how much more of the highlighted budget to allow."""
        row, snapshot = self.current, self.view.snapshot
        if row is not None and snapshot is not None:
            form = AllowForm(
                row.standing.budget, row.value or "", self.view.zone, snapshot.taken_at_us
            )
            self.app.push_screen(form, self._change)

    def _change(self, change: Change | None) -> None:
        if change is not None:
            self.post_message(BudgetChanged(change))

    def action_decide(self, answer: str) -> None:
        """Approve or deny the highlighted request, or end the highlighted override."""
        if self.show_overrides():
            return
        found = self.query_one(OverridesPane).current
        if found is None:
            self.notify("No request or override is highlighted; o makes one.", markup=False)
        elif answer == "end":
            self._change(Revoke(found.id))
        else:
            self._change(Decide(found.id, is_granted=answer == "approve"))

    def action_reset(self) -> None:
        """Ask whether the highlighted window should start afresh."""
        row = self.current
        if row is not None:
            change = Reset(row.name, row.value)
            screen = ConfirmScreen(
                "Reset budget", f"Start {row.standing.title} afresh?",
                "What is used of it now is forgiven; reports still show every call.", "reset",
            )  # fmt: skip
            self.app.push_screen(screen, lambda is_sure: self._change(change if is_sure else None))

    def action_remove(self) -> None:
        """Ask whether the highlighted budget should go."""
        row = self.current
        if row is not None:
            change = Remove(row.name)
            screen = ConfirmScreen(
                "Remove budget", f"Remove {row.name}?", "The calls it counted stay.", "remove"
            )
            self.app.push_screen(screen, lambda is_sure: self._change(change if is_sure else None))
