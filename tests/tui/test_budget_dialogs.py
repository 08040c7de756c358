"""The dialogs of the budgets' screen, by keys and by mouse, and its long lists."""

from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from profiler.budgets.changes import Remove, Reset, Save, SaveAll
from profiler.budgets.sense import Sense
from profiler.budgets.verdict import Verdict
from profiler.domain.budgets import Budget
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import Period
from profiler.errors import BudgetExceeded
from profiler.keeping.inquiries import FilesMakeSense, OpenBudget, Trail, WouldPass, WriteBudgets
from profiler.ledger.audit import PAGE, Entry, Kind
from profiler.ledger.remaining import Remaining
from profiler.tui.app import ProfilerApp
from profiler.tui.screens.budget_rows import StandingsGrid
from profiler.tui.screens.budgets import BudgetsScreen
from profiler.tui.screens.dialogs import MenuScreen
from tests.support.snapshots import NOW_US, a_snapshot, a_standing, dollars
from tests.support.sources import GivenSource
from tests.tui.conftest import in_budgets, screen_text, until


def shown(pilot: Pilot[None]) -> str:
    return screen_text(cast("ProfilerApp", pilot.app))


def many_users(count: int) -> GivenSource:
    budget = Budget("users", dollars(2), Period.DAILY, "UTC", each=("user",))
    whole = a_standing("users", 1.5, 2, budget=budget, forecast=None)
    standings = tuple(replace(whole, value=f"user-{number}") for number in range(count))
    return GivenSource(a_snapshot(standings=standings, alerts=()))


def test_a_call_is_checked_and_so_are_the_files() -> None:
    source = GivenSource(a_snapshot())
    left = Remaining(
        "team", "", "cost", 3 * PUSD_PER_USD, 10 * PUSD_PER_USD, 0, 0, None, is_hard=True
    )
    refused = BudgetExceeded("team has $3.00 left of $10.00", budget="team")
    source.answers[WouldPass] = Verdict("gpt-5.1", "gpt-5.1", 4 * PUSD_PER_USD, refused, (left,))
    source.answers[FilesMakeSense] = Sense((), 2)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("C")
        screen = pilot.app.screen
        screen.query_one("#input", Input).value = "lots"
        await pilot.press("enter")
        await until(pilot, lambda: "✖ 'lots' is no number of tokens" in shown(pilot))
        assert pilot.app.focused is screen.query_one("#input")
        screen.query_one("#input", Input).value = "2,000"
        await pilot.press("enter")
        await until(pilot, lambda: "Refused: team has $3.00 left" in shown(pilot))
        await pilot.click("#files")
        await until(pilot, lambda: "files define 2 budgets" in shown(pilot))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, BudgetsScreen)

    in_budgets(act, source)
    asked = next(one for one in source.inquiries if isinstance(one, WouldPass))
    assert (asked.wish.model, asked.wish.input_tokens) == ("claude-sonnet-4-5", 2000)


def test_a_template_replaces_only_when_asked_twice() -> None:
    source = GivenSource(a_snapshot(standings=(a_standing("day", 1, 5),)))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("T", "enter")
        assert "There is day already; Enter again replaces" in shown(pilot)
        assert source.changes == []
        await pilot.press("enter")
        await until(pilot, lambda: bool(source.changes))

    in_budgets(act, source)
    (change,) = source.changes
    assert isinstance(change, SaveAll)
    assert change.replaces


def test_changes_are_written_down_under_a_name() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("W", *"grace", "enter", "d", "enter")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    assert source.changed_by == ["grace"]


def test_a_budget_is_shown_as_a_file() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("F")
        assert 'name = "team month"' in shown(pilot)
        await pilot.press("escape", "T", "f")
        assert "[[budget]]" in shown(pilot)

    in_budgets(act)


def test_a_name_that_is_taken_is_refused_where_it_stands() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("w", *"search", "tab", "5", "enter")
        assert "there is a budget of that name" in shown(pilot)
        assert pilot.app.focused is pilot.app.screen.query_one("#name")
        pilot.app.screen.query_one("#name", Input).value = "other"
        pilot.app.screen.query_one("#rules", Input).value = "cheaper"
        await pilot.press("enter")
        await until(pilot, lambda: "✖ cheaper: write a rule like" in shown(pilot))
        assert "$5.00 a month for everything" not in shown(pilot)

    assert in_budgets(act).changes == []


def test_the_past_is_as_long_as_asked_for() -> None:
    source = GivenSource(a_snapshot())

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("D")
        field = pilot.app.screen.query_one(Input)
        field.value = "400"
        await pilot.press("enter")
        assert "no number of days from 1 to 365" in shown(pilot)
        field.value = "365"
        await pilot.press("enter")
        await until(pilot, lambda: OpenBudget("team month", None, 365) in source.inquiries)
        await until(pilot, lambda: "365 days" in shown(pilot))

    in_budgets(act, source)


def test_the_menu_offers_everything_and_does_it() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("m")
        assert isinstance(pilot.app.screen, MenuScreen)
        assert "Templates" in shown(pilot)
        await pilot.press("end", "escape", "m", "enter")
        assert "What should be limited?" in shown(pilot)

    in_budgets(act)


@pytest.mark.parametrize(
    ("key", "change"), [("d", Remove("team month")), ("R", Reset("team month", None, "oops"))]
)
def test_a_yes_is_a_click_and_may_have_a_reason(key: str, change: object) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        if key == "R":
            await pilot.press(*"oops")
        await pilot.click("#no")
        assert source.changes == []
        await pilot.press(key)
        if key == "R":
            await pilot.press(*"oops")
        await pilot.click("#yes")
        await until(pilot, lambda: source.changes == [change])

    source = GivenSource(a_snapshot())
    in_budgets(act, source)


def test_the_wizard_needs_no_keys() -> None:
    async def click(pilot: Pilot[None], name: str) -> None:
        button = pilot.app.screen.query_one(f"#{name}", Button)
        # a button that was just pressed takes no click
        await until(pilot, lambda: not button.has_class("-active"))
        await pilot.click(button)
        await pilot.pause()

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        for name in ("next", "next", "back", "next"):
            await click(pilot, name)
        assert "$400.00 a month for everything: warns at 75 %" in shown(pilot)
        await click(pilot, "next")
        await until(pilot, lambda: bool(source.changes))

    source = GivenSource(a_snapshot())
    in_budgets(act, source)
    assert isinstance(source.changes[0], Save)


def test_what_happened_is_read_page_by_page() -> None:
    source = GivenSource(a_snapshot())
    entries = [
        Entry(number, NOW_US, Kind.REMOVED, "command", "gone", "", "ada", {})
        for number in range(PAGE, 0, -1)
    ]
    source.answers[Trail] = tuple(entries)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("b", "b", "b", "b")
        await until(pilot, lambda: "removed" in shown(pilot))
        pilot.app.screen.query_one("#all").focus()
        await pilot.press("end")
        await until(pilot, lambda: Trail(None, 1) in source.inquiries)

    in_budgets(act, source)


def test_a_line_leads_to_the_calls_it_counts() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        app = cast("ProfilerApp", pilot.app)
        await until(pilot, lambda: app.current_mode == "calls")
        assert app.narrowed_further == "since:2026-11-01 until:2026-12-01"

    in_budgets(act)


def test_ten_thousand_values_are_found_and_sorted_at_once() -> None:
    source = many_users(10_000)

    async def act(pilot: Pilot[None]) -> None:
        grid = pilot.app.screen.query_one(StandingsGrid)
        began = process_time()
        await pilot.press("space", "G")
        await until(pilot, lambda: "user-9999" in shown(pilot))
        await pilot.press("f", *"user-123")
        await until(pilot, lambda: grid.row_count == 11)
        await pilot.press("escape", "s", "s", "s", "S", "g")
        await until(pilot, lambda: grid.sorted_by == "Budget")
        assert process_time() - began < 10
        assert grid.row_count == 10_001

    in_budgets(act, source)


def test_a_ledger_out_of_reach_is_told_and_the_rest_works() -> None:
    trouble = "/home/x/ledger.db cannot be used: file is not a database"
    source = GivenSource(a_snapshot(standings=(), alerts=(), ledger_trouble=trouble))

    async def act(pilot: Pilot[None]) -> None:
        assert "Nothing can be said of budgets" in shown(pilot)
        assert "file is not a database" in shown(pilot)
        await pilot.press("enter", "o", "c", "d", "R", "space", "y")
        assert isinstance(pilot.app.screen, BudgetsScreen)
        await pilot.press("1")
        await until(pilot, lambda: "Spend" in shown(pilot))

    in_budgets(act, source)


def test_the_trail_is_exported_from_here(tmp_path: Path) -> None:
    source = GivenSource(a_snapshot())
    source.answers[WriteBudgets] = "Wrote 7 entries"
    path = tmp_path / "audit.csv"

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("e")
        assert pilot.app.screen.query_one(Input).value == "profiler-audit.csv"
        await pilot.press("down", "down", "down")
        assert pilot.app.screen.query_one(Input).value == "profiler-budgets.toml"
        await pilot.press("home", "enter")
        pilot.app.screen.query_one(Input).value = str(path)
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: WriteBudgets("trail.csv", path, False) in source.inquiries)

    in_budgets(act, source)
