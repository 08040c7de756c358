"""Range, filter, zone: what the screens are asked about."""

from pathlib import Path
from zoneinfo import ZoneInfo

from textual.pilot import Pilot
from textual.widgets import Input

from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import Dimension, Match
from profiler.tui.app import ProfilerApp
from profiler.tui.asking.ranges import custom, retold
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import LIGHT
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from profiler.tui.screens.zones import zones_like
from profiler.tui.view import Question
from tests.support.snapshots import NOW_US, ZONE, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until


def test_another_range_asks_the_store_for_its_span() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("r", "up", "enter")
        day = Span(NOW_US - 24 * HOUR_US)
        await until(pilot, lambda: app.view.snapshot is not None and app.view.snapshot.span == day)
        assert "24 hours" in screen_text(app)

    drive(app, act)


def test_the_header_says_what_the_command_line_asked_for() -> None:
    source = GivenSource(a_snapshot())
    span = Span(NOW_US - 3 * HOUR_US)
    start = Start(since="3h", is_demo=True)
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, start)

    async def act(pilot: Pilot[None]) -> None:
        assert pilot.app is app
        assert set(source.spans) == {span}
        assert "since 2026-11-22 11:30" in screen_text(app)
        assert "demo: invented calls" in screen_text(app)

    drive(app, act)


def test_any_two_moments_make_a_range() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("r", "end", "enter")
        await pilot.press(*"2026-11-30")
        app.screen.query_one("#until", Input).value = "2026-11-20"
        await pilot.press("enter")
        assert "✖ no moment lies in that range" in screen_text(app)
        app.screen.query_one("#since", Input).value = "2026-11-18"
        await pilot.press("enter")
        day_us = 24 * HOUR_US
        midnight = NOW_US - NOW_US % day_us
        span = Span(midnight - 4 * day_us, midnight - 2 * day_us)
        await until(pilot, lambda: source.spans[-1] == span)
        await until(pilot, lambda: "since 2026-11-18 until 2026-11-20" in screen_text(app))

    drive(app, act)


def test_the_latest_run_is_a_range(tmp_path: Path) -> None:
    (tmp_path / "20261122T093000-8-bbbbbbbb.jsonl").touch()
    source = GivenSource(a_snapshot())
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, Start(log_folder=tmp_path))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("r", "end", "up", "enter")
        await until(pilot, lambda: "latest run" in screen_text(app))
        await until(pilot, lambda: source.spans[-1] == Span(NOW_US - 5 * HOUR_US - 5_000_000))

    drive(app, act)


def test_the_trend_is_told_apart_by_what_is_asked_for() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        assert "by model" in screen_text(app)
        await pilot.press("b")
        await until(pilot, lambda: source.questions[-1].by == "feature")
        await until(pilot, lambda: "by feature" in screen_text(app))
        await pilot.press("3")
        await until(pilot, lambda: source.questions[-1].screen == "models")
        assert source.questions[-1].by == ""

    drive(app, act)


def test_days_are_told_by_the_zone_that_is_chosen() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("z", *"nowhere", "enter")
        assert "✖ 'nowhere' is no time zone" in screen_text(app)
        await pilot.press("x")
        assert "is no time zone" not in screen_text(app)
        app.screen.query_one(Input).value = "Asia/Kolkata"
        await pilot.press("enter")
        await until(pilot, lambda: source.questions[-1].zone.key == "Asia/Kolkata")
        await until(pilot, lambda: "19:59:58" in screen_text(app))

    drive(app, act)


def test_a_zone_is_found_by_any_part_of_its_name() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("z", *"berl")
        assert "Europe/Berlin" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.view.zone.key == "Europe/Berlin")

    drive(app, act)
    assert zones_like("new york")[0] == "America/New_York"
    assert zones_like("utc")[0] == "UTC"


def test_a_zone_that_is_set_wins_over_one_that_was_chosen(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "tui.json")
    kolkata = ZoneInfo("Asia/Kolkata")
    free, is_set = Start(memory=memory), Start(memory=memory, zone_set_by="PROFILER_ZONE")
    is_set.keep_zone(ZONE, kolkata)
    assert free.question(ZONE, NOW_US).zone == ZONE
    free.keep_zone(ZONE, kolkata)
    assert free.question(ZONE, NOW_US).zone == kolkata
    assert is_set.question(ZONE, NOW_US).zone == ZONE
    free.keep_zone(ZONE, ZONE)
    assert free.question(kolkata, NOW_US).zone == kolkata


def test_the_zones_dialog_says_where_the_zone_comes_from() -> None:
    start = Start(zone_set_by="PROFILER_ZONE")
    app = ProfilerApp(lambda: GivenSource(a_snapshot()), ZONE, lambda: NOW_US, start)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("z")
        assert f"{ZONE.key}: PROFILER_ZONE says so" in screen_text(app)
        await pilot.press(*"kolkata", "enter", "z")
        await until(pilot, lambda: "chosen with z, until you leave" in screen_text(app))
        assert f"PROFILER_ZONE says {ZONE.key}" in screen_text(app)

    drive(app, act)


def test_a_custom_range_keeps_its_moments_in_another_zone(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "tui.json")
    kolkata = ZoneInfo("Asia/Kolkata")
    chosen = custom("2026-11-18", "2026-11-20T12:00", NOW_US, ZONE)
    span = chosen.span_at(NOW_US, ZONE)
    told = retold(chosen, NOW_US, ZONE, kolkata)
    assert told.name == "since 2026-11-18T05:30 until 2026-11-20T17:30"
    assert told.span_at(NOW_US, kolkata) == span
    assert retold(told, NOW_US, kolkata, ZONE).id == chosen.id
    start = Start(memory=memory)
    start.keep(Question(told, zone=kolkata))
    assert start.question(ZONE, NOW_US).wanted(NOW_US).span == span
    goes_on = custom("yesterday", "", NOW_US, ZONE)
    assert retold(goes_on, NOW_US, ZONE, kolkata).name == "since yesterday"


def test_what_was_chosen_is_chosen_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "tui.json"

    def begun() -> ProfilerApp:
        source = GivenSource(a_snapshot())
        return ProfilerApp(lambda: source, ZONE, lambda: NOW_US, Start(memory=Memory(file)))

    async def choose(pilot: Pilot[None]) -> None:
        await pilot.press("t", "r", "up", "enter", "slash", *"gpt", "enter")
        await until(pilot, lambda: "24 hours / gpt" in screen_text(first))

    async def look(pilot: Pilot[None]) -> None:
        assert pilot.app is second
        assert "24 hours / gpt" in screen_text(second)
        assert second.theme == LIGHT.name

    first = begun()
    drive(first, choose)
    second = begun()
    drive(second, look)


def test_a_filter_narrows_every_screen_until_it_is_cleared() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)
    narrowed = (Match(Dimension.FEATURE, "search"),)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("3", "slash", *"feature:search", "enter")
        await until(pilot, lambda: source.wanted[-1].matches == narrowed)
        await settle(pilot)
        assert app.current_mode == "models"
        assert "7 days / feature:search" in screen_text(app)
        await pilot.press("2")
        await settle(pilot)
        assert source.asked[-1][0].matches == narrowed
        assert app.screen.query_one(Input).value == "feature:search"
        await pilot.press("1", "x")
        await until(pilot, lambda: source.wanted[-1].matches == ())
        assert "feature:search" not in screen_text(app)

    drive(app, act)


def test_what_a_model_opens_narrows_the_calls_alone() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await settle(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.current_mode == "calls")
        await settle(pilot)
        assert "model:=gpt-5.1" in screen_text(app)
        assert source.wanted[-1].matches == ()
        await pilot.press("escape")
        await settle(pilot)
        assert source.asked[-1][0].matches == ()

    drive(app, act)
