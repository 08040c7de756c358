"""What can be changed about the highlighted budget: dialogs, and the changes they give."""

import os
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import SuspendNotSupported

from profiler import display
from profiler.budgets.changes import (
    Change,
    Decide,
    Remove,
    Reset,
    Revoke,
    Save,
    SaveAll,
)
from profiler.budgets.detail import BudgetDetail
from profiler.domain.budgets import Budget
from profiler.errors import UsageError
from profiler.ledger.overrides import ASKED, GRANTED, Recorded
from profiler.tui.actions.editing import at_line
from profiler.tui.actions.keymap import keys_of
from profiler.tui.messages import BudgetChanged
from profiler.tui.screens.budget_allow import AllowForm
from profiler.tui.screens.budget_form import BudgetForm
from profiler.tui.screens.budget_panes import OverridesPane
from profiler.tui.screens.budget_rows import Row
from profiler.tui.screens.budget_templates import TemplateScreen
from profiler.tui.screens.budget_wizard import BudgetWizard
from profiler.tui.screens.dialogs import ConfirmScreen, Question
from profiler.tui.screens.face import Face

if TYPE_CHECKING:
    from profiler.tui.app import ProfilerApp

_ANSWERABLE = {"approve": {ASKED}, "deny": {ASKED}, "end": {GRANTED}}
"""What can be done about a request or an override in which state."""


class ChangingFace(Face):
    """A screen on which one budget is highlighted, and can be changed."""

    @property
    def current(self) -> Row | None:
        """The highlighted budget's line."""
        raise NotImplementedError

    @property
    def detail(self) -> BudgetDetail | None:
        """The highlighted budget, once it is opened."""
        raise NotImplementedError

    def show_budget(self, name: str, value: str) -> None:
        """Bring one standing under the cursor, as soon as it is there."""
        raise NotImplementedError

    def show_overrides(self) -> bool:
        """Bring the overrides to the front; whether they were not."""
        raise NotImplementedError

    @property
    def names(self) -> frozenset[str]:
        """What budgets there are."""
        snapshot = self.view.snapshot
        return frozenset(one.budget.name for one in snapshot.standings) if snapshot else frozenset()

    def action_add(self) -> None:
        """Ask three questions; the answers are a budget."""
        snapshot = self.view.snapshot
        if snapshot is not None:
            labels = cast("ProfilerApp", self.app).labels
            wizard = BudgetWizard(snapshot, self.view.zone, self.names, labels)
            self.app.push_screen(wizard, self._save)

    def action_write(self) -> None:
        """Ask for everything that a new budget can say."""
        self.app.push_screen(BudgetForm(self.view.zone, names=self.names), self._save)

    def action_template(self) -> None:
        """Ask which budgets for a common case to set."""
        self.app.push_screen(TemplateScreen(self.view.zone, self.names), self._save_all)

    def action_edit(self) -> None:
        """Ask how the highlighted budget should be instead."""
        row = self.current
        if row is None or self._opens_file():
            return
        budget = row.standing.budget
        form = BudgetForm(self.view.zone, budget, self.names)
        self.app.push_screen(form, lambda made: self._save(made, budget))

    def _opens_file(self) -> bool:
        """Whether a file defines the highlighted budget; it is opened there, then."""
        found = self.detail
        if found is None or found.is_set_by_command:
            return False
        place = found.file_and_line
        if place is None:
            self._say_where(found, "change it there")
            return True
        file, line = place
        try:
            command = at_line(Path(file), line, os.environ)
            with self.app.suspend():
                subprocess.run(command, check=False)  # noqa: S603  the user's own editor
        except (UsageError, OSError, SuspendNotSupported) as error:
            self._say_where(found, str(error))
        self.refresh()
        return True

    def _say_where(self, found: BudgetDetail, advice: str) -> None:
        words = display.plain(f"{found.budget.name} is defined in {found.place}; {advice}.")
        self.notify(words, severity="warning", markup=False)

    def _save(self, made: Budget | None, before: Budget | None = None) -> None:
        if made is not None and made != before:
            self.post_message(BudgetChanged(Save(made, before.name if before else "")))
            self.show_budget(made.name, "")

    def _save_all(self, made: SaveAll | None) -> None:
        if made is not None:
            self.post_message(BudgetChanged(made))

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
        if self.current is not None and self.detail is None:
            # the pane still shows what is about another budget
            title = display.plain(self.current.standing.title)
            self.notify(f"{title} is still being read; nothing was decided.", markup=False)
            return
        found = self.query_one(OverridesPane).current
        if found is None or found.state not in _ANSWERABLE[answer]:
            self.notify(self._why_not(found), markup=False)
        elif answer == "end":
            self._change(Revoke(found.id))
        else:
            self._change(Decide(found.id, is_granted=answer == "approve"))

    def _why_not(self, found: Recorded | None) -> str:
        """What there is to be answered instead."""
        keys = keys_of(self)
        if found is None:
            return f"No request or override is highlighted; {keys.of_id('allow')} makes one."
        advice = {ASKED: ("approve", "grants"), GRANTED: ("end", "ends")}.get(found.state)
        more = f"; {keys.of_id(advice[0])} {advice[1]} it" if advice else ""
        return f"No. {found.id} is {found.state}{more}."

    def action_reset(self) -> None:
        """Ask whether the highlighted window should start afresh."""
        row = self.current
        if row is not None:
            told = "What is used of it now is forgiven; reports still show every call."
            asked = Question(
                "Reset budget", f"Start {row.standing.title} afresh?", told, "reset", asks_why=True
            )
            change = partial(Reset, row.name, row.value)
            self.app.push_screen(
                ConfirmScreen(asked),
                lambda why: self._change(None if why is None else change(why)),
            )

    def action_remove(self) -> None:
        """Ask whether the highlighted budget should go."""
        row, found = self.current, self.detail
        if found is not None and not found.is_set_by_command:
            self._say_where(found, f"{keys_of(self).of_id('edit')} opens it there")
        elif row is not None:
            told = "The calls it counted stay, and so does its audit trail."
            asked = Question("Remove budget", f"Remove {row.name}?", told, "remove")
            change = Remove(row.name)
            self.app.push_screen(
                ConfirmScreen(asked), lambda why: self._change(None if why is None else change)
            )
