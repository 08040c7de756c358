"""The banner and the alert log: what is told, what can be done, and who has seen it."""

from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from profiler.budgets.changes import Acknowledge, Allow
from profiler.domain.alerts import Delivery
from profiler.domain.budgets import Action, Budget, Threshold
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Match
from profiler.keeping.inquiries import AlertLog, Logged, TryTargets
from profiler.tui.alerts import alerts
from profiler.tui.app import ProfilerApp
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from profiler.tui.screens.alert_log import AlertLogScreen
from profiler.tui.screens.budgets import BudgetsScreen
from profiler.tui.widgets.banner import Banner
from tests.support.snapshots import NOW_US, ZONE, a_snapshot, a_standing, an_alert, dollars
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until

BIG = (120, 40)


def test_what_the_ledger_tells_comes_first_the_tightest_at_the_top() -> None:
    high, over = a_standing("b", 9.5, 10), a_standing("a", 12, 10)
    told = alerts(
        a_snapshot(alerts=(an_alert(3, high, 90), an_alert(2, over), an_alert(1, over, 90)))
    )
    assert [one.words for one in told][:3] == [
        "a: limit of $10.00 reached",
        "b: more than 90 % of $10.00 used",
        "search is nearly used up: 86.1%",
    ]
    assert told[0].ids == (2, 1)


def test_what_was_acknowledged_anywhere_is_told_no_more() -> None:
    assert all(one.budget != "team month" for one in alerts(a_snapshot(alerts=())))
    quiet = Budget("q", dollars(10), Period.DAILY, "UTC", thresholds=(Threshold(50, Action.NOTE),))
    told = alerts(a_snapshot(alerts=(), standings=(a_standing("q", 11, 10, budget=quiet),)))
    assert told[0].words.startswith("q is over its limit")


def test_an_alert_is_acknowledged_and_the_rest_dismissed_for_good(tmp_path: Path) -> None:
    source = GivenSource(a_snapshot())

    async def act(pilot: Pilot[None]) -> None:
        assert "team month: limit of $500.00 reached" in screen_text(app)
        await pilot.press("a")
        await until(pilot, lambda: source.changes == [Acknowledge((8, 7))])
        assert "team month: limit" not in screen_text(app)
        assert "search is nearly used up" in screen_text(app)
        await pilot.press("a")

    async def look(pilot: Pilot[None]) -> None:
        assert "unpriced" in pilot.app.screen.query_one(Banner).told[0].words

    def start() -> ProfilerApp:
        start = Start(memory=Memory(tmp_path / "tui.json"))
        return ProfilerApp(lambda: source, ZONE, lambda: NOW_US, start)

    app = start()
    drive(app, act, size=BIG)
    source.given = a_snapshot(alerts=())
    drive(start(), look, size=BIG)


def test_the_banner_leads_to_budget_calls_and_more() -> None:
    budget = Budget("users", dollars(10), Period.DAILY, "UTC", each=("user",),
                    scope=(Match(Dimension.FEATURE, "search"),))  # fmt: skip
    standing = a_standing("users", 12, 10, budget=budget, value="ada l")
    source = GivenSource(a_snapshot(standings=(standing,), alerts=(an_alert(1, standing),)))
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        app.screen.query_one("#reason").value = "launch"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: bool(source.changes))
        await pilot.press("c")
        await until(pilot, lambda: app.current_mode == "calls")
        assert "feature:search user:=ada\\ l since:2026-11-22" in app.narrowed_further
        await pilot.press("1")
        await pilot.click(Banner, offset=(_column(app, "v open"), 0))
        await until(pilot, lambda: isinstance(app.screen, BudgetsScreen))

    drive(app, act, size=BIG)
    (change,) = source.changes
    assert isinstance(change, Allow)
    assert (change.name, change.wanted.value) == ("users", "ada l")


def _column(app: ProfilerApp, words: str) -> int:
    line = next(line for line in screen_text(app).splitlines() if words in line)
    return line.index(words)


def test_the_log_says_who_has_seen_what_and_tests_targets() -> None:
    over = a_standing("team month", 512.4, 500, Period.MONTHLY)
    seen = an_alert(1, over, 90, seen_by="grace", seen_at_us=NOW_US)
    sent = Delivery(1, "slack", False, "sent", NOW_US, 1, "m1", NOW_US, "")
    source = GivenSource(a_snapshot())
    ended = an_alert(3, over, 75, end_us=NOW_US - 1)
    source.answers[AlertLog] = (
        Logged(an_alert(2, over), ()),
        Logged(seen, (sent,)),
        Logged(ended, ()),
    )
    source.answers[TryTargets] = ("slack (slack://…) was told",)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("A")
        await until(pilot, lambda: "limit of $500.00 reached" in screen_text(app))
        await pilot.press("down")
        await until(pilot, lambda: "acknowledged by grace" in screen_text(app))
        assert "slack: told 2026-11-22" in screen_text(app)
        lines = [line for line in screen_text(app).splitlines() if " 2026-11-2" in line]
        states = [
            word for line in lines for word in ("open", "seen", "past") if f" {word} " in line
        ]
        assert states[:3] == ["open", "seen", "past"]
        await pilot.press("a")
        assert source.changes == []
        await pilot.press("up", "a")
        await until(pilot, lambda: source.changes == [Acknowledge((2,))])
        await pilot.press("t")
        await until(pilot, lambda: "slack (slack://…) was told" in screen_text(app))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, BudgetsScreen))

    drive(app, act)


def test_the_log_fits_eighty_by_twenty_four_and_closes() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("A")
        assert isinstance(app.screen, AlertLogScreen)
        await until(pilot, lambda: "No budget had anything to tell yet." in screen_text(app))
        assert "Test targets" in screen_text(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, AlertLogScreen)

    drive(app, act)


def test_alerts_of_thousands_of_values_cost_little() -> None:
    whole = a_standing("users", 5, 10)
    many = tuple(replace(whole, value=f"user-{number}") for number in range(10_000))
    told = alerts(a_snapshot(standings=many, alerts=()))
    assert all(not one.budget for one in told)
