"""What the app tells beyond its screens: toasts, the bell, its title."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from profiler.analysis.figures import Spending
from profiler.tui.actions.keymap import Keys
from profiler.tui.alerts import fresh
from profiler.tui.looks.picture import settle
from profiler.tui.messages import FilterChosen
from profiler.tui.terminal.beyond import title_of, titled, toasts
from tests.support.snapshots import a_snapshot, a_standing, an_alert, dollars
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, until


def test_the_title_says_what_is_spent_today_and_steers_nothing() -> None:
    assert title_of(a_snapshot()) == "$8.54 today · profiler"
    assert titled("a\x07\x1b]b") == "\x1b]0;a\ufffd\ufffd]b\x07"


def test_a_breach_is_toasted_once_and_rings_the_bell_if_it_is_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    high = a_standing("team", 9.5, 10)
    over = a_standing("team", 11, 10)
    old, new = an_alert(1, high, 90), an_alert(2, over)
    source = GivenSource(a_snapshot(standings=(high,), alerts=(old,)))
    app, rung = an_app(source), list[str]()
    monkeypatch.setattr(app, "bell", lambda: rung.append("bell"))

    def toasts() -> list[str]:
        return [one.message for one in app._notifications if "team" in one.message]

    async def act(pilot: Pilot[None]) -> None:
        assert app.title == "$8.54 today · profiler"
        await pilot.press("B")
        assert app.start.memory.text("bell") == "on"
        assert toasts() == rung == []
        for _ in range(2):
            source.given = a_snapshot(standings=(over,), alerts=(new, old))
            app.feed.stir()
            await until(pilot, lambda: bool(toasts()))
        assert toasts() == ["team: limit of $10.00 reached"]
        assert rung == ["bell"]
        await pilot.press("B")
        newer = an_alert(3, over, "refused", expected=dollars(1))
        source.given = replace(source.given, alerts=(newer, new, old))
        app.feed.stir()
        await until(pilot, lambda: "refused" in "".join(toasts()))
        assert rung == ["bell"]

    drive(app, act)


def test_what_a_filter_leaves_is_not_the_days_spend_in_the_title() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        app.screen.post_message(FilterChosen("feature:search"))
        await until(pilot, lambda: app.view.question.query == "feature:search")
        asked = len(source.questions)
        source.given = replace(source.given, spending=Spending())
        app.feed.stir()
        await until(pilot, lambda: len(source.questions) > asked)
        await settle(pilot)
        assert app.title == "$8.54 today · profiler"
        await pilot.press("x")
        await until(pilot, lambda: app.title == "$0.00 today · profiler")

    drive(app, act)


def test_two_toasts_at_most_are_shown_and_none_on_the_next_screen() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        for number in range(5):
            app.notify(f"toast {number} {'that goes on ' * 40}")
        await settle(pilot)
        assert [one.message[:7] for one in app._notifications] == ["toast 3", "toast 4"]
        assert all(toast.outer_size.height <= 4 for toast in app.screen.query(Toast))
        assert len(app.screen.query(Toast)) == 2
        await pilot.press("2")
        await settle(pilot)
        assert not app.screen.query(Toast)

    drive(app, act)


def test_a_flood_of_alerts_is_one_toast_and_a_count() -> None:
    standings = [a_standing("users", 11, 10, value=f"user-{number}") for number in range(40)]
    found = fresh(
        a_snapshot(alerts=tuple(an_alert(n, one) for n, one in enumerate(standings))),
        a_snapshot(alerts=()),
    )
    *shown, (rest, _) = toasts(found, Keys())
    assert len(shown) == 1
    assert rest == "39 more alerts; A shows them"
    assert len(list(toasts(found[:2], Keys()))) == 2
