"""The overview: what it tells, and where its rows lead."""

from dataclasses import replace

import pytest
from rich.text import Text
from textual.pilot import Pilot

from profiler.analysis.changes import Change
from profiler.budgets.outlook import outlook
from profiler.domain.budgets import Forecast
from profiler.domain.periods import Period
from profiler.domain.totals import NOTHING
from profiler.tui.screens.budget_rows import standing_cells
from profiler.tui.screens.call_detail import CallDetailScreen
from profiler.tui.screens.overview import heading
from profiler.tui.widgets.movers import MoversPanel, why
from profiler.tui.widgets.recent import RecentPanel
from tests.support.snapshots import NOW_US, a_snapshot, a_standing, totals_of
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until
from tests.tui.test_drawing import INK

BIG = (120, 40)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (totals_of(200, 10), totals_of(100, 10), "calls ▲ 100%"),
        (totals_of(100, 30), totals_of(100, 10), "per call ▲ 200%"),
        (totals_of(5, 10), NOTHING, "new"),
        (NOTHING, totals_of(5, 10), "no longer called"),
        (totals_of(5, None, errors=0), totals_of(5, 10), "price unknown"),
    ],
)
def test_a_mover_says_why(now: object, before: object, words: str) -> None:
    assert why(Change(("m",), now, before)) == words  # type: ignore[arg-type]  # totals


def test_a_gauge_says_when_its_limit_is_reached() -> None:
    at = replace(a_standing("a", 5, 10), forecast=Forecast(9, reaches_at_us=NOW_US))
    assert heading(at) == "full around 14:30"
    in_total = a_standing("a", 5, 10, Period.TOTAL, forecast=at.forecast)
    assert heading(in_total) == "full around Nov 22, 2026"
    assert "around Nov 22, 2026" in outlook(in_total)
    column = standing_cells(in_total, INK)[-1]
    assert isinstance(column, Text)
    assert column.plain == "~Nov 22"
    assert heading(a_standing("a", 1, 10, forecast=Forecast(9, 1, 10**12, 2))) == (
        "about $1.00 by midnight"
    )
    assert heading(a_standing("a", 50, 10, forecast=None)) == ""


def test_each_gauge_says_when_it_is_full_in_few_lines_too() -> None:
    at = Forecast(9, reaches_at_us=NOW_US)
    standings = tuple(a_standing(name, 5, 10, Period.TOTAL, forecast=at) for name in "abc")
    app = an_app(GivenSource(replace(a_snapshot(alerts=()), standings=standings)))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.pause()
        said = screen_text(app)
        shown = said.count("in total")
        assert said.count("full around Nov 22, 2026") == shown > 1
        assert f"and {3 - shown} more, on screen 7" in said

    drive(app, act)


def test_a_ledger_that_cannot_be_read_is_not_taken_for_no_budgets() -> None:
    app = an_app(GivenSource(replace(a_snapshot(), standings=(), ledger_trouble="it is damaged")))

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "ledger of budgets cannot be read" in screen_text(app))
        assert "No budgets yet" not in screen_text(app)

    drive(app, act, size=BIG)


def test_a_newest_call_opens_by_click_and_by_enter() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.click(RecentPanel, offset=(6, 2))
        await until(pilot, lambda: isinstance(app.screen, CallDetailScreen))
        await pilot.press("escape")
        app.screen.query_one(RecentPanel).focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, CallDetailScreen))

    drive(app, act, size=BIG)


def test_a_mover_leads_to_its_calls() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        app.screen.query_one(MoversPanel).focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "calls")

    drive(app, act, size=BIG)


def test_the_step_of_the_trend_is_asked_for() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await until(pilot, lambda: source.questions[-1].picked == "hour")

    drive(app, act, size=BIG)


def test_what_has_no_price_is_named_below_the_trend() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(_pilot: Pilot[None]) -> None:
        assert "□ in-house-7b unpriced" in screen_text(app)

    drive(app, act, size=(200, 50))
