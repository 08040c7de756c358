from typing import cast

from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Input, Select

from profiler.budgets.changes import (
    Allow,
    Change,
    Decide,
    Remove,
    Reset,
    Revoke,
    Save,
    SaveAll,
)
from profiler.domain.budgets import Amounts, Budget
from profiler.domain.periods import HOUR_US, Period
from profiler.domain.scopes import Dimension, Match
from profiler.errors import StoreLocked
from profiler.ledger.overrides import Wanted
from profiler.ledger.words import budget_of
from profiler.tui.app import ProfilerApp
from profiler.tui.screens.budget_form import BudgetForm, texts_of, words_typed
from profiler.tui.screens.budget_wizard import BudgetWizard
from profiler.tui.screens.budgets import BudgetsScreen
from profiler.tui.screens.dialogs import ConfirmScreen
from tests.support.snapshots import (
    NOW_US,
    ZONE,
    a_snapshot,
    a_standing,
    an_empty_snapshot,
    dollars,
)
from tests.support.sources import GivenSource
from tests.tui.conftest import in_budgets, screen_text, until


def fill(pilot: Pilot[None], **fields: str) -> None:
    for name, text in fields.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text


def test_a_budget_is_added_by_the_form() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("w")
        fill(pilot, name="search team", limit="12.50", scope="feature:search")
        pilot.app.screen.query_one("#period", Select).value = "weekly"
        await pilot.press("enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(an_empty_snapshot())
    in_budgets(act, source)
    scope = (Match(Dimension.FEATURE, "search"),)
    made = Budget("search team", dollars(12.5), Period.WEEKLY, "UTC", scope)
    assert source.changes == [Save(made)]


def test_a_budget_that_cannot_be_is_refused_in_the_form() -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = cast("ProfilerApp", pilot.app)
        await pilot.press("w")
        await pilot.press("enter")
        await until(pilot, lambda: "✖ give it a name, such as team" in screen_text(app))
        fill(pilot, name="x", limit="-3")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, BudgetForm)
        await until(pilot, lambda: "✖" in screen_text(cast("ProfilerApp", pilot.app)))
        assert pilot.app.focused is pilot.app.screen.query_one("#limit")
        await pilot.press("escape")

    source = in_budgets(act)
    assert source.changes == []


def test_changing_a_name_replaces_the_budget() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert pilot.app.screen.query_one("#limit", Input).value == "500"
        fill(pilot, name="whole team")
        await pilot.press("enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    made = Budget("whole team", dollars(500), Period.MONTHLY, "UTC")
    assert source.changes == [Save(made, "team month")]


def test_a_budget_is_removed_only_after_a_yes() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "d")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("escape")
        assert source.changes == []
        await pilot.press("d", "enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    assert source.changes == [Remove("search")]


def test_a_budget_that_cannot_be_stored_is_told() -> None:
    class Locked(GivenSource):
        def change_budget(self, change: Change, by: str = "") -> str:  # noqa: ARG002
            raise StoreLocked(f"{change}: the store is held by pid 7")

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("d", "enter")
        assert isinstance(pilot.app, ProfilerApp)
        app = pilot.app
        await until(pilot, lambda: "The store is busy" in screen_text(app))

    in_budgets(act, Locked(a_snapshot()))


def test_three_times_enter_is_a_working_budget() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        assert isinstance(pilot.app.screen, BudgetWizard)
        await pilot.press("enter", "enter", "enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    # this month is heading for $292: a quarter more, rounded up
    made = Budget("everything", dollars(400), Period.MONTHLY, "UTC")
    assert source.changes == [Save(made)]


def test_the_wizard_limits_a_part_and_refuses_beyond() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("a", "end", "enter", "enter")
        await until(pilot, lambda: "✖ write a label" in screen_text(cast("ProfilerApp", pilot.app)))
        fill(pilot, typed="feature:search")
        await pilot.press("enter")
        fill(pilot, typed="lots")
        await pilot.press("enter")
        await until(pilot, lambda: "✖ limit" in screen_text(cast("ProfilerApp", pilot.app)))
        fill(pilot, typed="$2.50 d")
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(an_empty_snapshot())
    in_budgets(act, source)
    (change,) = source.changes
    assert isinstance(change, Save)
    assert change.budget.name == "feature:search"
    assert (change.budget.limit_pusd, change.budget.is_hard) == (dollars(2.5), True)
    assert change.budget.scope == (Match(Dimension.FEATURE, "search"),)


def test_a_budget_that_refuses_is_given_no_grace() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("w")
        fill(pilot, name="no grace", limit="12.50", grace="2")
        pilot.app.screen.query_one("#hard", Select).value = "refuse"
        await pilot.press("enter")
        said = "✖ a budget that blocks calls gives no grace"
        await until(pilot, lambda: said in screen_text(cast("ProfilerApp", pilot.app)))
        assert pilot.app.focused is pilot.app.screen.query_one("#grace")

    source = in_budgets(act)
    assert source.changes == []


def test_escape_goes_back_through_the_wizard() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("a", "down", "enter", "escape", "escape")
        assert isinstance(pilot.app.screen, BudgetsScreen)

    source = in_budgets(act)
    assert source.changes == []


def test_the_form_gives_back_all_that_a_budget_says() -> None:
    words = {
        "name": "all", "limit": "12.50", "tokens": 7, "calls": 3, "period": "weekly",
        "scope": "feature:search tag:team=blue", "each": ["user", "tag:team"],
        "thresholds": [{"at": 80, "action": "warn"}, {"at": 90, "action": "downgrade"}],
        "mode": "expected", "reserve": 9,
        "rules": [{"below": 10, "from": "gpt-5", "to": "gpt-5-mini"}],
        "zone": "Asia/Tokyo", "week_starts": "sunday",
    }  # fmt: skip
    for more in ({"grace": "2.50", "grace_minutes": 5}, {"hard": True}):
        budget = budget_of({**words, **more}, "UTC")
        assert budget_of(words_typed(texts_of(budget, ZONE)), "UTC") == budget


def test_more_is_allowed_asked_for_and_decided() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await pilot.press("enter")
        await until(
            pilot, lambda: "✖ write a reason" in screen_text(cast("ProfilerApp", pilot.app))
        )
        fill(pilot, reason="launch", until="2h", amount="5")
        await pilot.press("enter")
        await pilot.press("o")
        fill(pilot, reason="demo", amount="$7")
        await pilot.click("#ask")
        await pilot.press("y")
        for key in ("y", "n", "u"):
            await pilot.press(key)
        app = cast("ProfilerApp", pilot.app)
        await until(pilot, lambda: "No. 2 is asked; y grants it." in screen_text(app))
        await pilot.press("down", "y")
        await until(pilot, lambda: "No. 1 is granted; u ends it." in screen_text(app))
        await pilot.press("u")
        await until(pilot, lambda: len(source.changes) == 5)

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    until_us = NOW_US + 2 * HOUR_US
    assert source.changes == [
        Allow("team month", Wanted(Amounts(dollars(5)), "launch", until_us)),
        Allow("team month", Wanted(Amounts(dollars(7)), "demo"), is_asked=True),
        Decide(2, is_granted=True),
        Decide(2, is_granted=False),
        Revoke(1),
    ]


def test_a_window_is_reset_and_a_template_set() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("R", "escape", "R", "enter")
        await pilot.press("T", "end", "enter")
        await until(pilot, lambda: len(source.changes) == 2)

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    assert source.changes[0] == Reset("team month", None)
    assert isinstance(source.changes[1], SaveAll)
    assert [one.name for one in source.changes[1].budgets] == ["ci call", "ci run", "ci day"]


def test_panes_change_by_key_and_by_mouse() -> None:
    async def act(pilot: Pilot[None]) -> None:
        screen = cast("BudgetsScreen", pilot.app.screen)
        seen = []
        for _ in range(5):
            await pilot.press("b")
            seen.append(screen.query_one(ContentSwitcher).current)
        assert seen == ["history", "overrides", "audit", "all", "standing"]
        await pilot.click("PaneBar", offset=(25, 0))
        assert screen.query_one(ContentSwitcher).current == "overrides"
        assert "launch week" not in screen_text(cast("ProfilerApp", pilot.app))
        assert "ada → grace" in screen_text(cast("ProfilerApp", pilot.app))

    in_budgets(act)


def test_of_many_values_the_fullest_stands_for_all_until_they_are_opened() -> None:
    budget = Budget("users", dollars(2), Period.DAILY, "UTC", each=("user",))
    values = [
        a_standing("users", 1.9 - number * 0.01, 2, budget=budget, value=f"user-{number}")
        for number in range(70)
    ]

    async def act(pilot: Pilot[None]) -> None:
        app = cast("ProfilerApp", pilot.app)
        assert "▸ users ×70" in screen_text(app)
        await pilot.press("space", "G")
        await until(pilot, lambda: "users · user-69" in screen_text(app))
        await pilot.press("space")
        await until(pilot, lambda: "▸ users ×70" in screen_text(app))

    in_budgets(act, GivenSource(a_snapshot(standings=tuple(values))))


def test_a_budget_of_another_zone_names_it_beside_its_days() -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = cast("ProfilerApp", pilot.app)
        assert " in UTC" not in screen_text(app)
        app.action_choose_zone("Asia/Kolkata")
        await until(pilot, lambda: "00:00 in UTC" in screen_text(app))

    in_budgets(act)
