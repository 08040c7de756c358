"""What is decided is what is highlighted, whatever others write meanwhile."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from textual.geometry import Size
from textual.pilot import Pilot

from profiler.budgets.changes import Allow, Decide, Save
from profiler.budgets.detail import BudgetDetail
from profiler.domain.budgets import Amounts, ModelRule, Standing
from profiler.keeping.inquiries import Answer, Inquiry, OpenBudget, Saved
from profiler.ledger.overrides import ASKED, Recorded, Wanted
from profiler.tui.feed import _is_same
from profiler.tui.looks.picture import settle
from profiler.tui.names import SCREENS
from profiler.tui.screens.budget_panes import OverridesPane, TrailPane
from profiler.tui.screens.budget_rows import StandingPanel
from profiler.tui.screens.budgets import BudgetsScreen
from profiler.tui.view import Question
from profiler.tui.widgets.panel import palette_of
from tests.support.budget_details import a_budget_detail
from tests.support.ledgers import a_budget
from tests.support.snapshots import NOW_US, a_snapshot, dollars
from tests.support.sources import GivenSource, an_app
from tests.support.workspaces import a_workspace
from tests.tui.conftest import drive, screen_text, until


class Asking(GivenSource):
    """Budgets of whose requests the test says which there are, and when they are told."""

    def __init__(self, **asked: Sequence[int]) -> None:
        super().__init__(a_snapshot())
        self.requests = {name.replace("_", " "): numbers for name, numbers in asked.items()}
        self.held: dict[str, threading.Event] = {}
        self.happened = 0

    def consult(self, inquiry: Inquiry[Answer], now_us: int) -> Answer:
        asked: object = inquiry
        if isinstance(asked, Saved) and "saved" in self.held:
            self.held["saved"].wait(10)
        if not isinstance(asked, OpenBudget):
            return super().consult(inquiry, now_us)
        if asked.name in self.held:
            self.held[asked.name].wait(10)
        budget = next(b for b in self.given.standings if b.budget.name == asked.name).budget
        found: BudgetDetail = a_budget_detail(budget, asked.value, now_us)
        requests = tuple(map(a_request, self.requests.get(asked.name, ())))
        newest = found.trail[0]
        more = tuple(replace(newest, id=newest.id + n) for n in range(self.happened, 0, -1))
        return cast("Answer", replace(found, overrides=requests, trail=more + found.trail))

    def happens(self) -> None:
        """Something about a standing changes, so that all is drawn anew."""
        fuller = tuple(map(_fuller, self.given.standings))
        self.given = replace(self.given, standings=fuller)
        self.wake()


def a_request(number: int) -> Recorded:
    wanted = Wanted(Amounts(dollars(number)), f"reason {number}")
    return Recorded(number, 1, wanted, ASKED, "bob", NOW_US, None, None)


def _fuller(one: Standing) -> Standing:
    return replace(one, spent=replace(one.spent, spend_pusd=one.spent.spend_pusd + dollars(0.01)))


async def to_overrides(pilot: Pilot[None]) -> OverridesPane:
    await pilot.press(str(SCREENS.index("budgets") + 1))
    await settle(pilot)
    await pilot.press("y")  # which brings them to the front, and decides nothing
    await settle(pilot)
    return pilot.app.screen.query_one(OverridesPane)


def test_the_request_stood_on_is_granted_though_another_came_in() -> None:
    source = Asking(team_month=[1, 2])
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        pane = await to_overrides(pilot)
        source.requests["team month"] = [1, 2, 3]
        source.happens()
        await until(pilot, lambda: "$3.00 more" in screen_text(app))
        assert pane.current is not None
        assert pane.current.id == 2
        await pilot.press("y")
        await until(pilot, lambda: bool(source.changes))

    drive(app, act)
    assert source.changes == [Decide(2, is_granted=True)]


def test_nothing_is_decided_about_a_budget_that_is_still_read() -> None:
    source = Asking(team_month=[1], search=[2])
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await to_overrides(pilot)
        source.held["search"] = threading.Event()
        try:
            app.screen.query_one("#budgets").focus()
            await pilot.press("down", "y")
            await until(pilot, lambda: "search is still being read" in screen_text(app))
            assert source.changes == []
        finally:
            source.held["search"].set()
        await until(pilot, lambda: "$2.00 more" in screen_text(app))
        await pilot.press("n")
        await until(pilot, lambda: bool(source.changes))

    drive(app, act)
    assert source.changes == [Decide(2, is_granted=False)]


def test_a_trail_is_read_on_where_one_was_though_more_happens() -> None:
    source = Asking()
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        screen = cast("BudgetsScreen", (await to_overrides(pilot)).screen)
        screen.pane = "audit"
        trail = screen.query_one("#audit", TrailPane)
        trail.focus()
        await pilot.press("down")
        read = trail.entries[trail.cursor].id
        source.happened += 1
        source.happens()
        await until(pilot, lambda: trail.row_count == 4)
        assert trail.entries[trail.cursor].id == read

    drive(app, act)


def test_what_another_program_writes_about_budgets_is_news(tmp_path: Path) -> None:
    asked = Question().asked(NOW_US)
    with a_workspace(tmp_path) as here, a_workspace(tmp_path) as elsewhere:
        elsewhere.change_budget(Save(a_budget("team")))
        before = here.snapshot(asked, NOW_US)
        wanted = Wanted(Amounts(dollars(9)), "a demo")
        elsewhere.change_budget(Allow("team", wanted, is_asked=True))
        after = here.snapshot(asked, NOW_US)
    # whatever else there is to tell: a request alone changes no figure
    assert not _is_same(replace(before, newest_entry=after.newest_entry), before)


def test_a_refresh_never_draws_another_budget_under_the_highlighted_one() -> None:
    source = Asking()
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(str(SCREENS.index("budgets") + 1), "down")
        await until(pilot, lambda: "─ search ─" in screen_text(app))
        panel = app.screen.query_one(StandingPanel)
        now = replace(source.given, standings=tuple(map(_fuller, source.given.standings)))
        told = "\n".join(one.plain for one in panel.lines(now, Size(70, 9), palette_of(panel)))
        assert "$8.62" in told
        assert "$512" not in told

    drive(app, act)


def test_what_a_budget_saved_is_not_told_of_another() -> None:
    source = Asking()
    first, *others = source.given.standings
    ruled = replace(first.budget, rules=(ModelRule(50, "gpt-5", "gpt-5-mini"),))
    source.given = replace(source.given, standings=(replace(first, budget=ruled), *others))
    source.answers[Saved] = ("cheaper models saved $12.34",)
    source.held["saved"] = threading.Event()
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        try:
            await pilot.press(str(SCREENS.index("budgets") + 1), "down")
            await until(pilot, lambda: "─ search ─" in screen_text(app))
        finally:
            source.held["saved"].set()
        await app.workers.wait_for_complete([one for one in app.workers if "Saved" in one.group])
        await pilot.pause()
        panel = app.screen.query_one(StandingPanel)
        assert panel.saved == ()
        await pilot.press("up")
        await until(pilot, lambda: bool(panel.saved))
        await pilot.press("down")
        assert panel.saved == ()

    drive(app, act)
