import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from profiler.analysis.asked import Asked
from profiler.analysis.results.snapshot import Snapshot
from profiler.errors import LogError, SchemaMismatch, StoreLocked
from profiler.ingest.drain import Drained, Progress
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import DARK, LIGHT
from profiler.tui.names import SCREENS
from profiler.tui.view import Pulse
from tests.support.snapshots import NOW_US, ZONE, a_snapshot, totals_of
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until

Tell = Callable[[Progress], None]


def test_number_keys_and_clicks_on_tabs_reach_every_screen() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        seen = []
        for key in "7654321":
            await pilot.press(key)
            seen.append(app.current_mode)
        assert seen == list(reversed(SCREENS))
        await pilot.click("Header", offset=(20, 1))
        await pilot.pause()
        assert app.current_mode == "calls"

    drive(app, act)


def test_new_calls_appear_by_themselves() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        today = replace(source.given.spending, today=totals_of(1, 77_770_000))
        source.given = replace(source.given, spending=today)
        source.news = 1
        source.wake()
        await until(pilot, lambda: "$77.77" in screen_text(app))

    drive(app, act)


def test_a_paused_screen_holds_still_and_catches_up_when_let_go() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("p")
        assert "‖ paused" in screen_text(app)
        drained = len(source.spans)
        source.given = replace(source.given, standings=())
        source.news = 1
        source.wake()
        await until(pilot, lambda: source.news == 0)
        assert len(source.spans) == drained
        await pilot.press("p")
        await until(
            pilot, lambda: app.view.snapshot is not None and not app.view.snapshot.standings
        )
        assert app.view.pulse is Pulse.LIVE

    drive(app, act)


def test_the_header_tells_the_newest_calls_age_while_nothing_else_happens() -> None:
    source, late_us = GivenSource(a_snapshot()), [0]
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US + late_us[0])

    async def act(pilot: Pilot[None]) -> None:
        assert "● live · last call 7 s ago" in screen_text(app)
        late_us[0] = 60_000_000
        await until(pilot, lambda: "last call 1 min ago" in screen_text(app))
        await pilot.resize_terminal(50, 24)
        await until(pilot, lambda: "last call" not in screen_text(app))
        assert "● live" in screen_text(app)

    drive(app, act)


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (StoreLocked("calls.db is held by pid 7; close it"), "The store is busy"),
        (SchemaMismatch("calls.db has version 9"), "The store is newer than this program"),
        (LogError("/log cannot be read"), "The log cannot be read"),
        (ValueError("[/] odd \x1b[2J"), "Something went wrong"),
    ],
)
def test_trouble_at_the_start_is_told_in_words(error: Exception, title: str) -> None:
    def refuse() -> GivenSource:
        raise error

    app = an_app(refuse)

    async def act(pilot: Pilot[None]) -> None:
        assert pilot.app is app
        text = screen_text(app)
        assert title in text
        assert "✖ trouble" in text
        assert "\x1b" not in text
        assert str(error)[:7] in text

    drive(app, act)


def test_a_store_that_was_busy_is_opened_on_request() -> None:
    source = GivenSource(a_snapshot())
    tries: list[int] = []

    def open_second_time() -> GivenSource:
        tries.append(1)
        if len(tries) == 1:
            raise StoreLocked("busy")
        return source

    app = an_app(open_second_time)

    async def act(pilot: Pilot[None]) -> None:
        assert app.view.pulse is Pulse.TROUBLE
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.view.pulse is Pulse.LIVE)
        assert "$8.54" in screen_text(app)

    drive(app, act)


def test_trouble_later_keeps_what_was_drawn() -> None:
    class Failing(GivenSource):
        is_broken = False

        def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
            if self.is_broken:
                raise StoreLocked("busy")
            return super().snapshot(asked, now_us)

    source = Failing(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        source.is_broken, source.news = True, 1
        source.wake()
        await until(pilot, lambda: app.view.pulse is Pulse.TROUBLE)
        text = screen_text(app)
        assert "$8.54" in text
        assert "✖ trouble" in text

    drive(app, act)


def test_a_long_backlog_shows_how_far_it_is() -> None:
    gate = threading.Event()

    class Slow(GivenSource):
        def drain(self, on_progress: Tell | None = None) -> Drained:
            while on_progress is not None and not gate.wait(0.02):
                on_progress(Progress(43, 100, 1_000))
            return super().drain(on_progress)

    app = an_app(Slow(a_snapshot()))

    async def go() -> None:
        async with app.run_test() as pilot:
            await until(pilot, lambda: "◐ catching up 43%" in screen_text(app))
            gate.set()
            await until(pilot, lambda: "● live" in screen_text(app))

    asyncio.run(go())


def test_a_model_opens_its_calls() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await settle(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.current_mode == "calls")
        await settle(pilot)
        wanted = source.asked[-1][0]
        assert [match.pattern for match in wanted.matches] == ["openai", "gpt-5.1"]

    drive(app, act)


def test_leaving_does_not_wait_for_the_feed() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def go() -> float:
        async with app.run_test() as pilot:
            await settle(pilot)
            began = time.monotonic()
            await pilot.press("q")
        return began

    began = asyncio.run(go())
    assert time.monotonic() - began < 2.0


def test_leaving_ends_a_long_backlog_where_it_last_committed() -> None:
    class Endless(GivenSource):
        passes = 0

        def drain(self, on_progress: Tell | None = None) -> Drained:
            assert on_progress is not None
            while True:
                self.passes += 1
                on_progress(Progress(self.passes, 10_000_000, self.passes))
                time.sleep(0.001)

    source = Endless(a_snapshot())
    app = an_app(source)

    async def go() -> None:
        async with app.run_test() as pilot:
            await until(pilot, lambda: source.passes > 0)
            await pilot.press("q")

    asyncio.run(go())
    assert source.is_closed


def test_another_theme_recolours_all_that_is_drawn() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("t")
        await settle(pilot)
        assert app.theme == LIGHT.name
        assert colours_on(app).isdisjoint(INKS[DARK.name])
        assert len(colours_on(app) & INKS[LIGHT.name]) > 5
        await pilot.press("t")
        assert app.theme == DARK.name
        # themes that are not ours lack our variables
        app.theme = "nord"
        await settle(pilot)
        assert "$8.54" in screen_text(app)

    drive(app, act, size=(120, 40))


INKS = {
    theme.name: {
        value.lower() for name, value in theme.variables.items() if name.startswith("series-")
    }
    for theme in (DARK, LIGHT)
}


def colours_on(app: ProfilerApp) -> set[str]:
    """Every colour that text has on the screen, as `#rrggbb`."""
    return {
        segment.style.color.get_truecolor().hex
        for strip in app.screen._compositor.render_strips()
        for segment in strip
        if segment.style and segment.style.color and segment.text.strip()
    }
