"""What the app tells beyond its screens."""

from dataclasses import replace

from textual.pilot import Pilot

from profiler.domain.periods import HOUR_US, Span
from profiler.tui.telling import breached, title_of, titled
from tests.support.snapshots import a_snapshot, a_standing
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, until


def test_a_budget_is_told_of_once_when_it_goes_over() -> None:
    below, over = a_standing("a", 9, 10), a_standing("a", 11, 10)
    assert breached((over,), (below,)) == [over]
    assert breached((over,), (over,)) == []
    assert breached((over,), ()) == []


def test_it_is_told_of_again_in_the_next_window() -> None:
    over = a_standing("a", 11, 10)
    later = replace(over, window=Span((over.window.start_us or 0) + 24 * HOUR_US))
    assert breached((later,), (over,)) == [later]


def test_the_title_says_what_is_spent_today_and_steers_nothing() -> None:
    assert title_of(a_snapshot()) == "$8.54 today · profiler"
    assert titled("a\x07\x1b]b") == "\x1b]0;a\ufffd\ufffd]b\x07"


def test_a_breach_is_toasted_and_the_bell_is_remembered() -> None:
    source = GivenSource(a_snapshot(standings=(a_standing("team", 9, 10),)))
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        assert app.title == "$8.54 today · profiler"
        await pilot.press("B")
        assert app.start.memory.text("bell") == "on"
        source.given = a_snapshot(standings=(a_standing("team", 11, 10),))
        app.feed.stir()
        await until(pilot, lambda: any("team" in one.message for one in app._notifications))

    drive(app, act)
