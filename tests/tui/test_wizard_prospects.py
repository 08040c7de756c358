"""The wizard proposes by where such a budget would be heading, and warns of what is passed."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from textual.pilot import Pilot
from textual.widgets import Input, Static

from profiler.budgets.changes import Change, Save
from profiler.config import Settings
from profiler.domain.budgets import Budget, Standing
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Match
from profiler.domain.totals import Totals
from profiler.keeping.inquiries import Prospect
from profiler.keeping.kept import Kept
from profiler.tui.app import ProfilerApp
from profiler.tui.screens.budget_wizard import passed, proposed_by
from profiler.tui.screens.budgets import BudgetsScreen
from tests.support.events import START_US, a_segment, an_event
from tests.support.snapshots import a_snapshot, a_standing, dollars
from tests.support.sources import GivenSource
from tests.support.workspaces import UTC
from tests.tui.conftest import Act, in_budgets, screen_text, until

USERS = Budget("u", dollars(1), Period.MONTHLY, "UTC", each=("user",))


def test_what_is_proposed_goes_by_the_forecast_that_the_budget_will_have() -> None:
    assert proposed_by(a_standing("a", 300, 1, Period.MONTHLY), a_snapshot()) == (
        "600",
        "This month is heading for about $420.",
    )
    ada = replace(a_standing("u", 20, 1, budget=USERS), value="ada", forecast=None)
    assert proposed_by(ada, a_snapshot()) == (
        "25",
        "The user that spends most, ada, is at $20.00 so far this month.",
    )
    assert proposed_by(a_standing("u", 0, 1, budget=USERS, forecast=None), a_snapshot())[0] == ""


def test_a_limit_that_is_passed_already_is_warned_of() -> None:
    ada = replace(a_standing("u", 20, 1, budget=USERS), value="ada")
    made = replace(USERS, limit_pusd=dollars(1.5))
    assert passed(made, ada) == " Already 1333.3% used by ada."
    assert passed(replace(made, limit_pusd=dollars(21)), ada) == ""
    assert passed(made, None) == ""


def test_the_wizard_asks_where_the_budget_would_stand() -> None:
    source = GivenSource(a_snapshot())
    ada = replace(a_standing("u", 20, 1, budget=USERS), value="ada")
    source.answers[Prospect] = (replace(ada, value=""), ada)

    async def act(pilot: Pilot[None]) -> None:
        app = cast("ProfilerApp", pilot.app)
        await pilot.press("a", "down", "enter")
        field = app.screen.query_one(Input)
        await until(pilot, lambda: field.value == "40 monthly")
        field.value = "0.5 daily"
        await until(pilot, lambda: "Already 4000.0% used by ada." in screen_text(app))

    in_budgets(act, source)
    told = proposed_by(ada, a_snapshot())[1]
    assert told == "The user that spends most, ada, is heading for about $28 this month."
    asked = [one.budget for one in source.inquiries if isinstance(one, Prospect)]
    assert [(one.each, one.period) for one in asked] == [
        (("user",), Period.MONTHLY),
        (("user",), Period.DAILY),
    ]


def in_a_part(act: Act, *found: Standing) -> None:
    """Ask for a budget of some calls; do something once it is answered where it would stand."""
    source = GivenSource(a_snapshot())
    source.answers[Prospect] = found

    async def ask(pilot: Pilot[None]) -> None:
        await pilot.press("a", "end", "enter", *"feature:s", "enter")
        await until(pilot, lambda: bool(source.inquiries))
        await until(pilot, lambda: " month" in told_in(pilot))
        await act(pilot)

    in_budgets(ask, source)


def told_in(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#told", Static).render())


def test_what_is_typed_replaces_what_is_proposed() -> None:
    async def act(pilot: Pilot[None]) -> None:
        field = pilot.app.screen.query_one(Input)
        assert field.value == "600 monthly"
        await pilot.press(*"0.02 daily")
        assert field.value == "0.02 daily"

    in_a_part(act, a_standing("a", 300, 1, Period.MONTHLY))


def test_nothing_is_proposed_where_no_call_matches() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert pilot.app.screen.query_one(Input).value == ""
        assert "No call of this month matches yet" in told_in(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "write an amount" in screen_text(cast("ProfilerApp", pilot.app)))
        await pilot.press(*"2")
        await until(
            pilot, lambda: "write an amount" not in screen_text(cast("ProfilerApp", pilot.app))
        )

    sea = Budget("a", dollars(1), Period.MONTHLY, "UTC", (Match(Dimension.FEATURE, "sea"),))
    in_a_part(act, replace(a_standing("a", 0, 1, budget=sea, forecast=None), spent=Totals()))


def test_which_calls_count_is_completed_as_a_filter_is() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("a", "end", "enter", *"mod")
        field = pilot.app.screen.query_one(Input)
        await until(pilot, lambda: field._suggestion == "model:")
        await pilot.press("right", *"gp")
        await until(pilot, lambda: field._suggestion.startswith("model:gpt"))

    in_budgets(act)


def test_the_budget_that_was_set_is_highlighted_once_it_is_there() -> None:
    class Setting(GivenSource):
        def change_budget(self, change: Change, by: str = "") -> str:
            assert isinstance(change, Save)
            made = replace(a_standing("x", 0.1, 1, budget=change.budget), value="ada")
            self.given = replace(self.given, standings=(*self.given.standings, made))
            return super().change_budget(change, by)

    async def act(pilot: Pilot[None]) -> None:
        app = cast("ProfilerApp", pilot.app)
        await pilot.press("a", "down", "enter", "enter", "enter")
        screen = cast("BudgetsScreen", app.screen_stack[0])
        await until(pilot, lambda: bool(screen.current and screen.current.name == "each user"))

    in_budgets(act, Setting(a_snapshot()))


def test_a_budget_that_is_not_set_stands_where_it_would(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", [an_event(user="ada"), an_event(user="bob"), an_event(user="bob")])
    with Kept.open(Settings(home=tmp_path, zone=UTC)) as kept:
        kept.drain()
        bob, ada = Prospect(USERS).answer(kept, START_US + 1)
    assert (bob.value, ada.value) == ("bob", "ada")
    assert bob.spent_pusd == 2 * ada.spent_pusd > 0
