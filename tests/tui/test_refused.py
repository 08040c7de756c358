"""Calls that are refused, as the banner and the toasts tell of them."""

from textual.pilot import Pilot

from profiler.domain.alerts import MOST_REFUSED, REFUSED
from profiler.domain.budgets import Action, Level
from profiler.tui.alerts import alerts, fresh
from profiler.tui.looks.picture import settle
from profiler.tui.messages import FilterChosen
from profiler.tui.widgets.facts import TroubleLine
from tests.support.snapshots import a_snapshot, a_standing, an_alert, dollars
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until


def test_a_refusal_at_sixty_percent_is_told_before_what_is_nearly_full_and_in_a_toast() -> None:
    high, strict = a_standing("b", 9.5, 10), a_standing("a", 6, 10)
    refusal = an_alert(4, strict, threshold=REFUSED, action=Action.BLOCK, expected=dollars(7))
    before, now = (
        a_snapshot(alerts=told)
        for told in ((an_alert(3, high, 90),), (an_alert(3, high, 90), refusal))
    )
    words = "a: a call was refused: it may use $7.00, and $4.00 of $10.00 is left"
    assert alerts(now)[0][1:3] == (Level.OVER, words)
    assert [one.words for one in fresh(now, before)] == [words]


def test_the_overview_counts_refused_calls_and_leads_to_what_refused_them() -> None:
    app = an_app(GivenSource(a_snapshot(refused_calls=1_234)))

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        assert "⊘ 1,234 refused by budgets" in screen_text(app)
        line = app.screen.query_one(TroubleLine)
        line.focus()
        await pilot.press(*["right"] * 9, "enter")
        await until(pilot, lambda: app.current_mode == "budgets")

    drive(app, act, (120, 40))


def test_a_filter_means_no_refused_call() -> None:
    source = GivenSource(a_snapshot(refused_calls=MOST_REFUSED))
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        assert "⊘ 10,000+ refused" in screen_text(app)
        app.post_message(FilterChosen("model:gpt-5"))
        await until(pilot, lambda: "refused" not in screen_text(app))

    drive(app, act, (120, 40))
