from textual.pilot import Pilot
from textual.widgets import Input, Select

from profiler.budgets.changes import Change, Remove, Save
from profiler.domain.budgets import Budget
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Match
from profiler.errors import StoreLocked
from profiler.tui.app import ProfilerApp
from profiler.tui.names import SCREENS
from profiler.tui.picture import settle
from profiler.tui.screens.budget_form import BudgetForm, RemoveScreen
from tests.support.snapshots import a_snapshot, an_empty_snapshot, dollars
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, screen_text, until


def in_budgets(act: Act, source: GivenSource | None = None) -> tuple[ProfilerApp, GivenSource]:
    """Do something on the budgets screen."""
    given = source or GivenSource(a_snapshot())
    app = an_app(given)

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press(str(SCREENS.index("budgets") + 1))
        await settle(pilot)
        await act(pilot)

    drive(app, there)
    return app, given


def fill(pilot: Pilot[None], **fields: str) -> None:
    for name, text in fields.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text


def test_a_budget_is_added_by_the_form() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        fill(pilot, name="search team", limit="12.50", scope="feature:search")
        pilot.app.screen.query_one(Select).value = "weekly"
        await pilot.press("enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(an_empty_snapshot())
    in_budgets(act, source)
    scope = (Match(Dimension.FEATURE, "search"),)
    made = Budget("search team", dollars(12.5), Period.WEEKLY, "UTC", scope)
    assert source.changes == [Save(made)]


def test_a_budget_that_cannot_be_is_refused_in_the_form() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        fill(pilot, name="x", limit="-3")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, BudgetForm)
        assert isinstance(pilot.app, ProfilerApp)
        assert "✖ limit" in screen_text(pilot.app)
        await pilot.press("escape")

    _, source = in_budgets(act)
    assert source.changes == []


def test_changing_a_name_replaces_the_budget() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert pilot.app.screen.query_one("#limit", Input).value == "500.00"
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
        assert isinstance(pilot.app.screen, RemoveScreen)
        await pilot.press("escape")
        assert source.changes == []
        await pilot.press("d", "enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    assert source.changes == [Remove("search")]


def test_a_budget_that_cannot_be_stored_is_told() -> None:
    class Locked(GivenSource):
        def change_budget(self, change: Change) -> str:
            raise StoreLocked(f"{change}: the store is held by pid 7")

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("d", "enter")
        assert isinstance(pilot.app, ProfilerApp)
        app = pilot.app
        await until(pilot, lambda: "The store is busy" in screen_text(app))

    in_budgets(act, Locked(a_snapshot()))
